//! Locals, arguments and flags: what can be said without looking at the code.

use super::{Broken, Rule};
use crate::code::{Code, CodeFlags, Const, LocalKind};

const WHERE: u8 = LocalKind::LOCAL | LocalKind::CELL | LocalKind::FREE;
const ARGUMENT: u8 = LocalKind::POSITIONAL | LocalKind::KEYWORD | LocalKind::VARIADIC;

/// The number of locals that are free variables.
pub(super) fn free_count(code: &Code) -> u32 {
    code.localspluskinds.iter().filter(|kind| kind.has(LocalKind::FREE)).count() as u32
}

pub(super) fn check(code: &Code) -> Result<(), Broken> {
    let (names, kinds) = (code.localsplusnames.len() as u32, code.localspluskinds.len() as u32);
    if names != kinds {
        return Err((Rule::LocalCount { names, kinds }, 0));
    }
    if code.stacksize > 65535 {
        return Err((Rule::StackSize { size: code.stacksize }, 0));
    }
    kinds_in_order(code)?;
    arguments(code)?;
    flags(code)
}

/// Locals come first, then cells that are no locals, then free variables.
fn kinds_in_order(code: &Code) -> Result<(), Broken> {
    let mut group = 0;
    for (local, kind) in (0..).zip(&code.localspluskinds) {
        let own = match kind.0 & WHERE {
            LocalKind::CELL => 1,
            LocalKind::FREE => 2,
            bits if kind.has(LocalKind::LOCAL) && bits & LocalKind::FREE == 0 => 0,
            _ => return Err((Rule::LocalKinds { local }, 0)),
        };
        let odd = own > 0 && kind.0 & ARGUMENT != 0 || kind.0 & 1 != 0;
        if own < group || odd {
            return Err((Rule::LocalKinds { local }, 0));
        }
        group = own;
    }
    Ok(())
}

fn arguments(code: &Code) -> Result<(), Broken> {
    let (posonly, positional) = (code.posonlyargcount, code.argcount);
    if posonly > positional {
        return Err((Rule::PositionalOnly { posonly, positional }, 0));
    }
    let variadic = [CodeFlags::VARARGS, CodeFlags::VARKEYWORDS].map(|bit| u64::from(code.flags.has(bit)));
    let arguments = u64::from(positional) + u64::from(code.kwonlyargcount) + variadic.iter().sum::<u64>();
    let locals = code.localspluskinds.iter().take_while(|kind| kind.has(LocalKind::LOCAL)).count() as u32;
    if arguments > u64::from(locals) {
        return Err((Rule::ArgumentCount { arguments, locals }, 0));
    }
    Ok(())
}

fn flags(code: &Code) -> Result<(), Broken> {
    let flags = code.flags;
    let kinds = [CodeFlags::GENERATOR, CodeFlags::COROUTINE, CodeFlags::ASYNC_GENERATOR];
    let generators = kinds.iter().filter(|bit| flags.has(**bit)).count();
    let awaitable = flags.has(CodeFlags::ITERABLE_COROUTINE) && !flags.has(CodeFlags::GENERATOR);
    if generators > 1 || awaitable {
        return Err((Rule::Flags { flags: flags.0 }, 0));
    }
    if flags.has(CodeFlags::HAS_DOCSTRING) && !matches!(code.consts.first(), Some(Const::Str(_))) {
        return Err((Rule::Docstring, 0));
    }
    Ok(())
}

/// Whether calls make a generator, a coroutine or an asynchronous generator.
pub(super) fn is_generator(code: &Code) -> bool {
    let bits = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;
    code.flags.0 & bits != 0
}
