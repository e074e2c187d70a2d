//! Attributes of instances of Python classes. Most stand in the instance itself, behind the struct of its
//! type: `values[capacity]`, then a count, then the order in which they were set. Which name has which place
//! is kept once per class ([`SharedKeys`]); what finds no place goes to the instance's dict.
//!
//! Invariants: a name's place in a class never changes; an instance has a dict or inline values, never both
//! (`inline_capacity` is zero once the dict exists, which is the test of the VM's fast path); the dict's
//! pointer stands 24 bytes before the object.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use crate::dict::PyDict;
use crate::error::PyResult;
use crate::gc::pre_header::PreHeader;
use crate::header::PyObject;
use crate::heap::Kind;
use crate::slot::Slot;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::types::{PyTypeObject, flags, lifecycle};
use crate::value::{Owned, Ref, Value, as_ref};
use crate::word::Word;

/// As many names at most have a place in instances.
pub const MAX_INLINE: usize = 30;
/// Places that a class has at least, when nothing is known of it.
const LEAST: u8 = 4;

/// The names that have a place in the instances of a class.
pub(crate) struct SharedKeys {
    names: RefCell<Vec<ManuallyDrop<Value>>>,
    /// Places that new instances get.
    capacity: Cell<u8>,
}

impl SharedKeys {
    /// Of a type whose instances hold no attributes.
    pub(crate) const fn none() -> SharedKeys {
        SharedKeys { names: RefCell::new(Vec::new()), capacity: Cell::new(0) }
    }

    /// Of a class: the names of its base first, so that they have the same places; room for them, and for the
    /// `expected` names that methods of the class and its bases set, so that the first instance has all inside.
    pub(crate) fn of_class(base: Option<&SharedKeys>, expected: usize) -> SharedKeys {
        let base = base.filter(|base| base.capacity.get() != 0);
        let copied: Vec<_> = base.map_or_else(Vec::new, |base| base.names.borrow().clone());
        let least = if expected == 0 { usize::from(LEAST) } else { expected };
        let wanted = least.max(copied.len()).min(MAX_INLINE) as u8;
        SharedKeys { names: RefCell::new(copied), capacity: Cell::new(wanted) }
    }

    /// The place of an interned name.
    #[inline]
    fn find(&self, name: Word) -> Option<u8> {
        // those of static types, which all interpreters share, are not even borrowed
        if self.capacity.get() == 0 {
            return None;
        }
        self.names.borrow().iter().position(|known| known.word() == name).map(|at| at as u8)
    }

    /// The place of an interned name, a new one if there is room.
    fn find_or_add(&self, name: Ref<'_>) -> Option<u8> {
        if let Some(at) = self.find(name.word()) {
            return Some(at);
        }
        let mut names = self.names.borrow_mut();
        if names.len() >= MAX_INLINE || names.try_reserve(1).is_err() {
            return None;
        }
        names.push(ManuallyDrop::new(name.to_value()));
        let count = names.len() as u8;
        if count > self.capacity.get() {
            self.capacity.set((count + count / 2).min(MAX_INLINE as u8));
        }
        Some(count - 1)
    }

    fn name(&self, at: u8) -> Option<Value> {
        self.names.borrow().get(usize::from(at)).map(|name| Value::clone(name))
    }

    /// Gives up the names, when the class dies. Strings run no code.
    pub(crate) fn release(&self) {
        for name in self.names.take() {
            drop(ManuallyDrop::into_inner(name));
        }
    }
}

/// What stands behind the struct of a new instance.
#[derive(Clone, Copy)]
pub(crate) struct Tail {
    capacity: u8,
}

/// Bytes behind the struct for so many places.
#[inline]
fn tail_bytes(capacity: u8) -> usize {
    let capacity = usize::from(capacity);
    if capacity == 0 { 0 } else { capacity * 8 + (capacity + 2).next_multiple_of(8) }
}

