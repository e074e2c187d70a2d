//! References as Rust types: [`Value`] owns one, [`Ref`] borrows one. Natives see these two and never
//! a raw word. Invariant: dropping a `Value` may run Python code (`__del__`, a weak reference's
//! callback), so nothing of this crate drops one while a container is half changed.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;

use crate::header::{PyObject, decref};
use crate::types::{PyTypeObject, statics};
use crate::word::Word;

/// An owned reference to a Python value, or an immediate. Eight bytes; so is `Option<Value>`.
#[repr(transparent)]
pub struct Value {
    word: Word,
    local: PhantomData<*mut PyObject>,
}

/// A borrowed reference: what it refers to is kept alive by something that lives as long as `'a`.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Ref<'a> {
    word: Word,
    owner: PhantomData<(&'a Value, *mut PyObject)>,
}

const _: () = assert!(size_of::<Option<Value>>() == 8 && size_of::<Option<Ref<'_>>>() == 8);
const _: () = assert!(size_of::<Result<Value, crate::Raised>>() == 8);

impl Value {
    /// Takes over the reference that a word stands for.
    ///
    /// # Safety
    /// The word is no marker, and if it is a pointer the caller gives up one reference to a live object.
    #[inline(always)]
    pub const unsafe fn from_word(word: Word) -> Value {
        Value { word, local: PhantomData }
    }

    /// A counted copy of the reference that a word stands for.
    ///
    /// # Safety
    /// The word is no marker, and if it is a pointer the object is alive.
    #[inline(always)]
    pub unsafe fn from_borrowed(word: Word) -> Value {
        if let Some(object) = word.as_object() {
            // SAFETY: alive, by contract.
            unsafe { object.as_ref() }.incref();
        }
        Value { word, local: PhantomData }
    }

    /// Takes over one reference to an object.
    ///
    /// # Safety
    /// The caller gives up one reference to a live object, which is not what a word holds itself
    /// (an exact int of 62 bits, an exact float in range).
    #[inline(always)]
    pub unsafe fn from_object(object: NonNull<PyObject>) -> Value {
        Value { word: Word::from_object(object), local: PhantomData }
    }

    /// An immortal object, which needs no count.
    #[inline(always)]
    pub fn from_static(object: &'static PyObject) -> Value {
        debug_assert!(object.is_immortal());
        Value { word: Word::from_object(object.as_ptr()), local: PhantomData }
    }

    /// An int that is 32 bits wide.
    #[inline(always)]
    pub const fn small(value: i32) -> Value {
        Value { word: Word::from_i32(value), local: PhantomData }
    }

    /// `True` or `False`.
    #[inline(always)]
    pub fn bool(value: bool) -> Value {
        Value::from_static(if value { &statics::TRUE.base } else { &statics::FALSE.base })
    }

    /// `None`.
    #[inline(always)]
    pub fn none() -> Value {
        Value::from_static(&statics::NONE)
    }

    /// `NotImplemented`.
    #[inline(always)]
    pub fn not_implemented() -> Value {
        Value::from_static(&statics::NOT_IMPLEMENTED)
    }

    /// `Ellipsis`.
    #[inline(always)]
    pub fn ellipsis() -> Value {
        Value::from_static(&statics::ELLIPSIS)
    }

    /// The word, whose reference the caller now owns.
    #[inline(always)]
    pub fn into_word(self) -> Word {
        ManuallyDrop::new(self).word
    }

    /// The word; the reference stays here.
    #[inline(always)]
    pub fn word(&self) -> Word {
        self.word
    }

    /// Borrows.
    #[inline(always)]
    pub fn as_ref(&self) -> Ref<'_> {
        Ref { word: self.word, owner: PhantomData }
    }

    /// Takes a typed reference; gives the value back if it is of another type.
    #[inline]
    pub fn downcast<T: Layout>(self) -> Result<Owned<T>, Value> {
        match self.as_ref().get::<T>() {
            Some(_) => Ok(Owned { value: self, of: PhantomData }),
            None => Err(self),
        }
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        // SAFETY: what `self` owns is alive.
        unsafe { Value::from_borrowed(self.word) }
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(object) = self.word.as_object() {
            // SAFETY: this value owns one reference, and gives it up.
            unsafe { decref(object) }
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_ref().fmt(f)
    }
}

impl<'a> Ref<'a> {
    /// Borrows what a word stands for.
    ///
    /// # Safety
    /// The word is no marker, and if it is a pointer something keeps the object alive for `'a`.
    #[inline(always)]
    pub const unsafe fn from_word(word: Word) -> Ref<'a> {
        Ref { word, owner: PhantomData }
    }

    /// Borrows an object by its head.
    #[inline(always)]
    pub fn from_head(object: &'a PyObject) -> Ref<'a> {
        Ref { word: Word::from_object(object.as_ptr()), owner: PhantomData }
    }

    /// The word.
    #[inline(always)]
    pub const fn word(self) -> Word {
        self.word
    }

    /// An owned reference to the same value.
    #[inline(always)]
    pub fn to_value(self) -> Value {
        // SAFETY: the object is alive for 'a.
        unsafe { Value::from_borrowed(self.word) }
    }

    /// Python's `is`.
    #[inline(always)]
    pub fn is(self, other: Ref<'_>) -> bool {
        self.word == other.word
    }

    /// Whether this is `None`.
    #[inline(always)]
    pub fn is_none(self) -> bool {
        self.is(Ref::from_head(&statics::NONE))
    }

    /// Whether this is `NotImplemented`.
    #[inline(always)]
    pub fn is_not_implemented(self) -> bool {
        self.is(Ref::from_head(&statics::NOT_IMPLEMENTED))
    }

    /// The heap object's head; none for an immediate.
    #[inline(always)]
    pub fn head(self) -> Option<&'a PyObject> {
        // SAFETY: the object is alive for 'a.
        self.word.as_object().map(|object| unsafe { object.as_ref() })
    }

    /// The value's type.
    #[inline(always)]
    pub fn ty(self) -> &'a PyTypeObject {
        match self.head() {
            Some(head) => head.ty(),
            None if self.word.is_int() => &statics::INT,
            None => &statics::FLOAT,
        }
    }

    /// The object behind, if it is a `T` or of a class derived from it. Immediates are none.
    #[inline(always)]
    pub fn get<T: Layout>(self) -> Option<&'a T> {
        let head = self.head()?;
        // SAFETY: `T::is` says that objects of the type begin with a `T`.
        T::is(head.ty()).then(|| unsafe { &*std::ptr::from_ref(head).cast::<T>() })
    }

    /// The object behind, if it is exactly a `T`.
    #[inline(always)]
    pub fn get_exact<T: Layout>(self) -> Option<&'a T> {
        let head = self.head()?;
        // SAFETY: as in `get`.
        head.is_exact(T::ty()).then(|| unsafe { &*std::ptr::from_ref(head).cast::<T>() })
    }
}

