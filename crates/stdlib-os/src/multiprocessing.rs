//! The module `_multiprocessing`: `SemLock`, a lock or semaphore that processes share.
//!
//! Invariant: a semaphore is counted as used while an object has its handle, so that no call finds it closed.

use std::cell::{Cell, OnceCell};
use std::time::Duration;

use taipan_host::{Deadline, HostError, HostResult, Patience, numbers, of, released};
use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::dict::PyDict;
use taipan_object::module::PyModule;
use taipan_object::native::Native;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_int};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};

use crate::arguments::{any, flag};
use crate::shared_memory::name;

/// What a `SemLock` is.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    /// A lock that its thread may take again.
    Recursive,
    #[default]
    Semaphore,
}

/// The state of a `SemLock`.
#[derive(Default)]
pub(crate) struct SemLock {
    handle: Cell<usize>,
    kind: Cell<Kind>,
    most: Cell<i32>,
    name: OnceCell<Vec<u8>>,
    /// How often this process holds it, and the thread that took it last.
    count: Cell<i32>,
    taken_by: Cell<u64>,
}

impl Drop for SemLock {
    fn drop(&mut self) {
        let handle = self.handle.take();
        if handle != 0 {
            // nobody is left to tell of a failure
            let _ = Thread::current(|thread| of(thread).close_semaphore(handle));
        }
    }
}

native_type! {
    /// `_multiprocessing.SemLock`
    pub(crate) static SEM_LOCK: SemLock = "_multiprocessing.SemLock", flags flags::BASETYPE, dict false, weak false,
    does { new: new }
}

native_state!(SemLock in SEM_LOCK:);

method_table! { METHODS:
    Instance Keywords c"acquire" "($self, /, block=True, timeout=None)" acquire, c"Takes it, and waits for that if asked to.";
    Instance None c"release" "($self, /)" release, c"Gives it back.";
    Instance None c"__enter__" "($self, /)" |thread, this| acquire(thread, this, &[], None), c"Takes it.";
    Instance Positional c"__exit__" "($self, exc_type=None, exc_value=None, exc_tb=None, /)" exit, c"Gives it back.";
    Instance None c"_count" "($self, /)" |thread, this| Ok(Value::small(lock(thread, this)?.count.get())), c"How often this process holds it.";
    Instance None c"_is_mine" "($self, /)" |thread, this| Ok(Value::bool(lock(thread, this)?.is_mine(thread))), c"Whether this thread holds it.";
    Instance None c"_get_value" "($self, /)" |thread, this| lock(thread, this)?.value(thread).map(Value::small), c"How often it can be taken.";
    Instance None c"_is_zero" "($self, /)" |thread, this| Ok(Value::bool(lock(thread, this)?.value(thread)? == 0)), c"Whether it can't be taken.";
    Instance None c"_after_fork" "($self, /)" after_fork, c"Tells a process that was split off that it holds nothing.";
}

method_table! { CLASS_METHODS:
    Class Positional c"_rebuild" "($type, handle, kind, maxvalue, name, /)" rebuild, c"An object for one that is there.";
}

attribute_table! { ATTRIBUTES:
    "handle" |thread, this| Value::int(thread, lock(thread, this)?.handle.get() as i64), None, "What the system knows it by.";
    "kind" |thread, this| Ok(Value::small(i32::from(lock(thread, this)?.kind.get() == Kind::Semaphore))), None, "0 for a lock, 1 for a semaphore.";
    "maxvalue" |thread, this| Ok(Value::small(lock(thread, this)?.most.get())), None, "How often it can be taken at most.";
    "name" shown_name, None, "Its name; none if that was removed.";
}

method_table! { FUNCTIONS:
    Instance One c"sem_unlink" "($module, name, /)" sem_unlink, c"Removes the name of a semaphore.";
}

/// `_multiprocessing`.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_multiprocessing", doc: None, functions: &FUNCTIONS, exec: Some(exec) };

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    add_types(thread, module, types())?;
    let flags = PyDict::new(thread)?;
    for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
        let name = intern_text(thread, name)?;
        drop(flags.insert(thread, name.as_ref(), Value::small(1))?);
    }
    add(thread, module, "flags", flags.into_value())
}