/// The tail that a new instance of the type gets.
#[inline]
pub(crate) fn tail_for_new(ty: &PyTypeObject) -> Tail {
    let inside = ty.has_flag(flags::INLINE_VALUES);
    Tail { capacity: if inside { ty.core().shared_keys.capacity.get() } else { 0 } }
}

impl Tail {
    #[inline]
    pub(crate) fn bytes(self) -> usize {
        tail_bytes(self.capacity)
    }

    /// Writes the tail of a fresh object.
    ///
    /// # Safety
    /// The object was allocated with these bytes behind its struct, and has a pre-header.
    #[inline]
    pub(crate) unsafe fn init(self, object: NonNull<PyObject>) {
        if self.capacity == 0 {
            return;
        }
        // SAFETY: by contract.
        unsafe {
            let basic = object.as_ref().ty().basic_size();
            object.cast::<u8>().byte_add(basic).write_bytes(0, self.bytes());
            let pre = PreHeader::of(object);
            pre.inline_capacity.set(self.capacity);
            pre.allocated_capacity.set(self.capacity);
        }
    }
}

/// Bytes of an instance that has attributes inside behind its head, and nothing else.
#[inline(always)]
fn plain_size(capacity: u8) -> usize {
    size_of::<PyObject>() + tail_bytes(capacity)
}

/// An instance of a plain class (see [`TypeCore`](crate::types::TypeCore)); tracked.
#[inline]
pub(crate) fn new_plain(thread: &Thread, ty: &PyTypeObject) -> PyResult<NonNull<PyObject>> {
    let capacity = ty.core().shared_keys.capacity.get();
    let size = plain_size(capacity);
    let object = lifecycle::allocate::<PyObject>(thread, ty, Kind::Managed, size)?;
    // SAFETY: fresh, with the tail of this capacity behind the head, all of it words.
    unsafe {
        let words = object.add(1).cast::<u64>();
        for at in 0..(size - size_of::<PyObject>()) / 8 {
            words.add(at).write(0);
        }
        let pre = PreHeader::of(object);
        pre.inline_capacity.set(capacity);
        pre.allocated_capacity.set(capacity);
        thread.interp().gc.track(thread, object);
    }
    Ok(object)
}

/// Ends an instance of a plain class: releases its attributes and gives its memory back.
///
/// # Safety
/// The instance is dying, untracked, and nothing refers to it weakly.
#[inline]
pub(crate) unsafe fn free_plain(object: NonNull<PyObject>) {
    // SAFETY: by contract; the values behind the head are as many as the capacity.
    unsafe {
        let pre = PreHeader::of(object);
        let values = object.add(1).cast::<Slot>();
        for at in 0..usize::from(pre.inline_capacity.get()) {
            drop(values.add(at).as_ref().take());
        }
        drop(object.cast::<Slot>().sub(3).as_ref().take());
        lifecycle::free_sized(object, Kind::Managed, plain_size(pre.allocated_capacity.get()));
    }
}

/// Bytes of an instance's tail.
pub(crate) fn tail_size(head: &PyObject) -> usize {
    // SAFETY: types with inline values have the collector's pre-header.
    tail_bytes(unsafe { PreHeader::of(head.as_ptr()) }.allocated_capacity.get())
}

/// The inline values of an instance and the record of their order.
struct Inline<'a> {
    head: &'a PyObject,
    pre: &'a PreHeader,
}

impl<'a> Inline<'a> {
    /// None once the instance has a dict, or if its type holds no attributes inside.
    #[inline]
    fn of(head: &'a PyObject) -> Option<Inline<'a>> {
        if !head.ty().has_flag(flags::INLINE_VALUES) {
            return None;
        }
        // SAFETY: types with inline values have the collector's pre-header.
        let pre = unsafe { PreHeader::of(head.as_ptr()) };
        (pre.inline_capacity.get() != 0).then_some(Inline { head, pre })
    }

    fn capacity(&self) -> u8 {
        self.pre.inline_capacity.get()
    }

    /// The slot of a place below the capacity.
    #[inline]
    fn slot(&self, at: u8) -> Option<&'a Slot> {
        if at >= self.capacity() {
            return None;
        }
        let offset = self.head.ty().basic_size() + usize::from(at) * 8;
        // SAFETY: the place is below the capacity that the instance was made with.
        Some(unsafe { &*std::ptr::from_ref(self.head).byte_add(offset).cast::<Slot>() })
    }

