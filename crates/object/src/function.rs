//! `function`: what `def` makes. The VM makes and calls functions; here is their layout. Invariant: code and
//! globals are there as long as the function is; `func_version` is zero or names this state of its code,
//! defaults and keyword defaults alone.

use crate::error::PyResult;
use crate::layouts::object;
use crate::method::PyMethod;
use crate::thread::Thread;
use crate::types::{flags, traps};
use crate::value::{Owned, Ref, Value};

object! {
    /// A Python function.
    pub struct PyFunction = FUNCTION FUNCTION_CORE "function" 152 {
        /// `__globals__`.
        func_globals 16: Slot,
        /// `__builtins__`.
        func_builtins 24: Slot,
        /// `__name__`.
        func_name 32: Slot,
        /// `__qualname__`.
        func_qualname 40: Slot,
        /// `__code__`.
        func_code 48: Slot,
        /// `__defaults__`.
        func_defaults 56: Slot,
        /// `__kwdefaults__`.
        func_kwdefaults 64: Slot,
        /// `__closure__`.
        func_closure 72: Slot,
        /// `__doc__`.
        func_doc 80: Slot,
        /// `__dict__`.
        func_dict 88: Slot,
        /// Weak references.
        func_weakreflist 96: Weak,
        /// `__module__`.
        func_module 104: Slot,
        /// `__annotations__`.
        func_annotations 112: Slot,
        /// `__annotate__`.
        func_annotate 120: Slot,
        /// `__type_params__`.
        func_typeparams 128: Slot,
        /// For C callers.
        vectorcall 136: Call,
        /// The version, in the low half: what an inline cache compares.
        func_version 144: Word,
    }
    slots {
        func_globals, func_builtins, func_name, func_qualname, func_code, func_defaults, func_kwdefaults,
        func_closure, func_doc, func_dict, func_module, func_annotations, func_annotate, func_typeparams,
    }
    flags flags::METHOD_DESCRIPTOR | flags::HAVE_VECTORCALL, dict 88, weak 96,
    does { descr_get: bind }
}

/// A function looked up on an instance is a method of it.
fn bind(thread: &Thread, function: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    match object {
        Some(object) => Ok(PyMethod::new(thread, function.to_value(), object.to_value())?.into_value()),
        None => Ok(function.to_value()),
    }
}

/// What a function is made from.
pub struct FunctionParts {
    /// `__code__`.
    pub code: Value,
    /// `__globals__`.
    pub globals: Value,
    /// `__builtins__`.
    pub builtins: Value,
    /// `__name__`.
    pub name: Value,
    /// `__qualname__`.
    pub qualname: Value,
    /// `__doc__`.
    pub doc: Value,
    /// `__module__`.
    pub module: Option<Value>,
}

impl PyFunction {
    /// A function without defaults, closure and annotations, which the caller may set.
    pub fn new(thread: &Thread, parts: FunctionParts) -> PyResult<Owned<PyFunction>> {
        let function = PyFunction::blank(thread)?;
        function.func_code.init(parts.code);
        function.func_globals.init(parts.globals);
        function.func_builtins.init(parts.builtins);
        function.func_name.init(parts.name);
        function.func_qualname.init(parts.qualname);
        function.func_doc.init(parts.doc);
        if let Some(module) = parts.module {
            function.func_module.init(module);
        }
        function.vectorcall.set(Some(traps::Call));
        Ok(function)
    }
}
