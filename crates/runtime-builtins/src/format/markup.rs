//! The syntax of `str.format`: literal text, replacement fields, names of fields. Nothing here looks at values.

use taipan_object::{PyResult, Thread, raise};

/// A character of a template, however wide.
pub(crate) trait Char: Copy + Into<u32> {}
impl Char for u8 {}
impl Char for u16 {}
impl Char for u32 {}

/// Literal text, and the replacement field behind it if there is one.
pub(crate) struct Piece<'a, C> {
    /// The text.
    pub(crate) literal: &'a [C],
    /// Whether a field follows.
    pub(crate) has_field: bool,
    /// The name of the field.
    pub(crate) name: &'a [C],
    /// The character behind `!`.
    pub(crate) conversion: Option<u32>,
    /// What is behind `:`.
    pub(crate) spec: &'a [C],
    /// Whether there are fields in it.
    pub(crate) spec_has_fields: bool,
}

/// Walks a template.
pub(crate) struct Markup<'a, C> {
    text: &'a [C],
    at: usize,
}

const OPEN: u32 = 0x7B;
const CLOSE: u32 = 0x7D;

impl<C> Default for Piece<'_, C> {
    fn default() -> Self {
        Piece {
            literal: &[],
            has_field: false,
            name: &[],
            conversion: None,
            spec: &[],
            spec_has_fields: false,
        }
    }
}

impl<'a, C: Char> Markup<'a, C> {
    /// Before the beginning.
    pub(crate) fn new(text: &'a [C]) -> Markup<'a, C> {
        Markup { text, at: 0 }
    }

    fn peek(&self) -> Option<u32> {
        self.text.get(self.at).map(|&c| c.into())
    }

    fn take(&mut self) -> Option<u32> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn part(&self, start: usize, end: usize) -> &'a [C] {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The next piece; none at the end.
    pub(crate) fn next(&mut self, thread: &Thread) -> PyResult<Option<Piece<'a, C>>> {
        let start = self.at;
        let rest = self.part(start, self.text.len());
        if rest.is_empty() {
            return Ok(None);
        }
        let Some(length) = rest.iter().position(|&c| c.into() == OPEN || c.into() == CLOSE) else {
            self.at = self.text.len();
            return Ok(Some(Piece { literal: rest, ..Piece::default() }));
        };
        self.at = start + length;
        let brace = self.take().unwrap_or(OPEN);
        if self.peek() == Some(brace) {
            // a doubled brace is one of the text
            let literal = self.part(start, self.at);
            self.at += 1;
            return Ok(Some(Piece { literal, ..Piece::default() }));
        }
        if brace == CLOSE {
            return Err(raise!(thread, VALUE_ERROR, "Single '}}' encountered in format string"));
        }
        if self.peek().is_none() {
            return Err(raise!(thread, VALUE_ERROR, "Single '{{' encountered in format string"));
        }
        let literal = self.part(start, start + length);
        let field = self.field(thread)?;
        Ok(Some(Piece { literal, has_field: true, ..field }))
    }

    /// A replacement field, from behind its brace on.
    fn field(&mut self, thread: &Thread) -> PyResult<Piece<'a, C>> {
        let start = self.at;
        let end_of_name = loop {
            match self.take().and_then(char::from_u32) {
                Some('{') => return Err(raise!(thread, VALUE_ERROR, "unexpected '{{' in field name")),
                Some('[') => {
                    // braces in a subscript are part of it
                    while self.peek().is_some_and(|c| c != u32::from(']')) {
                        self.at += 1;
                    }
                }
                Some(end @ ('}' | ':' | '!')) => break end,
                Some(_) => {}
                None if self.at >= self.text.len() => {
                    return Err(raise!(thread, VALUE_ERROR, "expected '}}' before end of string"));
                }
                None => {}
            }
        };
        let mut piece = Piece { name: self.part(start, self.at - 1), ..Piece::default() };
        if end_of_name == '}' {
            return Ok(piece);
        }
        if end_of_name == '!' {
            let Some(conversion) = self.take() else {
                let message = "end of string while looking for conversion specifier";
                return Err(raise!(thread, VALUE_ERROR, "{message}"));
            };
            piece.conversion = Some(conversion);
            match self.take().map(char::from_u32) {
                Some(Some('}')) => return Ok(piece),
                Some(Some(':')) | None => {}
                Some(_) => {
                    return Err(raise!(thread, VALUE_ERROR, "expected ':' after conversion specifier"));
                }
            }
        }
        let start = self.at;
        let mut open = 1;
        while let Some(c) = self.take() {
            match c {
                OPEN => {
                    piece.spec_has_fields = true;
                    open += 1;
                }
                CLOSE => open -= 1,
                _ => {}
            }
            if open == 0 {
                piece.spec = self.part(start, self.at - 1);
                return Ok(piece);
            }
        }
        Err(raise!(thread, VALUE_ERROR, "unmatched '{{' in format spec"))
    }
}

/// A step from a value to a part of it.
pub(crate) enum Part<'a, C> {
    /// `.name`
    Attribute(&'a [C]),
    /// `[key]`
    Item(&'a [C]),
}

/// The first part of the name of a field, and the steps behind it.
pub(crate) fn name_parts<C: Char>(name: &[C]) -> (&[C], NameParts<'_, C>) {
    let starts = |&c: &C| c.into() == u32::from('.') || c.into() == u32::from('[');
    let (first, rest) = name.split_at(name.iter().position(starts).unwrap_or(name.len()));
    (first, NameParts { rest })
}

/// Walks the steps of a name.
pub(crate) struct NameParts<'a, C> {
    rest: &'a [C],
}

impl<'a, C: Char> Iterator for NameParts<'a, C> {
    type Item = Result<Part<'a, C>, &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        let (&kind, rest) = self.rest.split_first()?;
        let kind = kind.into();
        if kind == u32::from('.') {
            let (name, steps) = name_parts(rest);
            self.rest = steps.rest;
            return Some(if name.is_empty() { Err(EMPTY) } else { Ok(Part::Attribute(name)) });
        }
        if kind != u32::from('[') {
            return Some(Err("Only '.' or '[' may follow ']' in format field specifier"));
        }
        let Some(length) = rest.iter().position(|&c| c.into() == u32::from(']')) else {
            return Some(Err("Missing ']' in format string"));
        };
        let (key, behind) = rest.split_at(length);
        self.rest = behind.get(1..).unwrap_or_default();
        Some(if key.is_empty() { Err(EMPTY) } else { Ok(Part::Item(key)) })
    }
}

const EMPTY: &str = "Empty attribute in format string";

/// The number that a text of nothing but digits is; none if there is anything else.
pub(crate) fn number<C: Char>(thread: &Thread, text: &[C]) -> PyResult<Option<usize>> {
    let mut number: usize = 0;
    for &c in text {
        let Some(digit) = taipan_unicode::decimal_value(c.into()) else { return Ok(None) };
        let next = number.checked_mul(10).and_then(|number| number.checked_add(digit as usize));
        match next.filter(|&next| next <= isize::MAX as usize) {
            Some(next) => number = next,
            None => return Err(raise!(thread, VALUE_ERROR, "Too many decimal digits in format string")),
        }
    }
    Ok((!text.is_empty()).then_some(number))
}
