//! `types.FunctionType`: the attributes of functions. Invariant: what changes how a function is called ends its
//! version.

use taipan_object::code::PyCode;
use taipan_object::descriptor::GetSetDef;
use taipan_object::descriptor::member::MemberKind;
use taipan_object::dict::PyDict;
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::function::{FUNCTION, PyFunction};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use crate::install::fields;
use crate::objects::NATIVE_DICT_ATTRIBUTE;

static ATTRIBUTES: [GetSetDef; 10] = [
    GetSetDef {
        name: "__doc__",
        get: |_, this| held(this, PyFunction::func_doc),
        set: Some(|_, this, value| store(this, PyFunction::func_doc, value)),
        doc: "The documentation.",
    },
    GetSetDef {
        name: "__module__",
        get: |_, this| held(this, PyFunction::func_module),
        set: Some(|_, this, value| store(this, PyFunction::func_module, value)),
        doc: "The name of the module.",
    },
    GetSetDef {
        name: "__code__",
        get: |_, this| held(this, PyFunction::func_code),
        set: Some(set_code),
        doc: "The code.",
    },
    GetSetDef {
        name: "__defaults__",
        get: |_, this| held(this, PyFunction::func_defaults),
        set: Some(set_defaults),
        doc: "The defaults of parameters.",
    },
    GetSetDef {
        name: "__kwdefaults__",
        get: |_, this| held(this, PyFunction::func_kwdefaults),
        set: Some(set_kwdefaults),
        doc: "The defaults of parameters that are given by name.",
    },
    GetSetDef {
        name: "__annotations__",
        get: annotations,
        set: Some(set_annotations),
        doc: "The annotations.",
    },
    GetSetDef {
        name: "__annotate__",
        get: |_, this| held(this, PyFunction::func_annotate),
        set: Some(set_annotate),
        doc: "What gives the annotations.",
    },
    GetSetDef {
        name: "__name__",
        get: |_, this| held(this, PyFunction::func_name),
        set: Some(set_name),
        doc: "The name.",
    },
    GetSetDef {
        name: "__qualname__",
        get: |_, this| held(this, PyFunction::func_qualname),
        set: Some(set_qualname),
        doc: "The name with those of what it stands in.",
    },
    GetSetDef {
        name: "__type_params__",
        get: type_params,
        set: Some(set_type_params),
        doc: "The type parameters.",
    },
];

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let ty: &'static PyTypeObject = &FUNCTION;
    let all = [
        ("__globals__", 16, MemberKind::Object, true),
        ("__builtins__", 24, MemberKind::Object, true),
        ("__closure__", 72, MemberKind::Object, true),
    ];
    fields(thread, ty, &all)?;
    crate::install::attributes(thread, ty, &ATTRIBUTES)?;
    crate::install::attributes(thread, ty, std::slice::from_ref(&NATIVE_DICT_ATTRIBUTE))
}

type Field = fn(&PyFunction) -> &Slot;

fn held(this: Ref<'_>, field: Field) -> PyResult<Value> {
    Ok(this.get::<PyFunction>().and_then(|function| field(function).get()).unwrap_or_else(Value::none))
}

fn put(this: Ref<'_>, field: Field, value: Option<Value>) {
    if let Some(function) = this.get::<PyFunction>() {
        drop(field(function).replace(value));
    }
}

/// Sets a field to any value.
fn store(this: Ref<'_>, field: Field, value: Option<Value>) -> PyResult<()> {
    put(this, field, value);
    Ok(())
}

/// The same for what decides how the function is called.
fn put_parts(this: Ref<'_>, field: Field, value: Option<Value>) {
    if let Some(function) = this.get::<PyFunction>() {
        let version = function.func_version().get() & !0xFFFF_FFFF;
        function.func_version().set(version);
        drop(field(function).replace(value));
    }
}

/// How many free variables a code object has.
pub(super) fn free_variables(code: Ref<'_>) -> usize {
    code.get::<PyCode>().and_then(|code| usize::try_from(code.numbers.get()[10]).ok()).unwrap_or(0)
}

/// Those flags of a code object that say what a call of it gives.
fn kind(code: Ref<'_>) -> i32 {
    const GENERATOR: i32 = 0x20;
    const COROUTINE: i32 = 0x80;
    const ASYNC_GENERATOR: i32 = 0x200;
    let flags = code.get::<PyCode>().map_or(0, |code| code.numbers.get()[0]);
    flags & (GENERATOR | COROUTINE | ASYNC_GENERATOR)
}

