//! Code objects of Python, made from those of the bytecode format.

use crate::code::{RegisterCode, Switches};
use crate::translate::{Parts, TooLarge, places, translate};
use num_bigint::{BigInt, Sign};
use std::cell::{Cell, OnceCell};
use std::ffi::c_void;
use std::rc::Rc;
use taipan_bytecode_format::verify::Flow;
use taipan_bytecode_format::{CodeRef, Const, Head, Verified};
use taipan_object::bytes::PyBytes;
use taipan_object::code::PyCode;
use taipan_object::complex::PyComplex;
use taipan_object::set::PySet;
use taipan_object::slice::PySlice;
use taipan_object::str::{PyStr, intern};
use taipan_object::thread::safepoint;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Thread, Value, raise};
use taipan_wtf8::Wtf8Buf;

/// What hangs off a code object.
pub struct Program {
    /// The bytecode.
    pub source: CodeRef,
    registers: OnceCell<RegisterCode>,
    /// The form that tells of lines, calls and returns.
    traced: OnceCell<RegisterCode>,
    /// How frames go over to it.
    switches: OnceCell<Switches>,
    constants: OnceCell<Rc<[Value]>>,
    object: Cell<*const PyCode>,
}

/// The code object of Python for one of the bytecode format, which is not decoded before it runs.
pub fn code_object(thread: &Thread, source: impl Into<CodeRef>) -> PyResult<Owned<PyCode>> {
    let source = source.into();
    let code = PyCode::new(thread)?;
    let head = source.head();
    code.co_name.init(PyStr::from_wtf8(thread, head.name)?.into_value());
    code.co_qualname.init(PyStr::from_wtf8(thread, head.qualname)?.into_value());
    code.co_filename.init(PyStr::from_wtf8(thread, head.filename)?.into_value());
    code.numbers.set(numbers(&head));
    let program = Box::new(Program {
        source,
        registers: OnceCell::new(),
        traced: OnceCell::new(),
        switches: OnceCell::new(),
        constants: OnceCell::new(),
        object: Cell::new(std::ptr::null()),
    });
    program.object.set(&raw const *code);
    code.host.set(Box::into_raw(program).cast());
    code.host_drop.set(Some(end));
    Ok(code)
}

/// The flags and the counts, in the order of CPython's struct.
fn numbers(source: &Head<'_>) -> [i32; 12] {
    let locals = source.kinds.all as i32;
    [
        source.flags.0 as i32,
        source.argcount as i32,
        source.posonlyargcount as i32,
        source.kwonlyargcount as i32,
        source.stacksize as i32,
        source.firstlineno,
        locals,
        locals + source.stacksize as i32,
        source.kinds.locals as i32,
        source.kinds.cells as i32,
        source.kinds.free as i32,
        0,
    ]
}

/// Ends a program.
///
/// # Safety
/// What [`code_object`] made, once.
unsafe fn end(program: *mut c_void) {
    // SAFETY: by contract.
    drop(unsafe { Box::from_raw(program.cast::<Program>()) });
}

/// The program of a code object.
#[inline(always)]
pub fn program(code: &PyCode) -> &Program {
    // SAFETY: all code objects are made by `code_object`.
    unsafe { &*code.host.get().cast::<Program>() }
}

impl Program {
    /// The register code if it was made already.
    #[inline(always)]
    pub fn translated(&self) -> Option<&RegisterCode> {
        self.registers.get()
    }

    /// The register code, which is made when it is first asked for.
    pub fn registers(&self, thread: &Thread) -> PyResult<&RegisterCode> {
        if let Some(known) = self.registers.get() {
            return Ok(known);
        }
        let made = self.translate(thread, false)?;
        let made = self.registers.get_or_init(|| made);
        // SAFETY: a program hangs off its code object, which is alive then.
        if let Some(object) = unsafe { self.object.get().as_ref() } {
            object.ready.set(std::ptr::from_ref(made).cast_mut().cast());
        }
        Ok(made)
    }

    /// The constants as values, the same ones each time.
    pub fn constants(&self, thread: &Thread) -> PyResult<&Rc<[Value]>> {
        if let Some(known) = self.constants.get() {
            return Ok(known);
        }
        let constants = self.source.consts.iter().map(|constant| value(thread, constant));
        let constants = constants.collect::<PyResult<Rc<[Value]>>>()?;
        Ok(self.constants.get_or_init(|| constants))
    }

    /// The form that tells of lines, calls and returns.
    pub(crate) fn traced(&self, thread: &Thread) -> PyResult<&RegisterCode> {
        if let Some(known) = self.traced.get() {
            return Ok(known);
        }
        let made = self.translate(thread, true)?;
        Ok(self.traced.get_or_init(|| made))
    }

