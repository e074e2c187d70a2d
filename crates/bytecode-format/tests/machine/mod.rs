//! A machine that knows of values only what they are to the interpreter, and takes random ways: the
//! oracle of the verifier, written from the instructions' meaning and not from the verifier.

use taipan_bytecode_format::instruction::{Instruction, instructions_at};
use taipan_bytecode_format::tables::exceptions;
use taipan_bytecode_format::{Code, Opcode};

/// What a slot of the stack or a local holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Thing {
    Object,
    Null,
    Previous,
    Lasti,
    Cell,
    Unbound,
}

use Thing::{Cell, Lasti, Null, Object, Previous, Unbound};

struct Machine<'c> {
    code: &'c Code,
    stack: Vec<Thing>,
    locals: Vec<Thing>,
    random: u64,
}

/// Runs a code object for some steps; an error is something that an interpreter would not survive.
pub fn run(code: &Code, seed: u64) -> Result<(), String> {
    let mut machine = Machine {
        code,
        stack: Vec::new(),
        locals: vec![Unbound; code.localsplusnames.len()],
        random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
    };
    let handlers: Vec<_> = exceptions::decode(&code.exceptiontable).map_while(Result::ok).collect();
    let mut at = 0;
    for _ in 0..400 {
        let Some(Ok(instruction)) = instructions_at(&code.code, at).next() else {
            return Err(format!("no instruction at {at}"));
        };
        let handler = handlers.iter().find(|e| e.start <= instruction.start && instruction.start < e.end);
        let raises = instruction.opcode.may_raise() && machine.choose(6) == 0;
        if raises {
            let taken = instruction.opcode.pops(instruction.arg) - instruction.opcode.keeps(instruction.arg);
            machine.check(&instruction)?;
            for _ in 0..taken {
                machine.pop()?;
            }
            let Some(entry) = handler else { return Ok(()) };
            if machine.stack.len() < entry.depth as usize {
                return Err(format!("a handler keeps {} of {}", entry.depth, machine.stack.len()));
            }
            machine.stack.truncate(entry.depth as usize);
            if entry.lasti {
                machine.push(Lasti)?;
            }
            machine.push(Object)?;
            at = entry.target;
            continue;
        }
        match machine.step(&instruction).map_err(|error| format!("{instruction:?}: {error}"))? {
            Some(next) => at = next,
            None => return Ok(()),
        }
    }
    Ok(())
}

