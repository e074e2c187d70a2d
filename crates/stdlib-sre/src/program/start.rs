//! Where a match may begin: what is looked for before the program runs.

use memchr::memmem::Finder;

use super::{Program, Unit};
use crate::chars::Char;

/// What is known of the places where a match may begin.
#[derive(Default)]
pub(crate) enum Start {
    /// Nothing.
    #[default]
    Anywhere,
    /// Only the first place that is tried can be one.
    Beginning,
    /// A literal text stands there.
    Literal(Box<Literal>),
    /// A character of a set stands there.
    First(Box<First>),
}

/// A literal text that matches begin with.
pub(crate) struct Literal {
    text: Vec<u32>,
    /// Finds it among bytes; none if it is not of bytes.
    finder: Option<Finder<'static>>,
    /// The pattern is this text and nothing else.
    pub(crate) is_whole: bool,
}

/// The characters that matches begin with.
pub(crate) struct First {
    /// Of the first 256.
    latin: [bool; 256],
    /// What else may match others.
    wide: Vec<Unit>,
    /// The first 256 where they are few.
    few: Vec<u8>,
}

/// A run that patterns begin with: where it ends and what must follow does not, nothing in it begins a match.
#[derive(Clone, Copy)]
pub(crate) struct Lead {
    /// What the run is of.
    pub(crate) unit: Unit,
    /// How long it is at least.
    pub(crate) least: usize,
    /// What must follow; it is no part of a run.
    pub(crate) follow: Unit,
}

impl Literal {
    pub(super) fn new(text: Vec<u32>, is_whole: bool) -> Literal {
        let bytes: Result<Vec<u8>, _> = text.iter().map(|&c| u8::try_from(c)).collect();
        let finder = bytes.ok().map(|bytes| Finder::new(&bytes).into_owned());
        Literal { text, finder, is_whole }
    }

    /// Characters of the text.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    fn find<C: Char>(&self, text: &[C]) -> Option<usize> {
        if let Some(bytes) = C::bytes(text) {
            return self.finder.as_ref()?.find(bytes);
        }
        let (&first, rest) = self.text.split_first()?;
        let mut from = 0;
        loop {
            let at = from + C::find(text.get(from..)?, first)?;
            let behind = text.get(at + 1..)?.get(..rest.len())?;
            if behind.iter().zip(rest).all(|(a, &b)| a.code() == b) {
                return Some(at);
            }
            from = at + 1;
        }
    }
}

impl First {
    pub(super) fn new(latin: [bool; 256], wide: Vec<Unit>) -> First {
        let few: Vec<u8> =
            (0..=0xFF).filter(|&c: &u8| latin.get(c as usize) == Some(&true)).take(4).collect();
        First { latin, wide, few }
    }

    fn find<C: Char>(&self, program: &Program, text: &[C]) -> Option<usize> {
        if let Some(bytes) = C::bytes(text) {
            return match *self.few {
                [] => None,
                [a] => memchr::memchr(a, bytes),
                [a, b] => memchr::memchr2(a, b, bytes),
                [a, b, c] => memchr::memchr3(a, b, c, bytes),
                _ => bytes.iter().position(|&c| self.latin.get(c as usize).copied().unwrap_or(false)),
            };
        }
        if let ([], [Unit::Literal(c)]) = (self.few.as_slice(), self.wide.as_slice()) {
            return C::find(text, *c);
        }
        let fits = |c: u32| match self.latin.get(c as usize) {
            Some(&fits) => fits,
            None => self.wide.iter().any(|&unit| program.accepts(unit, c)),
        };
        text.iter().position(|c| fits(c.code()))
    }
}

impl Program {
    /// The first place from `at` on where a match may begin.
    #[inline]
    pub(crate) fn candidate<C: Char>(&self, text: &[C], at: usize) -> Option<usize> {
        match &self.start {
            Start::Anywhere | Start::Beginning => Some(at),
            Start::Literal(literal) => literal.find(text.get(at..)?).map(|found| at + found),
            Start::First(first) => first.find(self, text.get(at..)?).map(|found| at + found),
        }
    }
}