    /// The record: how many values are set, then their places in the order of setting.
    fn order(&self) -> &'a [Cell<u8>] {
        let capacity = usize::from(self.pre.allocated_capacity.get());
        let offset = self.head.ty().basic_size() + capacity * 8;
        // SAFETY: the tail ends with `capacity + 1` bytes of record.
        unsafe {
            let start = std::ptr::from_ref(self.head).byte_add(offset).cast::<Cell<u8>>();
            std::slice::from_raw_parts(start, capacity + 1)
        }
    }

    fn count(&self) -> usize {
        self.order().first().map_or(0, |count| usize::from(count.get()))
    }

    fn places(&self) -> &'a [Cell<u8>] {
        self.order().get(1..=self.count()).unwrap_or_default()
    }

    fn note_set(&self, at: u8) {
        let count = self.count();
        if let (Some(total), Some(next)) = (self.order().first(), self.order().get(count + 1)) {
            next.set(at);
            total.set(count as u8 + 1);
        }
    }

    fn note_deleted(&self, at: u8) {
        let places = self.places();
        if let Some(index) = places.iter().position(|place| place.get() == at) {
            for (to, from) in places.iter().skip(index).zip(places.iter().skip(index + 1)) {
                to.set(from.get());
            }
            if let Some(total) = self.order().first() {
                total.set(total.get() - 1);
            }
        }
    }
}

/// Where the pointer to the dict of an instance stands, if its type has one before the object.
#[inline]
pub(crate) fn managed_dict(head: &PyObject) -> Option<&Slot> {
    // SAFETY: objects of types with this flag have 32 bytes before them, the dict's at -24.
    head.ty()
        .has_flag(flags::MANAGED_DICT)
        .then(|| unsafe { &*std::ptr::from_ref(head).byte_sub(24).cast::<Slot>() })
}

/// Where the pointer to the dict of an object stands, if its type has one: before the object, or at the
/// offset that the type names.
#[inline]
pub fn dict_slot(head: &PyObject) -> Option<&Slot> {
    if let Some(managed) = managed_dict(head) {
        return Some(managed);
    }
    let offset = head.ty().tp_dictoffset.get();
    // SAFETY: the type says that a pointer stands there.
    (offset > 0).then(|| unsafe { &*std::ptr::from_ref(head).byte_offset(offset).cast::<Slot>() })
}

/// An instance of `object`, or of a class whose layout is that of `object` with attributes and slots.
///
/// # Errors
/// `TypeError` for other types, whose instances their own constructors make.
pub fn new(thread: &Thread, class: &PyTypeObject) -> PyResult<Value> {
    let mut native = class;
    while native.has_flag(flags::HEAPTYPE)
        && let Some(base) = native.base_type()
    {
        native = base;
    }
    let object = &crate::types::statics::OBJECT;
    let own = native.slots().new.get().map(|new| new as usize);
    let adds_nothing = native.basic_size() == size_of::<PyObject>()
        && own == object.slots().new.get().map(|new| new as usize);
    if !std::ptr::eq(native, object) && !adds_nothing {
        let (class, native) = (class.name(), native.short_name());
        return Err(crate::raise!(
            thread,
            TYPE_ERROR,
            "object.__new__({class}) is not safe, use {native}.__new__()"
        ));
    }
    let object = lifecycle::allocate_instance(thread, class, 0)?;
    // SAFETY: fresh; zeros are valid attributes and slots, and there is nothing else.
    Ok(unsafe { Value::from_object(object) })
}

