//! What all interpreters of the process share: the hash secret, the static types with their dicts and
//! MROs, static strings. Invariant: it is written once, before the first interpreter exists, and is only
//! read after that, not even written to note a hash; all of it is immortal.
//!
//! The shared objects are made by an interpreter of their own, which nobody ever enters again: its heap is
//! made immortal as a whole.

use std::sync::OnceLock;

use crate::hash::HashSecret;
use crate::heap::Kind;
use crate::interp::Interp;
use crate::thread::Thread;
use crate::{PyResult, gc, str, types};

struct Shared {
    interp: &'static Interp,
}

// SAFETY: after `init` the interpreter behind is only read, and what it holds is immortal.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Shared {}

static SHARED: OnceLock<Shared> = OnceLock::new();

/// Sets the process up: the secret of string hashes, then the static types, then what `fill` adds to them
/// (methods). Only the first call of a process does anything; it says whether this was it.
///
/// # Panics
/// When there is no memory for it; nothing runs yet then.
pub fn init(secret: HashSecret, fill: fn(&Thread) -> PyResult<()>) -> bool {
    let mut first = false;
    SHARED.get_or_init(|| {
        first = true;
        crate::hash::set_secret(secret);
        let interp: &'static Interp = Box::leak(Interp::bare());
        let thread = interp.new_thread().attach();
        let filled = set_up(&thread).and_then(|()| fill(&thread));
        assert!(filled.is_ok(), "no memory to set up the types");
        settle(&thread);
        drop(thread);
        make_immortal(interp);
        Shared { interp }
    });
    first
}

/// Whether the process is set up.
pub(crate) fn is_set_up() -> bool {
    SHARED.get().is_some()
}

/// Sets the process up without methods, if it is not set up.
pub(crate) fn ensure() {
    init(HashSecret::default(), |_| Ok(()));
}

/// The table of static strings.
pub(crate) fn interned() -> Option<&'static str::intern::InternTable> {
    SHARED.get().map(|shared| &shared.interp.interned)
}

fn set_up(thread: &Thread) -> PyResult<()> {
    str::statics::prepare(thread)?;
    crate::bytes::short::prepare();
    types::ready::ready_static_types(thread)?;
    thread.interp().prepare(thread)
}

/// Computes what objects keep once they know it, hashes and encodings: nothing is written later.
fn settle(thread: &Thread) {
    let mut objects = Vec::new();
    for kind in [Kind::Plain, Kind::Gc] {
        thread.heap().for_each_block(kind, |block, _| {
            // SAFETY: a used block holds a live object behind its prefix.
            let head = unsafe { block.byte_add(kind.prefix()).cast::<crate::PyObject>().as_ref() };
            objects.push(crate::Ref::from_head(head).to_value());
        });
    }
    for object in &objects {
        if let Some(text) = object.as_ref().get::<str::PyStr>() {
            assert!(text.as_utf8(thread).is_ok(), "no memory to set up the types");
        }
        // what can't be hashed does not keep a hash
        drop(crate::protocol::hash(thread, object.as_ref()));
        drop(thread.take_exception());
    }
}

fn make_immortal(interp: &Interp) {
    for kind in [Kind::Plain, Kind::Gc, Kind::Managed] {
        interp.heap.for_each_block(kind, |block, _| {
            // SAFETY: a used block holds a live object behind its prefix.
            let head = unsafe { block.byte_add(kind.prefix()).cast::<crate::PyObject>().as_ref() };
            head.make_immortal();
            if kind != Kind::Plain {
                // SAFETY: an object of a collector's kind.
                unsafe { gc::pre_header::PreHeader::of(head.as_ptr()) }
                    .set_state(gc::pre_header::UNTRACKED, 0);
            }
        });
    }
}
