//! Alternatives. All bind the same names; those behind the first bring their values into its order.

use super::super::{Generator, Result, fail};
use super::Context;
use crate::CompileErrorKind as Error;
use crate::ir::{Loc, Pseudo};
use taipan_ast::{Identifier, Pattern};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

impl<'a> Generator<'_, 'a> {
    pub(super) fn or_pattern(
        &mut self,
        patterns: &'a [Pattern<'a>],
        context: &mut Context,
        span: Span,
    ) -> Result {
        let end = self.new_label();
        let mut control: Option<Vec<Identifier>> = None;
        for (row, alternative) in patterns.iter().enumerate() {
            let loc = self.loc(alternative.span);
            let is_last = row + 1 == patterns.len();
            let mut own =
                Context { allow_irrefutable: is_last && context.allow_irrefutable, ..Context::default() };
            self.op(Opcode::Copy, 1, loc);
            self.pattern(alternative, &mut own)?;
            match &control {
                None => control = Some(own.stores.clone()),
                Some(control) if !self.reorder(&mut own.stores, control, loc) => {
                    return fail(Error::DifferentNames, span);
                }
                Some(_) => {}
            }
            self.jump(Pseudo::Jump, end, loc);
            self.place_fail_pop(&mut own, loc);
        }
        let loc = self.loc(span);
        self.op(Opcode::PopTop, 0, loc);
        self.jump_on_failure(Pseudo::Jump, context, loc);
        self.place(end);
        self.capture_all(&control.unwrap_or_default(), context, span)?;
        self.op(Opcode::PopTop, 0, loc);
        Ok(())
    }

    /// Brings captured values into the order of `control`; false if the names are not the same.
    fn reorder(&mut self, stores: &mut Vec<Identifier>, control: &[Identifier], loc: Loc) -> bool {
        if stores.len() != control.len() {
            return false;
        }
        for (wanted, name) in control.iter().enumerate().rev() {
            let Some(found) = stores.iter().position(|store| store == name) else { return false };
            if found == wanted {
                continue;
            }
            // what is above comes along
            let rotated: Vec<Identifier> = stores.drain(..=found).collect();
            let at = (wanted - found).min(stores.len());
            stores.splice(at..at, rotated);
            for _ in 0..=found {
                self.rotate(wanted + 1, loc);
            }
        }
        true
    }

    /// Puts the alternatives' values below what is still matched.
    fn capture_all(&mut self, names: &[Identifier], context: &mut Context, span: Span) -> Result {
        let loc = self.loc(span);
        // the other values, the copy of the subject, what is matched, what is captured already
        let count = names.len() + 1 + context.on_top + context.stores.len();
        for name in names {
            self.rotate(count, loc);
            self.check_not_captured(*name, context, span)?;
            context.stores.push(*name);
        }
        Ok(())
    }
}
