//! Weak references, and proxies, which are laid out like them. An object's weak references form a list whose first link stands in the object (at its
//! type's `tp_weaklistoffset`), 32 bytes before it, or, for static types, with the interpreter.
//! Invariants: a weak reference on a list is alive and its `object` is the list's owner; the list is emptied
//! before the object's memory goes, and a callback is called at most once, after its reference is cleared.

use std::cell::Cell;
use std::ptr::NonNull;

use crate::error::PyResult;
use crate::gc::visit::traverse_slots;
use crate::header::PyObject;
use crate::heap::Kind;
use crate::slot::Slot;
use crate::thread::Thread;
use crate::types::core::NOT_STATIC;
use crate::types::layout::offsets;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Owned, Ref, Value};

/// A weak reference.
#[repr(C)]
pub struct PyWeakReference {
    base: PyObject,
    wr_object: Cell<*const PyObject>,
    wr_callback: Slot,
    hash: Cell<i64>,
    wr_prev: Cell<*const PyWeakReference>,
    wr_next: Cell<*const PyWeakReference>,
    vectorcall: Cell<usize>,
}

offsets!(PyWeakReference, 64: wr_object 16, wr_callback 24, hash 32, wr_prev 40, wr_next 48, vectorcall 56);

/// `weakref.ref`.
pub static REFERENCE: PyTypeObject =
    StaticType::new(c"weakref.ReferenceType", 64, dealloc_weakref, &REFERENCE_CORE)
        .flags(flags::BASETYPE | flags::HAVE_VECTORCALL)
        .collected(traverse_weakref, Some(clear_weakref))
        .build();
static REFERENCE_CORE: TypeCore =
    TypeCore::with_init(slots_of! { hash: hash_weakref, call: call_weakref }, |head| {
        if let Some(reference) = Ref::from_head(head).get::<PyWeakReference>() {
            reference.hash.set(-1);
        }
    });

/// `weakref.ProxyType`; what it does is put in by the module.
pub static PROXY: PyTypeObject = StaticType::new(c"weakref.ProxyType", 64, dealloc_weakref, &PROXY_CORE)
    .flags(flags::DISALLOW_INSTANTIATION)
    .collected(traverse_weakref, Some(clear_weakref))
    .build();
static PROXY_CORE: TypeCore = TypeCore::new(slots_of! {});

/// `weakref.CallableProxyType`: the type of proxies of what can be called.
pub static CALLABLE_PROXY: PyTypeObject =
    StaticType::new(c"weakref.CallableProxyType", 64, dealloc_weakref, &CALLABLE_PROXY_CORE)
        .flags(flags::DISALLOW_INSTANTIATION)
        .collected(traverse_weakref, Some(clear_weakref))
        .build();
static CALLABLE_PROXY_CORE: TypeCore = TypeCore::new(slots_of! {});

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyWeakReference {
    fn ty() -> &'static PyTypeObject {
        &REFERENCE
    }
}

traverse_slots!(traverse_weakref, PyWeakReference: wr_callback);

/// Where the list of weak references to an object begins; none if its type has none.
pub(crate) fn list_of<'a>(
    thread: &'a Thread,
    head: &'a PyObject,
) -> Option<&'a Cell<*const PyWeakReference>> {
    let ty = head.ty();
    if ty.has_flag(flags::MANAGED_WEAKREF) {
        // SAFETY: the flag says that a pointer stands there.
        return Some(unsafe { &*std::ptr::from_ref(head).byte_sub(32).cast() });
    }
    if let Some(class) = Ref::from_head(head).get::<PyTypeObject>() {
        let index = class.core().static_index.get();
        if index != NOT_STATIC {
            return thread.interp().static_types.row(index).map(|row| &row.weak);
        }
    }
    if head.is_immortal() {
        // it may be shared by all interpreters, and never dies
        return None;
    }
    let offset = ty.tp_weaklistoffset.get();
    // SAFETY: the type's offset says that a pointer stands there.
    (offset > 0).then(|| unsafe { &*std::ptr::from_ref(head).byte_offset(offset).cast() })
}

/// What stands on a list of weak references, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The reference without callback, which is shared.
    Reference,
    /// The proxy without callback, which is shared.
    Proxy,
    /// All others, the newest first.
    Other,
}

/// Whether an object is a proxy.
fn is_proxy(head: &PyObject) -> bool {
    head.is_exact(&PROXY) || head.is_exact(&CALLABLE_PROXY)
}

