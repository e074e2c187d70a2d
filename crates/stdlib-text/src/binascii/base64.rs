//! Base64 (RFC 4648).

use taipan_object::bytes::PyBytes;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, buffer, protocol};
use taipan_runtime_builtins::arguments::Parameters;

use super::{ascii, error, one_positional};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn value_of(digit: u8) -> Option<u32> {
    VALUES.get(usize::from(digit)).map(|value| u32::from(*value)).filter(|value| *value < 64)
}

/// The values of all bytes; 64 of those that are no digits.
static VALUES: [u8; 256] = {
    let mut values = [64; 256];
    let mut byte = 0_u8;
    loop {
        values[byte as usize] = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => 64,
        };
        if byte == u8::MAX {
            break values;
        }
        byte += 1;
    }
};

const DECODE: Parameters<2> = Parameters {
    function: "a2b_base64",
    names: ["", "strict_mode"],
    positional_only: 1,
    positional: 1,
    required: 1,
};

/// `a2b_base64`
pub(super) fn decode(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    one_positional(thread, "a2b_base64", arguments, names)?;
    let [data, strict] = DECODE.bind(thread, arguments, names)?;
    let Some(data) = data else { return Ok(Value::none()) };
    let data = ascii(thread, data)?;
    let strict = strict.map_or(Ok(false), |strict| protocol::truth(thread, strict))?;
    let mut decoder = Decoder { thread, out: Vec::new(), bits: 0, place: 0, pads: 0, strict };
    if decoder.out.try_reserve(data.len() / 4 * 3 + 3).is_err() {
        return Err(thread.raise_memory_error());
    }
    let plain = decoder.groups(&data);
    for (at, &byte) in data.iter().enumerate().skip(plain) {
        decoder.push(at, byte)?;
    }
    Ok(PyBytes::new(thread, &decoder.finish()?)?.into_value())
}

struct Decoder<'t> {
    thread: &'t Thread,
    out: Vec<u8>,
    /// The bits of the digits that have not become bytes.
    bits: u32,
    /// Digits of the group of four.
    place: usize,
    /// Signs of padding since the last digit.
    pads: usize,
    strict: bool,
}

impl Decoder<'_> {
    /// Takes groups of four digits from the beginning, up to the first that is none; gives how many bytes it took.
    fn groups(&mut self, data: &[u8]) -> usize {
        let mut taken = 0;
        for group in data.as_chunks::<4>().0 {
            let [Some(a), Some(b), Some(c), Some(d)] = group.map(value_of) else { break };
            let [_, bytes @ ..] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
            self.out.extend_from_slice(&bytes);
            taken += 4;
        }
        taken
    }

    fn push(&mut self, at: usize, byte: u8) -> PyResult<()> {
        if byte == b'=' {
            return self.pad(at);
        }
        let Some(value) = value_of(byte) else {
            return if self.strict { Err(error(self.thread, "Only base64 data is allowed")) } else { Ok(()) };
        };
        if self.strict && self.pads > 0 {
            let message = match self.place + self.pads >= 4 {
                true => "Excess data after padding",
                false => "Discontinuous padding not allowed",
            };
            return Err(error(self.thread, message));
        }
        self.pads = 0;
        self.bits = (self.bits << 6 | value) & 0x00FF_FFFF;
        self.place = (self.place + 1) % 4;
        match self.place {
            2 => self.out.push((self.bits >> 4) as u8),
            3 => self.out.push((self.bits >> 2) as u8),
            0 => self.out.push(self.bits as u8),
            _ => {}
        }
        Ok(())
    }

    fn pad(&mut self, at: usize) -> PyResult<()> {
        if self.strict {
            if at == 0 {
                return Err(error(self.thread, "Leading padding not allowed"));
            }
            if self.place == 0 || self.place + self.pads >= 4 {
                return Err(error(self.thread, "Excess padding not allowed"));
            }
            if self.place == 1 {
                return Err(self.one_more());
            }
        }
        self.pads += 1;
        Ok(())
    }

    fn one_more(&self) -> Raised {
        let count = self.out.len() / 3 * 4 + 1;
        let message = format!(
            "Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more than a multiple of 4"
        );
        error(self.thread, &message)
    }

    fn finish(self) -> PyResult<Vec<u8>> {
        match self.place {
            0 => Ok(self.out),
            1 => Err(self.one_more()),
            place if place + self.pads < 4 => Err(error(self.thread, "Incorrect padding")),
            _ => Ok(self.out),
        }
    }
}

const ENCODE: Parameters<2> = Parameters {
    function: "b2a_base64",
    names: ["", "newline"],
    positional_only: 1,
    positional: 1,
    required: 1,
};

/// `b2a_base64`
pub(super) fn encode(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    one_positional(thread, "b2a_base64", arguments, names)?;
    let [data, newline] = ENCODE.bind(thread, arguments, names)?;
    let Some(data) = data else { return Ok(Value::none()) };
    let data = buffer::bytes_of(thread, data)?;
    let newline = newline.map_or(Ok(true), |newline| protocol::truth(thread, newline))?;
    let mut out = Vec::new();
    if out.try_reserve(data.len().div_ceil(3).saturating_mul(4).saturating_add(1)).is_err() {
        return Err(thread.raise_memory_error());
    }
    let digit = |bits: u32| DIGITS.get((bits & 63) as usize).copied().unwrap_or(b'A');
    for group in data.chunks(3) {
        let bits = group.iter().chain([&0, &0]).take(3).fold(0, |bits, &byte| bits << 8 | u32::from(byte));
        let digits = [bits >> 18, bits >> 12, bits >> 6, bits].map(digit);
        out.extend_from_slice(digits.get(..=group.len()).unwrap_or_default());
        out.resize(out.len() + 3 - group.len(), b'=');
    }
    if newline {
        out.push(b'\n');
    }
    Ok(PyBytes::new(thread, &out)?.into_value())
}
