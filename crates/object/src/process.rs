//! What all interpreters of the process share: the hash secret, the static types with their dicts and
//! MROs, static strings. Invariant: what is shared is immortal before others see it, and only read from then on, not
//! even written to note a hash.
//!
//! The shared objects are made by an interpreter of their own, whose heap is made immortal as a whole: once before the
//! first interpreter exists, and after each time that something is added ([`extend`]), which one thread does at a time.

use std::sync::{Mutex, OnceLock, PoisonError};

use crate::hash::HashSecret;
use crate::heap::Kind;
use crate::interp::Interp;
use crate::thread::Thread;
use crate::{PyResult, gc, str, types};

struct Shared {
    interp: &'static Interp,
    thread: &'static Thread,
}

// SAFETY: after `init` only `extend` uses the interpreter behind, one thread at a time; what others see of it is
// immortal, and its table of strings is closed.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Shared {}

static SHARED: OnceLock<Shared> = OnceLock::new();

/// Held by the thread that adds something.
static EXTENDING: Mutex<()> = Mutex::new(());

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
        let thread = interp.new_thread();
        let attached = thread.attach();
        let filled = set_up(&attached).and_then(|()| fill(&attached));
        assert!(filled.is_ok(), "no memory to set up the types");
        interp.interned.close();
        settle(&attached);
        drop(attached);
        Shared { interp, thread }
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

/// Makes more that is shared: whatever `make` creates is immortal when this returns what it gives. None before the
/// process is set up.
pub(crate) fn extend<R>(make: impl FnOnce(&Thread) -> R) -> Option<R> {
    let shared = SHARED.get()?;
    let _one = EXTENDING.lock().unwrap_or_else(PoisonError::into_inner);
    let thread = shared.thread.attach();
    let result = make(&thread);
    settle(&thread);
    Some(result)
}

/// Whether this thread is within [`extend`].
pub(crate) fn is_extending() -> bool {
    let shared = |shared: &Shared| Thread::current(|thread| std::ptr::eq(thread, shared.thread));
    SHARED.get().and_then(shared) == Some(true)
}

/// Computes what new objects keep once they know it, hashes and encodings, for nothing is written later; then makes
/// them immortal.
fn settle(thread: &Thread) {
    let mut objects = Vec::new();
    for kind in [Kind::Plain, Kind::Gc, Kind::Managed] {
        thread.heap().for_each_new_object(kind, |object| {
            // SAFETY: a used block holds a live object.
            let head = unsafe { object.as_ref() };
            objects.push((kind, crate::Ref::from_head(head).to_value()));
        });
    }
    for (_, object) in &objects {
        if let Some(text) = object.as_ref().get::<str::PyStr>() {
            assert!(text.as_utf8(thread).is_ok(), "no memory to set up the types");
        }
        // what can't be hashed does not keep a hash
        drop(crate::protocol::hash(thread, object.as_ref()));
        drop(thread.take_exception());
    }
    for (kind, object) in &objects {
        let Some(head) = object.as_ref().head() else { continue };
        head.make_immortal();
        if *kind != Kind::Plain {
            // SAFETY: an object of a collector's kind.
            unsafe { gc::pre_header::PreHeader::of(head.as_ptr()) }.set_state(gc::pre_header::UNTRACKED, 0);
        }
    }
}
