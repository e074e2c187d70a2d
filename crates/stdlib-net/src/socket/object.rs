//! The type `socket`: how sockets are made, connected and closed.

use std::cell::Cell;

use taipan_host::{HostError, HostResult, PollEntry, numbers, of, released};
use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::exception::{RESOURCE_WARNING, TIMEOUT_ERROR};
use taipan_object::module::PyModule;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::add;

use super::{Names, address, constant, message, options, plain_error, transfer};
use crate::arguments::{Deadline, duration, wait};

/// A socket.
pub(crate) struct Socket {
    pub(super) fd: Cell<i32>,
    pub(super) family: Cell<i32>,
    kind: Cell<i32>,
    protocol: Cell<i32>,
    /// Nanoseconds to wait at most; without end if negative.
    timeout: Cell<i64>,
}

impl Default for Socket {
    fn default() -> Socket {
        let zero = || Cell::new(0);
        Socket { fd: Cell::new(-1), family: zero(), kind: zero(), protocol: zero(), timeout: Cell::new(-1) }
    }
}

native_type! {
    /// `_socket.socket`.
    pub(crate) static SOCKET: Socket = "_socket.socket", flags flags::BASETYPE, dict false, weak false,
    does { new: new, init: init, repr: repr, finalize: finalize }
}

native_state!(Socket in SOCKET:);

method_table! { METHODS:
    Instance None c"_accept" "($self, /)" accept, c"Takes a connection: its descriptor and its address.";
    Instance One c"bind" "($self, object, /)" bind, c"Gives the socket an address.";
    Instance None c"close" "($self, /)" close, c"Closes the socket.";
    Instance One c"connect" "($self, object, /)" connect, c"Connects the socket.";
    Instance One c"connect_ex" "($self, object, /)" connect_ex, c"Connects the socket; gives the number of an error.";
    Instance None c"detach" "($self, /)" detach, c"Gives the descriptor away.";
    Instance None c"fileno" "($self, /)" |thread, this| Ok(Value::small(receiver::<Socket>(thread, this)?.fd.get())), c"The descriptor.";
    Instance None c"getpeername" "($self, /)" peer_name, c"The address of the other end.";
    Instance None c"getsockname" "($self, /)" own_name, c"The address of the socket.";
    Instance Positional c"getsockopt" "" options::get, c"An option.";
    Instance Positional c"listen" "" listen, c"Lets others connect.";
    Instance Positional c"recv" "" transfer::receive, c"Receives data.";
    Instance Keywords c"recv_into" "" transfer::receive_into, c"Receives data into a buffer.";
    Instance Positional c"recvfrom" "" transfer::receive_from, c"Receives data, and where it is from.";
    Instance Keywords c"recvfrom_into" "" transfer::receive_from_into, c"The same into a buffer.";
    Instance Positional c"send" "" transfer::send, c"Sends data; says how much of it.";
    Instance Positional c"sendall" "" transfer::send_all, c"Sends all data.";
    Instance Positional c"sendto" "" transfer::send_to, c"Sends data to an address.";
    Instance Positional c"sendmsg" "" message::send, c"Sends data with messages beside it.";
    Instance Positional c"recvmsg" "" message::receive, c"Receives data with messages beside it.";
    Instance Positional c"recvmsg_into" "" message::receive_into, c"The same into buffers.";
    Instance One c"setblocking" "($self, object, /)" set_blocking, c"Sets whether operations wait.";
    Instance None c"getblocking" "($self, /)" |thread, this| Ok(Value::bool(receiver::<Socket>(thread, this)?.timeout.get() != 0)), c"Whether operations wait.";
    Instance Positional c"setsockopt" "" options::set, c"Sets an option.";
    Instance One c"settimeout" "($self, object, /)" set_timeout, c"Sets how long operations wait.";
    Instance None c"gettimeout" "($self, /)" timeout, c"How long operations wait.";
    Instance One c"shutdown" "($self, object, /)" shutdown, c"Ends one or both directions.";
}

attribute_table! { ATTRIBUTES:
    "family" |thread, this| Ok(Value::small(receiver::<Socket>(thread, this)?.family.get())), None, "The family of addresses.";
    "type" |thread, this| Ok(Value::small(receiver::<Socket>(thread, this)?.kind.get())), None, "The kind of socket.";
    "proto" |thread, this| Ok(Value::small(receiver::<Socket>(thread, this)?.protocol.get())), None, "The protocol.";
    "timeout" timeout, None, "How long operations wait.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &SOCKET, &METHODS)?;
    install::attributes(thread, &SOCKET, &ATTRIBUTES)
}

