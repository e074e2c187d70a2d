//! Classes: types on the heap, and how their instances are visited and die. Invariants: an instance owns a
//! reference to its class; a class stands in its bases' lists of subclasses as long as it lives; instances
//! begin with the layout of the solid base, then come the slots of each class, then attributes inside.
//!
//! What Python sees of making a class (`__set_name__`, `__init_subclass__`, `__slots__` as names) is the layer
//! above's; here are the layout, the MRO and the inheritance of slots.

use std::cell::{Cell, RefCell};
use std::ffi::{CString, c_void};
use std::ptr::NonNull;
use std::sync::atomic::Ordering;

use super::core::TypeCore;
use super::layout::{PyHeapTypeObject, VisitProc};
use super::lifecycle::{self, kind_of};
use super::slots::Slots;
use super::{PyTypeObject, flags, mro};
use crate::dict::PyDict;
use crate::error::PyResult;
use crate::gc;
use crate::header::PyObject;
use crate::instance::{self, SharedKeys};
use crate::raise;
use crate::slot::Slot;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::{Owned, Value, as_ref};

/// What a class is made from.
pub struct ClassSpec<'a> {
    /// Its type: `type`, or a class derived from it.
    pub metatype: &'a PyTypeObject,
    /// `__name__`.
    pub name: &'a PyStr,
    /// Its bases, at least one.
    pub bases: &'a [Owned<PyTypeObject>],
    /// Its namespace, which becomes its dict.
    pub dict: Owned<PyDict>,
    /// Slots of one word that it adds.
    pub members: usize,
    /// Whether instances get a dict, if those of the base have none.
    pub add_dict: bool,
    /// Whether they get weak references, if those of the base have none.
    pub add_weakref: bool,
    /// How many attributes instances are expected to have beyond those of the base.
    pub expected_attributes: usize,
}

/// Gives the MRO of a class that has its bases and its dict, and no MRO yet.
pub type MakeMro<'a> = &'a dyn Fn(&Thread, &PyTypeObject) -> PyResult<Owned<PyTuple>>;

impl PyTypeObject {
    /// Makes a class.
    pub fn new_class(thread: &Thread, spec: ClassSpec<'_>) -> PyResult<Owned<PyTypeObject>> {
        PyTypeObject::new_class_with_mro(thread, spec, None)
    }

    /// Makes a class whose MRO is what `mro` says, if it is there: that of a metaclass with a `mro()` of its own.
    pub fn new_class_with_mro(
        thread: &Thread,
        spec: ClassSpec<'_>,
        mro: Option<MakeMro<'_>>,
    ) -> PyResult<Owned<PyTypeObject>> {
        let base = best_base(thread, spec.bases)?;
        if spec.members > 0 && base.item_size() != 0 {
            let name = base.short_name();
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "nonempty __slots__ not supported for subtype of '{name}'"
            ));
        }
        let text = spec.name.to_text_lossy();
        let Ok(c_name) = CString::new(text) else {
            return Err(raise!(thread, VALUE_ERROR, "type name must not contain null characters"));
        };
        let object = lifecycle::allocate_instance(thread, spec.metatype, 0)?;
        // SAFETY: an instance of a type that derives from `type` begins with a heap type; it is zeroed, and
        // `init` gives it what a type needs before anyone can see it.
        let class = unsafe {
            let heap = object.cast::<PyHeapTypeObject>().as_ref();
            heap.ht_tpname.set(c_name.into_raw());
            init(heap, base, &spec);
            Owned::<PyTypeObject>::from_ptr(object.cast())
        };
        finish(thread, &class, &spec, mro)?;
        Ok(class)
    }

    /// The base that decides the layout of a class with these bases.
    ///
    /// # Errors
    /// `TypeError` if one of them can't be derived from, or their layouts can't be brought together.
    pub fn layout_base<'a>(thread: &Thread, bases: &'a [Owned<PyTypeObject>]) -> PyResult<&'a PyTypeObject> {
        best_base(thread, bases)
    }
}

