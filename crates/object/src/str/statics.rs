//! Strings that are there from the start, shared by all interpreters: the empty one, those of one character
//! up to U+00FF, and the identifiers that the VM itself uses ([`names`]). Invariant: all are interned and
//! their hashes known before the first interpreter exists.

use std::cell::Cell;

use super::{PyASCIIObject, PyCompactUnicodeObject, PyStr, STR, intern, state};
use crate::error::PyResult;
use crate::header::PyObject;
use crate::thread::Thread;
use crate::value::Owned;

/// An ASCII string with its characters and a NUL, `N` bytes together.
#[repr(C)]
pub struct StaticAscii<const N: usize> {
    head: PyASCIIObject,
    bytes: [u8; N],
}

/// A string of one character from U+0080 to U+00FF.
#[repr(C)]
struct StaticLatin1 {
    head: PyCompactUnicodeObject,
    bytes: [u8; 2],
    utf8: [u8; 3],
}

// SAFETY: immortal objects: their cells are written while the process is set up and only read after that.
unsafe impl<const N: usize> Sync for StaticAscii<N> {}
// SAFETY: as above.
unsafe impl Sync for StaticLatin1 {}

const fn head(length: usize, more: u32) -> PyASCIIObject {
    PyASCIIObject {
        base: PyObject::immortal(&STR),
        length: Cell::new(length as isize),
        hash: Cell::new(-1),
        state: Cell::new(1 << state::KIND_SHIFT | state::COMPACT | state::STATIC | more),
        padding: 0,
    }
}

impl<const N: usize> StaticAscii<N> {
    /// The string of an ASCII literal and its NUL.
    pub const fn new(literal: &str) -> StaticAscii<N> {
        let text = literal.as_bytes();
        assert!(text.len() + 1 == N && literal.is_ascii(), "an ASCII literal");
        let mut bytes = [0; N];
        let mut i = 0;
        while i < text.len() {
            bytes[i] = text[i];
            i += 1;
        }
        StaticAscii { head: head(text.len(), state::ASCII), bytes }
    }

    /// The string.
    #[inline(always)]
    pub fn get(&'static self) -> &'static PyStr {
        debug_assert_eq!(self.bytes.len(), self.head.len() + 1);
        // SAFETY: the whole struct, which the characters behind the head belong to, is static.
        unsafe { &*std::ptr::from_ref(self).cast::<PyStr>() }
    }
}

static EMPTY: StaticAscii<1> = StaticAscii::new("");

static ASCII: [StaticAscii<2>; 128] = {
    let mut all = [const { StaticAscii { head: head(1, state::ASCII), bytes: [0; 2] } }; 128];
    let mut c = 0;
    while c < 128 {
        all[c].bytes[0] = c as u8;
        c += 1;
    }
    all
};

static LATIN1: [StaticLatin1; 128] = {
    let mut all = [const {
        let head = PyCompactUnicodeObject {
            ascii: head(1, 0),
            utf8_length: Cell::new(0),
            utf8: Cell::new(std::ptr::null_mut()),
        };
        StaticLatin1 { head, bytes: [0; 2], utf8: [0; 3] }
    }; 128];
    let mut c = 0;
    while c < 128 {
        all[c].bytes[0] = c as u8 + 128;
        all[c].utf8[0] = 0xC0 | (c as u8 + 128) >> 6;
        all[c].utf8[1] = 0x80 | c as u8 & 0x3F;
        c += 1;
    }
    all
};

/// The empty string.
#[inline]
pub fn empty() -> Owned<PyStr> {
    Owned::new_ref(EMPTY.get())
}

/// The string of a character up to U+00FF.
#[inline]
pub fn latin1(c: u8) -> Owned<PyStr> {
    Owned::new_ref(latin1_static(c))
}

fn latin1_static(c: u8) -> &'static PyStr {
    let index = usize::from(c & 0x7F);
    if c < 128 {
        return ASCII[index].get();
    }
    // SAFETY: the whole struct is static and begins with this head.
    unsafe { &*std::ptr::from_ref(&LATIN1[index]).cast::<PyStr>() }
}

