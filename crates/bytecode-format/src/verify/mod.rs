//! The verifier: what is proven of a code object before it is translated or run.
//!
//! **Proven**, each rule a variant of [`Rule`]:
//! - Instructions: only public opcodes, at most three prefixes, none cut off, inline caches zero.
//! - Operands: indices of constants, names and locals in range, enumerated arguments known, the rest of
//!   the argument's shape as [`crate::OperandKind`] says.
//! - Control flow: jumps, handler ranges and handlers at the starts of instructions; `FOR_ITER` jumps to
//!   `END_FOR`; the end of the code is not reached; `YIELD_VALUE` is followed by `RESUME`.
//! - The stack, along all edges, those to handlers included: one height and one kind a slot at each
//!   instruction ([`Slot`]); never below 0, never above the declared size, which is at most 65535; each
//!   operand of a kind that the instruction takes, so that null, a saved local, the previous exception
//!   and lasti reach only the instructions made for them; nothing left by `RETURN_VALUE`; what a handler
//!   keeps is not consumed by the instruction that raises.
//! - Locals: names and kinds correspond, arguments fit, `COPY_FREE_VARS` first; instructions on cells
//!   only where the slot holds a cell on every way. (An exception that a trace function raises before an
//!   instruction that cannot raise may reach a handler between the saving of a local and the making of a
//!   cell: code that runs traced checks cells.)
//! - Generators: the flags exclude each other, `RETURN_GENERATOR` begins generators and nothing else.
//! - Tables: both decode; handler ranges ascend and are disjoint; positions cover the code or are absent.
//! - Constants are immutable by their type and nest at most 200 deep.
//!
//! **Not proven**, and so checked when the instruction runs: whether locals and cells are bound, types of
//! values ([`crate::Opcode::checked`] lists what each opcode checks), whether a function's closure has the
//! size of its free variables, and whether names exist. Nested code objects are verified by themselves.
//! Invariant: time and memory are linear in the code; nothing recurses.

mod effect;
mod error;
mod flow;
mod layout;
mod locals;
mod operand;
mod state;

pub use error::{Rule, Slot, VerifyError};
pub use flow::Flow;

use crate::artifact::{MAX_CODE_DEPTH, MAX_CONST_DEPTH, nested};
use crate::code::{Code, Const};

/// A broken rule and the code unit of the instruction that breaks it.
type Broken = (Rule, u32);

/// Verifies one code object, without those in its constants, and says what flows through it.
///
/// # Errors
/// The first rule that is found broken.
pub fn verify(code: &Code) -> Result<Flow, VerifyError> {
    check(code).map_err(|(rule, unit)| VerifyError {
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
    while let Some((code, depth)) = pending.pop() {
        verify(code)?;
        if depth > MAX_CODE_DEPTH {
            return Err(VerifyError { rule: Rule::CodeDepth, offset: 0, code: code.qualname.clone() });
        }
        pending.extend(nested(code).into_iter().map(|code| (code, depth + 1)));
    }
    Ok(())
}

fn check(code: &Code) -> Result<Flow, Broken> {
    locals::check(code)?;
    constants(code)?;
    let layout = layout::check(code)?;
    flow::check(code, &layout)
}

fn constants(code: &Code) -> Result<(), Broken> {
    let mut pending = vec![code.consts.iter()];
    while let Some(items) = pending.last_mut() {
        match items.next() {
            None => drop(pending.pop()),
            Some(Const::Tuple(items) | Const::FrozenSet(items)) => pending.push(items.iter()),
            Some(Const::Slice(parts)) => pending.push(parts.iter()),
            Some(_) => {}
        }
        if pending.len() > MAX_CONST_DEPTH as usize + 1 {
            return Err((Rule::ConstDepth, 0));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