fn new(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Names<'_>) -> PyResult<Value> {
    Ok(Native::new_in(thread, class, Socket::default())?.into_value())
}

const INIT: Parameters<4> = Parameters {
    function: "socket",
    names: ["family", "type", "proto", "fileno"],
    positional_only: 0,
    positional: 4,
    required: 0,
};

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<()> {
    let [family, kind, protocol, fd] = INIT.bind(thread, arguments, names)?;
    let int = |value: Option<Ref<'_>>| value.map_or(Ok(-1), |value| to_int(thread, value));
    let (mut family, mut kind, mut protocol) = (int(family)?, int(kind)?, int(protocol)?);
    let host = of(thread);
    let fd = match fd.filter(|fd| !fd.is_none()) {
        Some(fd) => {
            let fd = to_int(thread, fd)?;
            if fd < 0 {
                return Err(raise!(thread, VALUE_ERROR, "negative file descriptor"));
            }
            let address = host.local_address(fd).map_err(|error| error.raise(thread))?;
            if family == -1 {
                family = match address {
                    taipan_host::Address::V4 { .. } => constant(thread, "AF_INET"),
                    taipan_host::Address::V6 { .. } => constant(thread, "AF_INET6"),
                    taipan_host::Address::Local(_) => constant(thread, "AF_UNIX"),
                    taipan_host::Address::Other { family, .. } => family,
                    taipan_host::Address::None => constant(thread, "AF_UNSPEC"),
                };
            }
            let known = |name| options::number(thread, fd, name);
            if kind == -1 {
                kind = known("SO_TYPE").map_err(|error| error.raise(thread))?;
            }
            if protocol == -1 {
                protocol = known("SO_PROTOCOL").unwrap_or(0);
            }
            fd
        }
        None => {
            family = if family == -1 { constant(thread, "AF_INET") } else { family };
            kind = if kind == -1 { constant(thread, "SOCK_STREAM") } else { kind };
            protocol = protocol.max(0);
            host.socket(family, kind, protocol).map_err(|error| error.raise(thread))?
        }
    };
    set_up(thread, receiver::<Socket>(thread, this)?, fd, [family, kind, protocol])
}

fn set_up(thread: &Thread, socket: &Socket, fd: i32, [family, kind, protocol]: [i32; 3]) -> PyResult<()> {
    let (no_wait, close) = (constant(thread, "SOCK_NONBLOCK"), constant(thread, "SOCK_CLOEXEC"));
    let flags = if no_wait > 0 { no_wait | close } else { 0 };
    let old = socket.fd.replace(fd);
    if old >= 0 {
        // an error of what nobody uses any more is of no interest
        let _ = of(thread).close(old);
    }
    socket.family.set(family);
    socket.kind.set(kind & !flags);
    socket.protocol.set(protocol);
    if no_wait > 0 && kind & no_wait != 0 {
        socket.timeout.set(0);
        return Ok(());
    }
    let timeout = default_nanos(thread)?;
    socket.timeout.set(timeout);
    match timeout {
        0.. => of(thread).set_blocking(fd, false).map_err(|error| error.raise(thread)),
        _ => Ok(()),
    }
}

/// `socketpair([family[, type[, proto]]])`
pub(super) fn pair(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    if arguments.len() > 3 {
        let given = arguments.len();
        return Err(raise!(thread, TYPE_ERROR, "socketpair() takes at most 3 arguments ({given} given)"));
    }
    let number =
        |at: usize, default| arguments.get(at).map_or(Ok(default), |value| to_int(thread, value.as_ref()));
    let family = number(0, constant(thread, "AF_UNIX"))?;
    let (kind, protocol) = (number(1, constant(thread, "SOCK_STREAM"))?, number(2, 0)?);
    let fds = of(thread).socket_pair(family, kind, protocol).map_err(|error| error.raise(thread))?;
    let make = |fd| -> PyResult<Value> {
        let socket = Native::new(thread, Socket::default())?;
        set_up(thread, &socket, fd, [family, kind, protocol])?;
        Ok(socket.into_value())
    };
    Ok(PyTuple::pack(thread, [make(fds.0)?, make(fds.1)?])?.into_value())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let socket = receiver::<Socket>(thread, this)?;
    let (fd, family) = (socket.fd.get(), socket.family.get());
    let (kind, protocol) = (socket.kind.get(), socket.protocol.get());
    let text = format!("<socket object, fd={fd}, family={family}, type={kind}, proto={protocol}>");
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

/// A socket that nobody closed is closed, with a warning.
fn finalize(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    let socket = receiver::<Socket>(thread, this)?;
    if socket.fd.get() < 0 {
        return Ok(());
    }
    let shown = taipan_runtime_builtins::text::repr(thread, this)?.to_text_lossy();
    let warned = taipan_stdlib_core::warnings::warn(thread, &RESOURCE_WARNING, &format!("unclosed {shown}"));
    let fd = socket.fd.replace(-1);
    if fd >= 0 {
        // as in `close`, there is nobody to tell
        let _ = of(thread).close(fd);
    }
    warned
}

// -- waiting ------------------------------------------------------------------------------------

const READABLE: i16 = 1;
const WRITABLE: i16 = 4;

/// What an operation waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    Readable,
    Writable,
}

