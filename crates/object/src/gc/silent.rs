//! Whether anybody would notice the end of the objects that there are: then a process that ends anyway need not take
//! them apart. Nothing is said about memory, which goes with the process.

use crate::function::PyFunction;
use crate::heap::Kind;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::value::{Ref, Value};
use crate::weakref::PyWeakReference;

/// Modules whose callbacks of weak references only tidy their own tables up.
const TIDY: [&str; 3] = ["weakref", "_weakrefset", "logging"];

/// Whether no object but those in `known` has a finalizer, or a weak reference with a callback, and the module `gc`,
/// through which a program could watch the collector, is not there.
pub fn ends_silently(thread: &Thread, known: &[Value]) -> bool {
    let gc = thread.interp().gc();
    if gc.debug.get() != 0 || gc.phase_hook.get().is_some() {
        return false;
    }
    let mut silent = true;
    for kind in [Kind::Plain, Kind::Gc, Kind::Managed] {
        thread.heap().for_each_object(kind, |object| {
            // SAFETY: a used block holds a live object.
            let object = Ref::from_head(unsafe { object.as_ref() });
            silent = silent && (is_silent(object) || known.iter().any(|known| known.as_ref().is(object)));
        });
    }
    silent
}

fn is_silent(object: Ref<'_>) -> bool {
    let ty = object.ty();
    if ty.slots().finalize.get().is_some() || ty.tp_finalize.get().is_some() {
        return false;
    }
    let callback = PyWeakReference::of(object).and_then(PyWeakReference::callback);
    callback.is_none_or(|callback| is_tidy(callback.as_ref()))
}

fn is_tidy(callback: Ref<'_>) -> bool {
    let module = callback.get::<PyFunction>().and_then(|function| function.func_module().get());
    let name = module.as_ref().and_then(|module| module.as_ref().get::<PyStr>());
    name.is_some_and(|name| TIDY.iter().any(|tidy| name.equals_text(tidy)))
}