/// An object that there can be weak references to, and its list of them.
fn referable<'a>(
    thread: &'a Thread,
    object: Ref<'a>,
) -> PyResult<(&'a PyObject, &'a Cell<*const PyWeakReference>)> {
    object.head().and_then(|head| Some((head, list_of(thread, head)?))).ok_or_else(|| {
        let name = object.ty().name();
        crate::raise!(thread, TYPE_ERROR, "cannot create weak reference to '{name}' object")
    })
}

impl PyWeakReference {
    /// The proxy that a value is; none of what is no proxy.
    pub fn of_proxy(value: Ref<'_>) -> Option<&PyWeakReference> {
        value.head().filter(|head| is_proxy(head)).and_then(|_| PyWeakReference::of(value))
    }

    /// A weak reference, or a proxy, if the value is one.
    pub fn of(value: Ref<'_>) -> Option<&PyWeakReference> {
        let head = value.head()?;
        if value.get::<PyWeakReference>().is_none() && !is_proxy(head) {
            return None;
        }
        // SAFETY: objects of the three types have this layout.
        Some(unsafe { &*std::ptr::from_ref(head).cast() })
    }

    /// A proxy of an object. One without callback is shared.
    ///
    /// # Errors
    /// `TypeError` if there are no weak references to the object's type.
    pub fn proxy(thread: &Thread, object: Ref<'_>, callback: Option<Value>) -> PyResult<Value> {
        let ty = if object.ty().slots().call.get().is_some() { &CALLABLE_PROXY } else { &PROXY };
        // it is no `PyWeakReference` by its type, so that it leaves as a mere value
        PyWeakReference::make(thread, ty, object, callback).map(Owned::into_value)
    }

    /// A weak reference to an object. One without callback is shared.
    pub fn new(
        thread: &Thread,
        object: Ref<'_>,
        callback: Option<Value>,
    ) -> PyResult<Owned<PyWeakReference>> {
        PyWeakReference::make(thread, &REFERENCE, object, callback)
    }

    fn make(
        thread: &Thread,
        ty: &'static PyTypeObject,
        object: Ref<'_>,
        callback: Option<Value>,
    ) -> PyResult<Owned<PyWeakReference>> {
        let (head, list) = referable(thread, object)?;
        if callback.is_none()
            && let Some(known) = PyWeakReference::shared(list, ty)
        {
            return Ok(known);
        }
        let made = lifecycle::allocate::<PyWeakReference>(thread, ty, Kind::Gc, 64)?;
        // SAFETY: fresh, of this size; the head is written.
        let reference = unsafe {
            let this = made.as_ptr();
            (&raw mut (*this).wr_object).write(Cell::new(head));
            (&raw mut (*this).wr_callback).write(Slot::from_option(callback));
            (&raw mut (*this).hash).write(Cell::new(-1));
            (&raw mut (*this).wr_prev).write(Cell::new(std::ptr::null()));
            (&raw mut (*this).wr_next).write(Cell::new(std::ptr::null()));
            (&raw mut (*this).vectorcall).write(Cell::new(0));
            Owned::from_ptr(made)
        };
        reference.link_into(list);
        // SAFETY: fresh and whole.
        unsafe { thread.interp().gc.track(thread, made.cast()) };
        Ok(reference)
    }

    /// A weak reference of a class that derives from the type.
    ///
    /// # Errors
    /// `TypeError` if the class does not, or if there are no weak references to the object's type.
    pub fn derived(
        thread: &Thread,
        class: &PyTypeObject,
        object: Ref<'_>,
        callback: Option<Value>,
    ) -> PyResult<Owned<PyWeakReference>> {
        if std::ptr::eq(class, &REFERENCE) {
            return PyWeakReference::new(thread, object, callback);
        }
        if !class.is_subtype(&REFERENCE) {
            let name = class.name();
            return Err(crate::raise!(
                thread,
                TYPE_ERROR,
                "ReferenceType.__new__({name}): {name} is not a subtype of ReferenceType"
            ));
        }
        let (head, list) = referable(thread, object)?;
        let made = lifecycle::allocate_instance(thread, class, 0)?;
        // SAFETY: fresh, of this layout, and zeroed behind the head.
        let reference: Owned<PyWeakReference> = unsafe { Owned::from_ptr(made.cast()) };
        reference.wr_object.set(head);
        reference.hash.set(-1);
        if let Some(callback) = callback {
            reference.wr_callback.init(callback);
        }
        reference.link_into(list);
        Ok(reference)
    }