#[cold]
fn timed_out(thread: &Thread) -> Raised {
    thread.raise_message(&TIMEOUT_ERROR, format_args!("timed out"))
}

impl Socket {
    /// When an operation that begins now is to end; none if it may take as long as it wants.
    pub(super) fn deadline(&self, thread: &Thread) -> PyResult<Option<Deadline>> {
        match self.timeout.get() {
            nanos @ 1.. => Deadline::after(thread, nanos).map(Some),
            _ => Ok(None),
        }
    }

    /// Waits until the socket is ready; false if the time is over.
    fn waits(&self, thread: &Thread, until: Until, deadline: Deadline) -> PyResult<bool> {
        let events = if until == Until::Readable { READABLE } else { WRITABLE };
        let mut entry = [PollEntry { fd: self.fd.get(), events, returned: 0 }];
        Ok(wait(thread, Some(deadline), |left| released(thread, |host| host.poll(&mut entry, left)))? > 0)
    }

    /// Does what may have to wait, by this time.
    pub(super) fn does<T>(
        &self,
        thread: &Thread,
        until: Until,
        deadline: Option<Deadline>,
        mut operation: impl FnMut(i32) -> HostResult<T>,
    ) -> PyResult<T> {
        loop {
            if let Some(deadline) = deadline
                && !self.waits(thread, until, deadline)?
            {
                return Err(timed_out(thread));
            }
            match operation(self.fd.get()) {
                Ok(result) => return Ok(result),
                Err(error) if error.errno == numbers::EINTR => taipan_host::raise::run_signals(thread)?,
                // somebody else took what was there
                Err(error) if error.would_block() && deadline.is_some() => {}
                Err(error) => return Err(error.raise(thread)),
            }
        }
    }
}

fn accept(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let socket = receiver::<Socket>(thread, this)?;
    let deadline = socket.deadline(thread)?;
    let (fd, from) =
        socket.does(thread, Until::Readable, deadline, |fd| released(thread, |host| host.accept(fd)))?;
    Ok(PyTuple::pack(thread, [Value::small(fd), address::value(thread, &from)?])?.into_value())
}

fn bind(thread: &Thread, this: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    let socket = receiver::<Socket>(thread, this)?;
    let to = address::read(thread, "bind", socket.family.get(), to)?;
    done(thread, of(thread).bind(socket.fd.get(), &to))
}

fn done(thread: &Thread, result: HostResult<()>) -> PyResult<Value> {
    result.map(|()| Value::none()).map_err(|error| error.raise(thread))
}

/// Connects; gives the system's error, or raises that the time is over.
fn connected(thread: &Thread, this: Ref<'_>, function: &str, to: Ref<'_>) -> PyResult<Option<HostError>> {
    let socket = receiver::<Socket>(thread, this)?;
    let to = address::read(thread, function, socket.family.get(), to)?;
    let fd = socket.fd.get();
    let error = match released(thread, |host| host.connect(fd, &to)) {
        Ok(()) => return Ok(None),
        Err(error) => error,
    };
    let timeout = socket.timeout.get();
    let waits =
        error.errno == numbers::EINPROGRESS && timeout > 0 || error.errno == numbers::EINTR && timeout != 0;
    if !waits {
        return Ok(Some(error));
    }
    // a call that a signal interrupted goes on without us
    let deadline = match socket.deadline(thread)? {
        Some(deadline) => deadline,
        None => Deadline::after(thread, i64::MAX / 4)?,
    };
    if !socket.waits(thread, Until::Writable, deadline)? {
        return Err(timed_out(thread));
    }
    match options::number(thread, socket.fd.get(), "SO_ERROR") {
        Ok(0) => Ok(None),
        Ok(errno) => Ok(Some(HostError::new(errno))),
        Err(error) => Ok(Some(error)),
    }
}

fn connect(thread: &Thread, this: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    match connected(thread, this, "connect", to)? {
        None => Ok(Value::none()),
        Some(error) => Err(error.raise(thread)),
    }
}

