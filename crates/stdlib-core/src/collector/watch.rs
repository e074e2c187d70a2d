//! What is told of collections: `gc.callbacks`, and what `gc.DEBUG_STATS` prints. Invariant: an exception that was
//! raised before a collection is still there behind it.

use std::cell::Cell;

use taipan_object::dict::PyDict;
use taipan_object::gc::{Collected, Phase};
use taipan_object::list::PyList;
use taipan_object::str::intern::intern_text;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol};

use crate::call;

/// `gc.DEBUG_STATS`
const DEBUG_STATS: u32 = 1;

/// Tells of the beginning or the end of a collection.
pub(super) fn phase(thread: &Thread, phase: Phase) {
    let pending = thread.take_exception();
    let (name, generation, done) = match phase {
        Phase::Start(generation) => ("start", generation, Collected::default()),
        Phase::Stop(generation, done) => ("stop", generation, done),
    };
    if thread.interp().gc().debug.get() & DEBUG_STATS != 0
        && let Err(raised) = print(thread, &phase)
    {
        drop(thread.catch(raised));
    }
    if let Err(raised) = call_back(thread, name, generation, done) {
        thread.unraisable(raised, None, None);
    }
    if let Some(pending) = pending {
        let _raised = thread.raise(pending);
    }
}

/// The list `gc.callbacks`; none while the module is not there.
fn callbacks(thread: &Thread) -> PyResult<Option<Owned<PyList>>> {
    let Some(modules) = thread.interp().modules.get() else { return Ok(None) };
    let Some(modules) = modules.as_ref().get::<PyDict>() else { return Ok(None) };
    let Some(module) = modules.get_str(thread, &*intern_text(thread, "gc")?)? else { return Ok(None) };
    let found = protocol::attribute::find(thread, module.as_ref(), &*intern_text(thread, "callbacks")?)?;
    Ok(found.and_then(|found| found.downcast::<PyList>().ok()).filter(|list| !list.is_empty()))
}

fn call_back(thread: &Thread, phase: &str, generation: usize, done: Collected) -> PyResult<()> {
    let Some(callbacks) = callbacks(thread)? else { return Ok(()) };
    let info = PyDict::new(thread)?;
    let numbers =
        [("generation", generation), ("collected", done.collected), ("uncollectable", done.uncollectable)];
    for (name, number) in numbers {
        let name = call::text(thread, name)?;
        drop(info.insert(thread, name.as_ref(), Value::int(thread, number as i64)?)?);
    }
    let arguments = [call::text(thread, phase)?, info.into_value()];
    let mut at = 0;
    // they may change the list
    while let Some(callback) = callbacks.get(at) {
        at += 1;
        match protocol::call(thread, callback.as_ref(), &arguments, None) {
            Ok(result) => drop(result),
            Err(raised) => thread.unraisable(raised, None, Some(callback.as_ref())),
        }
    }
    Ok(())
}

fn print(thread: &Thread, phase: &Phase) -> PyResult<()> {
    let gc = thread.interp().gc();
    match phase {
        Phase::Start(generation) => {
            BEGAN.set(now(thread));
            let counts = [0, 1, 2].map(|generation| gc.objects(thread, Some(generation)).len().to_string());
            let frozen = gc.freeze_count(thread);
            write(
                thread,
                &format!(
                    "gc: collecting generation {generation}...\ngc: objects in each generation: {}\n\
                     gc: objects in permanent generation: {frozen}\n",
                    counts.join(" ")
                ),
            )
        }
        Phase::Stop(_, done) => {
            let (collected, kept) = (done.collected, done.uncollectable);
            let elapsed = now(thread) - BEGAN.get();
            write(
                thread,
                &format!("gc: done, {collected} unreachable, {kept} uncollectable, {elapsed:.4}s elapsed\n"),
            )
        }
    }
}

thread_local! {
    /// When the collection that runs began.
    static BEGAN: Cell<f64> = const { Cell::new(0.0) };
}

/// Seconds of a clock that goes on evenly; zero where there is none.
fn now(thread: &Thread) -> f64 {
    let now = taipan_host::of(thread).monotonic();
    now.map_or(0.0, |now| now.seconds as f64 + f64::from(now.nanos) / 1e9)
}

/// Writes to `sys.stderr`; nothing if there is none.
fn write(thread: &Thread, text: &str) -> PyResult<()> {
    let Some(stream) = call::of_sys(thread, "stderr")?.filter(|stream| !stream.as_ref().is_none()) else {
        return Ok(());
    };
    call::method(thread, stream.as_ref(), "write", &[call::text(thread, text)?]).map(drop)
}

/// What an object of a basic type refers to, small numbers among them; none for other objects.
pub(super) fn items_of(object: Ref<'_>) -> Option<Vec<Value>> {
    use taipan_object::dict::DictCursor;
    use taipan_object::set::PySet;
    use taipan_object::tuple::PyTuple;
    if let Some(list) = object.get_exact::<PyList>() {
        return Some((0..list.len()).filter_map(|at| list.get(at)).collect());
    }
    if let Some(tuple) = object.get_exact::<PyTuple>() {
        return Some(tuple.iter().map(Ref::to_value).collect());
    }
    if let Some(dict) = object.get_exact::<PyDict>() {
        let mut found = Vec::new();
        let mut cursor = DictCursor::start();
        while let Some((key, value)) = cursor.next(dict) {
            // keys that are nothing but strings take part in no cycle
            found.extend((!dict.has_strings_only()).then_some(key));
            found.push(value);
        }
        return Some(found);
    }
    let set = object.get_exact::<PySet>()?;
    let mut position = 0;
    Some(std::iter::from_fn(|| set.next(&mut position)).collect())
}
