//! A format specification, parsed: `[[fill]align][sign]["z"]["#"]["0"][width][grouping]["." precision [grouping]][type]`.
//! Invariant: what is parsed is well-formed; whether a type of values takes it is for the formatters to say.

use taipan_object::str::{Chars, PyStr};
use taipan_object::{PyResult, Raised, Ref, Thread, raise};

use crate::chars::code_points;

/// Where the padding goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Align {
    Left,
    Right,
    Center,
    /// Behind the sign.
    Sign,
}

/// What stands for the sign of what is not negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    Minus,
    Plus,
    Space,
}

/// A format specification.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) fill: u32,
    pub(crate) align: Align,
    /// None where there was none, which is not the same as a minus.
    pub(crate) sign: Option<Sign>,
    /// `z`: no negative zero.
    pub(crate) no_negative_zero: bool,
    /// `#`
    pub(crate) alternate: bool,
    pub(crate) width: usize,
    /// `,` or `_`
    pub(crate) grouping: Option<char>,
    pub(crate) precision: Option<usize>,
    /// `,` or `_` behind the point.
    pub(crate) fraction_grouping: Option<char>,
    /// The type character; the default one of the value's type, where there was none.
    pub(crate) kind: u32,
}

impl Spec {
    pub(crate) fn is_kind(&self, kind: char) -> bool {
        self.kind == u32::from(kind)
    }
}

/// Specifications of so many characters need no memory of their own.
const FEW: usize = 24;

struct Parser<'a> {
    rest: &'a [u32],
}

fn align_of(c: u32) -> Option<Align> {
    match char::from_u32(c) {
        Some('<') => Some(Align::Left),
        Some('>') => Some(Align::Right),
        Some('^') => Some(Align::Center),
        Some('=') => Some(Align::Sign),
        _ => None,
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<u32> {
        self.rest.first().copied()
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(u32::from(wanted));
        if found {
            self.skip(1);
        }
        found
    }

    /// Digits, of any script.
    fn number(&mut self, thread: &Thread) -> PyResult<Option<usize>> {
        let mut number: Option<usize> = None;
        while let Some(digit) = self.peek().and_then(taipan_unicode::decimal_value) {
            let longer = number.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add(digit as usize));
            let Some(longer) = longer.filter(|&n| isize::try_from(n).is_ok()) else {
                return Err(raise!(thread, VALUE_ERROR, "Too many decimal digits in format string"));
            };
            number = Some(longer);
            self.skip(1);
        }
        Ok(number)
    }

    /// At most one of the two separators.
    fn grouping(&mut self, thread: &Thread) -> PyResult<Option<char>> {
        let mut found = None;
        for separator in [',', '_'] {
            if self.take(separator) {
                if found.is_some() {
                    return Err(both_separators(thread));
                }
                found = Some(separator);
            }
        }
        if found == Some('_') && self.peek() == Some(u32::from(',')) {
            return Err(both_separators(thread));
        }
        Ok(found)
    }
}

#[cold]
fn both_separators(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "Cannot specify both ',' and '_'.")
}