/// The place of an interned name in the instances of a class, for inline caches.
pub fn place_of(ty: &PyTypeObject, name: &PyStr) -> Option<u8> {
    ty.core().shared_keys.find(as_ref(name).word())
}

/// What stands at a place of an instance; none if nothing does, or the instance has a dict: the VM's fast
/// path, behind its comparison of the type's version.
///
/// # Safety
/// The object's type has inline values.
#[inline(always)]
pub unsafe fn load_place(head: &PyObject, basic_size: usize, at: u8) -> Option<Word> {
    // SAFETY: by contract there is a pre-header; the place is below the capacity when it is read.
    unsafe {
        if at >= PreHeader::of(head.as_ptr()).inline_capacity.get() {
            return None;
        }
        let offset = basic_size + usize::from(at) * 8;
        (*std::ptr::from_ref(head).byte_add(offset).cast::<Slot>()).peek()
    }
}

/// Whether an instance has no attribute of a name: its place, if the name has one, is empty, and it has no dict.
///
/// # Safety
/// As for [`load_place`].
#[inline(always)]
pub unsafe fn is_empty_place(head: &PyObject, basic_size: usize, at: u8) -> bool {
    // SAFETY: by contract.
    unsafe {
        PreHeader::of(head.as_ptr()).inline_capacity.get() != 0 && load_place(head, basic_size, at).is_none()
    }
}

/// A place is not in an instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoSuchPlace;

/// Stores a word at a place of an instance, and hands out what was there; an error if the place is not in the
/// instance.
///
/// # Safety
/// As for [`load_place`]; the word is owned, and is taken over unless there is an error.
#[inline(always)]
pub unsafe fn store_place(
    head: &PyObject,
    basic_size: usize,
    at: u8,
    word: Word,
) -> Result<Option<Word>, NoSuchPlace> {
    // SAFETY: by contract there is a pre-header; the place is below the capacity, and behind the values stands
    // the record of their order.
    unsafe {
        let pre = PreHeader::of(head.as_ptr());
        if at >= pre.inline_capacity.get() {
            return Err(NoSuchPlace);
        }
        let values = std::ptr::from_ref(head).byte_add(basic_size).cast::<Cell<Option<Word>>>();
        let old = (*values.add(usize::from(at))).replace(Some(word));
        if old.is_none() {
            let order = values.add(usize::from(pre.allocated_capacity.get())).cast::<Cell<u8>>();
            let count = (*order).get();
            (*order.add(1 + usize::from(count))).set(at);
            (*order).set(count + 1);
        }
        Ok(old)
    }
}

/// An attribute of the instance itself (not of its class).
pub fn get(thread: &Thread, head: &PyObject, name: &PyStr) -> PyResult<Option<Value>> {
    if let Some(inline) = Inline::of(head) {
        let name = crate::str::intern::intern(thread, Owned::new_ref(name))?;
        let place = place_of(head.ty(), &name).and_then(|at| inline.slot(at));
        return Ok(place.and_then(Slot::get));
    }
    match existing_dict(head) {
        Some(dict) => dict.get(thread, as_ref(name)),
        None => Ok(None),
    }
}

/// Sets an attribute of the instance itself, or deletes it, and hands out what was there. The type has
/// a managed dict.
pub fn set(thread: &Thread, head: &PyObject, name: &PyStr, value: Option<Value>) -> PyResult<Option<Value>> {
    let name = crate::str::intern::intern(thread, Owned::new_ref(name))?;
    if let Some(inline) = Inline::of(head) {
        let keys = &head.ty().core().shared_keys;
        let known = keys.find(name.as_ref().word());
        let at = if value.is_some() && known.is_none() {
            // caches may know that instances have no such attribute
            head.ty().modified(thread);
            keys.find_or_add(name.as_ref())
        } else {
            known
        };
        if let Some((at, slot)) = at.and_then(|at| Some((at, inline.slot(at)?))) {
            let is_set = value.is_some();
            let old = slot.replace(value);
            match (old.is_some(), is_set) {
                (false, true) => inline.note_set(at),
                (true, false) => inline.note_deleted(at),
                _ => {}
            }
            return Ok(old);
        }
        if value.is_none() {
            return Ok(None);
        }
    }
    let dict = dict(thread, head)?;
    match value {
        Some(value) => dict.insert(thread, name.as_ref(), value),
        None => Ok(dict.remove(thread, name.as_ref())?.map(|(_, value)| value)),
    }
}