fn connect_ex(thread: &Thread, this: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    match connected(thread, this, "connect_ex", to) {
        Ok(error) => Ok(Value::small(error.map_or(0, |error| error.errno))),
        Err(raised) => {
            let exception = thread.catch(raised);
            match exception.as_ref().ty().is_subtype(&TIMEOUT_ERROR) {
                true => Ok(Value::small(numbers::EAGAIN)),
                false => Err(thread.raise(exception)),
            }
        }
    }
}

fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let fd = receiver::<Socket>(thread, this)?.fd.replace(-1);
    match fd {
        // what the other end has given up is closed all the same
        0.. => match of(thread).close(fd) {
            Err(error) if error.errno != numbers::ECONNRESET => Err(error.raise(thread)),
            _ => Ok(Value::none()),
        },
        _ => Ok(Value::none()),
    }
}

fn detach(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::small(receiver::<Socket>(thread, this)?.fd.replace(-1)))
}

fn own_name(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let found = of(thread).local_address(receiver::<Socket>(thread, this)?.fd.get());
    address::value(thread, &found.map_err(|error| error.raise(thread))?)
}

fn peer_name(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let found = of(thread).peer_address(receiver::<Socket>(thread, this)?.fd.get());
    address::value(thread, &found.map_err(|error| error.raise(thread))?)
}

/// As many connections may wait if nobody says otherwise.
const WAITING: i32 = 128;

fn listen(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    if arguments.len() > 1 {
        let given = arguments.len();
        return Err(raise!(thread, TYPE_ERROR, "listen() takes at most 1 argument ({given} given)"));
    }
    let most = constant(thread, "SOMAXCONN");
    let default = if most > 0 { most.min(WAITING) } else { WAITING };
    let waiting = arguments.first().map_or(Ok(default), |waiting| to_int(thread, waiting.as_ref()))?;
    done(thread, of(thread).listen(receiver::<Socket>(thread, this)?.fd.get(), waiting.max(0)))
}

fn shutdown(thread: &Thread, this: Ref<'_>, how: Ref<'_>) -> PyResult<Value> {
    let how = to_int(thread, how)?;
    done(thread, of(thread).shutdown(receiver::<Socket>(thread, this)?.fd.get(), how))
}

// -- timeouts -----------------------------------------------------------------------------------

/// A timeout in nanoseconds; negative for none.
fn nanos_of(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    if value.is_none() {
        return Ok(-1);
    }
    match duration(thread, value, 1_000_000_000)? {
        Some(nanos @ 0..) => Ok(nanos),
        Some(_) => Err(raise!(thread, VALUE_ERROR, "Timeout value out of range")),
        None => {
            let ty = value.ty().name();
            Err(raise!(thread, TYPE_ERROR, "'{ty}' object cannot be interpreted as an integer or float"))
        }
    }
}

fn nanos_value(thread: &Thread, nanos: i64) -> PyResult<Value> {
    if nanos < 0 { Ok(Value::none()) } else { Value::float(thread, nanos as f64 / 1e9) }
}

fn set_nanos(thread: &Thread, this: Ref<'_>, nanos: i64) -> PyResult<Value> {
    let socket = receiver::<Socket>(thread, this)?;
    socket.timeout.set(nanos);
    done(thread, of(thread).set_blocking(socket.fd.get(), nanos < 0))
}

fn set_timeout(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    set_nanos(thread, this, nanos_of(thread, value)?)
}

fn timeout(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    nanos_value(thread, receiver::<Socket>(thread, this)?.timeout.get())
}

fn set_blocking(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let blocking = protocol::truth(thread, value)?;
    set_nanos(thread, this, if blocking { -1 } else { 0 })
}

/// The entry of the module that holds the default timeout: each interpreter has its own.
const DEFAULT: &str = "_default_timeout_nanos";

fn default_nanos(thread: &Thread) -> PyResult<i64> {
    let module = (thread.interp().hooks.import.get())(thread, &*intern_text(thread, "_socket")?)?;
    let Some(dict) = module.as_ref().get::<PyModule>().and_then(PyModule::dict) else { return Ok(-1) };
    let found = dict.get_str(thread, &*intern_text(thread, DEFAULT)?)?;
    Ok(found.and_then(|nanos| nanos.as_ref().to_i64()).unwrap_or(-1))
}

/// `getdefaulttimeout()`
pub(super) fn default_timeout(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    nanos_value(thread, default_nanos(thread)?)
}

/// `setdefaulttimeout(timeout)`
pub(super) fn set_default_timeout(thread: &Thread, module: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let nanos = nanos_of(thread, value)?;
    match module.get::<PyModule>() {
        Some(module) => add(thread, module, DEFAULT, Value::int(thread, nanos)?).map(|()| Value::none()),
        None => Err(plain_error(thread, "there is no module")),
    }
}
