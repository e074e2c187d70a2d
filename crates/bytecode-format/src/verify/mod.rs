//! The verifier: what is proven of a code object before it is translated or run.
//!
//! **Proven**, each rule a variant of [`Rule`]:
//! - Instructions: only public opcodes, at most three prefixes, none before an instruction without argument,
//!   none cut off, inline caches zero.
//! - Operands: indices of constants, names and locals in range, enumerated arguments known, the rest of
//!   the argument's shape as [`crate::OperandKind`] says.
//! - Control flow: jumps, handler ranges and handlers at the starts of instructions; `FOR_ITER` jumps to
//!   `END_FOR`, which is one unit long; the end of the code is not reached. What sets the frame up at the
//!   beginning (`COPY_FREE_VARS`, `MAKE_CELL`, `RETURN_GENERATOR`) runs once, in order, and what it raises is
//!   not handled in the code. `PUSH_EXC_INFO` is reached by exceptions only.
//! - The stack, along all edges, those to handlers included: one height and one kind a slot at each
//!   instruction ([`Slot`]); never below 0, never above the declared size, which is at most 65535; each
//!   operand of a kind that the instruction takes, so that null, a saved local, the previous exception
//!   and lasti reach only the instructions made for them (and `SWAP`, `COPY`, `POP_TOP`, which move and drop
//!   them); nothing left by `RETURN_VALUE`; what a handler keeps is not consumed by the instruction that
//!   raises.
//! - Locals: names and kinds correspond, arguments fit, `COPY_FREE_VARS` first; only locals that are declared
//!   cells or free variables ever hold a cell, and instructions on cells stand only where the slot holds one
//!   on every way.
//! - Generators: the flags exclude each other, `RETURN_GENERATOR` begins generators and nothing else, yields
//!   stand in generators, each before a `RESUME` that says whether it delegates; while it delegates, the
//!   receiver stands below what is yielded.
//! - Tables: both decode; handler ranges ascend and are disjoint; positions cover the code or are absent.
//! - Constants are immutable by their type and nest at most 200 deep; a promised docstring is one.
//!
//! **Taken for granted** of what runs the code: only an instruction of which
//! [`crate::Opcode::reaches_handlers`] is true raises, with its operands gone but those that it keeps. An
//! exception that is thrown into a generator is raised at the `YIELD_VALUE`, None standing where the yielded
//! value stood, or before the start at `RETURN_GENERATOR`, where nothing handles it. A trace function may raise
//! before any instruction but `PUSH_EXC_INFO`; as it may find a local saved and its cell not made yet, code
//! that runs traced checks its cells. `MAKE_CELL` does not raise: if there is no memory for a cell, no
//! handler of the frame runs.
//!
//! **Not proven**, and so checked when the instruction runs: whether locals and cells are bound, types of
//! values ([`crate::Opcode::checked`] lists what each opcode checks), whether a function's closure has the
//! size of its free variables, and whether names exist. Nor that a loop looks at signals (it may go by
//! `JUMP_BACKWARD_NO_INTERRUPT` or by an exception that leads to its own handler), that a local keeps its
//! value while what `LOAD_FAST_BORROW` took from it is used, or that each handled exception is put back: a
//! handler may cut a previous exception off. Nested code objects are verified by themselves.
//! Invariant: time and memory are linear in the code and nothing recurses. The memory is at most 256 bytes for
//! a byte of code, 512 for a local and 2 MiB; compiled code takes 24 to 36 bytes for a byte of code.

mod cells;
mod effect;
mod error;
mod facts;
mod flow;
mod layout;
mod locals;
mod operand;
mod state;

pub use error::{Rule, Slot, VerifyError};
pub use flow::Flow;

use crate::artifact::{MAX_CODE_DEPTH, MAX_CONST_DEPTH, each_const};
use crate::code::{Code, Const};

/// A broken rule and the code unit of the instruction that breaks it.
type Broken = (Rule, u32);

/// Verifies one code object, without those in its constants, and says what flows through it.
///
/// # Errors
/// The first rule that is found broken.
pub fn verify(code: &Code) -> Result<Flow, VerifyError> {
    let mut flow = Flow::default();
    verify_in(code, &mut flow, |_| ())?;
    Ok(flow)
}

/// Verifies one code object in the room of another's flow, and calls `visit` with its constants.
fn verify_in<'c>(code: &'c Code, flow: &mut Flow, visit: impl FnMut(&'c Const)) -> Result<(), VerifyError> {
    check(code, flow, visit).map_err(|(rule, unit)| VerifyError {
        rule,
        offset: unit.saturating_mul(2),
        code: code.qualname.clone(),
    })
}

/// Verifies a code object and all in its constants.
///
/// # Errors
/// The first rule that is found broken.
pub fn verify_all(code: &Code) -> Result<(), VerifyError> {
    let mut pending = vec![(code, 1)];
    let mut flow = Flow::default();
    while let Some((code, depth)) = pending.pop() {
        verify_in(code, &mut flow, |constant| {
            if let Const::Code(code) = constant {
                pending.push((code, depth + 1));
            }
        })?;
        if depth > MAX_CODE_DEPTH {
            return Err(VerifyError { rule: Rule::CodeDepth, offset: 0, code: code.qualname.clone() });
        }
    }
    Ok(())
}

fn check<'c>(code: &'c Code, flow: &mut Flow, visit: impl FnMut(&'c Const)) -> Result<(), Broken> {
    locals::check(code)?;
    if each_const(&code.consts, visit) > MAX_CONST_DEPTH as usize {
        return Err((Rule::ConstDepth, 0));
    }
    flow.check(code)
}

#[cfg(test)]
mod tests;