/// Fills what cannot fail.
fn init(heap: &PyHeapTypeObject, base: &PyTypeObject, spec: &ClassSpec<'_>) {
    let ty = &heap.ty;
    ty.tp_name.set(heap.ht_tpname.get());
    heap.ht_name.init(as_ref(spec.name).to_value());
    let has_dict = base.tp_dictoffset.get() != 0 || base.has_flag(flags::MANAGED_DICT);
    let has_weak = base.tp_weaklistoffset.get() != 0 || base.has_flag(flags::MANAGED_WEAKREF);
    let (add_dict, add_weak) = (spec.add_dict && !has_dict, spec.add_weakref && !has_weak);
    let mut more = flags::HEAPTYPE | flags::BASETYPE;
    if add_dict {
        more |= flags::MANAGED_DICT;
        if base.item_size() == 0 {
            more |= flags::INLINE_VALUES;
        }
    }
    if add_weak {
        more |= flags::MANAGED_WEAKREF;
    }
    let kept = flags::INHERITED
        | flags::HAVE_GC
        | flags::INLINE_VALUES
        | flags::MANAGED_DICT
        | flags::MANAGED_WEAKREF
        | flags::HAVE_VECTORCALL;
    let mut all = base.flags() & kept | more;
    if add_dict || add_weak || spec.members > 0 {
        all |= flags::HAVE_GC;
    }
    ty.tp_flags.set(all);
    ty.tp_basicsize.set((base.basic_size().next_multiple_of(8) + spec.members * 8) as isize);
    ty.tp_itemsize.set(base.tp_itemsize.get());
    ty.tp_dictoffset.set(if add_dict { -1 } else { base.tp_dictoffset.get() });
    ty.tp_weaklistoffset.set(if add_weak { -32 } else { base.tp_weaklistoffset.get() });
    ty.tp_dealloc.set(Some(dealloc_instance));
    ty.tp_traverse.set(Some(traverse_instance));
    ty.tp_clear.set(Some(clear_instance));
    base.head().incref();
    ty.tp_base.set(base);
    ty.tp_as_async.set(&raw const heap.as_async);
    ty.tp_as_number.set(&raw const heap.as_number);
    ty.tp_as_sequence.set(&raw const heap.as_sequence);
    ty.tp_as_mapping.set(&raw const heap.as_mapping);
    ty.tp_as_buffer.set(&raw const heap.as_buffer);
    let keys = if all & flags::INLINE_VALUES != 0 {
        SharedKeys::of_class(Some(&base.core().shared_keys), spec.expected_attributes)
    } else {
        SharedKeys::none()
    };
    let core = Box::new(TypeCore {
        kind: Cell::new(kind_of(all)),
        init: Cell::new(base.core().init.get()),
        is_plain: Cell::new(
            ty.basic_size() == size_of::<PyObject>()
                && all & flags::INLINE_VALUES != 0
                && std::ptr::eq(native_base(base), &super::statics::OBJECT),
        ),
        shared_keys: keys,
        members: Cell::new((base.basic_size().next_multiple_of(8) as u32, spec.members as u32)),
        subclasses: RefCell::default(),
        ..TypeCore::new(Slots::empty())
    });
    ty.tp_cache.set(Box::into_raw(core));
    ty.set_free();
}

/// What may fail: bases, MRO, dict; then the class is ready.
fn finish(
    thread: &Thread,
    class: &PyTypeObject,
    spec: &ClassSpec<'_>,
    mro: Option<MakeMro<'_>>,
) -> PyResult<()> {
    let bases = PyTuple::from_values(thread, values(spec.bases))?;
    class.tp_bases.set(bases.into_value().into_object());
    spec.dict.set_type(Some(class));
    class.tp_dict.store(spec.dict.clone().into_value().into_object().cast_mut(), Ordering::Release);
    match mro {
        Some(mro) => class.set_mro(thread, &mro(thread, class)?),
        None => class.compute_mro(thread)?,
    }
    class.inherit_slots();
    for base in spec.bases {
        if let Some(list) = base.subclasses(thread) {
            list.borrow_mut().push(NonNull::from(class));
        }
    }
    class.tp_flags.set(class.flags() | flags::READY);
    Ok(())
}

fn values(types: &[Owned<PyTypeObject>]) -> Vec<Value> {
    types.iter().map(|ty| ty.clone().into_value()).collect()
}

impl PyTypeObject {
    /// Sets `__mro__` to the C3 linearisation of the bases.
    pub fn compute_mro(&self, thread: &Thread) -> PyResult<()> {
        let tuple = self.linearise(thread)?;
        self.set_mro(thread, &tuple);
        Ok(())
    }