    /// Puts a new reference on the list of its object, before those of its rank.
    fn link_into(&self, list: &Cell<*const PyWeakReference>) {
        let (rank, mut before, mut at) = (self.rank(), None, list.get());
        // SAFETY: what stands on a list is alive.
        while let Some(reference) = unsafe { at.as_ref() }.filter(|reference| reference.rank() < rank) {
            before = Some(reference);
            at = reference.wr_next.get();
        }
        match before {
            Some(before) => self.link_after(before),
            None => {
                self.wr_next.set(at);
                // SAFETY: as above.
                if let Some(first) = unsafe { at.as_ref() } {
                    first.wr_prev.set(self);
                }
                list.set(self);
            }
        }
    }

    /// The reference or proxy of a type without callback that the object has already, unless it is dying.
    fn shared(
        list: &Cell<*const PyWeakReference>,
        ty: &'static PyTypeObject,
    ) -> Option<Owned<PyWeakReference>> {
        let mut at = list.get();
        // SAFETY: what stands on a list is alive, or dying and not yet unlinked: then its count is zero.
        while let Some(reference) = unsafe { at.as_ref() }.filter(|found| found.rank() != Rank::Other) {
            if reference.base.is_exact(ty) && reference.base.refcount() > 0 {
                return Some(Owned::new_ref(reference));
            }
            at = reference.wr_next.get();
        }
        None
    }

    fn rank(&self) -> Rank {
        match self.wr_callback.peek().is_none() {
            true if self.base.is_exact(&REFERENCE) => Rank::Reference,
            true if is_proxy(&self.base) => Rank::Proxy,
            _ => Rank::Other,
        }
    }

    fn link_after(&self, before: &PyWeakReference) {
        let next = before.wr_next.replace(self);
        self.wr_prev.set(before);
        self.wr_next.set(next);
        // SAFETY: what stands on a list is alive.
        if let Some(next) = unsafe { next.as_ref() } {
            next.wr_prev.set(self);
        }
    }

    /// What is referred to, while it lives.
    pub fn target(&self) -> Option<Value> {
        // SAFETY: null, or alive or dying: dying objects have a count of zero.
        let head = unsafe { self.wr_object.get().as_ref() }?;
        (head.refcount() > 0).then(|| Ref::from_head(head).to_value())
    }

    /// The callback.
    pub fn callback(&self) -> Option<Value> {
        self.wr_callback.get()
    }

    /// Takes the reference off its list and lets it refer to nothing. Hands out the callback.
    fn unlink(&self, thread: &Thread) -> Option<Value> {
        let object = self.wr_object.replace(std::ptr::null());
        // SAFETY: as long as a reference is on a list, the list's owner is there.
        if let Some(head) = unsafe { object.as_ref() } {
            let (prev, next) =
                (self.wr_prev.replace(std::ptr::null()), self.wr_next.replace(std::ptr::null()));
            // SAFETY: neighbours on a list are alive.
            unsafe {
                match prev.as_ref() {
                    Some(prev) => prev.wr_next.set(next),
                    None => {
                        if let Some(list) = list_of(thread, head) {
                            list.set(next);
                        }
                    }
                }
                if let Some(next) = next.as_ref() {
                    next.wr_prev.set(prev);
                }
            }
        }
        self.wr_callback.take()
    }
}

/// How many weak references an object has: `weakref.getweakrefcount`.
pub fn count(thread: &Thread, head: &PyObject) -> usize {
    let mut count = 0;
    let mut at = list_of(thread, head).map_or(std::ptr::null(), Cell::get);
    // SAFETY: what stands on a list is alive.
    while let Some(reference) = unsafe { at.as_ref() } {
        count += 1;
        at = reference.wr_next.get();
    }
    count
}

/// The weak references that an object has: `weakref.getweakrefs`.
pub fn all(thread: &Thread, head: &PyObject) -> Vec<Value> {
    let mut all = Vec::new();
    let mut at = list_of(thread, head).map_or(std::ptr::null(), Cell::get);
    // SAFETY: what stands on a list is alive, or dying with a count of zero.
    while let Some(reference) = unsafe { at.as_ref() } {
        if reference.base.refcount() > 0 {
            all.push(crate::value::as_ref(reference).to_value());
        }
        at = reference.wr_next.get();
    }
    all
}

