//! The encoding "quoted-printable" (RFC 2045), and with `header` the "Q" encoding of headers (RFC 2047).

use taipan_object::bytes::PyBytes;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, buffer, protocol};
use taipan_runtime_builtins::arguments::Parameters;

use super::ascii;

/// Characters of a line, with the `=` that ends it softly.
const MAX_LINE: usize = 76;

const DECODE: Parameters<2> = Parameters {
    function: "a2b_qp",
    names: ["data", "header"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

/// `a2b_qp`
pub(super) fn decode(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [data, header] = DECODE.bind(thread, arguments, names)?;
    let Some(data) = data else { return Ok(Value::none()) };
    let data = ascii(thread, data)?;
    let header = header.map_or(Ok(false), |header| protocol::truth(thread, header))?;
    Ok(PyBytes::new(thread, &decoded(&data, header))?.into_value())
}

fn decoded(data: &[u8], header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut rest = data;
    while let [byte, behind @ ..] = rest {
        rest = behind;
        match byte {
            b'=' => rest = escape(rest, &mut out),
            b'_' if header => out.push(b' '),
            byte => out.push(*byte),
        }
    }
    out
}

/// Decodes what follows a `=`; gives what is behind.
fn escape<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    match rest {
        [] => rest,
        // the end of a line that goes on
        [b'\n' | b'\r', ..] => {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            rest.get(end..).unwrap_or_default()
        }
        [b'=', behind @ ..] => {
            out.push(b'=');
            behind
        }
        [high, low, behind @ ..] => match (digit(*high), digit(*low)) {
            (Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                behind
            }
            _ => {
                out.push(b'=');
                rest
            }
        },
        _ => {
            out.push(b'=');
            rest
        }
    }
}

const ENCODE: Parameters<4> = Parameters {
    function: "b2a_qp",
    names: ["data", "quotetabs", "istext", "header"],
    positional_only: 0,
    positional: 4,
    required: 1,
};

/// `b2a_qp`
pub(super) fn encode(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [data, tabs, text, header] = ENCODE.bind(thread, arguments, names)?;
    let Some(data) = data else { return Ok(Value::none()) };
    let data = buffer::bytes_of(thread, data)?;
    let flag =
        |value: Option<Ref<'_>>, default| value.map_or(Ok(default), |value| protocol::truth(thread, value));
    let (quote_tabs, is_text, header) = (flag(tabs, false)?, flag(text, true)?, flag(header, false)?);
    // the first end of a line decides for all
    let first = memchr::memchr(b'\n', &data).and_then(|at| at.checked_sub(1));
    let crlf = first.and_then(|at| data.get(at)) == Some(&b'\r');
    let mut encoder = Encoder { out: Vec::new(), line: 0, quote_tabs, is_text, header, crlf };
    let mut at = 0;
    while at < data.len() {
        at += encoder.step(data.get(at..).unwrap_or_default());
    }
    Ok(PyBytes::new(thread, &encoder.out)?.into_value())
}

struct Encoder {
    out: Vec<u8>,
    /// How long the line is.
    line: usize,
    quote_tabs: bool,
    is_text: bool,
    header: bool,
    crlf: bool,
}

impl Encoder {
    /// Whether a byte has to be written as a number.
    fn needs_escape(&self, byte: u8, next: Option<u8>) -> bool {
        match byte {
            b'=' | 127.. => true,
            b'_' => self.header,
            // a line of a dot ends a message
            b'.' => self.line == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)),
            b'\r' | b'\n' => !self.is_text,
            b'\t' | b' ' => next.is_none() || byte < 33 && self.quote_tabs,
            0..33 => true,
            _ => false,
        }
    }

    fn push_escape(&mut self, byte: u8) {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        let digit = |value: u8| DIGITS.get(usize::from(value & 15)).copied().unwrap_or(b'0');
        self.out.extend([b'=', digit(byte >> 4), digit(byte)]);
    }

    fn end_line(&mut self) {
        self.out.extend_from_slice(if self.crlf { b"\r\n" } else { b"\n" });
        self.line = 0;
    }

    fn end_softly(&mut self) {
        self.out.push(b'=');
        self.end_line();
    }

    /// Encodes what stands first; gives how many bytes that was.
    fn step(&mut self, rest: &[u8]) -> usize {
        let Some(&byte) = rest.first() else { return 1 };
        let next = rest.get(1).copied();
        if self.needs_escape(byte, next) {
            if self.line + 3 >= MAX_LINE {
                self.end_softly();
            }
            self.push_escape(byte);
            self.line += 3;
            return 1;
        }
        if self.is_text && (byte == b'\n' || byte == b'\r' && next == Some(b'\n')) {
            // blanks at the end of a line would be lost
            if let Some(&blank @ (b' ' | b'\t')) = self.out.last() {
                self.out.pop();
                self.push_escape(blank);
            }
            self.end_line();
            return if byte == b'\r' { 2 } else { 1 };
        }
        if next.is_some_and(|next| next != b'\n') && self.line + 1 >= MAX_LINE {
            self.end_softly();
        }
        self.line += 1;
        self.out.push(if self.header && byte == b' ' { b'_' } else { byte });
        1
    }
}
