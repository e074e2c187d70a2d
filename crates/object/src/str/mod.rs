//! `str`: PEP 393. Characters of 1, 2 or 4 bytes in place, a NUL behind them; ASCII is its own UTF-8.
//! Invariants: the kind is the narrowest that holds all characters; contents never change once the string is
//! visible; the hash is -1 until it is known; instances of classes derived from `str` keep their characters
//! in a block of their own (CPython's non-compact form).
//!
//! `new.rs` makes strings, `build.rs` builds them piece by piece, `compare.rs`, `find.rs` and `slice.rs` read
//! them, `intern.rs` keeps one of each, `statics.rs` has those that are there from the start, `utf8.rs` gives
//! WTF-8.

pub mod build;
mod compare;
mod find;
pub mod intern;
mod join;
pub(crate) mod lately;
mod new;
mod slice;
mod slots;
pub mod statics;
#[cfg(test)]
mod tests;
mod utf8;

pub use build::StrBuilder;
pub use utf8::ascii_len;

use std::cell::Cell;
use std::ptr::NonNull;

use crate::error::PyResult;
use crate::header::PyObject;
use crate::thread::Thread;
use crate::types::layout::offsets;
use crate::types::slots::{CompareOp, slots_of};
use crate::types::{PyTypeObject, StaticType, TypeCore, flags};
use crate::value::{Layout, Ref, Value};

/// The common head: all there is of an ASCII string but its characters.
#[repr(C)]
pub struct PyASCIIObject {
    base: PyObject,
    length: Cell<isize>,
    hash: Cell<i64>,
    state: Cell<u32>,
    padding: u32,
}

/// The head of a string that is not ASCII.
#[repr(C)]
pub struct PyCompactUnicodeObject {
    ascii: PyASCIIObject,
    utf8_length: Cell<isize>,
    utf8: Cell<*mut u8>,
}

/// A string whose characters stand elsewhere: an instance of a class derived from `str`.
#[repr(C)]
pub struct PyUnicodeObject {
    compact: PyCompactUnicodeObject,
    data: Cell<*mut u8>,
}

offsets!(PyASCIIObject, 40: length 16, hash 24, state 32);
offsets!(PyCompactUnicodeObject, 56: utf8_length 40, utf8 48);
offsets!(PyUnicodeObject, 64: data 56);

/// Any string.
pub type PyStr = PyASCIIObject;

/// Bits of `state`: two of interning, three of the kind, then three flags.
mod state {
    pub(super) const INTERNED: u32 = 3;
    pub(super) const KIND_SHIFT: u32 = 2;
    pub(super) const COMPACT: u32 = 1 << 5;
    pub(super) const ASCII: u32 = 1 << 6;
    pub(super) const STATIC: u32 = 1 << 7;
}

/// How the interpreter keeps an interned string.
pub(crate) const INTERNED_MORTAL: u32 = 1;
/// A string that lives as long as the process.
pub(crate) const INTERNED_STATIC: u32 = 3;

/// Bytes of a character.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Kind {
    /// U+0000 to U+00FF.
    One = 1,
    /// Up to U+FFFF.
    Two = 2,
    /// All.
    Four = 4,
}

impl Kind {
    /// The narrowest kind that holds a code point.
    #[inline]
    pub const fn of(code_point: u32) -> Kind {
        match code_point {
            0..0x100 => Kind::One,
            0x100..0x1_0000 => Kind::Two,
            _ => Kind::Four,
        }
    }
}

