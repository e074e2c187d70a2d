//! The bytes objects that are there from the start, shared by all interpreters: the empty one and those of one byte.
//! Invariant: their hashes are known before the first interpreter exists.

use std::cell::Cell;

use super::{BYTES, PyBytes};
use crate::header::{PyObject, PyVarObject};
use crate::value::Owned;

/// A bytes object of one byte at most, with the NUL behind it.
#[repr(C)]
struct Short {
    head: PyBytes,
    bytes: [u8; 8],
}

// SAFETY: immortal objects, which nothing writes to once their hashes are known.
unsafe impl Sync for Short {}

const fn short(len: isize, byte: u8) -> Short {
    let base = PyVarObject { base: PyObject::immortal(&BYTES), size: Cell::new(len) };
    let head = PyBytes { base, ob_shash: Cell::new(-1), ob_sval: [] };
    Short { head, bytes: [byte, 0, 0, 0, 0, 0, 0, 0] }
}

static EMPTY: Short = short(0, 0);

static SINGLE: [Short; 256] = {
    let mut all = [const { short(1, 0) }; 256];
    let mut byte = 0;
    while byte < 256 {
        all[byte].bytes[0] = byte as u8;
        byte += 1;
    }
    all
};

fn whole(short: &'static Short) -> Owned<PyBytes> {
    // SAFETY: the whole struct is static and begins with this head.
    Owned::new_ref(unsafe { &*std::ptr::from_ref(short).cast::<PyBytes>() })
}

/// The object of these bytes, if it is always there.
#[inline]
pub(super) fn find(bytes: &[u8]) -> Option<Owned<PyBytes>> {
    match bytes {
        [] => Some(whole(&EMPTY)),
        [byte] => SINGLE.get(usize::from(*byte)).map(whole),
        _ => None,
    }
}

/// Computes the hashes, while the process is set up.
pub(crate) fn prepare() {
    whole(&EMPTY).hash();
    SINGLE.iter().for_each(|short| {
        whole(short).hash();
    });
}