fn set_code(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(code) = value.filter(|code| code.as_ref().get::<PyCode>().is_some()) else {
        return Err(raise!(thread, TYPE_ERROR, "__code__ must be set to a code object"));
    };
    let closure = held(this, PyFunction::func_closure)?;
    let has = closure.as_ref().get::<PyTuple>().map_or(0, PyTuple::len);
    let wants = free_variables(code.as_ref());
    if has != wants {
        let name = held(this, PyFunction::func_name)?;
        let name = name.as_ref().get::<PyStr>().map_or_else(String::new, PyStr::to_text_lossy);
        return Err(raise!(
            thread,
            VALUE_ERROR,
            "{name}() requires a code object with {has} free vars, not {wants}"
        ));
    }
    let old = held(this, PyFunction::func_code)?;
    if kind(old.as_ref()) != kind(code.as_ref()) {
        let message = "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)";
        thread.warn(&DEPRECATION_WARNING, message)?;
    }
    if let Some(function) = this.get::<PyFunction>()
        && let Some(running) = function.func_code().get()
    {
        // a frame may run it
        thread.interp().retire(running);
    }
    put_parts(this, PyFunction::func_code, Some(code));
    Ok(())
}

/// A value that `None` stands for the absence of.
fn or_absent(value: Option<Value>) -> Option<Value> {
    value.filter(|value| !value.as_ref().is_none())
}

fn set_defaults(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let value = or_absent(value);
    if value.as_ref().is_some_and(|value| value.as_ref().get::<PyTuple>().is_none()) {
        return Err(raise!(thread, TYPE_ERROR, "__defaults__ must be set to a tuple object"));
    }
    put_parts(this, PyFunction::func_defaults, value);
    Ok(())
}

fn set_kwdefaults(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let value = or_absent(value);
    if value.as_ref().is_some_and(|value| value.as_ref().get::<PyDict>().is_none()) {
        return Err(raise!(thread, TYPE_ERROR, "__kwdefaults__ must be set to a dict object"));
    }
    put_parts(this, PyFunction::func_kwdefaults, value);
    Ok(())
}

fn string(thread: &Thread, name: &str, value: Option<Value>) -> PyResult<Value> {
    match value.filter(|value| value.as_ref().get::<PyStr>().is_some()) {
        Some(value) => Ok(value),
        None => Err(raise!(thread, TYPE_ERROR, "{name} must be set to a string object")),
    }
}

fn set_name(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    put(this, PyFunction::func_name, Some(string(thread, "__name__", value)?));
    Ok(())
}

fn set_qualname(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    put(this, PyFunction::func_qualname, Some(string(thread, "__qualname__", value)?));
    Ok(())
}

/// The annotations: a dict; pairs in a tuple become one, and what is not there is asked of `__annotate__`.
fn annotations(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let known = held(this, PyFunction::func_annotations)?;
    if known.as_ref().get::<PyDict>().is_some() {
        return Ok(known);
    }
    let made = match known.as_ref().get::<PyTuple>() {
        Some(pairs) => from_pairs(thread, pairs)?,
        None => from_annotate(thread, held(this, PyFunction::func_annotate)?)?,
    };
    put(this, PyFunction::func_annotations, Some(made.clone()));
    Ok(made)
}

fn from_pairs(thread: &Thread, pairs: &PyTuple) -> PyResult<Value> {
    let dict = PyDict::new(thread)?;
    let mut at = 0;
    while let (Some(name), Some(value)) = (pairs.borrow(at), pairs.get(at + 1)) {
        drop(dict.insert(thread, name, value)?);
        at += 2;
    }
    Ok(dict.into_value())
}

fn from_annotate(thread: &Thread, annotate: Value) -> PyResult<Value> {
    if annotate.as_ref().ty().slots().call.get().is_none() {
        return Ok(PyDict::new(thread)?.into_value());
    }
    let made = taipan_object::protocol::call(thread, annotate.as_ref(), &[Value::small(1)], None)?;
    if made.as_ref().get::<PyDict>().is_none() {
        let ty = made.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "__annotate__ returned non-dict of type '{ty}'"));
    }
    Ok(made)
}

fn set_annotations(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let value = or_absent(value);
    if value.as_ref().is_some_and(|value| value.as_ref().get::<PyDict>().is_none()) {
        return Err(raise!(thread, TYPE_ERROR, "__annotations__ must be set to a dict object"));
    }
    put(this, PyFunction::func_annotations, value);
    put(this, PyFunction::func_annotate, None);
    Ok(())
}

fn set_annotate(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(raise!(thread, TYPE_ERROR, "__annotate__ cannot be deleted"));
    };
    if value.as_ref().is_none() {
        put(this, PyFunction::func_annotate, None);
        return Ok(());
    }
    if value.as_ref().ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "__annotate__ must be callable or None"));
    }
    put(this, PyFunction::func_annotate, Some(value));
    put(this, PyFunction::func_annotations, None);
    Ok(())
}

fn type_params(_: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let held = this.get::<PyFunction>().and_then(|function| function.func_typeparams().get());
    Ok(held.unwrap_or_else(|| PyTuple::empty().into_value()))
}

fn set_type_params(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value.filter(|value| value.as_ref().get::<PyTuple>().is_some()) else {
        return Err(raise!(thread, TYPE_ERROR, "__type_params__ must be set to a tuple"));
    };
    put(this, PyFunction::func_typeparams, Some(value));
    Ok(())
}