/// The type of the module.
pub(crate) fn types() -> [&'static PyTypeObject; 1] {
    [&SEM_LOCK]
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &SEM_LOCK, &METHODS)?;
    install::attributes(thread, &SEM_LOCK, &ATTRIBUTES)?;
    install::entries(thread, &SEM_LOCK, |thread, dict| {
        install::insert(thread, dict, "SEM_VALUE_MAX", Value::small(i32::MAX))
    })?;
    install::methods(thread, &SEM_LOCK, &CLASS_METHODS)
}

fn lock<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<SemLock>> {
    receiver::<SemLock>(thread, this)
}

fn shown_name(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match lock(thread, this)?.name.get() {
        Some(name) => Ok(taipan_host::path::decode(thread, name)?.into_value()),
        None => Ok(Value::none()),
    }
}

/// The answer of the system, or its error.
fn told<T>(thread: &Thread, result: HostResult<T>) -> PyResult<T> {
    result.map_err(|error| error.raise(thread))
}

impl SemLock {
    fn is_mine(&self, thread: &Thread) -> bool {
        self.count.get() > 0 && of(thread).thread_ident() == Ok(self.taken_by.get())
    }

    fn value(&self, thread: &Thread) -> PyResult<i32> {
        told(thread, of(thread).semaphore_value(self.handle.get()))
    }

    /// One for a semaphore that is open, which is closed with it.
    fn of_handle(handle: usize, kind: Kind, most: i32, name: Option<Vec<u8>>) -> SemLock {
        let lock = SemLock::default();
        lock.handle.set(handle);
        lock.kind.set(kind);
        lock.most.set(most);
        if let Some(name) = name {
            // it was just made
            let _ = lock.name.set(name);
        }
        lock
    }
}

fn kind_of(thread: &Thread, value: Ref<'_>) -> PyResult<Kind> {
    match to_int(thread, value)? {
        0 => Ok(Kind::Recursive),
        1 => Ok(Kind::Semaphore),
        _ => Err(raise!(thread, VALUE_ERROR, "unrecognized kind")),
    }
}

const PARAMETERS: Parameters<5> = any("SemLock", ["kind", "value", "maxvalue", "name", "unlink"], 5);

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(kind), Some(value), Some(most), Some(given), unlink] =
        PARAMETERS.bind(thread, arguments, names)?
    else {
        return Ok(Value::none());
    };
    let kind = kind_of(thread, kind)?;
    let (value, most) = (to_int(thread, value)?, to_int(thread, most)?);
    let given = name(thread, "SemLock", "argument 4", given)?;
    let unlinks = flag(thread, unlink, false)?;
    let host = of(thread);
    let Ok(value) = u32::try_from(value) else {
        return Err(HostError::new(numbers::EINVAL).raise(thread));
    };
    let handle = told(thread, host.open_semaphore(&given, Some(value)))?;
    // from here on it is closed with the object
    let lock = SemLock::of_handle(handle, kind, most, Some(given.clone()).filter(|_| !unlinks));
    if unlinks {
        told(thread, host.unlink_semaphore(&given))?;
    }
    Ok(Native::new_in(thread, class, lock)?.into_value())
}

fn rebuild(thread: &Thread, class: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "_rebuild", arguments.len(), 4, 4)?;
    let [handle, kind, most, given] = arguments else { return Ok(Value::none()) };
    let Some(class) = class.get::<PyTypeObject>() else { return Ok(Value::none()) };
    let handle = protocol::number::index(thread, handle.as_ref())?;
    let kind = kind_of(thread, kind.as_ref())?;
    let most = to_int(thread, most.as_ref())?;
    let host = of(thread);
    let (handle, given) = match given.as_ref().is_none() {
        false => {
            let given = name(thread, "_rebuild", "argument 4", given.as_ref())?;
            (told(thread, host.open_semaphore(&given, None))?, Some(given))
        }
        true => {
            let handle =
                handle.as_ref().to_i64().and_then(|handle| usize::try_from(handle).ok()).unwrap_or(0);
            told(thread, host.share_semaphore(handle))?;
            (handle, None)
        }
    };
    let lock = SemLock::of_handle(handle, kind, most, given);
    Ok(Native::new_in(thread, class, lock)?.into_value())
}

