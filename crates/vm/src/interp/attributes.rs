//! Attributes, and the caches of the operations that read and write them.
//!
//! A cache is two words: the version of the type in the low half of the first one, above it how the attribute is
//! found ([`kind`]), its place in the instance and the size of the instance's struct; the second word is the
//! function, borrowed from the dict that has it as long as the version is the type's.

use super::Vm;
use crate::code::OpWord;
use crate::frame::NULL;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::function::FUNCTION;
use taipan_object::instance;
use taipan_object::str::PyStr;
use taipan_object::types::flags;
use taipan_object::{PyResult, PyTypeObject, Ref, Thread, Value, Word, protocol};

/// How a cached attribute is found.
pub(super) mod kind {
    /// In the instance, at a place.
    pub(crate) const PLACE: u8 = 1;
    /// A function of the class, which no instance hides as long as the place is empty.
    pub(crate) const METHOD: u8 = 2;
    /// The same of a type whose instances have no attributes of their own.
    pub(crate) const PLAIN_METHOD: u8 = 3;
    /// A value of the class that is no descriptor, and that no instance hides.
    pub(crate) const CLASS: u8 = 4;
}

/// The place of a name that no instance has.
pub(super) const NO_PLACE: u8 = u8::MAX;

/// The first word of a cache.
fn packed(version: u32, kind: u8, place: u8, basic: usize) -> u64 {
    u64::from(version) | u64::from(kind) << 32 | u64::from(place) << 40 | (basic as u64) << 48
}

/// Whether reading attributes of the type's instances does what `object` does.
fn is_generic(ty: &PyTypeObject) -> bool {
    let generic = taipan_object::types::statics::OBJECT.slots().getattr.get();
    match (ty.slots().getattr.get(), generic) {
        (Some(own), Some(generic)) => std::ptr::fn_addr_eq(own, generic),
        _ => false,
    }
}

/// Whether setting them does.
fn is_generic_set(ty: &PyTypeObject) -> bool {
    let generic = taipan_object::types::statics::OBJECT.slots().setattr.get();
    match (ty.slots().setattr.get(), generic) {
        (Some(own), Some(generic)) => std::ptr::fn_addr_eq(own, generic),
        _ => false,
    }
}

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

/// Fills the cache of a read whose name is found on the type, or in the instance.
fn note(vm: Vm<'_>, object: Ref<'_>, name: &PyStr, for_method: bool) -> PyResult<()> {
    let Some(head) = object.head() else { return Ok(()) };
    let ty = head.ty();
    let version = ty.assign_version(vm.thread);
    let basic = ty.basic_size();
    if version == 0 || basic > usize::from(u16::MAX) || !is_generic(ty) {
        return Ok(());
    }
    let inline = ty.has_flag(flags::INLINE_VALUES);
    let has_dict = inline || instance::dict_slot(head).is_some();
    let place = if inline { instance::place_of(ty, name) } else { None };
    let found = ty.lookup(vm.thread, name)?;
    let cache = match (&found, place) {
        (None, Some(place)) => Some((kind::PLACE, place, 0)),
        (Some(found), place) => {
            let of = found.as_ref().ty();
            let descriptor = of.slots().descr_get.get().is_some();
            let method = of.has_flag(flags::METHOD_DESCRIPTOR);
            let place = place.unwrap_or(NO_PLACE);
            let word = found.word().bits();
            match () {
                _ if for_method && method && inline => Some((kind::METHOD, place, word)),
                _ if for_method && method && !has_dict => Some((kind::PLAIN_METHOD, NO_PLACE, word)),
                _ if !descriptor && of.slots().descr_set.get().is_none() && inline => {
                    Some((kind::CLASS, place, word))
                }
                _ => None,
            }
        }
        (None, None) => None,
    };
    if let Some((kind, place, word)) = cache {
        // SAFETY: the operation has two words for this.
        unsafe {
            *vm.cache(1) = packed(version, kind, place, basic);
            *vm.cache(2) = word;
        }
    }
    Ok(())
}

#[inline(never)]
pub(super) fn load(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let object = vm.operand(w.b());
    let name = vm.name(w.c());
    note(vm, object.as_ref(), name, false)?;
    let value = protocol::get_attribute(vm.thread, object.as_ref(), name)?;
    vm.put(w.a(), value);
    Ok(())
}

/// The function of a method and its `self`, or the attribute and none.
#[inline(never)]
pub(super) fn load_method(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let name = vm.name(w.c());
    let object = vm.operand(w.b());
    note(vm, object.as_ref(), name, true)?;
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
                vm.put(w.a(), found);
                vm.put(w.a() + 1, this);
            }
            Some(own) => {
                vm.put(w.a(), own);
                vm.put_marker(w.a() + 1, NULL);
            }
        }
        return Ok(());
    }
    let value = protocol::get_attribute(vm.thread, this, name)?;
    drop(object);
    vm.put(w.a(), value);
    vm.put_marker(w.a() + 1, NULL);
    Ok(())
}

#[inline(never)]
pub(super) fn store(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = vm.operand(w.b()).into_value();
    let object = vm.operand(w.a());
    let name = vm.name(w.c());
    let this = object.as_ref();
    protocol::set_attribute(vm.thread, this, name, Some(value))?;
    if let Some(head) = this.head()
        && head.ty().has_flag(flags::INLINE_VALUES)
        && is_generic_set(head.ty())
        && let Some(place) = instance::place_of(head.ty(), name)
        && head.ty().lookup(vm.thread, name)?.is_none()
    {
        let (version, basic) = (head.ty().assign_version(vm.thread), head.ty().basic_size());
        if version != 0 && basic <= usize::from(u16::MAX) {
            // SAFETY: the operation has two words for this.
            unsafe { *vm.cache(1) = packed(version, kind::PLACE, place, basic) }
        }
    }
    Ok(())
}

pub(super) fn delete(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let object = vm.operand(w.a());
    protocol::set_attribute(vm.thread, object.as_ref(), vm.name(w.c()), None)
}

pub(super) fn load_super(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let (global, class, this) = (vm.take(w.a()), vm.take(w.a() + 1), vm.take(w.a() + 2));
    let name = vm.name(w.c());
    let with_arguments = w.b() & 2 != 0;
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

/// Looks at a cached read: the word that the attribute is, good until the next call that may run Python code.
///
/// # Safety
/// `bits` is a pointer to a live object; `cache` and `second` are the words of a read's cache.
#[inline(always)]
pub(super) unsafe fn peek(bits: u64, cache: u64, second: u64) -> Option<u64> {
    // SAFETY: by contract.
    let head = unsafe { &*(bits as *const taipan_object::PyObject) };
    if head.ty().version() != cache as u32 || cache as u32 == 0 {
        return None;
    }
    let (kind, place, basic) = ((cache >> 32) as u8, (cache >> 40) as u8, (cache >> 48) as usize);
    // SAFETY: the version is that of a type with inline values.
    unsafe {
        match kind {
            kind::PLACE => instance::load_place(head, basic, place).map(Word::bits),
            kind::CLASS => (instance::is_empty_place(head, basic, place)).then_some(second),
            _ => None,
        }
    }
}
