//! What kinds of values stand on the stack before each instruction, as far as jumps by `f_lineno` ask.
//!
//! A stack is packed into a word, three bits a value, the top lowest: so the deeper of two stacks that begin alike is
//! the greater. Only the first [`MAX`] values are told apart; what is deeper is [`Stack::Overflowed`].

use taipan_bytecode_format::instruction::{Instruction, instructions};
use taipan_bytecode_format::tables::exceptions;
use taipan_bytecode_format::{Code, Opcode};

/// A kind of value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// The iterator of a loop.
    Iterator = 1,
    /// The exception that was handled before a handler began.
    Exception,
    /// Any object.
    Object,
    /// A marker or an object.
    Null,
    /// The place where an exception was raised.
    Place,
}

impl Kind {
    fn of(bits: u64) -> Option<Kind> {
        [Kind::Iterator, Kind::Exception, Kind::Object, Kind::Null, Kind::Place]
            .into_iter()
            .find(|kind| *kind as u64 == bits)
    }

    /// Whether what stands here will do where `wanted` is expected.
    fn serves_as(self, wanted: Kind) -> bool {
        match wanted {
            Kind::Null => true,
            Kind::Object => self != Kind::Null,
            _ => self == wanted,
        }
    }
}

const BITS: u32 = 3;
const MAX: u32 = 63 / BITS;

/// The stack before an instruction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Stack {
    /// No way leads there.
    Unknown,
    /// Too deep to tell.
    Overflowed,
    /// The values.
    Of(u64),
}

impl Stack {
    pub(super) const EMPTY: Stack = Stack::Of(0);

    fn push(self, kind: Kind) -> Stack {
        match self {
            Stack::Of(bits) if bits >> (BITS * (MAX - 1)) == 0 => Stack::Of(bits << BITS | kind as u64),
            Stack::Of(_) => Stack::Overflowed,
            other => other,
        }
    }

    pub(super) fn pop(self) -> Stack {
        match self {
            Stack::Of(bits) => Stack::Of(bits >> BITS),
            other => other,
        }
    }

    pub(super) fn top(self) -> Option<Kind> {
        self.peek(1)
    }

    /// The value so deep, the top being 1.
    fn peek(self, depth: u32) -> Option<Kind> {
        match self {
            Stack::Of(bits) => Kind::of(bits.checked_shr(BITS * (depth - 1))? & 7),
            _ => None,
        }
    }

    pub(super) fn height(self) -> u32 {
        match self {
            Stack::Of(bits) => (u64::BITS - bits.leading_zeros()).div_ceil(BITS),
            _ => 0,
        }
    }

    fn pops(self, count: u32) -> Stack {
        (0..count).fold(self, |stack, _| stack.pop())
    }

    fn replace(self, depth: u32, kind: Kind) -> Stack {
        match self {
            Stack::Of(bits) => {
                let shift = BITS * (depth - 1);
                Stack::Of(bits & !(7 << shift) | (kind as u64) << shift)
            }
            other => other,
        }
    }

    /// Whether a frame with this stack can go on where `target` is expected, when what is on top of it was dropped.
    pub(super) fn can_become(self, target: Stack) -> bool {
        if !matches!((self, target), (Stack::Of(_), Stack::Of(_))) {
            return false;
        }
        let (mut from, mut to) = (self, target);
        while from > to {
            from = from.pop();
        }
        while let Some(kind) = from.top() {
            if !to.top().is_some_and(|wanted| kind.serves_as(wanted)) {
                return false;
            }
            (from, to) = (from.pop(), to.pop());
        }
        to == Stack::EMPTY
    }
}

/// The stacks before all code units; units at which no instruction begins are [`Stack::Unknown`].
pub(super) fn stacks_of(code: &Code) -> Vec<Stack> {
    let mut kinds = Kinds { stacks: vec![Stack::Unknown; code.code.len() / 2 + 1], again: true };
    kinds.set(0, Stack::EMPTY);
    while std::mem::take(&mut kinds.again) {
        for instruction in instructions(&code.code).filter_map(Result::ok) {
            kinds.follow(&instruction);
        }
        for entry in exceptions::decode(&code.exceptiontable).filter_map(Result::ok) {
            let stack = kinds.at(entry.start);
            if stack == Stack::Unknown || kinds.at(entry.target) != Stack::Unknown {
                continue;
            }
            let mut stack = stack.pops(stack.height().saturating_sub(entry.depth));
            if entry.lasti {
                stack = stack.push(Kind::Place);
            }
            kinds.set(entry.target, stack.push(Kind::Exception));
            kinds.again = true;
        }
    }
    kinds.stacks
}

struct Kinds {
    stacks: Vec<Stack>,
    /// A place that was passed already became known.
    again: bool,
}