const ACQUIRE: Parameters<2> = any("acquire", ["block", "timeout"], 0);

/// Seconds to wait; none without a limit.
fn seconds(thread: &Thread, value: Option<Ref<'_>>) -> PyResult<Option<f64>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    if let Some(seconds) = value.to_f64() {
        return Ok(Some(seconds.max(0.0)));
    }
    if value.ty().slots().index.get().is_none() {
        let got = value.ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "must be real number, not {got}"));
    }
    let index = protocol::number::index(thread, value)?;
    Ok(Some(index.as_ref().to_i64().map_or(f64::MAX, |seconds| seconds as f64).max(0.0)))
}

fn acquire(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [block, timeout] = ACQUIRE.bind(thread, arguments, names)?;
    let blocks = flag(thread, block, true)?;
    let seconds = seconds(thread, timeout)?;
    let lock = lock(thread, this)?;
    let taken = match lock.kind.get() == Kind::Recursive && lock.is_mine(thread) {
        true => true,
        false => {
            let handle = lock.handle.get();
            let at_once = told(thread, of(thread).take_semaphore(handle, Patience::None))?;
            at_once || blocks && wait(thread, handle, seconds)?
        }
    };
    if taken {
        lock.count.set(lock.count.get().saturating_add(1));
        lock.taken_by.set(told(thread, of(thread).thread_ident())?);
    }
    Ok(Value::bool(taken))
}

/// Waits for a semaphore; the handlers of signals run meanwhile.
fn wait(thread: &Thread, handle: usize, seconds: Option<f64>) -> PyResult<bool> {
    // a year is as good as any longer time
    let deadline = seconds.map(|seconds| Deadline::after(thread, seconds.min(3.2e7))).transpose()?;
    loop {
        let patience = match deadline {
            None => Patience::Endless,
            Some(deadline) => match deadline.left(thread)? {
                Some(left) => Patience::For(left.min(Duration::from_secs(1 << 25))),
                None => return Ok(false),
            },
        };
        match released(thread, |host| host.take_semaphore(handle, patience)) {
            Ok(true) => return Ok(true),
            // the time is looked at again
            Ok(false) => {}
            Err(error) if error.errno == numbers::EINTR => taipan_host::raise::run_signals(thread)?,
            Err(error) => return Err(error.raise(thread)),
        }
    }
}

#[cold]
fn too_often(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "semaphore or lock released too many times")
}

fn release(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let lock = lock(thread, this)?;
    match lock.kind.get() {
        Kind::Recursive if !lock.is_mine(thread) => {
            let message = "attempt to release recursive lock not owned by thread";
            return Err(raise!(thread, ASSERTION_ERROR, "{message}"));
        }
        Kind::Recursive if lock.count.get() > 1 => {
            lock.count.set(lock.count.get() - 1);
            return Ok(Value::none());
        }
        Kind::Semaphore if lock.value(thread)? >= lock.most.get() => return Err(too_often(thread)),
        _ => {}
    }
    told(thread, of(thread).give_semaphore(lock.handle.get()))?;
    lock.count.set(lock.count.get().saturating_sub(1));
    Ok(Value::none())
}

fn exit(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "__exit__", arguments.len(), 0, 3)?;
    release(thread, this)
}

fn after_fork(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    lock(thread, this)?.count.set(0);
    Ok(Value::none())
}

fn sem_unlink(thread: &Thread, _: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    let given = name(thread, "sem_unlink", "argument", given)?;
    told(thread, of(thread).unlink_semaphore(&given))?;
    Ok(Value::none())
}
