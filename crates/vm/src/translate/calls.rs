//! Calls: the callable, its self or the marker for none, and the arguments stand in slots one behind the
//! other.

use super::Translator;
use super::blocks::Step;
use crate::code::Op;

impl Translator<'_> {
    pub(super) fn call(&mut self, op: Op, arguments: u32, next: &[Step]) -> usize {
        let names = usize::from(op == Op::CallKw);
        let base = self.pop_slots(arguments as usize + 2 + names);
        let (to, taken) = self.destination(next);
        self.op(op, base, arguments as u16, to);
        self.push_result(taken);
        taken
    }
}
