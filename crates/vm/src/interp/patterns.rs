//! What `match` asks of its subject.

use super::{Vm, attributes};
use crate::code::OpWord;
use taipan_object::dict::PyDict;
use taipan_object::str::{PyStr, intern};
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{PyResult, PyTypeObject, Raised, Ref, Thread, Value, protocol, raise};

#[inline(never)]
pub(super) fn mapping(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let is = vm.borrow(w.b()).ty().has_flag(flags::MAPPING);
    vm.put(w.a(), Value::bool(is));
    Ok(())
}

#[inline(never)]
pub(super) fn sequence(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let is = vm.borrow(w.b()).ty().has_flag(flags::SEQUENCE);
    vm.put(w.a(), Value::bool(is));
    Ok(())
}

/// The values of the keys of a pattern, or None if one is missing.
#[inline(never)]
pub(super) fn keys(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    let (subject, keys) = (vm.borrow(w.b()), vm.borrow(w.c()));
    let Some(keys) = keys.get::<PyTuple>() else {
        return Err(raise!(thread, SYSTEM_ERROR, "keys of a pattern are no tuple"));
    };
    let seen = taipan_object::set::PySet::new(thread)?;
    let missing = PyDict::new(thread)?.into_value();
    let get = intern::intern_text(thread, "get")?;
    let mut values = Vec::new();
    for key in keys.iter() {
        if !seen.add(thread, key)? {
            let text = super::format::repr(thread, key)?;
            let text = text.as_ref().get::<PyStr>().map_or_else(String::new, PyStr::to_text_lossy);
            return Err(raise!(thread, VALUE_ERROR, "mapping pattern checks duplicate key ({text})"));
        }
        let value = match subject.get_exact::<PyDict>() {
            Some(dict) => dict.get(thread, key)?,
            None => {
                let method = protocol::get_attribute(thread, subject, &get)?;
                let arguments = [key.to_value(), missing.clone()];
                let found = protocol::call(thread, method.as_ref(), &arguments, None)?;
                if found.as_ref().is(missing.as_ref()) { None } else { Some(found) }
            }
        };
        match value {
            Some(value) => values.push(value),
            None => {
                vm.put(w.a(), Value::none());
                return Ok(());
            }
        }
    }
    vm.put(w.a(), PyTuple::from_values(thread, values)?.into_value());
    Ok(())
}

/// The attributes that a class pattern asks for, or None if the subject is no instance or lacks one.
#[inline(never)]
pub(super) fn class(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let (subject, class, names) = (vm.take(w.a()), vm.take(w.a() + 1), vm.take(w.a() + 2));
    let found = attributes_of(vm.thread, subject.as_ref(), class.as_ref(), names.as_ref(), w.b())?;
    let value = match found {
        Some(values) => PyTuple::from_values(vm.thread, values)?.into_value(),
        None => Value::none(),
    };
    vm.put(w.a(), value);
    Ok(())
}

fn attributes_of(
    thread: &Thread,
    subject: Ref<'_>,
    class: Ref<'_>,
    names: Ref<'_>,
    positional: usize,
) -> PyResult<Option<Vec<Value>>> {
    let Some(ty) = class.get::<PyTypeObject>() else {
        return Err(raise!(thread, TYPE_ERROR, "called match pattern must be a class"));
    };
    if !is_instance(thread, subject, class)? {
        return Ok(None);
    }
    let mut seen: Vec<String> = Vec::new();
    let mut values = Vec::new();
    if positional > 0 {
        let args = attributes::optional(thread, class, &*intern::intern_text(thread, "__match_args__")?)?;
        match args {
            None if ty.has_flag(flags::MATCH_SELF) => {
                if positional > 1 {
                    return Err(too_many(thread, ty, 1, positional));
                }
                values.push(subject.to_value());
            }
            None => return Err(too_many(thread, ty, 0, positional)),
            Some(args) => {
                let Some(args) = args.as_ref().get_exact::<PyTuple>() else {
                    let (name, kind) = (ty.name(), args.as_ref().ty().name());
                    return Err(raise!(
                        thread,
                        TYPE_ERROR,
                        "{name}.__match_args__ must be a tuple (got {kind})"
                    ));
                };
                if args.len() < positional {
                    return Err(too_many(thread, ty, args.len(), positional));
                }
                for name in args.iter().take(positional) {
                    let Some(name) = name.get::<PyStr>() else {
                        let kind = name.ty().name();
                        return Err(raise!(
                            thread,
                            TYPE_ERROR,
                            "__match_args__ elements must be strings (got {kind})"
                        ));
                    };
                    match attribute(thread, ty, subject, name, &mut seen)? {
                        Some(value) => values.push(value),
                        None => return Ok(None),
                    }
                }
            }
        }
    }
    let Some(names) = names.get::<PyTuple>() else {
        return Err(raise!(thread, SYSTEM_ERROR, "names of a pattern are no tuple"));
    };
    for name in names.iter().filter_map(|name| name.get::<PyStr>()) {
        match attribute(thread, ty, subject, name, &mut seen)? {
            Some(value) => values.push(value),
            None => return Ok(None),
        }
    }
    Ok(Some(values))
}

#[cold]
fn too_many(thread: &Thread, class: &PyTypeObject, allowed: usize, given: usize) -> Raised {
    let (name, plural) = (class.name(), if allowed == 1 { "" } else { "s" });
    raise!(thread, TYPE_ERROR, "{name}() accepts {allowed} positional sub-pattern{plural} ({given} given)")
}

/// One attribute; a name may be asked for once.
fn attribute(
    thread: &Thread,
    class: &PyTypeObject,
    subject: Ref<'_>,
    name: &PyStr,
    seen: &mut Vec<String>,
) -> PyResult<Option<Value>> {
    let text = name.to_text_lossy();
    if seen.contains(&text) {
        let class = class.name();
        return Err(raise!(thread, TYPE_ERROR, "{class}() got multiple sub-patterns for attribute '{text}'"));
    }
    seen.push(text);
    attributes::optional(thread, subject, name)
}

/// `isinstance(value, class)`.
pub(crate) fn is_instance(thread: &Thread, value: Ref<'_>, class: Ref<'_>) -> PyResult<bool> {
    if let Some(ty) = class.get::<PyTypeObject>()
        && value.ty().is_subtype(ty)
    {
        return Ok(true);
    }
    let name = intern::intern_text(thread, "__instancecheck__")?;
    match attributes::special(thread, class, &name)? {
        Some((method, bound)) => {
            let mut arguments = Vec::with_capacity(2);
            if bound {
                arguments.push(class.to_value());
            }
            arguments.push(value.to_value());
            let result = protocol::call(thread, method.as_ref(), &arguments, None)?;
            protocol::truth(thread, result.as_ref())
        }
        None => Ok(false),
    }
}