    /// How frames go over from the one form to the other.
    pub(crate) fn switches(&self, thread: &Thread) -> PyResult<&Switches> {
        if let Some(known) = self.switches.get() {
            return Ok(known);
        }
        let places = |traced| self.with_parts(thread, traced, places);
        let switches = Switches::between(&places(false)?, &places(true)?);
        Ok(self.switches.get_or_init(|| switches))
    }

    fn translate(&self, thread: &Thread, traced: bool) -> PyResult<RegisterCode> {
        self.with_parts(thread, traced, translate)
    }

    fn with_parts<T>(
        &self,
        thread: &Thread,
        traced: bool,
        make: impl FnOnce(&Verified, &Flow, Parts) -> Result<T, TooLarge>,
    ) -> PyResult<T> {
        let (verified, flow) = Verified::with_flow(self.source.whole().clone())
            .map_err(|error| raise!(thread, SYSTEM_ERROR, "{error}"))?;
        let constants = self.constants(thread)?.clone();
        let all = |names: &[Wtf8Buf]| {
            names.iter().map(|name| interned(thread, name)).collect::<PyResult<Box<[_]>>>()
        };
        let names = all(&self.source.names)?;
        let local_names = all(&self.source.localsplusnames)?;
        let object = self.object.get();
        make(&verified, &flow, Parts { constants, names, local_names, object, traced })
            .map_err(|_| raise!(thread, SYSTEM_ERROR, "a code object has too many locals or names"))
    }
}

/// A name as the interned string.
pub fn interned(thread: &Thread, name: &Wtf8Buf) -> PyResult<Owned<PyStr>> {
    match name.as_wtf8().as_str() {
        Some(name) => intern::intern_text(thread, name),
        None => intern::intern(thread, PyStr::from_wtf8(thread, name.as_wtf8())?),
    }
}

/// A constant as a value. Constants nest no deeper than the verifier allows.
fn value(thread: &Thread, constant: &Const) -> PyResult<Value> {
    let all = |values: &[Const]| -> PyResult<Vec<Value>> {
        values.iter().map(|item| value(thread, item)).collect()
    };
    Ok(match constant {
        Const::None => Value::none(),
        Const::Bool(value) => Value::bool(*value),
        Const::Ellipsis => Value::ellipsis(),
        Const::Int(int) => integer(thread, int)?,
        Const::Float(value) => Value::float(thread, *value)?,
        Const::Complex(real, imaginary) => PyComplex::new(thread, *real, *imaginary)?.into_value(),
        Const::Str(value) => interned_if_name(thread, value)?,
        Const::Bytes(bytes) => PyBytes::new(thread, bytes)?.into_value(),
        Const::Tuple(items) => PyTuple::from_values(thread, all(items)?)?.into_value(),
        Const::FrozenSet(items) => {
            let set = PySet::new_frozen(thread)?;
            for item in all(items)? {
                set.add(thread, item.as_ref())?;
            }
            set.into_value()
        }
        Const::Slice(parts) => {
            let [start, stop, step] = &**parts;
            PySlice::new(thread, value(thread, start)?, value(thread, stop)?, value(thread, step)?)?
                .into_value()
        }
        Const::Code(code) => code_object(thread, code.clone())?.into_value(),
    })
}

/// The register code of a code object, which is made when it is first asked for.
#[inline(always)]
pub fn registers<'c>(thread: &Thread, code: &'c PyCode) -> PyResult<&'c RegisterCode> {
    if thread.has_request(safepoint::TRACE) && crate::tracing::is_on(thread) {
        return program(code).traced(thread);
    }
    // SAFETY: set when the register code was made, which lives as long as the code object.
    match unsafe { code.ready.get().cast::<RegisterCode>().as_ref() } {
        Some(ready) => Ok(ready),
        None => program(code).registers(thread),
    }
}

/// Strings that could be names are interned, as the reference does.
fn interned_if_name(thread: &Thread, value: &Wtf8Buf) -> PyResult<Value> {
    let is_name = value.as_wtf8().as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let made = if is_name { interned(thread, value)? } else { PyStr::from_wtf8(thread, value.as_wtf8())? };
    Ok(made.into_value())
}

fn integer(thread: &Thread, value: &BigInt) -> PyResult<Value> {
    if let Ok(small) = i64::try_from(value) {
        return Value::int(thread, small);
    }
    let digits = value.magnitude().to_str_radix(16);
    taipan_object::int::parse(thread, value.sign() == Sign::Minus, &digits, 16)
        .map_err(|_| thread.raise_memory_error())
}
