//! Types whose objects hold a Rust value: those of the layers above and of native modules, which declare them
//! without unsafe code.
//!
//! ```
//! use taipan_object::native::{Native, NativeType, Visitor};
//! use taipan_object::slot::Slot;
//! use taipan_object::{Ref, native_type};
//!
//! /// Gives an item once.
//! #[derive(Default)]
//! pub struct Once {
//!     item: Slot,
//! }
//!
//! native_type! {
//!     /// `once`.
//!     pub static ONCE: Once = "once", flags 0, dict false, weak false,
//!     does {
//!         iter: |_, this| Ok(this.to_value()),
//!         next: |_, this| Ok(this.get::<Native<Once>>().and_then(|once| once.item.take())),
//!     }
//! }
//!
//! impl NativeType for Once {
//!     fn definition() -> &'static taipan_object::native::NativeStatic<Once> {
//!         &ONCE
//!     }
//!
//!     fn traverse(&self, visitor: &mut Visitor) {
//!         visitor.slot(&self.item);
//!     }
//!
//!     fn clear(&self) {
//!         drop(self.item.take());
//!     }
//! }
//! ```
//!
//! Invariants: an object of the type always holds a valid state, the default one until another was put there;
//! the state stands behind the head, the slot of the object's dict and its list of weak references behind the
//! state, if it has them.

use std::ffi::{CStr, c_void};
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

use crate::error::{PyResult, Raised};
use crate::gc;
use crate::header::PyObject;
use crate::slot::Slot;
use crate::thread::Thread;
use crate::types::layout::VisitProc;
use crate::types::slots::Slots;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Owned, Value};

/// What the objects of a type hold. The default state is cheap and holds nothing.
pub trait NativeType: Default + 'static {
    /// The type.
    fn definition() -> &'static NativeStatic<Self>;

    /// Shows every reference that the state owns to the collector. It runs no Python code.
    fn traverse(&self, visitor: &mut Visitor);

    /// Gives the references up that may be part of a cycle.
    fn clear(&self);
}

/// Is shown what an object refers to.
pub struct Visitor {
    visit: VisitProc,
    arg: *mut c_void,
    stop: i32,
}

impl Visitor {
    /// Shows what a slot holds.
    pub fn slot(&mut self, slot: &Slot) {
        if let Some(object) = slot.peek_object() {
            self.object(object);
        }
    }

    /// Shows a value.
    pub fn value(&mut self, value: &Value) {
        if let Some(object) = value.word().as_object() {
            self.object(object);
        }
    }

    /// Shows a word that is owned.
    pub fn word(&mut self, word: crate::Word) {
        if let Some(object) = word.as_object() {
            self.object(object);
        }
    }

    fn object(&mut self, object: NonNull<PyObject>) {
        if self.stop == 0 {
            // SAFETY: made by `traverse` below from a pair that belongs together; the object is alive.
            self.stop = unsafe { (self.visit)(object.as_ptr(), self.arg) };
        }
    }
}

/// An object that holds a Rust value; derefs to it.
#[repr(C)]
pub struct Native<S> {
    base: PyObject,
    state: S,
}

impl<S> Deref for Native<S> {
    type Target = S;

    #[inline(always)]
    fn deref(&self) -> &S {
        &self.state
    }
}

impl<S> Native<S> {
    /// The head.
    #[inline(always)]
    pub fn head(&self) -> &PyObject {
        &self.base
    }
}

/// A static type whose objects hold an `S`; derefs to the type.
#[repr(transparent)]
pub struct NativeStatic<S> {
    ty: PyTypeObject,
    state: PhantomData<fn() -> S>,
}

// SAFETY: as for `PyTypeObject`, which is written only while the process is set up.
unsafe impl<S> Sync for NativeStatic<S> {}

impl<S> Deref for NativeStatic<S> {
    type Target = PyTypeObject;

    #[inline(always)]
    fn deref(&self) -> &PyTypeObject {
        &self.ty
    }
}

