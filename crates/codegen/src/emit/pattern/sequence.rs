//! Sequence patterns.

use super::super::display::unpack_ex;
use super::super::numbers::{SUBSCRIPT, binary};
use super::super::{Generator, Result, fail};
use super::{Context, is_wildcard};
use crate::CompileErrorKind as Error;
use crate::ir::Loc;
use taipan_ast::{CmpOp, Operator, Pattern, PatternKind};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

fn is_star(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { .. })
}

/// Whether it is `*_`.
fn is_star_wildcard(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { name: None })
}

impl<'a> Generator<'_, 'a> {
    pub(super) fn sequence_pattern(
        &mut self,
        patterns: &'a [Pattern<'a>],
        context: &mut Context,
        span: Span,
    ) -> Result {
        let loc = self.loc(span);
        let star = patterns.iter().position(is_star);
        if patterns.iter().filter(|pattern| is_star(pattern)).count() > 1 {
            return fail(Error::TwoStarredNames, span);
        }
        context.on_top += 1;
        self.op(Opcode::MatchSequence, 0, loc);
        self.jump_on_failure(Opcode::PopJumpIfFalse, context, loc);
        match star {
            None => self.check_length(patterns.len(), CmpOp::Eq, context, loc),
            Some(_) if patterns.len() > 1 => {
                self.check_length(patterns.len() - 1, CmpOp::GtE, context, loc);
            }
            Some(_) => {}
        }
        context.on_top -= 1;
        if patterns.iter().all(|pattern| is_wildcard(pattern) || is_star_wildcard(pattern)) {
            self.op(Opcode::PopTop, 0, loc);
            return Ok(());
        }
        match star {
            Some(star) if patterns.iter().any(is_star_wildcard) => {
                self.match_by_index(patterns, star, context, loc)
            }
            _ => self.match_unpacked(patterns, star, context, span),
        }
    }

    /// Fails unless the length of the subject, which stays, is or is at least `length`.
    pub(super) fn check_length(&mut self, length: usize, op: CmpOp, context: &mut Context, loc: Loc) {
        self.op(Opcode::GetLen, 0, loc);
        self.load_int(length, loc);
        self.compare_op(op, loc);
        self.jump_on_failure(Opcode::PopJumpIfFalse, context, loc);
    }

    fn match_unpacked(
        &mut self,
        patterns: &'a [Pattern<'a>],
        star: Option<usize>,
        context: &mut Context,
        span: Span,
    ) -> Result {
        let loc = self.loc(span);
        match star {
            None => self.op(Opcode::UnpackSequence, patterns.len() as u32, loc),
            Some(star) => {
                let Some(arg) = unpack_ex(star, patterns.len()) else {
                    return fail(Error::TooManyTargets { place: "star-unpacking sequence pattern" }, span);
                };
                self.op(Opcode::UnpackEx, arg, loc);
            }
        }
        self.match_items(patterns, context)
    }

    /// Matches the values on top, the first one topmost, with one pattern each.
    pub(super) fn match_items(&mut self, patterns: &'a [Pattern<'a>], context: &mut Context) -> Result {
        context.on_top += patterns.len();
        for pattern in patterns {
            context.on_top -= 1;
            self.subpattern(pattern, context)?;
        }
        Ok(())
    }

    /// With `*_`, only the items that have patterns are looked at.
    fn match_by_index(
        &mut self,
        patterns: &'a [Pattern<'a>],
        star: usize,
        context: &mut Context,
        loc: Loc,
    ) -> Result {
        context.on_top += 1;
        for (row, pattern) in patterns.iter().enumerate() {
            if row == star || is_wildcard(pattern) {
                continue;
            }
            self.op(Opcode::Copy, 1, loc);
            if row < star {
                self.load_int(row, loc);
            } else {
                // the subject may not know negative indices
                self.op(Opcode::GetLen, 0, loc);
                self.load_int(patterns.len() - row, loc);
                self.op(Opcode::BinaryOp, binary(Operator::Sub, false), loc);
            }
            self.op(Opcode::BinaryOp, SUBSCRIPT, loc);
            self.subpattern(pattern, context)?;
        }
        context.on_top -= 1;
        self.op(Opcode::PopTop, 0, loc);
        Ok(())
    }
}
