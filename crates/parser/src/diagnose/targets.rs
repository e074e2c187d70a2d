//! Targets of assignments, loops and `del`, and what is said of an expression that cannot be one.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

/// What a target is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TargetKind {
    Star,
    Del,
    For,
}

impl Peg<'_> {
    pub(super) fn star_targets(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                { let target = p.star_target()?; p.not_ahead(|p| p.token(T::Comma))?; Some(target) };
                {
                    p.star_target()?;
                    p.many(|p| alternatives!(p, inner; { p.token(T::Comma)?; p.star_target() }))?;
                    p.optional(|p| p.token(T::Comma))?;
                    Some(p.item(Kind::Tuple, start))
                };
            )
        })
    }

    pub(super) fn star_target(&mut self) -> Match {
        self.memo(Rule::StarTarget, |p| {
            alternatives!(p, start;
                {
                    p.token(T::Star)?;
                    p.group(|p| alternatives!(p, inner; {
                        p.not_ahead(|p| p.token(T::Star))?;
                        p.star_target()
                    }))?;
                    Some(p.item(Kind::Starred, start))
                };
                p.target_with_star_atom();
            )
        })
    }

    fn target_with_star_atom(&mut self) -> Match {
        self.memo(Rule::TargetWithStarAtom, |p| {
            alternatives!(p, start;
                p.attribute_target(start);
                p.subscript_target(start);
                p.star_atom();
            )
        })
    }

    /// `t_primary '.' NAME !t_lookahead`
    fn attribute_target(&mut self, start: u32) -> Match {
        self.t_primary()?;
        self.token(T::Dot)?;
        self.name()?;
        self.not_ahead(Self::t_lookahead)?;
        Some(self.item(Kind::Attribute, start))
    }

    /// `t_primary '[' slices ']' !t_lookahead`
    fn subscript_target(&mut self, start: u32) -> Match {
        self.t_primary()?;
        self.subscript()?;
        self.not_ahead(Self::t_lookahead)?;
        Some(self.item(Kind::Subscript, start))
    }

    fn star_atom(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.name();
                {
                    p.token(T::LParen)?;
                    let target = p.target_with_star_atom()?;
                    p.token(T::RParen)?;
                    Some(target)
                };
                {
                    p.token(T::LParen)?;
                    p.optional(Self::star_targets_tuple)?;
                    p.token(T::RParen)?;
                    Some(p.item(Kind::Tuple, start))
                };
                {
                    p.token(T::LBracket)?;
                    p.optional(|p| p.rule(|p| {
                        let inner = p.mark;
                        p.comma_separated(Self::star_target)?;
                        p.optional(|p| p.token(T::Comma))?;
                        p.unit(inner)
                    }))?;
                    p.token(T::RBracket)?;
                    Some(p.item(Kind::List, start))
                };
            )
        })
    }

    fn star_targets_tuple(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.star_target()?;
                    p.many1(|p| alternatives!(p, inner; { p.token(T::Comma)?; p.star_target() }))?;
                    p.optional(|p| p.token(T::Comma))?;
                    p.unit(start)
                };
                { p.star_target()?; p.token(T::Comma) };
            )
        })
    }

    pub(super) fn single_target(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.single_subscript_attribute_target();
                p.name();
                {
                    p.token(T::LParen)?;
                    let target = p.single_target()?;
                    p.token(T::RParen)?;
                    Some(target)
                };
            )
        })
    }

    pub(super) fn single_subscript_attribute_target(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; p.attribute_target(start); p.subscript_target(start)))
    }

    /// A primary that more of a primary follows.
    fn t_primary(&mut self) -> Match {
        self.left_recursive(Rule::TPrimary, |p| {
            alternatives!(p, start;
                {
                    p.t_primary()?;
                    p.token(T::Dot)?;
                    p.name()?;
                    p.ahead(Self::t_lookahead)?;
                    Some(p.item(Kind::Attribute, start))
                };
                {
                    p.t_primary()?;
                    p.subscript()?;
                    p.ahead(Self::t_lookahead)?;
                    Some(p.item(Kind::Subscript, start))
                };
                { p.t_primary()?; p.genexp()?; p.ahead(Self::t_lookahead)?; Some(p.item(Kind::Call, start)) };
                { p.t_primary()?; p.call_arguments()?; p.ahead(Self::t_lookahead)?; Some(p.item(Kind::Call, start)) };
                { let atom = p.atom()?; p.ahead(Self::t_lookahead)?; Some(atom) };
            )
        })
    }

    fn t_lookahead(&mut self) -> Match {
        self.rule(|p| p.one_of(&[T::LParen, T::LBracket, T::Dot]))
    }

    pub(super) fn del_targets(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.comma_separated(Self::del_target)?;
            p.optional(|p| p.token(T::Comma))?;
            p.unit(start)
        })
    }

    fn del_target(&mut self) -> Match {
        self.memo(Rule::DelTarget, |p| {
            alternatives!(p, start;
                p.attribute_target(start);
                p.subscript_target(start);
                p.del_t_atom();
            )
        })
    }

    fn del_t_atom(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.name();
                { p.token(T::LParen)?; let target = p.del_target()?; p.token(T::RParen)?; Some(target) };
                { p.token(T::LParen)?; p.optional(Self::del_targets)?; p.token(T::RParen)?; p.unit(start) };
                { p.token(T::LBracket)?; p.optional(Self::del_targets)?; p.token(T::RBracket)?; p.unit(start) };
            )
        })
    }

    // -- errors --------------------------------------------------------------------------------

    /// Raises on the first part of `item` that is no target, if there is one.
    pub(super) fn raise_invalid_target(&mut self, kind: TargetKind, item: Item) -> Match {
        let wrong = self.invalid_target(kind, item)?;
        let name = self.expression_name(wrong);
        let error =
            if kind == TargetKind::Del { Error::CannotDelete { name } } else { Error::CannotAssign { name } };
        self.raise_on(wrong, error)
    }

    fn invalid_target(&self, kind: TargetKind, item: Item) -> Match {
        let mut pending = vec![item];
        while let Some(item) = pending.pop() {
            match item.kind {
                Kind::Name | Kind::Subscript | Kind::Attribute => {}
                Kind::List | Kind::Tuple => pending.extend(self.parts(item).iter().rev()),
                Kind::Starred if kind != TargetKind::Del => pending.extend(self.parts(item)),
                // the `a in b` of `for a in b` was read as a comparison: only its left side is a target
                Kind::Comparison if kind == TargetKind::For => {
                    if let &[left, operator] = self.parts(item)
                        && self.kind_at(operator.first) == T::In
                    {
                        pending.push(left);
                    }
                }
                _ => return Some(item),
            }
        }
        None
    }
}
