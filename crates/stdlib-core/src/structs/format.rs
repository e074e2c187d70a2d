//! Formats: a sign for order and sizes, then counts and letters.

use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, raise};

use super::error;

/// What a letter stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Bytes that are skipped.
    Pad,
    /// One byte.
    Char,
    /// A truth value.
    Bool,
    /// An integer.
    Int {
        /// Whether it has a sign.
        signed: bool,
    },
    /// A float.
    Float,
    /// A complex number: two floats.
    Complex,
    /// So many bytes.
    Bytes,
    /// Bytes behind one that says how many they are.
    Pascal,
}

/// Some values of one kind, or one of bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    /// The letter.
    pub(super) letter: char,
    pub(super) kind: Kind,
    /// Where the first stands.
    pub(super) offset: usize,
    /// Bytes of each.
    pub(super) size: usize,
    /// How many values.
    pub(super) count: usize,
}

/// A format that was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Format {
    /// The text.
    pub(super) text: String,
    pub(super) codes: Vec<Code>,
    /// Bytes.
    pub(super) size: usize,
    /// Values.
    pub(super) values: usize,
    /// Whether the highest byte comes first.
    pub(super) big: bool,
}

/// Kind and size of a letter; the size of native types is that of a 64-bit machine.
fn letter(letter: char, native: bool) -> Option<(Kind, usize)> {
    let int = |signed, size| Some((Kind::Int { signed }, size));
    match letter {
        'x' => Some((Kind::Pad, 1)),
        'c' => Some((Kind::Char, 1)),
        '?' => Some((Kind::Bool, 1)),
        's' => Some((Kind::Bytes, 1)),
        'p' => Some((Kind::Pascal, 1)),
        'b' => int(true, 1),
        'B' => int(false, 1),
        'h' => int(true, 2),
        'H' => int(false, 2),
        'i' => int(true, 4),
        'I' => int(false, 4),
        'l' => int(true, if native { 8 } else { 4 }),
        'L' => int(false, if native { 8 } else { 4 }),
        'q' => int(true, 8),
        'Q' => int(false, 8),
        'n' if native => int(true, 8),
        'N' | 'P' if native => int(false, 8),
        'e' => Some((Kind::Float, 2)),
        'f' => Some((Kind::Float, 4)),
        'd' => Some((Kind::Float, 8)),
        'F' => Some((Kind::Complex, 8)),
        'D' => Some((Kind::Complex, 16)),
        _ => None,
    }
}

impl Format {
    /// Reads a format.
    pub(super) fn read(thread: &Thread, value: Ref<'_>) -> PyResult<Format> {
        let text = if let Some(text) = value.get::<PyStr>() {
            if !text.is_ascii() {
                // raises of the first character that is no ASCII
                let encode = taipan_object::str::intern::intern_text(thread, "encode")?;
                let ascii = crate::call::text(thread, "ascii")?;
                drop(taipan_object::protocol::attribute::call_method(thread, value, &encode, &[ascii])?);
            }
            text.to_text_lossy()
        } else if let Some(bytes) = value.get::<PyBytes>() {
            String::from_utf8_lossy(bytes.as_slice()).into_owned()
        } else {
            let ty = value.ty().name();
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "Struct() argument 1 must be a str or bytes object, not {ty}"
            ));
        };
        if text.contains('\0') {
            return Err(error(thread, format_args!("embedded null character")));
        }
        let sign = text.chars().next().filter(|sign| "@=<>!".contains(*sign));
        let native = matches!(sign, None | Some('@'));
        let mut format = Format { big: matches!(sign, Some('>' | '!')), ..Format::default() };
        let mut count: Option<usize> = None;
        for c in text.chars().skip(usize::from(sign.is_some())) {
            if let Some(digit) = c.to_digit(10) {
                let next = count.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add(digit as usize));
                count = Some(next.filter(|n| *n <= isize::MAX as usize).ok_or_else(|| too_long(thread))?);
                continue;
            }
            if c.is_ascii_whitespace() && count.is_none() {
                continue;
            }
            let Some((kind, size)) = letter(c, native) else {
                return Err(error(thread, format_args!("bad char in struct format")));
            };
            format.add(c, kind, size, count.take().unwrap_or(1), native).ok_or_else(|| too_long(thread))?;
        }
        if count.is_some() {
            return Err(error(thread, format_args!("repeat count given without format specifier")));
        }
        format.text = text;
        Ok(format)
    }

    fn add(&mut self, letter: char, kind: Kind, size: usize, count: usize, native: bool) -> Option<()> {
        let alignment = match kind {
            Kind::Int { .. } | Kind::Float if native => size,
            Kind::Complex if native => size / 2,
            _ => 1,
        };
        self.size = self.size.checked_next_multiple_of(alignment)?;
        let whole = matches!(kind, Kind::Bytes | Kind::Pascal);
        let (bytes, values) = (size.checked_mul(count)?, if whole { 1 } else { count });
        let each = if whole { count } else { size };
        let offset = self.size;
        self.size = self.size.checked_add(bytes).filter(|size| *size <= isize::MAX as usize)?;
        if kind != Kind::Pad {
            self.values = self.values.checked_add(values)?;
            self.codes.push(Code { letter, kind, offset, size: each, count: values });
        }
        Some(())
    }
}

#[cold]
fn too_long(thread: &Thread) -> taipan_object::Raised {
    error(thread, format_args!("total struct size too long"))
}