macro_rules! names {
    ($($name:ident)*) => {
        /// Identifiers that the VM itself uses.
        #[allow(non_upper_case_globals, missing_docs)]
        pub mod names {
            use super::StaticAscii;
            $(pub static $name: StaticAscii<{ stringify!($name).len() + 1 }> =
                StaticAscii::new(stringify!($name));)*

            pub(super) fn all() -> impl Iterator<Item = &'static super::PyStr> {
                [$($name.get()),*].into_iter()
            }
        }
    };
}

names! {
    __abs__ __add__ __aenter__ __aexit__ __aiter__ __all__ __and__ __anext__ __annotate__ __annotations__
    __await__ __bases__ __bool__ __buffer__ __release_buffer__ __build_class__ __builtins__ __bytes__ __call__ __cause__ __class__
    __class_getitem__ __classcell__ __code__ __complex__ __contains__ __context__ __debug__ __del__
    __delattr__ __delete__ __delitem__ __dict__ __dir__ __divmod__ __doc__ __enter__ __eq__ __exit__ __file__
    __float__ __floordiv__ __format__ __ge__ __get__ __getattr__ __getattribute__ __getitem__ __getstate__
    __gt__ __hash__ __iadd__ __iand__ __ifloordiv__ __ilshift__ __imatmul__ __imod__ __import__ __imul__
    __index__ __init__ __init_subclass__ __instancecheck__ __int__ __invert__ __ior__ __ipow__ __irshift__
    __isub__ __iter__ __itruediv__ __ixor__ __le__ __len__ __length_hint__ __loader__ __lshift__ __lt__
    __main__ __match_args__ __matmul__ __missing__ __mod__ __module__ __mro__ __mro_entries__ __mul__ __name__
    __ne__ __neg__ __new__ __next__ __or__ __path__ __pos__ __pow__ __prepare__ __qualname__ __radd__ __rand__
    __rdivmod__ __reduce__ __reduce_ex__ __repr__ __reversed__ __rfloordiv__ __rlshift__ __rmatmul__ __rmod__
    __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __set__
    __set_name__ __setattr__ __setitem__ __slots__ __spec__ __static_attributes__ __firstlineno__ __str__
    __sub__ __subclasscheck__ __subclasshook__ __suppress_context__ __traceback__ __truediv__ __type_params__
    __weakref__ __xor__ builtins args close send throw keys metaclass mro name obj value encoding errors
    append format items join read write flush stdout stderr stdin sys msg path filename lineno offset text
    print_file_and_line end_lineno end_offset start end step stop copy update get pop
    __abstractmethods__ __annotate_func__ __annotations_cache__ __args__ __classdictcell__ __closure__
    __defaults__ __func__ __getnewargs__ __getnewargs_ex__ __globals__ __isabstractmethod__ __kwdefaults__
    __newobj__ __newobj_ex__ __objclass__ __origin__ __parameters__ __self__ __setstate__ __sizeof__
    __text_signature__ __typing_is_unpacked_typevartuple__ __typing_prepare_subst__ __typing_subst__
    __unpacked__ __wrapped__ _slotnames _reduce_ex copyreg
    __getinitargs__ __slotnames__ _codecs _compat_pickle _extension_cache _extension_registry _inverted_registry add
    dispatch_table encode extend find_class functools getattr modules partial persistent_id persistent_load readline
    reducer_override NAME_MAPPING IMPORT_MAPPING REVERSE_NAME_MAPPING REVERSE_IMPORT_MAPPING
}

/// Interns them all.
pub(crate) fn prepare(thread: &Thread) -> PyResult<()> {
    intern::add_static(thread, EMPTY.get())?;
    for latin1 in &LATIN1 {
        latin1.head.utf8.set(latin1.utf8.as_ptr().cast_mut());
        latin1.head.utf8_length.set(2);
    }
    for c in 0..=255 {
        intern::add_static(thread, latin1_static(c))?;
    }
    names::all().try_for_each(|name| intern::add_static(thread, name))
}
