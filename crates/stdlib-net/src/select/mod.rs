//! The module `select`: waiting until descriptors are ready. `select` itself waits by `poll`, which knows no limit of
//! descriptors but the one that is checked here.

mod epoll;
mod poll;

use taipan_host::{HostError, PollEntry, numbers, of, released};
use taipan_object::declare::method_table;
use taipan_object::exception::{OS_ERROR, TYPE_ERROR};
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::check_count;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::arguments::{Deadline, descriptor, duration, wait};

method_table! { FUNCTIONS:
    Instance Positional c"select" "($module, rlist, wlist, xlist, timeout=None, /)" select,
        c"Waits until one of some descriptors can be read, written, or has something exceptional.";
    Instance None c"poll" "($module, /)" poll::poll, c"A new set of descriptors to wait for.";
}

/// `select`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "select",
    doc: Some("Waiting until descriptors are ready."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        add(thread, module, "error", as_ref(&OS_ERROR).to_value())?;
        let ty: &PyTypeObject = &epoll::EPOLL;
        add(thread, module, "epoll", as_ref(ty).to_value())?;
        of(thread)
            .waiting_constants()
            .iter()
            .try_for_each(|&(name, number)| add(thread, module, name, Value::int(thread, number)?))
    }),
};

/// The types of the module.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&poll::POLL, &epoll::EPOLL]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    poll::fill(thread)?;
    epoll::fill(thread)
}

/// Nanoseconds of a second and of a millisecond.
const SECOND: i64 = 1_000_000_000;
const MILLISECOND: i64 = 1_000_000;

/// `FD_SETSIZE`
const MOST: i32 = 1024;

mod flags {
    pub(super) const IN: i16 = 1;
    pub(super) const PRIORITY: i16 = 2;
    pub(super) const OUT: i16 = 4;
    pub(super) const ERROR: i16 = 8;
    pub(super) const HANG_UP: i16 = 16;
    pub(super) const INVALID: i16 = 32;
}

/// The descriptors of a sequence, with their objects.
fn descriptors(thread: &Thread, sequence: Ref<'_>) -> PyResult<Vec<(i32, Value)>> {
    let iterator = match protocol::iter(thread, sequence) {
        Ok(iterator) => iterator,
        Err(raised) => {
            let exception = thread.catch(raised);
            return Err(match exception.as_ref().ty().is_subtype(&TYPE_ERROR) {
                true => raise!(thread, TYPE_ERROR, "arguments 1-3 must be sequences"),
                false => thread.raise(exception),
            });
        }
    };
    let mut all = Vec::new();
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        let fd = descriptor(thread, item.as_ref())?;
        if fd >= MOST {
            return Err(raise!(thread, VALUE_ERROR, "filedescriptor out of range in select()"));
        }
        if all.len() >= MOST as usize {
            return Err(raise!(thread, VALUE_ERROR, "too many file descriptors in select()"));
        }
        all.push((fd, item));
    }
    Ok(all)
}

fn select(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "select", arguments.len(), 3, 4)?;
    let timeout = arguments.get(3).map(Value::as_ref).filter(|timeout| !timeout.is_none());
    let deadline = match timeout {
        Some(timeout) => match duration(thread, timeout, SECOND)? {
            Some(nanos @ 0..) => Some(Deadline::after(thread, nanos)?),
            Some(_) => return Err(raise!(thread, VALUE_ERROR, "timeout must be non-negative")),
            None => return Err(raise!(thread, TYPE_ERROR, "timeout must be a float or None")),
        },
        None => None,
    };
    let mut sets = Vec::new();
    for sequence in arguments.iter().take(3) {
        sets.push(descriptors(thread, sequence.as_ref())?);
    }
    let wanted = [flags::IN, flags::OUT, flags::PRIORITY];
    let mut entries: Vec<PollEntry> = Vec::new();
    for (set, events) in sets.iter().zip(wanted) {
        entries.extend(set.iter().map(|&(fd, _)| PollEntry { fd, events, returned: 0 }));
    }
    wait(thread, deadline, |left| released(thread, |host| host.poll(&mut entries, left)))?;
    if entries.iter().any(|entry| entry.returned & flags::INVALID != 0) {
        return Err(HostError::new(numbers::EBADF).raise(thread));
    }
    // what hung up can be read to its end, what failed tells so when it is read or written
    let counts = [flags::IN | flags::HANG_UP | flags::ERROR, flags::OUT | flags::ERROR, flags::PRIORITY];
    let mut returned = entries.iter().map(|entry| entry.returned);
    let mut lists = Vec::new();
    for (set, counts) in sets.iter().zip(counts) {
        let list = PyList::new(thread)?;
        for (_, object) in set {
            if returned.next().is_some_and(|returned| returned & counts != 0) {
                list.push(thread, object.clone())?;
            }
        }
        lists.push(list.into_value());
    }
    Ok(PyTuple::from_values(thread, lists)?.into_value())
}