impl Machine<'_> {
    fn choose(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % limit
    }

    fn push(&mut self, thing: Thing) -> Result<(), String> {
        if self.stack.len() >= self.code.stacksize as usize {
            return Err("stack overflow".to_owned());
        }
        self.stack.push(thing);
        Ok(())
    }

    fn pop(&mut self) -> Result<Thing, String> {
        self.stack.pop().ok_or_else(|| "stack underflow".to_owned())
    }

    fn object(&mut self) -> Result<(), String> {
        match self.pop()? {
            Object | Cell => Ok(()),
            other => Err(format!("{other:?} for an object")),
        }
    }

    fn objects(&mut self, count: u32) -> Result<(), String> {
        (0..count).try_for_each(|_| self.object())
    }

    fn peek(&self, depth: usize) -> Result<Thing, String> {
        let at = self.stack.len().checked_sub(depth).ok_or("peek below the stack")?;
        self.stack.get(at).copied().ok_or_else(|| "peek above the stack".to_owned())
    }

    /// What an instruction that raises must find all the same.
    fn check(&self, instruction: &Instruction) -> Result<(), String> {
        let pops = instruction.opcode.pops(instruction.arg) as usize;
        if self.stack.len() < pops { Err(format!("{instruction:?} underflows")) } else { Ok(()) }
    }

    fn local(&mut self, at: u32) -> Result<&mut Thing, String> {
        self.locals.get_mut(at as usize).ok_or_else(|| "no such local".to_owned())
    }

    fn store(&mut self, at: u32) -> Result<(), String> {
        let thing = self.pop()?;
        if matches!(thing, Null | Previous | Lasti) {
            return Err(format!("{thing:?} in a local"));
        }
        *self.local(at)? = thing;
        Ok(())
    }

    /// Where it goes on, none at an end.
    fn step(&mut self, instruction: &Instruction) -> Result<Option<u32>, String> {
        let Instruction { opcode, arg, next, .. } = *instruction;
        let target = instruction.target();
        match opcode {
            Opcode::ReturnValue => {
                self.object()?;
                return if self.stack.is_empty() { Ok(None) } else { Err("something is left".to_owned()) };
            }
            Opcode::RaiseVarargs => {
                self.objects(arg)?;
                return Ok(None);
            }
            Opcode::Reraise => {
                self.object()?;
                let wrong = arg > 0 && self.peek(arg as usize)? != Lasti;
                return if wrong { Err("no lasti".to_owned()) } else { Ok(None) };
            }
            Opcode::JumpForward | Opcode::JumpBackward | Opcode::JumpBackwardNoInterrupt => {
                return Ok(target);
            }
            Opcode::ForIter => {
                self.push(Object)?;
                return Ok(if self.choose(2) == 0 { target } else { Some(next) });
            }
            Opcode::Send => return Ok(if self.choose(2) == 0 { target } else { Some(next) }),
            _ if opcode.is_jump() && opcode != Opcode::EndAsyncFor => {
                self.object()?;
                return Ok(if self.choose(2) == 0 { target } else { Some(next) });
            }
            Opcode::Swap => {
                let (top, other) = (self.stack.len(), self.stack.len().checked_sub(arg as usize));
                let (Some(last), Some(other)) = (top.checked_sub(1), other) else {
                    return Err("swap below the stack".to_owned());
                };
                self.stack.swap(last, other);
            }
            Opcode::Copy => self.push(self.peek(arg as usize)?)?,
            Opcode::PopTop => drop(self.pop()?),
            Opcode::PushNull => self.push(Null)?,
            Opcode::PopExcept => match self.pop()? {
                Previous => {}
                other => return Err(format!("{other:?} for the previous exception")),
            },
            Opcode::PushExcInfo => {
                self.object()?;
                self.push(Previous)?;
                self.push(Object)?;
            }
            Opcode::WithExceptStart => {
                let found = [self.peek(5)?, self.peek(3)?, self.peek(2)?, self.peek(1)?];
                if found != [Object, Lasti, Previous, Object] || !matches!(self.peek(4)?, Object | Null) {
                    return Err(format!("{found:?} for an exit"));
                }
                self.push(Object)?;
            }
            Opcode::Call | Opcode::CallKw | Opcode::CallFunctionEx => {
                match opcode {
                    Opcode::Call => self.objects(arg)?,
                    Opcode::CallKw => self.objects(arg + 1)?,
                    _ => {
                        if self.pop()? != Null {
                            self.stack.push(Object);
                            self.object()?;
                        }
                        self.object()?;
                    }
                }
                let this = self.pop()?;
                if !matches!(this, Object | Null | Cell) {
                    return Err(format!("{this:?} for self"));
                }
                self.object()?;
                self.push(Object)?;
            }
            Opcode::LoadAttr | Opcode::LoadSuperAttr | Opcode::LoadSpecial | Opcode::LoadGlobal => {
                self.objects(opcode.pops(arg))?;
                self.push(Object)?;
                if opcode.pushes(arg) > 1 {
                    let null = opcode == Opcode::LoadGlobal || self.choose(2) == 0;
                    self.push(if null { Null } else { Object })?;
                }
            }
            _ => self.step_local(opcode, arg)?,
        }
        Ok(Some(next))
    }

    fn step_local(&mut self, opcode: Opcode, arg: u32) -> Result<(), String> {
        match opcode {
            Opcode::LoadFastAndClear => {
                let thing = std::mem::replace(self.local(arg)?, Unbound);
                self.push(thing)
            }
            Opcode::StoreFast => self.store(arg),
            Opcode::StoreFastLoadFast => {
                self.store(arg >> 4)?;
                self.push(Object)
            }
            Opcode::StoreFastStoreFast => {
                self.store(arg >> 4)?;
                self.store(arg & 15)
            }
            Opcode::DeleteFast => {
                *self.local(arg)? = Unbound;
                Ok(())
            }
            Opcode::MakeCell => {
                *self.local(arg)? = Cell;
                Ok(())
            }
            Opcode::CopyFreeVars => {
                let count = self.locals.len() as u32;
                (count - arg..count).try_for_each(|at| self.local(at).map(|local| *local = Cell))
            }
            Opcode::LoadDeref | Opcode::StoreDeref | Opcode::DeleteDeref | Opcode::LoadFromDictOrDeref => {
                if *self.local(arg)? != Cell {
                    return Err("no cell".to_owned());
                }
                self.plain(opcode, arg)
            }
            _ => self.plain(opcode, arg),
        }
    }

    /// Takes objects, leaves objects; what is between a container below and the operands is not touched.
    fn plain(&mut self, opcode: Opcode, arg: u32) -> Result<(), String> {
        if opcode.reaches_below() {
            let (pops, keeps) = (opcode.pops(arg), opcode.keeps(arg));
            self.objects(pops - keeps)?;
            return match self.peek(arg as usize)? {
                Object | Cell => Ok(()),
                other => Err(format!("{other:?} for a container")),
            };
        }
        self.objects(opcode.pops(arg))?;
        (0..opcode.pushes(arg)).try_for_each(|_| self.push(Object))
    }
}
