//! The inside of f- and t-strings: their text, replacement fields and format specifications, with
//! their errors.

use super::engine::{Item, Kind, Match, Peg, alternatives};
use super::literal;
use crate::errors::StringErrorInFormatSpec;
use crate::errors::SyntaxErrorKind as Error;
use taipan_diagnostics::ErrorClass;
use taipan_lexer::TokenKind as T;

/// f-strings and t-strings: the same rules over different tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Template {
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
    /// `START middle* END`
    pub(super) fn template(&mut self, template: Template) -> Match {
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
                    if let Some(error) = literal::text_problem(p.text_at(piece.first))
                        && !p.is_inside_raw_template()
                    {
                        let error = StringErrorInFormatSpec(error);
                        return p.raise_bare(ErrorClass::UnicodeDecode, Error::FormatSpec { error });
                    }
                    Some(piece)
                };
                p.replacement_field(template);
            )
        })
    }

    /// Whether the tokenizer stands in a raw f- or t-string. CPython asks that of a format specification
    /// instead of whose it is, so that the answer is another when the string is read once more.
    fn is_inside_raw_template(&self) -> bool {
        let mut closed = 0usize;
        for index in (0..self.fill).rev() {
            match self.kind_at(index) {
                T::FStringEnd | T::TStringEnd => closed += 1,
                T::FStringStart | T::TStringStart if closed > 0 => closed -= 1,
                T::FStringStart | T::TStringStart => return self.text_at(index).contains(['r', 'R']),
                _ => {}
            }
        }
        false
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
                // the rule for t-strings looks for the pieces of an f-string as well
                self.many(|p| p.format_spec_piece(Template::F))?;
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
