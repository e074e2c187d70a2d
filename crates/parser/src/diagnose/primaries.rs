//! Atoms, attributes, calls and subscripts.

use super::engine::{Kind, Match, Peg, Rule, alternatives};
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    pub(super) fn primary(&mut self) -> Match {
        self.left_recursive(Rule::Primary, |p| {
            alternatives!(p, start;
                { p.primary()?; p.token(T::Dot)?; p.name()?; Some(p.item(Kind::Attribute, start)) };
                { p.primary()?; p.genexp()?; Some(p.item(Kind::Call, start)) };
                { p.primary()?; p.call_arguments()?; Some(p.item(Kind::Call, start)) };
                { p.primary()?; p.subscript()?; Some(p.item(Kind::Subscript, start)) };
                p.atom();
            )
        })
    }

    /// `'(' [arguments] ')'`
    pub(super) fn call_arguments(&mut self) -> Match {
        self.token(T::LParen)?;
        self.optional(Self::arguments)?;
        self.token(T::RParen)
    }

    /// `'[' slices ']'`
    pub(super) fn subscript(&mut self) -> Match {
        self.token(T::LBracket)?;
        self.slices()?;
        self.token(T::RBracket)
    }

    pub(super) fn slices(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                { let slice = p.slice()?; p.not_ahead(|p| p.token(T::Comma))?; Some(slice) };
                {
                    p.comma_separated(|p| {
                        p.group(|p| alternatives!(p, inner; p.slice(); p.starred_expression()))
                    })?;
                    p.optional(|p| p.token(T::Comma))?;
                    Some(p.item(Kind::Tuple, start))
                };
            )
        })
    }

    pub(super) fn slice(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.optional(Self::expression)?;
                    p.token(T::Colon)?;
                    p.optional(Self::expression)?;
                    p.optional(|p| p.group(|p| alternatives!(p, inner; {
                        p.token(T::Colon)?;
                        p.optional(Self::expression)?;
                        p.unit(inner)
                    })))?;
                    Some(p.item(Kind::Slice, start))
                };
                p.named_expression();
            )
        })
    }

    pub(super) fn atom(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.name();
                p.constant(T::True, Kind::True);
                p.constant(T::False, Kind::False);
                p.constant(T::None, Kind::None);
                { p.ahead(|p| p.group(|p| p.one_of(&[T::String, T::FStringStart, T::TStringStart])))?; p.strings() };
                p.number();
                {
                    p.ahead(|p| p.token(T::LParen))?;
                    p.group(|p| alternatives!(p, inner; p.tuple(); p.parenthesized(); p.genexp()))
                };
                {
                    p.ahead(|p| p.token(T::LBracket))?;
                    p.group(|p| alternatives!(p, inner; p.list(); p.listcomp()))
                };
                {
                    p.ahead(|p| p.token(T::LBrace))?;
                    p.group(|p| alternatives!(p, inner; p.dict(); p.set(); p.dictcomp(); p.setcomp()))
                };
                p.constant(T::Ellipsis, Kind::Ellipsis);
            )
        })
    }

    pub(super) fn constant(&mut self, token: T, kind: Kind) -> Match {
        let start = self.mark;
        self.token(token)?;
        Some(self.item(kind, start))
    }
}
