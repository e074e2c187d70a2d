//! The syntax of a conversion: `%(name)-+ #0width.precision conversion`.

use taipan_object::{PyResult, Thread, Value, raise};

use super::Values;
use crate::format::markup::Char;

/// Walks a format.
pub(super) struct Reader<'a, C> {
    text: &'a [C],
    at: usize,
}

impl<'a, C: Char> Reader<'a, C> {
    pub(super) fn new(text: &'a [C]) -> Reader<'a, C> {
        Reader { text, at: 0 }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// Where the text up to the next percent sign begins and ends.
    pub(super) fn literal(&mut self) -> (usize, usize) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&c| c.into() == u32::from('%')).unwrap_or(rest.len());
        let start = self.at;
        // a percent sign at the very end is a conversion that is not whole
        self.at += length;
        (start, self.at)
    }

    /// Passes over two percent signs, which stand for one.
    pub(super) fn doubled(&mut self) -> bool {
        let percent = |at: usize| self.text.get(at).is_some_and(|&c| c.into() == u32::from('%'));
        let is = percent(self.at) && percent(self.at + 1);
        self.at += if is { 2 } else { 0 };
        is
    }

    fn next(&mut self) -> Option<u32> {
        let c = self.text.get(self.at).copied()?;
        self.at += 1;
        Some(c.into())
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).and_then(|&c| char::from_u32(c.into()))
    }

    fn skip(&mut self, c: char) -> bool {
        let is = self.peek() == Some(c);
        self.at += usize::from(is);
        is
    }
}

/// A conversion.
#[derive(Default)]
pub(super) struct Field {
    pub(super) left: bool,
    pub(super) plus: bool,
    pub(super) space: bool,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    pub(super) width: usize,
    pub(super) precision: Option<usize>,
    pub(super) conversion: u32,
    /// Where the conversion stands in the format.
    pub(super) position: usize,
}

impl Field {
    /// Whether a value is shown as it is.
    pub(super) fn is_plain(&self) -> bool {
        self.width == 0 && self.precision.is_none() && !(self.plus || self.space || self.alternate)
    }

    /// Reads a conversion, from its percent sign on. Values that it takes for width and precision are taken.
    pub(super) fn read<C: Char>(
        thread: &Thread,
        reader: &mut Reader<'_, C>,
        values: &mut Values<'_>,
    ) -> PyResult<Field> {
        let mut field = Field::default();
        reader.skip('%');
        if reader.skip('(') {
            let name = name(thread, reader)?;
            values.name(thread, &name)?;
        }
        loop {
            match reader.peek() {
                Some('-') => field.left = true,
                Some('+') => field.plus = true,
                Some(' ') => field.space = true,
                Some('#') => field.alternate = true,
                Some('0') => field.zero = true,
                _ => break,
            }
            reader.at += 1;
        }
        if reader.skip('*') {
            let width = star(thread, values, "width")?;
            field.left |= width < 0;
            field.width = width.unsigned_abs();
        } else {
            field.width = digits(thread, reader, isize::MAX as usize, "width")?.unwrap_or(0);
        }
        if reader.skip('.') {
            field.precision = Some(match reader.skip('*') {
                true => usize::try_from(star(thread, values, "precision")?).unwrap_or(0),
                false => digits(thread, reader, i32::MAX as usize, "precision")?.unwrap_or(0),
            });
        }
        if matches!(reader.peek(), Some('h' | 'l' | 'L')) {
            reader.at += 1;
        }
        field.position = reader.at;
        match reader.next() {
            Some(conversion) => field.conversion = conversion,
            None => return Err(raise!(thread, VALUE_ERROR, "incomplete format")),
        }
        Ok(field)
    }
}

/// The name in parentheses, which may have parentheses itself.
fn name<C: Char>(thread: &Thread, reader: &mut Reader<'_, C>) -> PyResult<Vec<u32>> {
    let (start, mut open) = (reader.at, 1);
    while let Some(c) = reader.next() {
        match char::from_u32(c) {
            Some('(') => open += 1,
            Some(')') => open -= 1,
            _ => {}
        }
        if open == 0 {
            let name = reader.text.get(start..reader.at - 1).unwrap_or_default();
            return Ok(name.iter().map(|&c| c.into()).collect());
        }
    }
    Err(raise!(thread, VALUE_ERROR, "incomplete format key"))
}

/// The number that a value gives in place of digits.
fn star(thread: &Thread, values: &mut Values<'_>, what: &str) -> PyResult<isize> {
    let value: Value = values.take(thread)?;
    if !value.as_ref().is_int() {
        return Err(raise!(thread, TYPE_ERROR, "* wants int"));
    }
    let number = value.as_ref().to_i64().map(|number| number as isize);
    let most = if what == "width" { isize::MAX } else { i32::MAX as isize };
    match number.filter(|number| (-most..=most).contains(number)) {
        Some(number) => Ok(number),
        None if what == "width" => {
            Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C ssize_t"))
        }
        None => Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C int")),
    }
}

fn digits<C: Char>(
    thread: &Thread,
    reader: &mut Reader<'_, C>,
    most: usize,
    what: &str,
) -> PyResult<Option<usize>> {
    let mut number: Option<usize> = None;
    while let Some(digit) = reader.peek().and_then(|c| c.to_digit(10)) {
        reader.at += 1;
        let next = number.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add(digit as usize));
        match next.filter(|&next| next <= most) {
            Some(next) => number = Some(next),
            None => return Err(raise!(thread, VALUE_ERROR, "{what} too big")),
        }
    }
    Ok(number)
}