impl<S: NativeType> NativeStatic<S> {
    /// The type; `native_type!` calls this. `core` was made by [`core`](NativeStatic::core).
    pub const fn new(
        name: &'static CStr,
        core: &'static NativeCore<S>,
        flags: u64,
        dict: bool,
        weak: bool,
    ) -> NativeStatic<S> {
        let state = size_of::<Native<S>>().next_multiple_of(8);
        let dict_offset = if dict { state } else { 0 };
        let behind_dict = state + if dict { 8 } else { 0 };
        let weak_offset = if weak { behind_dict } else { 0 };
        let size = behind_dict + if weak { 8 } else { 0 };
        let ty = StaticType::new(name, size, dealloc::<S>, &core.core)
            .flags(flags)
            .collected(traverse::<S>, Some(clear::<S>))
            .offsets(dict_offset as isize, weak_offset as isize)
            .build();
        NativeStatic { ty, state: PhantomData }
    }

    /// Where a field of the state stands in an object, given where it stands in the state: what a
    /// [`MemberDef`](crate::descriptor::MemberDef) wants.
    pub const fn offset(in_state: usize) -> u32 {
        (std::mem::offset_of!(Native<S>, state) + in_state) as u32
    }

    /// The same, derived from a type whose objects hold nothing.
    pub const fn deriving(mut self, base: &'static BaseStatic) -> NativeStatic<S> {
        self.ty.tp_base = std::cell::Cell::new(&raw const base.ty);
        self
    }

    /// The same, derived from another type whose objects hold the same.
    pub const fn extending(mut self, base: &'static NativeStatic<S>) -> NativeStatic<S> {
        self.ty.tp_base = std::cell::Cell::new(&raw const base.ty);
        self
    }

    /// The side table of the type.
    pub const fn core(slots: Slots) -> NativeCore<S> {
        const { assert!(align_of::<S>() <= 8, "objects are aligned to eight bytes") };
        NativeCore { core: TypeCore::with_init(slots, init::<S>), state: PhantomData }
    }
}

/// The side table of a type whose objects hold an `S`.
pub struct NativeCore<S> {
    core: TypeCore,
    state: PhantomData<fn() -> S>,
}

// SAFETY: as for `TypeCore`.
unsafe impl<S> Sync for NativeCore<S> {}

/// Gives a zeroed object its state.
fn init<S: Default>(head: &PyObject) {
    // SAFETY: an object of a type whose objects begin with a `Native<S>`, fresh: nothing is overwritten.
    unsafe { (&raw mut (*head.as_ptr().cast::<Native<S>>().as_ptr()).state).write(S::default()) }
}

impl<S: NativeType> Native<S> {
    /// An object of the type itself.
    pub fn new(thread: &Thread, state: S) -> PyResult<Owned<Native<S>>> {
        Native::new_in(thread, S::definition(), state)
    }

    /// An object of a class that is the type or derives from it.
    ///
    /// # Errors
    /// `TypeError` if the class is neither, `SystemError` if the type is not ready.
    pub fn new_in(thread: &Thread, class: &PyTypeObject, state: S) -> PyResult<Owned<Native<S>>> {
        if !Native::<S>::is(class) {
            let (own, class) = (S::definition().short_name(), class.short_name());
            return Err(crate::raise!(
                thread,
                TYPE_ERROR,
                "{own}.__new__({class}): {class} is not a subtype of {own}"
            ));
        }
        if !class.has_flag(flags::READY) {
            return Err(not_ready(thread, class));
        }
        let object = lifecycle::allocate_instance(thread, class, 0)?;
        // SAFETY: fresh, of this layout; the default state is replaced before anyone sees the object.
        let old = unsafe {
            let place = &raw mut (*object.cast::<Native<S>>().as_ptr()).state;
            place.replace(state)
        };
        drop(old);
        // SAFETY: whole.
        Ok(unsafe { Owned::from_ptr(object.cast()) })
    }
}

