//! A machine that knows of values only what they are to the interpreter, and takes random ways: the
//! oracle of the verifier, written from the instructions' meaning and not from the verifier. Of the opcode
//! table it takes the counts, which a test holds to the reference's.

use taipan_bytecode_format::instruction::{Instruction, instructions_at};
use taipan_bytecode_format::tables::exceptions;
use taipan_bytecode_format::{Code, CodeFlags, ExceptionEntry, Opcode};

/// What a slot of the stack or a local holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Thing {
    Object,
    /// An object that was raised.
    Exception,
    Null,
    Previous,
    Lasti,
    Cell,
    Unbound,
}

use Thing::{Cell, Exception, Lasti, Null, Object, Previous, Unbound};

struct Machine<'c> {
    code: &'c Code,
    handlers: Vec<ExceptionEntry>,
    stack: Vec<Thing>,
    locals: Vec<Thing>,
    /// Whether the frame is a generator's.
    started: bool,
    /// Whether a trace function may raise before any instruction.
    traced: bool,
    random: u64,
}

/// Steps of a run.
const STEPS: usize = 400;

/// Runs a code object for some steps; an error is something that an interpreter would not survive.
pub fn run(code: &Code, seed: u64) -> Result<(), String> {
    let mut machine = Machine {
        code,
        handlers: exceptions::decode(&code.exceptiontable).map_while(Result::ok).collect(),
        stack: Vec::new(),
        locals: vec![Unbound; code.localsplusnames.len()],
        started: false,
        traced: seed % 8 == 7,
        random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
    };
    let mut at = 0;
    for _ in 0..STEPS {
        let Some(Ok(instruction)) = instructions_at(&code.code, at).next() else {
            return Err(format!("no instruction at {at}"));
        };
        let next = machine.go(&instruction).map_err(|error| format!("{instruction:?}: {error}"))?;
        let Some(next) = next else { return Ok(()) };
        at = next;
    }
    Ok(())
}

