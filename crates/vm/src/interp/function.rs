//! Making functions.

use super::Vm;
use crate::code::OpWord;
use taipan_bytecode_format::CodeFlags;
use taipan_object::code::PyCode;
use taipan_object::function::{FunctionParts, PyFunction};
use taipan_object::str::statics::names;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::{Owned, PyResult, Ref, Value, as_ref, raise};

#[inline(never)]
pub(super) fn make(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    let Ok(code) = vm.take(w.a()).downcast::<PyCode>() else {
        return Err(raise!(thread, SYSTEM_ERROR, "a function is made of what is no code object"));
    };
    // SAFETY: the frame's globals and built-ins are alive.
    let (globals, builtins) = unsafe { (&*vm.frame().globals, &*vm.frame().builtins) };
    let module = globals.get_str(thread, names::__name__.get())?;
    let function = of_code(vm.thread, code, as_ref(globals).to_value(), as_ref(builtins).to_value(), module)?;
    vm.put(w.a(), function.into_value());
    Ok(())
}

/// A function of a code object, without defaults and closure.
pub(crate) fn of_code(
    thread: &taipan_object::Thread,
    code: Owned<PyCode>,
    globals: Value,
    builtins: Value,
    module: Option<Value>,
) -> PyResult<Owned<PyFunction>> {
    let [flags, ..] = code.numbers.get();
    let documented = CodeFlags(flags as u32).has(CodeFlags::HAS_DOCSTRING);
    let head = documented.then(|| crate::load::program(&code).source.head());
    let doc = match head.and_then(|head| head.docstring) {
        Some(text) => PyStr::from_wtf8(thread, text)?.into_value(),
        None => Value::none(),
    };
    let text = |slot: &taipan_object::slot::Slot| slot.get().unwrap_or_else(Value::none);
    let (name, qualname) = (text(&code.co_name), text(&code.co_qualname));
    let parts = FunctionParts { code: code.into_value(), globals, builtins, name, qualname, doc, module };
    PyFunction::new(thread, parts)
}

/// Names the function that evaluates the annotations of a function after it.
fn name_annotate(vm: Vm<'_>, function: &PyFunction, annotate: Ref<'_>) -> PyResult<()> {
    let Some(annotate) = annotate.get::<PyFunction>() else { return Ok(()) };
    let own = function.func_qualname().get();
    if let Some(own) = own.as_ref().and_then(|own| own.as_ref().get::<PyStr>()) {
        let mut name = StrBuilder::new();
        name.push(vm.thread, own)?;
        name.push_str(vm.thread, ".__annotate__")?;
        drop(annotate.func_qualname().replace(Some(name.finish(vm.thread)?.into_value())));
    }
    Ok(())
}

#[inline(never)]
pub(super) fn set_attribute(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = vm.take(w.a());
    let function = vm.take(w.b());
    let Some(this) = function.as_ref().get::<PyFunction>() else {
        return Err(raise!(vm.thread, SYSTEM_ERROR, "not a function"));
    };
    let slot = match w.c() {
        1 => this.func_defaults(),
        2 => this.func_kwdefaults(),
        4 => this.func_annotations(),
        8 => this.func_closure(),
        16 => {
            name_annotate(vm, this, value.as_ref())?;
            this.func_annotate()
        }
        _ => return Err(raise!(vm.thread, SYSTEM_ERROR, "no such attribute of a function")),
    };
    let old = slot.replace(Some(value));
    drop(old);
    vm.put(w.a(), function);
    Ok(())
}
