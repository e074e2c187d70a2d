//! Literals: numbers, strings, and the replacement fields of f- and t-strings, with their errors.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
use super::literal::{self, Problem};
use crate::errors::StringErrorInFormatSpec;
use crate::errors::SyntaxErrorKind as Error;
use crate::literals;
use taipan_diagnostics::ErrorClass;
use taipan_lexer::TokenKind as T;

/// f-strings and t-strings: the same rules over different tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Template {
    F,
    T,
}

impl Template {
    const fn start(self) -> T {
        match self {
            Template::F => T::FStringStart,
            Template::T => T::TStringStart,
        }
    }

    const fn middle(self) -> T {
        match self {
            Template::F => T::FStringMiddle,
            Template::T => T::TStringMiddle,
        }
    }

    const fn end(self) -> T {
        match self {
            Template::F => T::FStringEnd,
            Template::T => T::TStringEnd,
        }
    }

    const fn prefix(self) -> char {
        match self {
            Template::F => 'f',
            Template::T => 't',
        }
    }
}

impl Peg<'_> {
    pub(super) fn number(&mut self) -> Match {
        let number = self.token(T::Number)?;
        let text = self.text_at(number.first);
        if self.options.feature_version < 6 && text.contains('_') {
            return self.raise(Error::Underscores);
        }
        if let Some(error) = literal::number_problem(text) {
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
                Some(Problem::Bytes(error)) => p.raise_on(string, Error::Bytes { error }),
                Some(Problem::String(error)) => p.raise_on(string, Error::String { error }),
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

    // -- templates -----------------------------------------------------------------------------

    /// `START middle* END`
    fn template(&mut self, template: Template) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                let open = p.token(template.start())?;
                let pieces = p.many(|p| p.template_middle(template))?;
                p.token(template.end())?;
                let raw = p.text_at(open.first).contains(['r', 'R']);
                for piece in pieces.iter().filter(|piece| piece.kind == Kind::Token) {
                    p.check_middle(*piece, raw)?;
                }
                let kind = if template == Template::F { Kind::FString } else { Kind::TString };
                Some(p.item(kind, start))
            })
        })
    }

    fn check_middle(&mut self, piece: Item, raw: bool) -> Option<()> {
        if raw {
            return Some(());
        }
        if let Some(error) = literal::text_problem(self.text_at(piece.first)) {
            self.raise_on(piece, Error::String { error });
            return None;
        }
        Some(())
    }

    fn template_middle(&mut self, template: Template) -> Match {
        self.rule(|p| alternatives!(p, start; p.replacement_field(template); p.token(template.middle())))
    }

    /// `'{' annotated_rhs '='? [conversion] [format_spec] '}'`
    fn replacement_field(&mut self, template: Template) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.token(T::LBrace)?;
                    p.annotated_rhs()?;
                    p.optional(|p| p.token(T::Equal))?;
                    p.optional(|p| p.conversion(template))?;
                    p.optional(|p| p.format_spec(template))?;
                    p.token(T::RBrace)?;
                    p.unit(start)
                };
                p.invalid(|p| p.invalid_replacement_field(template));
            )
        })
    }

    /// `'!' NAME`
    fn conversion(&mut self, template: Template) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                let prefix = template.prefix();
                let mark = p.token(T::Exclamation)?;
                let name = p.name()?;
                if p.span_at(mark.first).end != p.span_at(name.first).start {
                    return p.raise_range(mark, name, Error::DetachedConversion { prefix });
                }
                let text = p.text_at(name.first);
                if !matches!(text, "s" | "r" | "a") {
                    let error = Error::UnknownConversion { prefix, name: text.to_owned() };
                    return p.raise_on(name, error);
                }
                Some(name)
            })
        })
    }

    /// `':' (MIDDLE | replacement_field)*`
    fn format_spec(&mut self, template: Template) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.token(T::Colon)?;
            p.many(|p| p.format_spec_piece(template))?;
            p.unit(start)
        })
    }

    /// One piece of a format specification. What is wrong in its text CPython raises as it is, without
    /// making a syntax error of it.
    fn format_spec_piece(&mut self, template: Template) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    let piece = p.token(template.middle())?;
                    if let Some(error) = literal::text_problem(p.text_at(piece.first)) {
                        let error = StringErrorInFormatSpec(error);
                        return p.raise_bare(ErrorClass::UnicodeDecode, Error::FormatSpec { error });
                    }
                    Some(piece)
                };
                p.replacement_field(template);
            )
        })
    }

    // -- errors --------------------------------------------------------------------------------

    fn invalid_replacement_field(&mut self, template: Template) -> Match {
        let prefix = template.prefix();
        alternatives!(self, start;
            self.missing_field_expression(prefix);
            {
                self.token(T::LBrace)?;
                self.not_ahead(Self::annotated_rhs)?;
                self.raise_on_next_token(Error::ReplacementFieldExpression { prefix })
            };
            {
                self.field_start()?;
                self.not_before(&[T::Equal, T::Exclamation, T::Colon, T::RBrace])?;
                self.raise_on_next_token(Error::ReplacementFieldAfterExpression { prefix })
            };
            {
                self.field_start()?;
                self.token(T::Equal)?;
                self.not_before(&[T::Exclamation, T::Colon, T::RBrace])?;
                self.raise_on_next_token(Error::ReplacementFieldAfterEqual { prefix })
            };
            { self.field_value()?; self.rule(|p| p.invalid_conversion(prefix)) };
            {
                self.field_and_conversion()?;
                self.not_before(&[T::Colon, T::RBrace])?;
                self.raise_on_next_token(Error::ReplacementFieldAfterConversion { prefix })
            };
            {
                self.field_and_conversion()?;
                self.token(T::Colon)?;
                self.many(|p| p.format_spec_piece(template))?;
                self.not_ahead(|p| p.token(T::RBrace))?;
                self.raise_on_next_token(Error::ReplacementFieldAfterSpec { prefix })
            };
            {
                self.field_and_conversion()?;
                self.not_ahead(|p| p.token(T::RBrace))?;
                self.raise_on_next_token(Error::ReplacementFieldEnd { prefix })
            };
        )
    }

    /// `'{' ('=' | '!' | ':' | '}')`
    fn missing_field_expression(&mut self, prefix: char) -> Match {
        self.token(T::LBrace)?;
        let next = self.one_of(&[T::Equal, T::Exclamation, T::Colon, T::RBrace])?;
        let before = self.text_at(next.first).chars().next()?;
        self.raise_on(next, Error::ReplacementField { prefix, before })
    }

    fn not_before(&mut self, kinds: &[T]) -> Option<()> {
        self.not_ahead(|p| p.group(|p| p.one_of(kinds)))
    }

    /// `'{' annotated_rhs`
    fn field_start(&mut self) -> Match {
        self.token(T::LBrace)?;
        self.annotated_rhs()
    }

    /// `'{' annotated_rhs '='?`
    fn field_value(&mut self) -> Match {
        let value = self.field_start()?;
        self.optional(|p| p.token(T::Equal))?;
        Some(value)
    }

    /// `'{' annotated_rhs '='? ['!' NAME]`
    fn field_and_conversion(&mut self) -> Match {
        let value = self.field_value()?;
        self.optional(|p| p.group(|p| alternatives!(p, start; { p.token(T::Exclamation)?; p.name() })))?;
        Some(value)
    }

    fn invalid_conversion(&mut self, prefix: char) -> Match {
        alternatives!(self, start;
            {
                self.token(T::Exclamation)?;
                self.ahead(|p| p.group(|p| p.one_of(&[T::Colon, T::RBrace])))?;
                self.raise_on_next_token(Error::MissingConversion { prefix })
            };
            {
                self.token(T::Exclamation)?;
                self.not_ahead(Self::name)?;
                self.raise_on_next_token(Error::NoConversion { prefix })
            };
        )
    }
}
