//! Attributes, and the caches of the operations that read and write them.
//!
//! A cache is two words: the version of the type in the low half of the first one, above it how the attribute is
//! found ([`kind`]), its place in the instance and the size of the instance's struct; the second word is the
//! function, borrowed from the dict that has it as long as the version is the type's.

use super::Vm;
use super::found::{Access, remember};
use crate::code::OpWord;
use crate::frame::NULL;
use taipan_object::descriptor::member::MemberKind;
use taipan_object::descriptor::{PyMemberDescr, PyProperty};
use taipan_object::dict::PyDict;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::function::{FUNCTION, PyFunction};
use taipan_object::instance;
use taipan_object::module::{MODULE, PyModule};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::super_object::{SUPER, super_method};
use taipan_object::types::flags;
use taipan_object::types::statics::TYPE;
use taipan_object::{PyObject, PyResult, PyTypeObject, Ref, Thread, Value, Word, protocol};

/// How a cached attribute is found. The first five compare the version of the object's type.
pub(super) mod kind {
    /// In the instance, at a place.
    pub(crate) const PLACE: u8 = 1;
    /// A value of the class that is no descriptor, and that no instance hides.
    pub(crate) const CLASS: u8 = 2;
    /// In a slot that the class gives its instances.
    pub(crate) const SLOT: u8 = 3;
    /// A function of the class, which no instance hides as long as the place is empty.
    pub(crate) const METHOD: u8 = 4;
    /// The same of a type whose instances have no attributes of their own.
    pub(crate) const PLAIN_METHOD: u8 = 5;
    /// A property whose getter is a Python function.
    pub(crate) const PROPERTY: u8 = 6;
    /// An entry of a module's dict, whose version is compared.
    pub(crate) const MODULE: u8 = 7;
    /// What a class has, by its own version.
    pub(crate) const TYPE: u8 = 8;
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

/// What is found of a name, as the words of a cache: kind, version, place, offset and the second word.
struct Found {
    kind: u8,
    version: u32,
    place: u8,
    offset: usize,
    word: u64,
}

impl Found {
    fn write(&self, vm: Vm<'_>) {
        if self.version == 0 || self.offset > usize::from(u16::MAX) {
            return;
        }
        // SAFETY: the operation has two words for this.
        unsafe {
            *vm.cache(1) = packed(self.version, self.kind, self.place, self.offset);
            *vm.cache(2) = self.word;
        }
    }
}

impl Found {
    /// Notes it for other operations and other times.
    fn remember(&self, vm: Vm<'_>, name: &PyStr, access: Access) {
        if self.offset <= usize::from(u16::MAX) {
            let first = packed(self.version, self.kind, self.place, self.offset);
            remember(vm, self.version, name, access, [first, self.word]);
        }
    }
}

/// Fills the cache of a read.
#[cold]
#[inline(never)]
fn note(vm: Vm<'_>, object: Ref<'_>, name: &PyStr, for_method: bool) -> PyResult<()> {
    let Some(head) = object.head() else { return Ok(()) };
    let found = if head.is_exact(&MODULE) {
        in_module(vm.thread, object, name)?
    } else if head.is_exact(&TYPE) {
        in_class(vm.thread, object, name)?
    } else if is_generic(head.ty()) {
        in_instance(vm.thread, head, name, for_method)?
    } else {
        None
    };
    if let Some(found) = found {
        found.write(vm);
        if found.kind < kind::MODULE {
            found.remember(vm, name, if for_method { Access::Method } else { Access::Load });
        }
    }
    Ok(())
}

fn in_module(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Option<Found>> {
    let Some(dict) = object.get::<PyModule>().and_then(PyModule::dict) else { return Ok(None) };
    // what `module` itself has comes first
    if MODULE.lookup(thread, name)?.is_some() {
        return Ok(None);
    }
    let entry = dict.find(thread, taipan_object::as_ref(name), name.hash())?;
    let version = dict.version(thread);
    let place = entry.and_then(|entry| dict.place_of(entry));
    Ok(place.map(|place| Found {
        kind: kind::MODULE,
        version,
        place: NO_PLACE,
        offset: 0,
        word: place.expose_provenance() as u64,
    }))
}

fn in_class(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Option<Found>> {
    let Some(class) = object.get::<PyTypeObject>() else { return Ok(None) };
    if TYPE.lookup(thread, name)?.is_some() {
        return Ok(None);
    }
    let version = class.assign_version(thread);
    let found = class.lookup(thread, name)?;
    let found = found.filter(|found| {
        // a function read from its class is itself
        let ty = found.as_ref().ty();
        ty.slots().descr_get.get().is_none()
            || found.as_ref().head().is_some_and(|head| head.is_exact(&FUNCTION))
    });
    Ok(found.map(|found| Found {
        kind: kind::TYPE,
        version,
        place: NO_PLACE,
        offset: 0,
        word: found.word().bits(),
    }))
}

fn in_instance(thread: &Thread, head: &PyObject, name: &PyStr, for_method: bool) -> PyResult<Option<Found>> {
    let ty = head.ty();
    let version = ty.assign_version(thread);
    let inline = ty.has_flag(flags::INLINE_VALUES);
    let has_dict = inline || instance::dict_slot(head).is_some();
    let place = if inline { instance::place_of(ty, name) } else { None };
    let basic = ty.basic_size();
    let make = |kind, place, offset, word| Some(Found { kind, version, place, offset, word });
    let Some(found) = ty.lookup(thread, name)? else {
        return Ok(place.and_then(|place| make(kind::PLACE, place, basic, 0)));
    };
    let this = found.as_ref();
    let (of, word) = (this.ty(), found.word().bits());
    if let Some(member) = this.get_exact::<PyMemberDescr>() {
        let field = member.field();
        let is_slot = field.kind == MemberKind::ObjectOrError && ty.has_flag(flags::HEAPTYPE);
        return Ok(is_slot.then(|| make(kind::SLOT, NO_PLACE, field.offset as usize, 0)).flatten());
    }
    if let Some(property) = this.get_exact::<PyProperty>() {
        let getter = property.prop_get().get();
        let getter = getter.filter(|getter| getter.as_ref().get_exact::<PyFunction>().is_some());
        return Ok(getter.and_then(|getter| make(kind::PROPERTY, NO_PLACE, 0, getter.word().bits())));
    }
    let place = place.unwrap_or(NO_PLACE);
    if of.has_flag(flags::METHOD_DESCRIPTOR) {
        return Ok(match (for_method, inline, has_dict) {
            (true, true, _) => make(kind::METHOD, place, basic, word),
            (true, false, false) => make(kind::PLAIN_METHOD, NO_PLACE, 0, word),
            _ => None,
        });
    }
    let plain = of.slots().descr_get.get().is_none() && of.slots().descr_set.get().is_none();
    Ok(if plain && inline { make(kind::CLASS, place, basic, word) } else { None })
}

/// Reads an attribute; whether the frame of a property's getter runs now.
#[inline(never)]
pub(super) fn load(vm: Vm<'_>, w: OpWord) -> PyResult<bool> {
    // SAFETY: the words behind the operation.
    let (cache, second) = unsafe { (*vm.cache(1), *vm.cache(2)) };
    if (cache >> 32) as u8 == kind::PROPERTY
        && let Some(head) = vm.borrow(w.b()).head()
        && head.ty().version() == cache as u32
    {
        // SAFETY: the version is the type's, so the property is there and has its getter.
        let getter = unsafe { Value::from_borrowed(crate::frame::word(second)) };
        let this = vm.operand(w.b()).into_value();
        super::call::enter_values(vm, getter, vec![this], None, w.a())?;
        return Ok(true);
    }
    let object = vm.operand(w.b());
    let name = vm.name(w.c());
    note(vm, object.as_ref(), name, false)?;
    let value = protocol::get_attribute(vm.thread, object.as_ref(), name)?;
    vm.put(w.a(), value);
    Ok(false)
}

/// The function of a method and its `self`, or the attribute and none.
#[inline(never)]
pub(super) fn load_method(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let name = vm.name(w.c());
    let object = vm.operand(w.b());
    let this = object.as_ref();
    note(vm, this, name, true)?;
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
        && is_generic_set(head.ty())
    {
        note_store(vm, head, name)?;
    }
    Ok(())
}

/// Fills the cache of a write.
#[cold]
#[inline(never)]
fn note_store(vm: Vm<'_>, head: &PyObject, name: &PyStr) -> PyResult<()> {
    let ty = head.ty();
    let version = ty.assign_version(vm.thread);
    let found = ty.lookup(vm.thread, name)?;
    let made = match found {
        None if ty.has_flag(flags::INLINE_VALUES) => instance::place_of(ty, name).map(|place| Found {
            kind: kind::PLACE,
            version,
            place,
            offset: ty.basic_size(),
            word: 0,
        }),
        Some(found) => found.as_ref().get_exact::<PyMemberDescr>().and_then(|member| {
            let field = member.field();
            let usable =
                field.kind == MemberKind::ObjectOrError && !field.read_only && ty.has_flag(flags::HEAPTYPE);
            let offset = field.offset as usize;
            usable.then_some(Found { kind: kind::SLOT, version, place: NO_PLACE, offset, word: 0 })
        }),
        None => None,
    };
    if let Some(made) = made {
        made.write(vm);
        made.remember(vm, name, Access::Store);
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

/// Looks at a cached read: the word that the attribute is, good until the next call that may run Python code.
///
/// # Safety
/// `bits` is a pointer to a live object; `cache` and `second` are the words of a read's cache.
#[inline(always)]
pub(super) unsafe fn peek(bits: u64, cache: u64, second: u64) -> Option<u64> {
    let kind = (cache >> 32) as u8;
    // SAFETY: by contract; the version is that of a type whose instances are as the cache says.
    unsafe {
        let head: &PyObject = &*std::ptr::with_exposed_provenance(bits as usize);
        if kind > kind::SLOT {
            return peek_other(head, cache, second);
        }
        if head.ty().version() != cache as u32 {
            return None;
        }
        let (place, basic) = ((cache >> 40) as u8, (cache >> 48) as usize);
        match kind {
            kind::PLACE => instance::load_place(head, basic, place).map(Word::bits),
            kind::SLOT => slot_at(head, basic).peek().map(Word::bits),
            kind::CLASS => instance::is_empty_place(head, basic, place).then_some(second),
            _ => None,
        }
    }
}

/// The slot at an offset of an object.
///
/// # Safety
/// The object's class has one there.
#[inline(always)]
pub(super) unsafe fn slot_at(head: &PyObject, offset: usize) -> &Slot {
    // SAFETY: by contract.
    unsafe { &*std::ptr::from_ref(head).byte_add(offset).cast() }
}

/// The rest of [`peek`]: modules and classes.
///
/// # Safety
/// As for `peek`.
#[inline(never)]
pub(super) unsafe fn peek_other(head: &PyObject, cache: u64, second: u64) -> Option<u64> {
    // SAFETY: by contract; the versions are those with which the second word was written.
    unsafe {
        match (cache >> 32) as u8 {
            kind::MODULE if head.is_exact(&MODULE) => {
                let module = &*std::ptr::from_ref(head).cast::<PyModule>();
                let dict = module.md_dict().peek_object()?.cast::<PyDict>();
                let same = dict.as_ref().known_version() == cache as u32;
                same.then(|| *std::ptr::with_exposed_provenance::<u64>(second as usize))
            }
            kind::TYPE if head.is_exact(&TYPE) => {
                let class = &*std::ptr::from_ref(head).cast::<PyTypeObject>();
                (class.version() == cache as u32).then_some(second)
            }
            _ => None,
        }
    }
}
