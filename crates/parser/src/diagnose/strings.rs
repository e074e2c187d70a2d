//! Literals: numbers and strings, with their errors.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
use super::literal::{self, Problem};
use super::templates::Template;
use crate::errors::SyntaxErrorKind as Error;
use crate::literals::{self, BytesError};
use taipan_diagnostics::ErrorClass;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    pub(super) fn number(&mut self) -> Match {
        let number = self.token(T::Number)?;
        let text = self.text_at(number.first);
        if self.options.feature_version < 6 && text.contains('_') {
            return self.raise(Error::Underscores);
        }
        if let Some(error) = literal::number_problem(text, self.options.max_decimal_digits) {
            // CPython leaves out the columns, so as not to show thousands of digits
            let mut place = self.place(number);
            place.column = -1;
            place.end_column = -1;
            return self.raise_place(ErrorClass::Syntax, place, Error::Number { error });
        }
        let kind = if text.ends_with(['j', 'J']) { Kind::Imaginary } else { Kind::Real };
        Some(Item { kind, ..number })
    }

    pub(super) fn strings(&mut self) -> Match {
        self.memo(Rule::Strings, |p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_string_tstring_concat);
                {
                    let pieces = p.many1(Self::fstring_or_string)?;
                    p.concatenated(start, &pieces)
                };
                { p.many1(Self::tstring)?; Some(p.item(Kind::TString, start)) };
            )
        })
    }

    fn concatenated(&mut self, start: u32, pieces: &[Item]) -> Match {
        let has = |kind| pieces.iter().any(|piece| piece.kind == kind);
        let (bytes, fstring) = (has(Kind::Bytes), has(Kind::FString));
        if bytes && (fstring || has(Kind::Str)) {
            return self.raise(Error::MixedBytes);
        }
        let kind = if fstring {
            Kind::FString
        } else if bytes {
            Kind::Bytes
        } else {
            Kind::Str
        };
        Some(self.item(kind, start))
    }

    fn fstring_or_string(&mut self) -> Match {
        alternatives!(self, start; self.template(Template::F); self.string())
    }

    fn tstring(&mut self) -> Match {
        self.memo(Rule::TString, |p| {
            alternatives!(p, start; {
                let found = p.template(Template::T)?;
                p.check_version(14, "t-strings are")?;
                Some(found)
            })
        })
    }

    /// A string or bytes literal, which has to be decoded to be known as right.
    fn string(&mut self) -> Match {
        self.rule(|p| {
            let string = p.token(T::String)?;
            let text = p.text_at(string.first);
            match literal::string_problem(text) {
                Some(Problem::Bytes(error @ BytesError::NotAscii)) => {
                    p.raise_on(string, Error::Bytes { error })
                }
                // CPython says this without the token at hand
                Some(Problem::Bytes(error)) => p.raise(Error::Bytes { error }),
                Some(Problem::String(error)) => p.raise(Error::String { error }),
                None => {
                    let bytes = literals::string::split(text).prefix.bytes;
                    Some(Item { kind: if bytes { Kind::Bytes } else { Kind::Str }, ..string })
                }
            }
        })
    }

    fn invalid_string_tstring_concat(&mut self) -> Match {
        alternatives!(self, start;
            {
                let pieces = self.many1(Self::fstring_or_string)?;
                let other = self.tstring()?;
                self.raise_range(pieces.last().copied()?, other, Error::MixedTemplates)
            };
            {
                let pieces = self.many1(Self::tstring)?;
                let other = self.group(Self::fstring_or_string)?;
                self.raise_range(pieces.last().copied()?, other, Error::MixedTemplates)
            };
        )
    }
}