/// The characters of a string.
#[derive(Clone, Copy, Debug)]
pub enum Chars<'a> {
    /// One byte each.
    One(&'a [u8]),
    /// Two bytes each.
    Two(&'a [u16]),
    /// Four bytes each.
    Four(&'a [u32]),
}

/// Runs the same code on the characters, whatever their kind.
macro_rules! with_chars {
    ($chars:expr, $name:ident => $body:expr) => {
        match $chars {
            $crate::str::Chars::One($name) => $body,
            $crate::str::Chars::Two($name) => $body,
            $crate::str::Chars::Four($name) => $body,
        }
    };
}
pub(crate) use with_chars;

/// `str`.
pub static STR: PyTypeObject = StaticType::new(c"str", 64, dealloc_str, &STR_CORE)
    .flags(flags::BASETYPE | flags::UNICODE_SUBCLASS | flags::MATCH_SELF)
    .build();
static STR_CORE: TypeCore = TypeCore::with_init(str_slots(), new::init_instance);
const fn str_slots() -> crate::types::slots::Slots {
    slots_of! {
    hash: |_, text| Ok(text.get::<PyStr>().map_or(0, PyStr::hash)),
    str: |_, text| Ok(text.to_value()),
    richcompare: compare_strings,
    length: |_, text| Ok(text.get::<PyStr>().map_or(0, PyStr::len)),
    subscript: slots::subscript,
    repeat: slots::repeat,
    concat: concat_slot,
    contains: contains_slot,
        iter: crate::iterators::slots::str,
    }
}

// SAFETY: all strings begin with this head.
unsafe impl Layout for PyASCIIObject {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        &STR
    }

    #[inline(always)]
    fn is(ty: &PyTypeObject) -> bool {
        ty.has_flag(flags::UNICODE_SUBCLASS)
    }
}

impl PyASCIIObject {
    /// Number of characters.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length.get().unsigned_abs()
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.length.get() == 0
    }

    /// Whether all characters are below U+0080.
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.state.get() & state::ASCII != 0
    }

    /// Bytes of a character.
    #[inline(always)]
    pub fn kind(&self) -> Kind {
        match self.state.get() >> state::KIND_SHIFT & 7 {
            1 => Kind::One,
            2 => Kind::Two,
            _ => Kind::Four,
        }
    }

    /// Whether the string is the one that is kept of its contents.
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.state.get() & state::INTERNED != 0
    }

    pub(crate) fn interned_state(&self) -> u32 {
        self.state.get() & state::INTERNED
    }

    pub(crate) fn set_interned(&self, how: u32) {
        self.state.set(self.state.get() & !state::INTERNED | how);
    }

    /// Where the characters stand.
    #[inline(always)]
    fn data(&self) -> *const u8 {
        let this = std::ptr::from_ref(self);
        if self.state.get() & state::COMPACT == 0 {
            // SAFETY: a string that is not compact has the longest of the three heads.
            return unsafe { (*this.cast::<PyUnicodeObject>()).data.get() };
        }
        // SAFETY: the characters of a compact string follow its head.
        unsafe {
            if self.is_ascii() {
                this.add(1).cast()
            } else {
                this.cast::<PyCompactUnicodeObject>().add(1).cast()
            }
        }
    }

    /// The characters.
    #[inline(always)]
    pub fn chars(&self) -> Chars<'_> {
        let (data, len) = (self.data(), self.len());
        // SAFETY: so many characters of the kind stand there, aligned, and never change.
        unsafe {
            match self.kind() {
                Kind::One => Chars::One(std::slice::from_raw_parts(data, len)),
                Kind::Two => Chars::Two(std::slice::from_raw_parts(data.cast(), len)),
                Kind::Four => Chars::Four(std::slice::from_raw_parts(data.cast(), len)),
            }
        }
    }

    /// The bytes of the characters.
    #[inline(always)]
    pub fn raw_bytes(&self) -> &[u8] {
        // SAFETY: as in `chars`.
        unsafe { std::slice::from_raw_parts(self.data(), self.len() * self.kind() as usize) }
    }

    /// The text of an ASCII string.
    #[inline]
    pub fn as_ascii(&self) -> Option<&str> {
        // SAFETY: the flag says that all bytes are ASCII.
        self.is_ascii().then(|| unsafe { std::str::from_utf8_unchecked(self.raw_bytes()) })
    }

    /// The code point at an index.
    #[inline]
    pub fn char_at(&self, index: usize) -> Option<u32> {
        match self.chars() {
            Chars::One(chars) => chars.get(index).map(|&c| c.into()),
            Chars::Two(chars) => chars.get(index).map(|&c| c.into()),
            Chars::Four(chars) => chars.get(index).copied(),
        }
    }

    /// The hash, computed at most once.
    #[inline(always)]
    pub fn hash(&self) -> i64 {
        let known = self.hash.get();
        if known != -1 { known } else { self.compute_hash() }
    }

    #[cold]
    #[inline(never)]
    fn compute_hash(&self) -> i64 {
        let hash = crate::hash::of_bytes(self.raw_bytes());
        self.hash.set(hash);
        hash
    }
}

fn compare_strings(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let _ = thread;
    let (Some(x), Some(y)) = (a.get::<PyStr>(), b.get::<PyStr>()) else {
        return Ok(Value::not_implemented());
    };
    Ok(Value::bool(match op {
        CompareOp::Eq => x.equals(y),
        CompareOp::Ne => !x.equals(y),
        _ => op.holds(x.compare(y)),
    }))
}

fn concat_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let Some(x) = a.get::<PyStr>() else { return Ok(Value::not_implemented()) };
    let Some(y) = b.get::<PyStr>() else {
        let name = b.ty().name();
        return Err(crate::raise!(thread, TYPE_ERROR, "can only concatenate str (not \"{name}\") to str"));
    };
    Ok(x.concat(thread, y)?.into_value())
}

fn contains_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<bool> {
    let (Some(x), Some(y)) = (a.get::<PyStr>(), b.get::<PyStr>()) else {
        let name = b.ty().name();
        return Err(crate::raise!(
            thread,
            TYPE_ERROR,
            "'in <string>' requires string as left operand, not {name}"
        ));
    };
    Ok(x.find(y, 0).is_some())
}

/// `tp_dealloc`: the characters of a derived string and the cached UTF-8 go with it.
///
/// # Safety
/// A string whose last reference is gone.
pub(crate) unsafe extern "C" fn dealloc_str(object: *mut PyObject) {
    // SAFETY: by contract.
    unsafe {
        let Some(pointer) = NonNull::new(object) else { return };
        let this = &*object.cast::<PyStr>();
        const ALL_INSIDE: u32 = state::COMPACT | state::ASCII;
        if this.state.get() & (ALL_INSIDE | state::INTERNED) == ALL_INSIDE && this.base.is_exact(&STR) {
            let size = size_of::<PyASCIIObject>() + this.len() + 1;
            crate::types::lifecycle::free_sized(pointer, crate::heap::Kind::Plain, size);
            return;
        }
        if this.interned_state() == INTERNED_MORTAL {
            // an interned string is exact and has the size of its class; its own interpreter keeps it
            let heap = crate::heap::Heap::of_block(pointer.cast(), this.compact_size());
            heap.cast::<crate::Interp>().as_ref().interned.forget(this);
        }
        this.release_buffers();
        if this.base.is_exact(&STR) {
            let size = this.compact_size();
            crate::types::lifecycle::free_sized(pointer, crate::heap::Kind::Plain, size);
        } else {
            crate::types::lifecycle::free(pointer);
        }
    }
}
