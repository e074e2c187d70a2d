//! Objects of `select.epoll`, of Linux. Invariant: the descriptor is closed once, and never used afterwards.

use std::cell::Cell;

use taipan_host::{EpollControl, numbers, of, released};
use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::install;

use super::SECOND;
use crate::arguments::{Deadline, descriptor, duration, wait};

/// An epoll set.
pub(crate) struct Epoll {
    fd: Cell<i32>,
}

impl Default for Epoll {
    fn default() -> Epoll {
        Epoll { fd: Cell::new(-1) }
    }
}

native_type! {
    /// `select.epoll`.
    pub(crate) static EPOLL: Epoll = "select.epoll", flags 0, dict false, weak false,
    does { new: new, finalize: |thread, this| close(thread, this).map(drop) }
}

native_state!(Epoll in EPOLL:);

method_table! { METHODS:
    Instance None c"close" "($self, /)" close, c"Closes the set.";
    Instance None c"fileno" "($self, /)" |thread, this| open(thread, this).map(Value::small), c"Its descriptor.";
    Instance Keywords c"register" "($self, /, fd,\n         eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)" register, c"Waits for a descriptor, too.";
    Instance Keywords c"modify" "($self, /, fd, eventmask)" modify, c"Waits for something else at a descriptor.";
    Instance Keywords c"unregister" "($self, /, fd)" unregister, c"Waits for a descriptor no more.";
    Instance Keywords c"poll" "($self, /, timeout=None, maxevents=-1)" poll, c"Waits; gives descriptors and what came.";
    Instance None c"__enter__" "($self, /)" |thread, this| open(thread, this).map(|_| this.to_value()), c"The set.";
    Instance Positional c"__exit__" "($self, exc_type=None, exc_value=None, exc_tb=None, /)" |thread, this, _| close(thread, this), c"Closes the set.";
}

method_table! { CLASS_METHODS:
    Class One c"fromfd" "($type, fd, /)" from_fd, c"A set of a descriptor.";
}

attribute_table! { ATTRIBUTES:
    "closed" |thread, this| Ok(Value::bool(receiver::<Epoll>(thread, this)?.fd.get() < 0)), None, "Whether it is closed.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &EPOLL, &METHODS)?;
    install::attributes(thread, &EPOLL, &ATTRIBUTES)?;
    install::methods(thread, &EPOLL, &CLASS_METHODS)
}

type Names<'a> = Option<&'a PyTuple>;

const NEW: Parameters<2> = Parameters {
    function: "epoll",
    names: ["sizehint", "flags"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

fn new(thread: &Thread, class: &PyTypeObject, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [size, flags] = NEW.bind(thread, arguments, names)?;
    let int = |value: Option<Ref<'_>>, default| value.map_or(Ok(default), |value| to_int(thread, value));
    let (size, flags) = (int(size, -1)?, int(flags, 0)?);
    if size != -1 && size <= 0 {
        return Err(raise!(thread, VALUE_ERROR, "negative sizehint"));
    }
    let close_on_exec = of(thread).waiting_constants().iter().find(|constant| constant.0 == "EPOLL_CLOEXEC");
    if flags != 0 && close_on_exec.is_none_or(|&(_, flag)| i64::from(flags) != flag) {
        return Err(raise!(thread, OS_ERROR, "invalid flags"));
    }
    let fd = of(thread).epoll().map_err(|error| error.raise(thread))?;
    Ok(Native::new_in(thread, class, Epoll { fd: Cell::new(fd) })?.into_value())
}

fn from_fd(thread: &Thread, class: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let fd = to_int(thread, fd)?;
    let Some(class) = class.get::<PyTypeObject>() else { return Ok(Value::none()) };
    Ok(Native::new_in(thread, class, Epoll { fd: Cell::new(fd) })?.into_value())
}

/// The descriptor of an open set.
fn open(thread: &Thread, this: Ref<'_>) -> PyResult<i32> {
    match receiver::<Epoll>(thread, this)?.fd.get() {
        fd @ 0.. => Ok(fd),
        _ => Err(closed(thread)),
    }
}

#[cold]
fn closed(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "I/O operation on closed epoll object")
}

fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let fd = receiver::<Epoll>(thread, this)?.fd.replace(-1);
    if fd >= 0 {
        of(thread).close(fd).map_err(|error| error.raise(thread))?;
    }
    Ok(Value::none())
}