impl std::fmt::Debug for Ref<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.head() {
            Some(head) => write!(f, "<{} at {:p}>", head.ty().name(), head),
            None => self.word.fmt(f),
        }
    }
}

/// A struct that is the layout of the objects of a built-in type.
///
/// # Safety
/// The struct is `repr(C)`, begins with a `PyObject`, has only cells as fields that change, and every
/// object of a type for which `is` says true begins with it.
pub unsafe trait Layout: 'static {
    /// The built-in type itself.
    fn ty() -> &'static PyTypeObject;

    /// Whether objects of `ty` have this layout. The types that have a flag for it test the flag.
    #[inline]
    fn is(ty: &PyTypeObject) -> bool {
        std::ptr::eq(ty, Self::ty()) || ty.is_subtype(Self::ty())
    }
}

/// An owned reference to an object whose layout is known; derefs to it.
#[repr(transparent)]
pub struct Owned<T: Layout> {
    value: Value,
    of: PhantomData<T>,
}

impl<T: Layout> Owned<T> {
    /// Takes over one reference to an object.
    ///
    /// # Safety
    /// The caller gives up one reference to a live object of layout `T`.
    #[inline(always)]
    pub unsafe fn from_ptr(object: NonNull<T>) -> Owned<T> {
        // SAFETY: by contract; a layout that an immediate could stand for is not built through here.
        Owned { value: unsafe { Value::from_object(object.cast()) }, of: PhantomData }
    }

    /// Counts one more reference to an object.
    #[inline(always)]
    pub fn new_ref(object: &T) -> Owned<T> {
        let pointer = NonNull::from(object).cast::<PyObject>();
        // SAFETY: a layout begins with the head of a live object; the reference is counted here.
        unsafe {
            pointer.as_ref().incref();
            Owned { value: Value::from_object(pointer), of: PhantomData }
        }
    }

    /// Forgets the type.
    #[inline(always)]
    pub fn into_value(self) -> Value {
        self.value
    }

    /// Borrows as a reference without type.
    #[inline(always)]
    pub fn as_ref(&self) -> Ref<'_> {
        self.value.as_ref()
    }
}

impl<T: Layout> Deref for Owned<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the word is a pointer to a live object of layout `T`, by construction.
        unsafe { &*std::ptr::with_exposed_provenance(self.value.word.bits() as usize) }
    }
}

impl<T: Layout> Clone for Owned<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Owned { value: self.value.clone(), of: PhantomData }
    }
}

impl<T: Layout> From<Owned<T>> for Value {
    #[inline(always)]
    fn from(owned: Owned<T>) -> Value {
        owned.value
    }
}

/// A borrowed object as a reference without type.
#[inline(always)]
pub fn as_ref<T: Layout>(object: &T) -> Ref<'_> {
    Ref { word: Word::from_object(NonNull::from(object).cast()), owner: PhantomData }
}