    /// The C3 linearisation of the bases.
    pub fn linearise(&self, thread: &Thread) -> PyResult<Owned<PyTuple>> {
        let Some(bases) = self.bases().map(Owned::new_ref) else { return Ok(PyTuple::empty()) };
        let types = |tuple: &PyTuple| {
            tuple.iter().filter_map(|ty| ty.get::<PyTypeObject>().map(std::ptr::from_ref)).collect::<Vec<_>>()
        };
        let direct = types(&bases);
        let twice = (1..direct.len()).find(|&at| direct.iter().take(at).any(|ty| Some(ty) == direct.get(at)));
        if let Some(base) = twice.and_then(|at| bases.borrow(at)?.get::<PyTypeObject>()) {
            return Err(raise!(thread, TYPE_ERROR, "duplicate base class {}", base.name()));
        }
        let mut sequences: Vec<Vec<*const PyTypeObject>> = vec![vec![std::ptr::from_ref(self)]];
        for base in bases.iter().filter_map(|base| base.get::<PyTypeObject>()) {
            let Some(mro) = base.mro() else {
                let name = base.short_name();
                return Err(raise!(thread, TYPE_ERROR, "Cannot extend an incomplete type '{name}'"));
            };
            sequences.push(types(mro));
        }
        sequences.push(direct);
        let Some(order) = mro::merge(&sequences) else {
            let names: Vec<String> = bases
                .iter()
                .filter_map(|base| base.get::<PyTypeObject>().map(|ty| ty.name().to_owned()))
                .collect();
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                names.join(", ")
            ));
        };
        // SAFETY: the types of the order are bases of this one, which are alive.
        let order = order.into_iter().map(|ty| unsafe { as_ref(&*ty).to_value() });
        PyTuple::from_values(thread, order.collect::<Vec<_>>())
    }

    /// Sets `__mro__`: what `compute_mro` or a metaclass's `mro()` found.
    pub fn set_mro(&self, thread: &Thread, mro: &Owned<PyTuple>) {
        self.modified(thread);
        let old = self.tp_mro.replace(mro.clone().into_value().into_object());
        drop_object(old);
    }

    /// Takes from the MRO the slots that the class has not itself.
    pub fn inherit_slots(&self) {
        if let Some(mro) = self.mro() {
            for base in mro.iter().skip(1).filter_map(|ty| ty.get::<PyTypeObject>()) {
                self.slots().inherit(base.slots());
            }
        }
        self.sync_slots();
    }
}

/// Releases a reference that a type held in a plain field.
pub(super) fn drop_object(object: *const PyObject) {
    if let Some(object) = NonNull::new(object.cast_mut()) {
        // SAFETY: the field owned the reference.
        drop(unsafe { Value::from_object(object) });
    }
}

/// The base whose layout all the others are prefixes of.
fn best_base<'a>(thread: &Thread, bases: &'a [Owned<PyTypeObject>]) -> PyResult<&'a PyTypeObject> {
    let mut best: Option<(&PyTypeObject, &PyTypeObject)> = None;
    for base in bases {
        let base: &PyTypeObject = base;
        if !base.has_flag(flags::BASETYPE) {
            let name = base.name();
            return Err(raise!(thread, TYPE_ERROR, "type '{name}' is not an acceptable base type"));
        }
        let solid = solid_base(base);
        best = match best {
            None => Some((base, solid)),
            Some((_, so_far)) if so_far.is_subtype(solid) => best,
            Some((_, so_far)) if solid.is_subtype(so_far) => Some((base, solid)),
            Some(_) => {
                return Err(raise!(thread, TYPE_ERROR, "multiple bases have instance lay-out conflict"));
            }
        };
    }
    match best {
        Some((base, _)) => Ok(base),
        None => Ok(&super::statics::OBJECT),
    }
}

/// The nearest type on the way to `object` that adds something to the layout.
pub(super) fn solid_base(ty: &PyTypeObject) -> &PyTypeObject {
    let mut at = ty;
    while let Some(base) = at.base_type() {
        if at.item_size() != base.item_size() || at.basic_size() != base.basic_size() {
            break;
        }
        at = base;
    }
    at
}

