//! `tell` and `seek` of text. A position is a cookie: the position of the buffer where the decoder was in a known
//! state, that state, and how many bytes to decode and characters to skip from there. Most are plain positions.

use taipan_object::bytes::PyBytes;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::check_count;

use super::TextStream;
use crate::{call, errors};

/// The parts of a cookie.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
struct Cookie {
    position: i64,
    flags: i32,
    bytes_to_feed: i32,
    chars_to_skip: i32,
    needs_end: bool,
}

impl Cookie {
    /// The int: the parts one behind the other, the position in the lowest bits.
    fn value(self, thread: &Thread) -> PyResult<Value> {
        if self.flags == 0 && self.bytes_to_feed == 0 && self.chars_to_skip == 0 && !self.needs_end {
            return Value::int(thread, self.position);
        }
        let digits = format!(
            "{:x}{:08x}{:08x}{:08x}{:016x}",
            u8::from(self.needs_end),
            self.chars_to_skip,
            self.bytes_to_feed,
            self.flags,
            self.position
        );
        match taipan_object::int::parse(thread, false, &digits, 16) {
            Ok(value) => Ok(value),
            Err(_) => Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long")),
        }
    }

    fn read(thread: &Thread, value: Ref<'_>) -> PyResult<Cookie> {
        let too_large = || raise!(thread, OVERFLOW_ERROR, "int too big to convert");
        let text = value.int_to_text(16).unwrap_or_default();
        let padded = format!("{text:0>42}");
        if padded.len() > 42 {
            return Err(too_large());
        }
        let part = |from: usize, to: usize| {
            u64::from_str_radix(padded.get(from..to).unwrap_or("0"), 16).unwrap_or(0)
        };
        Ok(Cookie {
            needs_end: part(0, 2) != 0,
            chars_to_skip: part(2, 10) as i32,
            bytes_to_feed: part(10, 18) as i32,
            flags: part(18, 26) as i32,
            position: part(26, 42) as i64,
        })
    }
}

/// `tell()`.
pub(super) fn tell(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let stream = TextStream::of(thread, this)?;
    stream.check_open(thread)?;
    if !stream.state.seekable.get() {
        return Err(errors::unsupported(thread, "underlying stream is not seekable"));
    }
    if !stream.state.telling.get() {
        return Err(raise!(thread, OS_ERROR, "telling position disabled by next() call"));
    }
    stream.flush_pending(thread)?;
    drop(call::method(thread, this, "flush", &[])?);
    let buffer = stream.buffer();
    let at = call::method(thread, buffer.as_ref(), "tell", &[])?;
    let Some((flags, input)) = stream.snapshot().filter(|_| stream.state.reads.get()) else { return Ok(at) };
    let position = call::offset(thread, at.as_ref())? - input.as_slice().len() as i64;
    let start = Cookie { position, flags: flags as i32, ..Cookie::default() };
    match stream.decoded() {
        Some((_, used)) if used > 0 => stream.locate(thread, start, &input, used)?.value(thread),
        _ => start.value(thread),
    }
}