impl Kinds {
    fn at(&self, unit: u32) -> Stack {
        self.stacks.get(unit as usize).copied().unwrap_or(Stack::Unknown)
    }

    fn set(&mut self, unit: u32, stack: Stack) {
        if let Some(place) = self.stacks.get_mut(unit as usize) {
            *place = stack;
        }
    }

    fn follow(&mut self, instruction: &Instruction) {
        let stack = self.at(instruction.start);
        if stack == Stack::Unknown {
            return;
        }
        self.set(instruction.unit, stack);
        if let Some(target) = instruction.target().filter(|_| instruction.opcode != Opcode::EndAsyncFor) {
            if target < instruction.start && self.at(target) == Stack::Unknown {
                self.again = true;
            }
            self.set(target, at_target(stack, instruction));
        }
        let ends = matches!(
            instruction.opcode,
            Opcode::ReturnValue | Opcode::RaiseVarargs | Opcode::Reraise | Opcode::InterpreterExit
        );
        let jumps = matches!(
            instruction.opcode,
            Opcode::JumpForward | Opcode::JumpBackward | Opcode::JumpBackwardNoInterrupt
        );
        if !ends && !jumps {
            self.set(instruction.next, behind(stack, instruction));
        }
    }
}

/// The stack where an instruction jumps to.
fn at_target(stack: Stack, instruction: &Instruction) -> Stack {
    match instruction.opcode {
        Opcode::ForIter => stack.push(Kind::Object),
        Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue | Opcode::PopJumpIfNone | Opcode::PopJumpIfNotNone => {
            stack.pop()
        }
        _ => stack,
    }
}

/// The stack behind an instruction.
fn behind(stack: Stack, instruction: &Instruction) -> Stack {
    let (opcode, arg) = (instruction.opcode, instruction.arg);
    let or_null = |stack: Stack, has: bool| if has { stack.push(Kind::Null) } else { stack };
    match opcode {
        Opcode::GetIter | Opcode::GetAiter => stack.pop().push(Kind::Iterator),
        Opcode::PushExcInfo => stack.push(Kind::Exception),
        Opcode::LoadGlobal => or_null(stack.push(Kind::Object), arg & 1 != 0),
        Opcode::LoadAttr => or_null(stack.pop().push(Kind::Object), arg & 1 != 0),
        Opcode::LoadSpecial => stack.pop().push(Kind::Object).push(Kind::Null),
        Opcode::PushNull => stack.push(Kind::Null),
        Opcode::Swap => swapped(stack, arg),
        Opcode::Copy => stack.peek(arg.max(1)).map_or(stack, |kind| stack.push(kind)),
        Opcode::Send => stack,
        Opcode::Call | Opcode::CallKw | Opcode::CallFunctionEx => {
            stack.pops(opcode.pops(arg)).push(Kind::Object)
        }
        _ => {
            // what an instruction leaves in place keeps its kind
            let (pops, pushes) = (opcode.pops(arg), opcode.pushes(arg));
            let popped = stack.pops(pops.saturating_sub(pushes));
            (0..pushes.saturating_sub(pops)).fold(popped, |stack, _| stack.push(Kind::Object))
        }
    }
}

fn swapped(stack: Stack, depth: u32) -> Stack {
    match (stack.peek(1), stack.peek(depth.max(1))) {
        (Some(top), Some(deep)) => stack.replace(1, deep).replace(depth, top),
        _ => stack,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_may_lose_its_top_but_not_change_its_kinds() {
        let with_loop = Stack::EMPTY.push(Kind::Iterator);
        let in_call = with_loop.push(Kind::Object).push(Kind::Null);
        assert!(in_call.can_become(with_loop) && in_call.can_become(Stack::EMPTY));
        assert!(!Stack::EMPTY.can_become(with_loop));
        assert!(!Stack::EMPTY.push(Kind::Object).can_become(with_loop));
        assert!(with_loop.can_become(Stack::EMPTY.push(Kind::Object)));
        assert_eq!((in_call.height(), in_call.pops(2)), (3, with_loop));
    }

    #[test]
    fn what_is_too_deep_is_said_to_be() {
        let deep = (0..MAX).fold(Stack::EMPTY, |stack, _| stack.push(Kind::Object));
        assert_eq!(deep.height(), MAX);
        assert_eq!(deep.push(Kind::Object), Stack::Overflowed);
        assert!(!Stack::Overflowed.can_become(Stack::EMPTY));
    }

    #[test]
    fn values_change_places() {
        let stack = Stack::EMPTY.push(Kind::Iterator).push(Kind::Object).push(Kind::Place);
        assert_eq!(swapped(stack, 3).peek(1), Some(Kind::Iterator));
        assert_eq!(swapped(stack, 3).peek(3), Some(Kind::Place));
    }
}