/// Calls `visit` with each direct subclass. It runs no Python code.
pub(crate) fn for_each_subclass(thread: &Thread, ty: &PyTypeObject, mut visit: impl FnMut(&PyTypeObject)) {
    if let Some(list) = ty.subclasses(thread) {
        for class in list.borrow().iter() {
            // SAFETY: a class takes itself out of the list when it dies.
            visit(unsafe { class.as_ref() });
        }
    }
}

/// The direct subclasses: `__subclasses__()`.
pub fn subclasses_of(thread: &Thread, ty: &PyTypeObject) -> Vec<Owned<PyTypeObject>> {
    let mut found = Vec::new();
    for_each_subclass(thread, ty, |class| found.push(Owned::new_ref(class)));
    found
}

/// The classes from an object's own on, as long as they are on the heap.
fn classes(head: &PyObject) -> impl Iterator<Item = &PyTypeObject> {
    std::iter::successors(Some(head.ty()), |ty| ty.base_type()).take_while(|ty| ty.has_flag(flags::HEAPTYPE))
}

/// The slots that `__slots__` of an object's classes added.
fn member_slots(head: &PyObject) -> impl Iterator<Item = &Slot> {
    classes(head).flat_map(move |class| {
        let (offset, count) = class.core().members.get();
        (0..count as usize).map(move |at| {
            // SAFETY: instances of the class have so many slots there.
            unsafe { &*std::ptr::from_ref(head).byte_add(offset as usize + at * 8).cast::<Slot>() }
        })
    })
}

/// The slot at an offset of an instance: what a member descriptor of `__slots__` reads.
///
/// # Safety
/// The object's class, or one that it derives from, has a slot there.
pub unsafe fn member_at(head: &PyObject, offset: usize) -> &Slot {
    // SAFETY: by contract.
    unsafe { &*std::ptr::from_ref(head).byte_add(offset).cast() }
}

/// The built-in type whose layout a class derives from.
pub(crate) fn native_base(ty: &PyTypeObject) -> &PyTypeObject {
    let mut at = ty;
    while at.has_flag(flags::HEAPTYPE)
        && let Some(base) = at.base_type()
    {
        at = base;
    }
    at
}

/// `tp_traverse` of instances of classes.
///
/// # Safety
/// A live instance; `visit` takes `arg`.
unsafe extern "C" fn traverse_instance(object: *mut PyObject, visit: VisitProc, arg: *mut c_void) -> i32 {
    // SAFETY: by contract; what is visited is alive.
    unsafe {
        let head = &*object;
        for slot in member_slots(head) {
            let stop = gc::visit::visit_slot(slot, visit, arg);
            if stop != 0 {
                return stop;
            }
        }
        let stop = instance::visit_attributes(head, |target| visit(target.as_ptr(), arg));
        if stop != 0 {
            return stop;
        }
        let stop = visit(head.ty().as_object().as_ptr(), arg);
        if stop != 0 {
            return stop;
        }
        native_base(head.ty()).tp_traverse.get().map_or(0, |traverse| traverse(object, visit, arg))
    }
}

/// `tp_clear` of instances of classes.
///
/// # Safety
/// A live instance.
unsafe extern "C" fn clear_instance(object: *mut PyObject) -> i32 {
    // SAFETY: by contract.
    unsafe {
        let head = &*object;
        member_slots(head).for_each(|slot| drop(slot.take()));
        instance::release_attributes(head);
        native_base(head.ty()).tp_clear.get().map_or(0, |clear| clear(object))
    }
}

/// `tp_dealloc` of instances of classes: finalizer, weak references, slots, attributes, then the base's part
/// and the memory, then the class.
///
/// # Safety
/// An instance whose last reference is gone.
unsafe extern "C" fn dealloc_instance(object: *mut PyObject) {
    let Some(pointer) = NonNull::new(object) else { return };
    Thread::current(|thread| {
        // SAFETY: by contract; the object is whole until its base's `tp_dealloc`.
        unsafe {
            let head = pointer.as_ref();
            if head.ty().slots().finalize.get().is_some() && gc::death::finalize_dying(thread, pointer) {
                return;
            }
            // not before: the finalizer may have changed the class
            let ty: *const PyTypeObject = head.ty();
            if (*ty).core().is_plain.get() {
                gc::untrack(pointer);
                crate::weakref::clear_dying(thread, head);
                instance::free_plain(pointer);
                return drop_object(ty.cast());
            }
            let native = native_base(head.ty());
            if head.ty().has_flag(flags::HAVE_GC) {
                gc::untrack(pointer);
            }
            crate::weakref::clear_dying(thread, head);
            member_slots(head).for_each(|slot| drop(slot.take()));
            instance::release_attributes(head);
            if let Some(dealloc) = native.tp_dealloc.get() {
                dealloc(object);
            }
            drop_object(ty.cast());
        }
    });
}