// SAFETY: `NativeStatic::new` alone makes such types; their objects begin with a `Native<S>`.
unsafe impl<S: NativeType> Layout for Native<S> {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        S::definition()
    }
}

/// `tp_traverse`.
///
/// # Safety
/// A live object of the layout; `visit` takes `arg`.
unsafe extern "C" fn traverse<S: NativeType>(
    object: *mut PyObject,
    visit: VisitProc,
    arg: *mut c_void,
) -> i32 {
    // SAFETY: by contract.
    let native = unsafe { &*object.cast::<Native<S>>() };
    let mut visitor = Visitor { visit, arg, stop: 0 };
    native.state.traverse(&mut visitor);
    if let Some(dict) = own_dict::<S>(native) {
        visitor.slot(dict);
    }
    visitor.stop
}

/// The slot of the dict that the type itself gives its objects.
fn own_dict<S: NativeType>(native: &Native<S>) -> Option<&Slot> {
    let offset = S::definition().tp_dictoffset.get();
    // SAFETY: the type says that a slot stands there.
    (offset > 0).then(|| unsafe { &*std::ptr::from_ref(native).byte_offset(offset).cast::<Slot>() })
}

/// `tp_clear`.
///
/// # Safety
/// A live object of the layout.
unsafe extern "C" fn clear<S: NativeType>(object: *mut PyObject) -> i32 {
    // SAFETY: by contract.
    let native = unsafe { &*object.cast::<Native<S>>() };
    native.state.clear();
    if let Some(dict) = own_dict::<S>(native) {
        drop(dict.take());
    }
    0
}

/// `tp_dealloc`.
///
/// # Safety
/// An object of the layout whose last reference is gone.
unsafe extern "C" fn dealloc<S: NativeType>(object: *mut PyObject) {
    let Some(pointer) = NonNull::new(object) else { return };
    // SAFETY: by contract; the memory stays whole until the end.
    unsafe {
        let ty = pointer.as_ref().ty();
        // an instance of a class was finalized by its own `tp_dealloc`
        if !ty.has_flag(flags::HEAPTYPE)
            && ty.slots().finalize.get().is_some()
            && Thread::current(|thread| gc::death::finalize_dying(thread, pointer)) == Some(true)
        {
            return;
        }
        gc::untrack(pointer);
        crate::weakref::clear_dying_object(object);
        let native = object.cast::<Native<S>>();
        std::ptr::drop_in_place(&raw mut (*native).state);
        if let Some(dict) = own_dict::<S>(&*native) {
            drop(dict.take());
        }
        lifecycle::free(pointer);
    }
}

/// A static type whose objects are those of `object`, with nothing of their own: what types with a state may
/// derive from. Derefs to the type.
#[repr(transparent)]
pub struct BaseStatic {
    ty: PyTypeObject,
}

// SAFETY: as for `PyTypeObject`, which is written only while the process is set up.
unsafe impl Sync for BaseStatic {}

impl Deref for BaseStatic {
    type Target = PyTypeObject;

    #[inline(always)]
    fn deref(&self) -> &PyTypeObject {
        &self.ty
    }
}