/// Clears the weak references to an object that is about to die, and hands out those that have callbacks,
/// with them, in the order of the list.
fn clear_list(thread: &Thread, head: &PyObject) -> Vec<(Owned<PyWeakReference>, Value)> {
    let mut callbacks = Vec::new();
    let Some(list) = list_of(thread, head) else { return callbacks };
    // SAFETY: what stands on a list is alive, or dying with a count of zero.
    while let Some(reference) = unsafe { list.get().as_ref() } {
        let is_alive = reference.base.refcount() > 0;
        if let Some(callback) = reference.unlink(thread)
            && is_alive
        {
            callbacks.push((Owned::new_ref(reference), callback));
        }
    }
    callbacks
}

/// Clears the weak references to a dying object and calls their callbacks.
pub(crate) fn clear_dying(thread: &Thread, head: &PyObject) {
    if list_of(thread, head).is_none_or(|list| list.get().is_null()) {
        return;
    }
    let pending = thread.take_exception();
    for (reference, callback) in clear_list(thread, head) {
        run_callback(thread, &reference, callback);
    }
    if let Some(pending) = pending {
        let _raised = thread.raise(pending);
    }
}

/// The same for a `tp_dealloc`.
///
/// # Safety
/// The object is dying, and whole.
pub(crate) unsafe fn clear_dying_object(object: *mut PyObject) {
    // SAFETY: by contract; untracked, so that no collection that a callback starts sees it.
    unsafe {
        if let Some(pointer) = NonNull::new(object) {
            crate::gc::untrack(pointer);
            Thread::current(|thread| clear_dying(thread, pointer.as_ref()));
        }
    }
}

/// Clears the weak references to condemned objects, then calls the callbacks of those that survive.
pub(crate) fn clear_condemned(
    thread: &Thread,
    condemned: &[Value],
    is_condemned: impl Fn(NonNull<PyObject>) -> bool,
) {
    let mut callbacks = Vec::new();
    for head in condemned.iter().filter_map(|object| object.as_ref().head()) {
        callbacks.extend(clear_list(thread, head));
    }
    for (reference, callback) in callbacks {
        if !is_condemned(reference.base.as_ptr()) {
            run_callback(thread, &reference, callback);
        }
    }
}

/// Lets weak references that go themselves refer to nothing: they call nobody back.
pub(crate) fn disarm(thread: &Thread, dying: &[Value]) {
    for reference in dying.iter().filter_map(|object| PyWeakReference::of(object.as_ref())) {
        drop(reference.unlink(thread));
    }
}

fn run_callback(thread: &Thread, reference: &Owned<PyWeakReference>, callback: Value) {
    let argument = [reference.clone().into_value()];
    crate::gc::death::apart(thread, || {
        match crate::protocol::call(thread, callback.as_ref(), &argument, None) {
            Ok(result) => drop(result),
            Err(raised) => {
                thread.unraisable(raised, Some("while calling weakref callback"), Some(callback.as_ref()));
            }
        }
    });
}

fn call_weakref(
    _: &Thread,
    reference: Ref<'_>,
    _: &[Value],
    _: Option<&crate::tuple::PyTuple>,
) -> PyResult<Value> {
    let target = reference.get::<PyWeakReference>().and_then(PyWeakReference::target);
    Ok(target.unwrap_or_else(Value::none))
}

fn hash_weakref(thread: &Thread, reference: Ref<'_>) -> PyResult<i64> {
    let Some(this) = reference.get::<PyWeakReference>() else { return Ok(0) };
    if this.hash.get() == -1 {
        let Some(target) = this.target() else {
            return Err(crate::raise!(thread, TYPE_ERROR, "weak object has gone away"));
        };
        this.hash.set(crate::protocol::hash(thread, target.as_ref())?);
    }
    Ok(this.hash.get())
}

/// `tp_clear`.
///
/// # Safety
/// A live weak reference.
unsafe extern "C" fn clear_weakref(object: *mut PyObject) -> i32 {
    // SAFETY: by contract.
    let this = unsafe { &*object.cast::<PyWeakReference>() };
    drop(Thread::current(|thread| this.unlink(thread)));
    0
}

/// `tp_dealloc`.
///
/// # Safety
/// A weak reference whose last reference is gone.
unsafe extern "C" fn dealloc_weakref(object: *mut PyObject) {
    // SAFETY: by contract.
    unsafe {
        let Some(pointer) = NonNull::new(object) else { return };
        crate::gc::untrack(pointer);
        let this = &*object.cast::<PyWeakReference>();
        drop(Thread::current(|thread| this.unlink(thread)));
        lifecycle::free(pointer);
    }
}