/// `tp_traverse` of types.
///
/// # Safety
/// A live type; `visit` takes `arg`.
pub(crate) unsafe extern "C" fn traverse_type(
    object: *mut PyObject,
    visit: VisitProc,
    arg: *mut c_void,
) -> i32 {
    // SAFETY: by contract; static types are immortal, and their fields as well.
    unsafe {
        let ty = &*object.cast::<PyTypeObject>();
        if !ty.has_flag(flags::HEAPTYPE) {
            return 0;
        }
        let base = ty.tp_base.get().cast::<PyObject>();
        for field in
            [ty.tp_dict.load(Ordering::Relaxed).cast_const(), ty.tp_bases.get(), ty.tp_mro.get(), base]
        {
            if !field.is_null() {
                let stop = visit(field.cast_mut(), arg);
                if stop != 0 {
                    return stop;
                }
            }
        }
        match ty.heap_part() {
            Some(heap) => gc::visit::visit_slot(&heap.ht_module, visit, arg),
            None => 0,
        }
    }
}

/// `tp_clear` of types: the dict's contents and the MRO go, so that cycles through them end; the type stays
/// one that can die.
///
/// # Safety
/// A live heap type.
pub(crate) unsafe extern "C" fn clear_type(object: *mut PyObject) -> i32 {
    // SAFETY: by contract.
    let ty = unsafe { &*object.cast::<PyTypeObject>() };
    Thread::current(|thread| ty.modified(thread));
    if let Some(dict) = ty.dict() {
        drop(dict.take());
    }
    if let Some(heap) = ty.heap_part() {
        drop(heap.ht_module.take());
    }
    let mro = ty.tp_mro.replace(std::ptr::null());
    drop_object(mro);
    0
}

/// `tp_dealloc` of types.
///
/// # Safety
/// A heap type whose last reference is gone.
pub(crate) unsafe extern "C" fn dealloc_type(object: *mut PyObject) {
    let Some(pointer) = NonNull::new(object) else { return };
    Thread::current(|thread| {
        // SAFETY: by contract; nothing of the type is used after what holds it went.
        unsafe {
            gc::untrack(pointer);
            let ty = &*object.cast::<PyTypeObject>();
            if let Some(dict) = ty.dict() {
                dict.set_type(None);
            }
            crate::weakref::clear_dying(thread, pointer.as_ref());
            leave_bases(thread, ty);
            let dict = ty.tp_dict.swap(std::ptr::null_mut(), Ordering::Relaxed).cast_const();
            let taken = [&ty.tp_bases, &ty.tp_mro].map(|field| field.replace(std::ptr::null()));
            let base = ty.tp_base.replace(std::ptr::null());
            ty.core().shared_keys.release();
            drop(Box::from_raw(ty.tp_cache.replace(std::ptr::null()).cast_mut()));
            if let Some(heap) = ty.heap_part() {
                drop(CString::from_raw(heap.ht_tpname.replace(std::ptr::null()).cast_mut()));
                for slot in [&heap.ht_name, &heap.ht_slots, &heap.ht_qualname, &heap.ht_module] {
                    drop(slot.take());
                }
            }
            lifecycle::free(pointer);
            drop_object(dict);
            taken.into_iter().for_each(drop_object);
            drop_object(base.cast());
        }
    });
}

fn leave_bases(thread: &Thread, ty: &PyTypeObject) {
    let Some(bases) = ty.bases() else { return };
    for base in bases.iter().filter_map(|base| base.get::<PyTypeObject>()) {
        if let Some(list) = base.subclasses(thread) {
            list.borrow_mut().retain(|class| !std::ptr::eq(class.as_ptr(), ty));
        }
    }
}
