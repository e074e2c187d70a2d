//! Attributes: what the operations that read and write them do where the loop itself does not find them by their
//! caches. `cache.rs` says what these hold, `note.rs` fills them, `peek.rs` is for the loop.

mod cache;
mod note;
mod peek;

pub(super) use cache::{kind, kind_of};
pub(super) use peek::{peek, peek_other, slot_at};

use super::{Operand, Vm};
use crate::code::OpWord;
use crate::frame::NULL;
use cache::held;
use note::{is_generic, is_generic_set, note, note_store};
use peek::class_has_version;
use taipan_object::descriptor::{PyClassMethod, PyGetSetDescr};
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::function::FUNCTION;
use taipan_object::instance;
use taipan_object::protocol::attribute::with_context;
use taipan_object::str::PyStr;
use taipan_object::super_object::{SUPER, super_method};
use taipan_object::types::flags;
use taipan_object::types::statics::TYPE;
use taipan_object::{PyObject, PyResult, PyTypeObject, Ref, Thread, Value, protocol};

/// An attribute, or none if an `AttributeError` says that there is none.
pub(super) fn optional(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Option<Value>> {
    match protocol::get_attribute(thread, object, name) {
        Ok(value) => Ok(Some(value)),
        Err(raised) => {
            let exception = thread.catch(raised);
            if exception.as_ref().ty().is_subtype(&ATTRIBUTE_ERROR) {
                return Ok(None);
            }
            Err(thread.raise(exception))
        }
    }
}

/// Reads an attribute; whether the frame of a property's getter runs now.
#[inline(never)]
pub(super) fn load(vm: Vm<'_>, w: OpWord) -> PyResult<bool> {
    // SAFETY: the words behind the operation.
    let (cache, second) = unsafe { (*vm.cache(1), *vm.cache(2)) };
    let name = vm.name(w.c());
    let known = match vm.borrow(w.b()).head() {
        Some(head) if head.ty().version() == cache as u32 => kind_of(cache),
        _ => 0,
    };
    match known {
        kind::PROPERTY => {
            // SAFETY: the version is the type's, so the property is there and has its getter.
            let getter = unsafe { held(second) };
            let this = vm.operand(w.b()).into_value();
            super::call::enter_values(vm, getter, vec![this], None, w.a())?;
            return Ok(true);
        }
        kind::GETSET => {
            let object = vm.operand(w.b());
            // SAFETY: the version is the type's, so the descriptor is there and is its own.
            let descriptor = unsafe { held(second) };
            if let Some(descriptor) = descriptor.as_ref().get_exact::<PyGetSetDescr>() {
                let value = (descriptor.definition().get)(vm.thread, object.as_ref());
                vm.put(
                    w.a(),
                    value.map_err(|raised| with_context(vm.thread, raised, object.as_ref(), name))?,
                );
                return Ok(false);
            }
        }
        kind::PLACE | kind::CLASS | kind::DICT => {
            if let Some(value) = in_dict(vm, vm.borrow(w.b()), name, second)? {
                drop(vm.operand(w.b()));
                vm.put(w.a(), value);
                return Ok(false);
            }
        }
        kind::NONE => {}
        _ => note(vm, vm.borrow(w.b()), name, false)?,
    }
    let object = vm.operand(w.b());
    let value = protocol::get_attribute(vm.thread, object.as_ref(), name)?;
    vm.put(w.a(), value);
    Ok(false)
}

/// What the dict of an instance has, else what its class has by the second word of the cache.
fn in_dict(vm: Vm<'_>, object: Ref<'_>, name: &PyStr, second: u64) -> PyResult<Option<Value>> {
    let Some(head) = object.head() else { return Ok(None) };
    let Some(dict) = instance::existing_dict(head) else {
        // inside are attributes that the loop did not find
        let is_class = second != 0 && !head.ty().has_flag(flags::INLINE_VALUES);
        // SAFETY: the version is the type's, so the class has the value.
        return Ok(is_class.then(|| unsafe { held(second) }));
    };
    // SAFETY: as above, before the search may run code; the value is kept.
    let of_class = (second != 0).then(|| unsafe { held(second) });
    Ok(dict.get_with_hash(vm.thread, taipan_object::as_ref(name), name.hash())?.or(of_class))
}

/// The function of a method and its `self`, or the attribute and none.
#[inline(never)]
pub(super) fn load_method(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    // SAFETY: the words behind the operation.
    let (cache, second) = unsafe { (*vm.cache(1), *vm.cache(2)) };
    let name = vm.name(w.c());
    let object = vm.operand(w.b());
    let this = object.as_ref();
    let known = match this.head() {
        Some(head) if head.ty().version() == cache as u32 => kind_of(cache),
        Some(head) if kind_of(cache) == kind::CLASS_METHOD && is_class_of(head, cache as u32) => {
            // SAFETY: the version is the class's, so the method is there.
            let method = unsafe { held(second) };
            let function =
                method.as_ref().get_exact::<PyClassMethod>().and_then(|held| held.callable().get());
            if let Some(function) = function {
                let class = object.into_value();
                vm.put(w.a(), function);
                vm.put(w.a() + 1, class);
                return Ok(());
            }
            0
        }
        _ => 0,
    };
    let own = match (known, this.head()) {
        (kind::METHOD | kind::DICT_METHOD, Some(head)) => {
            // SAFETY: the version is the type's, before the search may run code; the function is kept.
            let function = unsafe { held(second) };
            match own_attribute(vm.thread, head, name)? {
                Some(own) => own,
                None => {
                    let this = object.into_value();
                    vm.put(w.a(), function);
                    vm.put(w.a() + 1, this);
                    return Ok(());
                }
            }
        }
        (kind::PLACE | kind::CLASS | kind::DICT, _) => match in_dict(vm, this, name, second)? {
            Some(found) => found,
            None => protocol::get_attribute(vm.thread, this, name)?,
        },
        (kind::NONE, _) => protocol::get_attribute(vm.thread, this, name)?,
        _ => {
            note(vm, this, name, true)?;
            return method_or_attribute(vm, object, name, w.a());
        }
    };
    drop(object);
    vm.put(w.a(), own);
    vm.put_marker(w.a() + 1, NULL);
    Ok(())
}

/// Whether an object is a class of a version whose metaclass is `type`.
fn is_class_of(head: &PyObject, version: u32) -> bool {
    // SAFETY: what is exactly a `type` is a class.
    head.is_exact(&TYPE) && unsafe { class_has_version(head, version.into()) }
}

/// What an instance itself has.
fn own_attribute(thread: &Thread, head: &PyObject, name: &PyStr) -> PyResult<Option<Value>> {
    match instance::existing_dict(head) {
        Some(dict) => dict.get_with_hash(thread, taipan_object::as_ref(name), name.hash()),
        None => instance::get(thread, head, name),
    }
}

/// A method that no cache knows.
fn method_or_attribute(vm: Vm<'_>, object: Operand, name: &PyStr, at: usize) -> PyResult<()> {
    let this = object.as_ref();
    if is_generic(this.ty())
        && let Some(found) = this.ty().lookup(vm.thread, name)?
        && found.as_ref().ty().has_flag(flags::METHOD_DESCRIPTOR)
    {
        let own = match this.head() {
            Some(head) => instance::get(vm.thread, head, name)?,
            None => None,
        };
        match own {
            None => {
                let this = object.into_value();
                vm.put(at, found);
                vm.put(at + 1, this);
            }
            Some(own) => {
                vm.put(at, own);
                vm.put_marker(at + 1, NULL);
            }
        }
        return Ok(());
    }
    let value = protocol::get_attribute(vm.thread, this, name)?;
    drop(object);
    vm.put(at, value);
    vm.put_marker(at + 1, NULL);
    Ok(())
}

#[inline(never)]
pub(super) fn store(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    // SAFETY: the word behind the operation.
    let cache = unsafe { *vm.cache(1) };
    let value = vm.operand(w.b()).into_value();
    let object = vm.operand(w.a());
    let name = vm.name(w.c());
    let this = object.as_ref();
    let known = match this.head() {
        Some(head) if head.ty().version() == cache as u32 => kind_of(cache),
        _ => 0,
    };
    if matches!(known, kind::PLACE | kind::DICT)
        && let Some(dict) = this.head().and_then(instance::existing_dict)
    {
        let old = dict.insert_with_hash(vm.thread, taipan_object::as_ref(name), name.hash(), value)?;
        drop(old);
        return Ok(());
    }
    protocol::set_attribute(vm.thread, this, name, Some(value))?;
    if known != kind::NONE
        && let Some(head) = this.head()
        && is_generic_set(head.ty())
    {
        note_store(vm, head, name)?;
    }
    Ok(())
}

#[inline(never)]
pub(super) fn delete(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let object = vm.operand(w.a());
    protocol::set_attribute(vm.thread, object.as_ref(), vm.name(w.c()), None)
}

#[inline(never)]
pub(super) fn load_super(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let (global, class, this) = (vm.take(w.a()), vm.take(w.a() + 1), vm.take(w.a() + 2));
    let name = vm.name(w.c());
    let with_arguments = w.b() & 2 != 0;
    let wants_method = w.b() & 1 != 0;
    if global.as_ref().is(taipan_object::as_ref::<PyTypeObject>(&SUPER)) {
        let thread = vm.thread;
        let (class, this) = match with_arguments {
            true => (class, this),
            false => (thread.interp().hooks.super_arguments.get())(thread)?,
        };
        let (value, is_method) = super_method(thread, class.as_ref(), this.as_ref(), name, wants_method)?;
        vm.put(w.a(), value);
        match is_method {
            true => vm.put(w.a() + 1, this),
            false if wants_method => vm.put_marker(w.a() + 1, NULL),
            false => {}
        }
        return Ok(());
    }
    let arguments = [class, this];
    let arguments = if with_arguments { &arguments[..] } else { &[] };
    let proxy = protocol::call(vm.thread, global.as_ref(), arguments, None)?;
    let value = protocol::get_attribute(vm.thread, proxy.as_ref(), name)?;
    vm.put(w.a(), value);
    if w.b() & 1 != 0 {
        vm.put_marker(w.a() + 1, NULL);
    }
    Ok(())
}

/// The function that a type has under a special name, bound by hand: the function and whether it wants `self`.
pub(super) fn special(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Option<(Value, bool)>> {
    let Some(found) = object.ty().lookup(thread, name)? else { return Ok(None) };
    if found.as_ref().ty().has_flag(flags::METHOD_DESCRIPTOR)
        || found.as_ref().head().is_some_and(|head| head.is_exact(&FUNCTION))
    {
        return Ok(Some((found, true)));
    }
    match found.as_ref().ty().slots().descr_get.get() {
        Some(get) => {
            let bound = get(thread, found.as_ref(), Some(object), Some(taipan_object::as_ref(object.ty())))?;
            Ok(Some((bound, false)))
        }
        None => Ok(Some((found, false))),
    }
}