impl TextStream<'_> {
    /// Where the decoder has given out so many characters of what it was fed.
    fn locate(&self, thread: &Thread, start: Cookie, input: &PyBytes, used: usize) -> PyResult<Cookie> {
        let (bytes, flags) = self.decoder_state(thread)?;
        let found = self.find_start(thread, start, input.as_slice(), used);
        let restored = self.set_decoder_state(thread, bytes.as_slice(), flags);
        let found = found?;
        restored.map(|()| found)
    }

    fn decoded_len(&self, thread: &Thread, bytes: &[u8], is_final: bool) -> PyResult<usize> {
        Ok(self.decode(thread, &*PyBytes::new(thread, bytes)?, is_final)?.len())
    }

    /// Looks for the last place before the wanted one where the decoder holds nothing back.
    fn find_start(&self, thread: &Thread, start: Cookie, input: &[u8], used: usize) -> PyResult<Cookie> {
        let mut cookie = start;
        let mut left = used;
        let mut skip = ((self.state.ratio.get() * used as f64) as usize).min(input.len());
        let mut back = 1;
        while skip > 0 {
            self.start_decoder(thread, start.position, start.flags.into())?;
            let count = self.decoded_len(thread, input.get(..skip).unwrap_or_default(), false)?;
            if count <= used {
                let (held, flags) = self.decoder_state(thread)?;
                if held.as_slice().is_empty() {
                    cookie.flags = flags as i32;
                    left = used - count;
                    break;
                }
                skip -= held.as_slice().len().min(skip);
                back = 1;
            } else {
                skip -= back.min(skip);
                back *= 2;
            }
        }
        if skip == 0 {
            self.start_decoder(thread, start.position, start.flags.into())?;
        }
        cookie.position += skip as i64;
        if left == 0 {
            return Ok(cookie);
        }
        self.feed(thread, cookie, input.get(skip..).unwrap_or_default(), left)
    }

    /// Feeds the decoder byte by byte until it has given the characters.
    fn feed(&self, thread: &Thread, mut cookie: Cookie, input: &[u8], mut left: usize) -> PyResult<Cookie> {
        let (mut fed, mut decoded) = (0, 0);
        for byte in input {
            fed += 1;
            decoded += self.decoded_len(thread, std::slice::from_ref(byte), false)?;
            let (held, flags) = self.decoder_state(thread)?;
            if held.as_slice().is_empty() && decoded <= left {
                cookie.position += i64::from(fed);
                cookie.flags = flags as i32;
                left -= decoded;
                (fed, decoded) = (0, 0);
            }
            if decoded >= left {
                cookie.bytes_to_feed = fed;
                cookie.chars_to_skip = left as i32;
                return Ok(cookie);
            }
        }
        decoded += self.decoded_len(thread, b"", true)?;
        if decoded < left {
            return Err(raise!(thread, OS_ERROR, "can't reconstruct logical file position"));
        }
        cookie.bytes_to_feed = fed;
        cookie.chars_to_skip = left as i32;
        cookie.needs_end = true;
        Ok(cookie)
    }

    fn seek_to(&self, thread: &Thread, cookie: Ref<'_>) -> PyResult<Value> {
        let zero = Value::small(0);
        if protocol::holds(thread, cookie, zero.as_ref(), taipan_object::types::slots::CompareOp::Lt)? {
            let text = taipan_runtime_builtins::text::repr(thread, cookie)?.to_text_lossy();
            return Err(raise!(thread, VALUE_ERROR, "negative seek position {text}"));
        }
        drop(call::method(thread, self.this, "flush", &[])?);
        let parts = Cookie::read(thread, protocol::number::index(thread, cookie)?.as_ref())?;
        let buffer = self.buffer();
        drop(call::method(thread, buffer.as_ref(), "seek", &[Value::int(thread, parts.position)?])?);
        self.set_decoded(None);
        self.set_snapshot(None);
        if self.state.reads.get() {
            self.start_decoder(thread, parts.position, parts.flags.into())?;
            self.set_snapshot(Some((parts.flags.into(), PyBytes::new(thread, b"")?)));
        }
        if parts.chars_to_skip != 0 {
            self.skip(thread, parts)?;
        }
        self.set_encoder_start(thread, parts.position == 0)?;
        Ok(cookie.to_value())
    }

    /// Decodes what is behind the position, and skips what was given out.
    fn skip(&self, thread: &Thread, parts: Cookie) -> PyResult<()> {
        let buffer = self.buffer();
        let size = Value::int(thread, parts.bytes_to_feed.into())?;
        let input = call::method(thread, buffer.as_ref(), "read", &[size])?;
        let Ok(input) = input.downcast::<PyBytes>() else {
            return Err(raise!(thread, TYPE_ERROR, "underlying read() should have returned a bytes object"));
        };
        let text = self.decode(thread, &input, parts.needs_end)?;
        let skip = usize::try_from(parts.chars_to_skip).unwrap_or(0);
        let len = text.len();
        self.set_snapshot(Some((parts.flags.into(), input)));
        self.set_decoded(Some(text));
        if len < skip {
            return Err(raise!(thread, OS_ERROR, "can't restore logical file position"));
        }
        self.state.used.set(skip);
        Ok(())
    }

    fn seek_to_end(&self, thread: &Thread) -> PyResult<Value> {
        drop(call::method(thread, self.this, "flush", &[])?);
        self.set_decoded(None);
        self.set_snapshot(None);
        if self.state.reads.get() {
            self.reset_decoder(thread)?;
        }
        let buffer = self.buffer();
        let end = call::method(thread, buffer.as_ref(), "seek", &[Value::small(0), Value::small(2)])?;
        self.set_encoder_start(thread, end.as_ref().to_i64() == Some(0))?;
        Ok(end)
    }
}

/// `seek(cookie, whence=0)`.
pub(super) fn seek(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "seek", arguments.len(), 1, 2)?;
    let whence = call::whence(thread, arguments.get(1))?;
    let stream = TextStream::of(thread, this)?;
    stream.check_open(thread)?;
    if !stream.state.seekable.get() {
        return Err(errors::unsupported(thread, "underlying stream is not seekable"));
    }
    let cookie = arguments.first().map_or(this, Value::as_ref);
    let is_zero = |thread: &Thread| {
        let zero = Value::small(0);
        protocol::same_or_equal(thread, cookie, zero.as_ref())
    };
    match whence {
        0 => stream.seek_to(thread, cookie),
        1 if !is_zero(thread)? => Err(errors::unsupported(thread, "can't do nonzero cur-relative seeks")),
        1 => {
            drop(call::method(thread, this, "flush", &[])?);
            let at = call::method(thread, this, "tell", &[])?;
            stream.seek_to(thread, at.as_ref())
        }
        2 if !is_zero(thread)? => Err(errors::unsupported(thread, "can't do nonzero end-relative seeks")),
        2 => stream.seek_to_end(thread),
        _ => Err(raise!(thread, VALUE_ERROR, "invalid whence ({whence}, should be 0, 1 or 2)")),
    }
}

/// `truncate(pos=None)`.
pub(super) fn truncate(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "truncate", arguments.len(), 0, 1)?;
    let stream = TextStream::of(thread, this)?;
    drop(call::method(thread, this, "flush", &[])?);
    let buffer = stream.buffer();
    let size = arguments.first().cloned().unwrap_or_else(Value::none);
    call::method(thread, buffer.as_ref(), "truncate", &[size])
}