impl BaseStatic {
    /// The type, for statics of this crate that derive from it.
    pub(crate) const fn as_type(&'static self) -> &'static PyTypeObject {
        &self.ty
    }

    /// The type; `native_base!` calls this.
    pub const fn new(name: &'static CStr, core: &'static TypeCore, flags: u64) -> BaseStatic {
        let ty = StaticType::new(name, size_of::<PyObject>(), lifecycle::dealloc_plain, core).flags(flags);
        BaseStatic { ty: ty.build() }
    }

    /// The same, derived from another such type.
    pub const fn deriving(mut self, base: &'static BaseStatic) -> BaseStatic {
        self.ty.tp_base = std::cell::Cell::new(&raw const base.ty);
        self
    }
}

impl BaseStatic {
    /// An instance of a class that derives from the type and has no other layout than that of `object`.
    ///
    /// # Errors
    /// `TypeError` for other classes.
    pub fn instance(&'static self, thread: &Thread, class: &PyTypeObject) -> PyResult<Value> {
        let layout = crate::types::class::native_base(class);
        if !class.is_subtype(self) || layout.basic_size() != size_of::<PyObject>() {
            let class = class.name();
            return Err(crate::raise!(
                thread,
                TYPE_ERROR,
                "object.__new__({class}) is not safe, use {class}.__new__()"
            ));
        }
        let object = lifecycle::allocate_instance(thread, class, 0)?;
        // SAFETY: fresh, and a head with attributes is all there is to it.
        Ok(unsafe { Value::from_object(object) })
    }
}

/// What is wrong with an object of a type that is not ready yet: nobody knows how large it is.
#[cold]
fn not_ready(thread: &Thread, class: &PyTypeObject) -> Raised {
    crate::raise!(thread, SYSTEM_ERROR, "type '{}' is not ready", class.name())
}

/// Declares a static type whose objects hold nothing, to derive others from; see [`native`](crate::native).
#[macro_export]
macro_rules! native_base {
    (
        $(#[$doc:meta])*
        $vis:vis static $static:ident = $name:literal, flags $flags:expr, $(base $base:ident,)?
        does { $($slot:ident: $function:expr),* $(,)? }
    ) => {
        $(#[$doc])*
        $vis static $static: $crate::native::BaseStatic = $crate::native::BaseStatic::new(
            $crate::native::c_name(concat!($name, "\0")),
            {
                static CORE: $crate::types::TypeCore = $crate::types::TypeCore::new($crate::types::slots::Slots {
                    $($slot: std::cell::Cell::new(Some($function)),)*
                    ..$crate::types::slots::Slots::empty()
                });
                &CORE
            },
            $flags,
        )$(.deriving(&$base))?;
    };
}

/// Declares a static type whose objects hold a Rust value; see [`native`](crate::native). It may derive from a type
/// that `native_base!` declares.
#[macro_export]
macro_rules! native_type {
    (
        $(#[$doc:meta])*
        $vis:vis static $static:ident: $state:ty = $name:literal, flags $flags:expr, dict $dict:literal,
        weak $weak:literal, $(base $base:path,)? $(extends $extended:path,)?
        does { $($slot:ident: $function:expr),* $(,)? }
    ) => {
        $(#[$doc])*
        $vis static $static: $crate::native::NativeStatic<$state> = $crate::native::NativeStatic::new(
            $crate::native::c_name(concat!($name, "\0")),
            {
                static CORE: $crate::native::NativeCore<$state> =
                    $crate::native::NativeStatic::<$state>::core($crate::types::slots::Slots {
                        $($slot: std::cell::Cell::new(Some($function)),)*
                        ..$crate::types::slots::Slots::empty()
                    });
                &CORE
            },
            $flags,
            $dict,
            $weak,
        )$(.deriving(&$base))?$(.extending(&$extended))?;
    };
}

#[doc(hidden)]
pub use crate::layouts::c_name;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interp::Interp;

    #[derive(Default)]
    struct Never;

    native_type! {
        /// A type that nobody makes ready.
        static NEVER: Never = "never", flags 0, dict false, weak false, does {}
    }

    impl NativeType for Never {
        fn definition() -> &'static NativeStatic<Never> {
            &NEVER
        }

        fn traverse(&self, _: &mut Visitor) {}

        fn clear(&self) {}
    }

    #[test]
    fn a_type_that_is_not_ready_has_no_objects() {
        let interp = Interp::new().unwrap();
        let thread = interp.new_thread().attach();
        let raised = Native::new(&thread, Never).map(drop).unwrap_err();
        let exception = thread.catch(raised);
        assert_eq!(exception.as_ref().ty().name(), "SystemError");
    }
}