impl Spec {
    /// Parses a specification for a value.
    pub(crate) fn parse(
        thread: &Thread,
        value: Ref<'_>,
        text: &PyStr,
        default_kind: char,
        default_align: Align,
    ) -> PyResult<Spec> {
        let (mut few, all);
        let chars = match text.chars() {
            Chars::One(chars) if chars.len() <= FEW => {
                few = [0; FEW];
                few.iter_mut().zip(chars).for_each(|(place, &c)| *place = u32::from(c));
                few.get(..chars.len()).unwrap_or_default()
            }
            _ => {
                all = code_points(text);
                &all
            }
        };
        let mut parser = Parser { rest: chars };
        let mut spec = Spec {
            fill: ' '.into(),
            align: default_align,
            sign: None,
            no_negative_zero: false,
            alternate: false,
            width: 0,
            grouping: None,
            precision: None,
            fraction_grouping: None,
            kind: default_kind.into(),
        };
        spec.parse_alignment(&mut parser, default_align);
        if let Some(width) = parser.number(thread)? {
            spec.width = width;
        }
        spec.grouping = parser.grouping(thread)?;
        if parser.take('.') {
            spec.precision = parser.number(thread)?;
            spec.fraction_grouping = parser.grouping(thread)?;
            if spec.precision.is_none() && spec.fraction_grouping.is_none() {
                return Err(raise!(thread, VALUE_ERROR, "Format specifier missing precision"));
            }
        }
        match *parser.rest {
            [] => {}
            [kind] => spec.kind = kind,
            _ => {
                let (text, ty) = (text.to_text_lossy(), value.ty().name());
                return Err(raise!(
                    thread,
                    VALUE_ERROR,
                    "Invalid format specifier '{text}' for object of type '{ty}'"
                ));
            }
        }
        spec.check_grouping(thread)?;
        Ok(spec)
    }

    /// All that stands before the width.
    fn parse_alignment(&mut self, parser: &mut Parser<'_>, default_align: Align) {
        let (mut has_fill, mut has_align) = (false, false);
        match *parser.rest {
            [fill, align, ..] if align_of(align).is_some() => {
                (self.fill, has_fill, has_align) = (fill, true, true);
                self.align = align_of(align).unwrap_or(self.align);
                parser.skip(2);
            }
            [align, ..] if align_of(align).is_some() => {
                self.align = align_of(align).unwrap_or(self.align);
                has_align = true;
                parser.skip(1);
            }
            _ => {}
        }
        for (c, sign) in [(' ', Sign::Space), ('+', Sign::Plus), ('-', Sign::Minus)] {
            if self.sign.is_none() && parser.take(c) {
                self.sign = Some(sign);
            }
        }
        self.no_negative_zero = parser.take('z');
        self.alternate = parser.take('#');
        if !has_fill && parser.take('0') {
            self.fill = '0'.into();
            if !has_align && default_align == Align::Right {
                self.align = Align::Sign;
            }
        }
    }

    /// Whether the type takes separators.
    fn check_grouping(&mut self, thread: &Thread) -> PyResult<()> {
        let kind = char::from_u32(self.kind).unwrap_or(char::REPLACEMENT_CHARACTER);
        let takes_all = matches!(kind, 'd' | 'e' | 'f' | 'g' | 'E' | 'G' | 'F' | '%' | '\0');
        let takes_underscore = matches!(kind, 'b' | 'o' | 'x' | 'X');
        match self.grouping {
            Some(_) if takes_all => {}
            Some('_') if takes_underscore => {}
            Some(separator) => return Err(wrong_separator(thread, separator, self.kind)),
            None => {}
        }
        // behind the point, only the type of the locale is refused
        match self.fraction_grouping {
            Some(separator) if kind == 'n' => Err(wrong_separator(thread, separator, self.kind)),
            _ => Ok(()),
        }
    }
}

#[cold]
fn wrong_separator(thread: &Thread, separator: char, kind: u32) -> Raised {
    match char::from_u32(kind) {
        Some(kind @ '!'..='~') => raise!(thread, VALUE_ERROR, "Cannot specify '{separator}' with '{kind}'."),
        _ => raise!(thread, VALUE_ERROR, "Cannot specify '{separator}' with '\\x{kind:x}'."),
    }
}

/// Says that the type of the value has no such type character.
#[cold]
pub(crate) fn unknown_kind(thread: &Thread, kind: u32, value: Ref<'_>) -> Raised {
    let ty = value.ty().name();
    match char::from_u32(kind) {
        Some(kind @ '!'..='\u{7f}') => {
            raise!(thread, VALUE_ERROR, "Unknown format code '{kind}' for object of type '{ty}'")
        }
        _ => raise!(thread, VALUE_ERROR, "Unknown format code '\\x{kind:x}' for object of type '{ty}'"),
    }
}