impl Machine<'_> {
    /// Runs or raises; where it goes on, none at an end.
    fn go(&mut self, instruction: &Instruction) -> Result<Option<u32>, String> {
        let Instruction { opcode, arg, .. } = *instruction;
        if self.traced && opcode != Opcode::PushExcInfo && self.choose(30) == 0 {
            return self.raise(instruction.start);
        }
        if opcode.reaches_handlers() && self.choose(6) == 0 {
            // the operands are there, those that are not kept go
            let (taken, kept) = (opcode.pops(arg), opcode.keeps(arg));
            if self.stack.len() < taken as usize {
                return Err("underflow".to_owned());
            }
            for _ in kept..taken {
                self.pop()?;
            }
            if opcode == Opcode::YieldValue {
                // thrown into: the place of what was yielded is filled
                self.step(instruction)?;
            }
            return self.raise(instruction.start);
        }
        let next = self.step(instruction)?;
        // what is thrown into a generator before it starts is raised where it is made
        if opcode == Opcode::ReturnGenerator && self.choose(8) == 0 {
            return self.raise(instruction.start);
        }
        Ok(next)
    }

    /// Goes to the handler of an instruction.
    fn raise(&mut self, unit: u32) -> Result<Option<u32>, String> {
        let handler = self.handlers.iter().find(|entry| entry.start <= unit && unit < entry.end);
        let Some(entry) = handler.copied() else { return Ok(None) };
        if self.stack.len() < entry.depth as usize {
            return Err(format!("a handler keeps {} of {}", entry.depth, self.stack.len()));
        }
        self.stack.truncate(entry.depth as usize);
        if entry.lasti {
            self.push(Lasti)?;
        }
        self.push(Exception)?;
        Ok(Some(entry.target))
    }

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
            Object | Exception | Cell => Ok(()),
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

    fn local(&mut self, at: u32) -> Result<&mut Thing, String> {
        self.locals.get_mut(at as usize).ok_or_else(|| "no such local".to_owned())
    }

    fn store(&mut self, at: u32) -> Result<(), String> {
        let thing = self.pop()?;
        if matches!(thing, Null | Previous | Lasti) {
            return Err(format!("{thing:?} in a local"));
        }
        if thing == Cell && !self.declared(at) {
            return Err("a cell in a plain local".to_owned());
        }
        *self.local(at)? = thing;
        Ok(())
    }

    fn declared(&self, local: u32) -> bool {
        self.code.localspluskinds.get(local as usize).is_some_and(|kind| kind.may_hold_cell())
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
                self.object()?;
                self.push(Object)?;
                if self.choose(2) == 0 {
                    return self.exhausted(target).map(Some);
                }
                self.push(Object)?;
            }
            Opcode::ReturnGenerator => self.start()?,
            Opcode::YieldValue => return self.yields(arg, next).map(Some),
            Opcode::Send => {
                self.objects(2)?;
                self.push(Object)?;
                self.push(Object)?;
                return Ok(if self.choose(2) == 0 { target } else { Some(next) });
            }
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
                if self.pop()? != Exception {
                    return Err("no exception to handle, and no way to say so".to_owned());
                }
                self.push(Previous)?;
                self.push(Object)?;
            }
            Opcode::WithExceptStart => {
                let found = [self.peek(5)?, self.peek(3)?, self.peek(2)?, self.peek(1)?];
                let found = found.map(|thing| if thing == Exception { Object } else { thing });
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
                let fits = matches!(this, Object | Exception | Cell) && opcode != Opcode::CallFunctionEx;
                if !fits && this != Null {
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

    /// The end of a loop: `END_FOR` stands at the target, is one unit long and is passed over.
    fn exhausted(&mut self, target: Option<u32>) -> Result<u32, String> {
        let target = target.ok_or("no target")?;
        let end = self.code.code.get(2 * target as usize).copied();
        if end == Some(Opcode::EndFor as u8) { Ok(target + 1) } else { Err("no END_FOR".to_owned()) }
    }

    /// The frame becomes a generator's, once.
    fn start(&mut self) -> Result<(), String> {
        let bits = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;
        if self.started || self.code.flags.0 & bits == 0 {
            return Err("a generator made of a frame that is none or is one already".to_owned());
        }
        self.started = true;
        self.push(Object)
    }

    /// Where a generator goes on behind a yield.
    fn yields(&mut self, delegates: u32, next: u32) -> Result<u32, String> {
        if !self.started {
            return Err("a yield outside of a generator".to_owned());
        }
        self.object()?;
        if delegates == 1 && !matches!(self.peek(1)?, Object | Exception | Cell) {
            return Err("nothing to delegate to".to_owned());
        }
        self.push(Object)?;
        let [number, arg] =
            self.code.code.get(2 * next as usize..).and_then(|rest| rest.first_chunk()).ok_or("cut")?;
        let kind = arg & 3;
        let fits = if delegates == 1 { kind >= 2 } else { kind == 1 };
        if *number == Opcode::Resume as u8 && fits {
            Ok(next)
        } else {
            Err("no RESUME of its kind".to_owned())
        }
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
                if !self.declared(arg) {
                    return Err("a cell made of a plain local".to_owned());
                }
                *self.local(arg)? = Cell;
                Ok(())
            }
            Opcode::CopyFreeVars => {
                let count = self.locals.len() as u32;
                (count - arg..count).try_for_each(|at| self.local(at).map(|local| *local = Cell))
            }
            Opcode::LoadDeref | Opcode::StoreDeref | Opcode::DeleteDeref | Opcode::LoadFromDictOrDeref => {
                let thing = *self.local(arg)?;
                match thing {
                    Cell => self.plain(opcode, arg),
                    // code that runs traced checks its cells
                    _ if self.traced => self.plain(opcode, arg),
                    _ => Err("no cell".to_owned()),
                }
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
                Object | Exception | Cell => Ok(()),
                other => Err(format!("{other:?} for a container")),
            };
        }
        self.objects(opcode.pops(arg))?;
        (0..opcode.pushes(arg)).try_for_each(|_| self.push(Object))
    }
}