/// The dict that an instance has already.
pub fn existing_dict(head: &PyObject) -> Option<Owned<PyDict>> {
    dict_slot(head)?.get()?.downcast::<PyDict>().ok()
}

/// The dict of an instance, made on demand; the values move into it. The type has a managed dict.
pub fn dict(thread: &Thread, head: &PyObject) -> PyResult<Owned<PyDict>> {
    if let Some(dict) = existing_dict(head) {
        return Ok(dict);
    }
    let Some(place) = dict_slot(head) else {
        return Err(crate::raise!(thread, ATTRIBUTE_ERROR, "no attribute '__dict__'"));
    };
    let dict = PyDict::new(thread)?;
    if let Some(inline) = Inline::of(head) {
        let keys = &head.ty().core().shared_keys;
        // names are interned strings: to insert them runs no code, so the instance stays as it is
        for at in inline.places() {
            if let (Some(name), Some(value)) =
                (keys.name(at.get()), inline.slot(at.get()).and_then(Slot::get))
            {
                drop(dict.insert(thread, name.as_ref(), value)?);
            }
        }
        let values = take_inline(head);
        // the dict has a reference to each: none dies here
        drop(values);
    }
    place.init(dict.clone().into_value());
    Ok(dict)
}

/// A copy of the dict that an instance has or would have; the instance stays as it is.
///
/// # Errors
/// `AttributeError` if instances of the type have no dict.
pub fn copy_of_dict(thread: &Thread, head: &PyObject) -> PyResult<Owned<PyDict>> {
    let Some(inline) = Inline::of(head) else { return dict(thread, head)?.copy(thread) };
    let copy = PyDict::new(thread)?;
    let keys = &head.ty().core().shared_keys;
    for at in inline.places() {
        if let (Some(name), Some(value)) = (keys.name(at.get()), inline.slot(at.get()).and_then(Slot::get)) {
            drop(copy.insert(thread, name.as_ref(), value)?);
        }
    }
    Ok(copy)
}

/// Takes all inline values out; the instance has none from then on.
pub(crate) fn take_inline(head: &PyObject) -> Vec<Value> {
    let Some(inline) = Inline::of(head) else { return Vec::new() };
    let taken = (0..inline.capacity()).filter_map(|at| inline.slot(at).and_then(Slot::take)).collect();
    inline.pre.inline_capacity.set(0);
    taken
}

/// Releases the inline values and the dict of a dying instance, one by one, without allocating.
pub(crate) fn release_attributes(head: &PyObject) {
    if let Some(inline) = Inline::of(head) {
        for at in 0..inline.capacity() {
            drop(inline.slot(at).and_then(Slot::take));
        }
    }
    if let Some(place) = managed_dict(head) {
        drop(place.take());
    }
}

/// Calls `visit` with the objects that the instance's attributes refer to.
pub(crate) fn visit_attributes(head: &PyObject, mut visit: impl FnMut(NonNull<PyObject>) -> i32) -> i32 {
    if let Some(inline) = Inline::of(head) {
        for at in 0..inline.capacity() {
            if let Some(object) = inline.slot(at).and_then(Slot::peek_object) {
                let stop = visit(object);
                if stop != 0 {
                    return stop;
                }
            }
        }
    }
    match managed_dict(head).and_then(Slot::peek_object) {
        Some(object) => visit(object),
        None => 0,
    }
}
