//! What the loop sees of an attribute at a glance: by the words of a cache, without a call that could run code.

use super::cache::{kind, kind_of, upper_of};
use taipan_object::descriptor::PyStaticMethod;
use taipan_object::dict::PyDict;
use taipan_object::instance;
use taipan_object::module::{MODULE, PyModule};
use taipan_object::slot::Slot;
use taipan_object::types::statics::TYPE;
use taipan_object::{PyObject, PyTypeObject, Word};

/// Looks at a cached read: the word that the attribute is, good until the next call that may run Python code.
///
/// # Safety
/// `bits` is a pointer to a live object; `cache` and `second` are the words of a read's cache.
#[inline(always)]
pub(in crate::interp) unsafe fn peek(bits: u64, cache: u64, second: u64) -> Option<u64> {
    let kind = kind_of(cache);
    // SAFETY: by contract; the version is that of a type whose instances are as the cache says.
    unsafe {
        let head: &PyObject = &*std::ptr::with_exposed_provenance(bits as usize);
        if kind >= kind::MODULE {
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
pub(in crate::interp) unsafe fn slot_at(head: &PyObject, offset: usize) -> &Slot {
    // SAFETY: by contract.
    unsafe { &*std::ptr::from_ref(head).byte_add(offset).cast() }
}

/// The rest of [`peek`]: modules and classes.
///
/// # Safety
/// As for `peek`.
#[inline(never)]
pub(in crate::interp) unsafe fn peek_other(head: &PyObject, cache: u64, second: u64) -> Option<u64> {
    // SAFETY: by contract; the versions are those with which the second word was written.
    unsafe {
        match kind_of(cache) {
            kind::MODULE if head.is_exact(&MODULE) => {
                let module = &*std::ptr::from_ref(head).cast::<PyModule>();
                let dict = module.md_dict().peek_object()?.cast::<PyDict>();
                let same = dict.as_ref().known_version() == cache as u32;
                same.then(|| *std::ptr::with_exposed_provenance::<u64>(second as usize))
            }
            kind::TYPE if head.is_exact(&TYPE) => class_has_version(head, cache).then_some(second),
            // a version is that of one type only, and instances of a metaclass are classes
            kind::META if head.ty().version() == upper_of(cache) => {
                class_has_version(head, cache).then_some(second)
            }
            kind::STATIC if head.is_exact(&TYPE) && class_has_version(head, cache) => {
                let method = taipan_object::value::Ref::from_word(crate::frame::word(second));
                method.get_exact::<PyStaticMethod>()?.callable().peek().map(Word::bits)
            }
            _ => None,
        }
    }
}

/// Whether a class has the version of a cache.
///
/// # Safety
/// The object is a class.
#[inline(always)]
pub(super) unsafe fn class_has_version(head: &PyObject, cache: u64) -> bool {
    // SAFETY: by contract.
    let class = unsafe { &*std::ptr::from_ref(head).cast::<PyTypeObject>() };
    class.version() == cache as u32
}
