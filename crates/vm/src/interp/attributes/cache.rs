//! What the cache of an operation on an attribute holds.
//!
//! A cache is two words: the version of the type in the low half of the first one, above it how the attribute is
//! found ([`kind`]), its place in the instance and the size of the instance's struct; the second word is the
//! function, value or descriptor, borrowed from the dict that has it as long as the version is the type's.
//! Invariant: whoever reads a cache compares the version first; what a kind says holds for all objects of that
//! version, but for what their own dict may have, which is looked at each time.

use taipan_object::Value;

/// How a cached attribute is found. The loop itself knows those up to [`METHOD`](kind::METHOD) and
/// [`PLAIN_METHOD`](kind::PLAIN_METHOD), and those from [`MODULE`](kind::MODULE) on through one function.
pub(in crate::interp) mod kind {
    /// In the instance, at a place.
    pub(in crate::interp) const PLACE: u8 = 1;
    /// A value of the class that is no descriptor, and that no instance hides.
    pub(in crate::interp) const CLASS: u8 = 2;
    /// In a slot that the class gives its instances.
    pub(in crate::interp) const SLOT: u8 = 3;
    /// A function of the class, which no instance hides as long as the place is empty.
    pub(in crate::interp) const METHOD: u8 = 4;
    /// The same of a type whose instances have no attributes of their own.
    pub(in crate::interp) const PLAIN_METHOD: u8 = 5;
    /// A property whose getter is a Python function.
    pub(in crate::interp) const PROPERTY: u8 = 6;
    /// A native descriptor that computes the attribute.
    pub(in crate::interp) const GETSET: u8 = 7;
    /// In the instance's dict, else the value of the class if it has one.
    pub(in crate::interp) const DICT: u8 = 8;
    /// A function of the class, unless the instance's dict hides it.
    pub(in crate::interp) const DICT_METHOD: u8 = 9;
    /// None of these: the attribute is looked for each time.
    pub(in crate::interp) const NONE: u8 = 10;
    /// An entry of a module's dict, whose version is compared.
    pub(in crate::interp) const MODULE: u8 = 11;
    /// What a class has, by its own version.
    pub(in crate::interp) const TYPE: u8 = 12;
    /// The same of a class whose metaclass is not `type`: the version of the metaclass stands where the place does.
    pub(in crate::interp) const META: u8 = 13;
    /// A static method of a class, by its own version.
    pub(in crate::interp) const STATIC: u8 = 14;
    /// A class method of a class, by its own version.
    pub(in crate::interp) const CLASS_METHOD: u8 = 15;
}

/// The place of a name that no instance has.
pub(in crate::interp) const NO_PLACE: u8 = u8::MAX;

/// The kind that the first word of a cache names.
#[inline(always)]
pub(in crate::interp) const fn kind_of(first: u64) -> u8 {
    (first >> 32) as u8
}

/// What stands above the kind of the first word: for classes the version of their metaclass.
#[inline(always)]
pub(in crate::interp) const fn upper_of(first: u64) -> u32 {
    (first >> 40) as u32
}

/// A descriptor or value that a cache holds.
///
/// # Safety
/// The second word of a cache whose version was compared just now.
pub(in crate::interp) unsafe fn held(second: u64) -> Value {
    // SAFETY: by contract the class has it.
    unsafe { Value::from_borrowed(crate::frame::word(second)) }
}
