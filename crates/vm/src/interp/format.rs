//! The parts of f-strings.

use super::Vm;
use crate::code::OpWord;
use taipan_object::str::statics::names;
use taipan_object::str::{PyStr, intern};
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

/// `format(value, spec)`.
pub(crate) fn format(thread: &Thread, value: Ref<'_>, spec: Value) -> PyResult<Value> {
    let empty = spec.as_ref().get_exact::<PyStr>().is_some_and(PyStr::is_empty);
    if empty && value.get_exact::<PyStr>().is_some() {
        return Ok(value.to_value());
    }
    let is_number = value.word().is_int() || value.word().is_float();
    if empty
        && is_number
        && let Some(str) = value.ty().slots().str.get().or(value.ty().slots().repr.get())
    {
        return str(thread, value);
    }
    let result = match super::attributes::special(thread, value, names::__format__.get())? {
        Some((method, true)) => protocol::call(thread, method.as_ref(), &[value.to_value(), spec], None)?,
        Some((method, false)) => protocol::call(thread, method.as_ref(), &[spec], None)?,
        None => {
            let ty = value.ty().name();
            return Err(raise!(thread, TYPE_ERROR, "Type {ty} doesn't define __format__"));
        }
    };
    if result.as_ref().get::<PyStr>().is_some() {
        return Ok(result);
    }
    let name = result.as_ref().ty().name();
    Err(raise!(thread, TYPE_ERROR, "__format__ must return a str, not {name}"))
}

#[inline(never)]
pub(super) fn simple(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = vm.operand(w.b());
    let empty = taipan_object::str::statics::empty().as_ref().to_value();
    let text = format(vm.thread, value.as_ref(), empty)?;
    vm.put(w.a(), text);
    Ok(())
}

#[inline(never)]
pub(super) fn with_spec(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let (value, spec) = (vm.take(w.a()), vm.take(w.a() + 1));
    let text = format(vm.thread, value.as_ref(), spec)?;
    vm.put(w.a(), text);
    Ok(())
}

#[inline(never)]
pub(super) fn template(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let (strings, interpolations) = (vm.take(w.a()), vm.take(w.a() + 1));
    let template = (crate::hooks::of(vm.thread).template)(vm.thread, strings, interpolations)?;
    vm.put(w.a(), template);
    Ok(())
}

#[inline(never)]
pub(super) fn interpolation(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let (value, text) = (vm.take(w.a()), vm.take(w.a() + 1));
    let spec = (w.b() & 1 != 0).then(|| vm.take(w.a() + 2));
    let conversion = match w.b() >> 2 {
        1 => Some('s'),
        2 => Some('r'),
        3 => Some('a'),
        _ => None,
    };
    let made = (crate::hooks::of(vm.thread).interpolation)(vm.thread, value, text, conversion, spec)?;
    vm.put(w.a(), made);
    Ok(())
}

/// `str(value)`.
pub(crate) fn str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    if value.get_exact::<PyStr>().is_some() {
        return Ok(value.to_value());
    }
    let slots = value.ty().slots();
    match slots.str.get().or(slots.repr.get()) {
        Some(str) => checked(thread, str(thread, value)?, "__str__"),
        None => no_text(thread, value),
    }
}

/// `repr(value)`.
pub(crate) fn repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    match value.ty().slots().repr.get() {
        Some(repr) => checked(thread, repr(thread, value)?, "__repr__"),
        None => no_text(thread, value),
    }
}

fn no_text(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let text = format!("<{} object>", value.ty().name());
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

fn checked(thread: &Thread, text: Value, method: &str) -> PyResult<Value> {
    if text.as_ref().get::<PyStr>().is_some() {
        return Ok(text);
    }
    let name = text.as_ref().ty().name();
    Err(raise!(thread, TYPE_ERROR, "{method} returned non-string (type {name})"))
}

#[inline(never)]
pub(super) fn convert(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = vm.take(w.a());
    let text = match w.b() {
        1 => str(vm.thread, value.as_ref())?,
        2 => repr(vm.thread, value.as_ref())?,
        _ => {
            let name = intern::intern_text(vm.thread, "ascii")?;
            let builtins = vm.thread.interp().builtins.get();
            let builtins = builtins.and_then(|dict| dict.downcast::<taipan_object::dict::PyDict>().ok());
            match builtins.map(|dict| dict.get_str(vm.thread, &name)).transpose()?.flatten() {
                Some(ascii) => protocol::call(vm.thread, ascii.as_ref(), &[value], None)?,
                None => return Err(super::names::unknown(vm.thread, &name)),
            }
        }
    };
    vm.put(w.a(), text);
    Ok(())
}