const REGISTER: Parameters<2> = Parameters {
    function: "register",
    names: ["fd", "eventmask"],
    positional_only: 0,
    positional: 2,
    required: 1,
};
const MODIFY: Parameters<2> = Parameters {
    function: "modify",
    names: ["fd", "eventmask"],
    positional_only: 0,
    positional: 2,
    required: 2,
};
const UNREGISTER: Parameters<1> =
    Parameters { function: "unregister", names: ["fd"], positional_only: 0, positional: 1, required: 1 };

/// In and out, and what is urgent.
const ALL: u32 = 1 | 2 | 4;

fn control(
    thread: &Thread,
    this: Ref<'_>,
    what: EpollControl,
    fd: Option<Ref<'_>>,
    events: Option<Ref<'_>>,
) -> PyResult<Value> {
    let events = match events {
        Some(events) => {
            let index = protocol::number::index(thread, events)?;
            index.as_ref().to_i64().unwrap_or(0) as u32
        }
        None => ALL,
    };
    let epoll = open(thread, this)?;
    let fd = fd.map_or(Ok(-1), |fd| descriptor(thread, fd))?;
    match of(thread).epoll_control(epoll, what, fd, events) {
        // what was closed is out of the set already
        Err(error) if what == EpollControl::Remove && error.errno == numbers::EBADF => Ok(Value::none()),
        result => result.map(|()| Value::none()).map_err(|error| error.raise(thread)),
    }
}

fn register(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [fd, events] = REGISTER.bind(thread, arguments, names)?;
    control(thread, this, EpollControl::Add, fd, events)
}

fn modify(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [fd, events] = MODIFY.bind(thread, arguments, names)?;
    control(thread, this, EpollControl::Modify, fd, events)
}

fn unregister(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [fd] = UNREGISTER.bind(thread, arguments, names)?;
    control(thread, this, EpollControl::Remove, fd, None)
}

const POLL: Parameters<2> = Parameters {
    function: "poll",
    names: ["timeout", "maxevents"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

/// `FD_SETSIZE` less one, as many as are given if nobody says otherwise.
const MOST: i32 = 1023;

fn poll(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [timeout, most] = POLL.bind(thread, arguments, names)?;
    let most = most.map_or(Ok(-1), |most| to_int(thread, most))?;
    let epoll = open(thread, this)?;
    let deadline = match timeout.filter(|timeout| !timeout.is_none()) {
        None => None,
        Some(timeout) => match duration(thread, timeout, SECOND)? {
            Some(nanos) if nanos >= 0 => Some(Deadline::after(thread, nanos)?),
            Some(_) => None,
            None => return Err(raise!(thread, TYPE_ERROR, "timeout must be an integer or None")),
        },
    };
    let most = match most {
        -1 => MOST,
        1.. => most,
        _ => return Err(raise!(thread, VALUE_ERROR, "maxevents must be greater than 0, got {most}")),
    };
    let room = usize::try_from(most).unwrap_or(1).min(1 << 16);
    let events = wait(thread, deadline, |left| released(thread, |host| host.epoll_wait(epoll, room, left)))?;
    let came = PyList::new(thread)?;
    for (fd, events) in events {
        let pair = [Value::small(fd), Value::int(thread, events.into())?];
        came.push(thread, PyTuple::pack(thread, pair)?.into_value())?;
    }
    Ok(came.into_value())
}
