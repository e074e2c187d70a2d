//! Class patterns.

use super::super::{Generator, Result, fail};
use super::{Context, is_wildcard};
use crate::CompileErrorKind as Error;
use taipan_ast::PatternMatchClass;
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

impl<'a> Generator<'_, 'a> {
    pub(super) fn class_pattern(
        &mut self,
        node: &'a PatternMatchClass<'a>,
        context: &mut Context,
        span: Span,
    ) -> Result {
        self.check_attributes(node)?;
        let loc = self.loc(span);
        self.expr(&node.cls)?;
        self.load_names_tuple(node.kwd_attrs.iter().copied(), loc);
        self.op(Opcode::MatchClass, node.patterns.len() as u32, loc);
        self.op(Opcode::Copy, 1, loc);
        self.load_none(loc);
        self.op(Opcode::IsOp, 1, loc);
        // a tuple of the attributes, or None
        context.on_top += 1;
        self.jump_on_failure(Opcode::PopJumpIfFalse, context, loc);
        let count = node.patterns.len() + node.kwd_patterns.len();
        self.op(Opcode::UnpackSequence, count as u32, loc);
        context.on_top -= 1;
        context.on_top += count;
        for pattern in node.patterns.iter().chain(node.kwd_patterns) {
            context.on_top -= 1;
            if is_wildcard(pattern) {
                self.op(Opcode::PopTop, 0, loc);
            } else {
                self.subpattern(pattern, context)?;
            }
        }
        Ok(())
    }

    fn check_attributes(&self, node: &PatternMatchClass<'_>) -> Result {
        for (row, name) in node.kwd_attrs.iter().enumerate() {
            let mut others = node.kwd_attrs.iter().zip(node.kwd_patterns).skip(row + 1);
            if let Some((_, pattern)) = others.find(|(other, _)| *other == name) {
                let name = self.interner.resolve(*name).to_owned();
                return fail(Error::AttributeRepeated { name }, pattern.span);
            }
        }
        Ok(())
    }
}
