//! The process, other processes, and what the system calls itself.

use taipan_host::{Identity, UserId, of, path};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};

use super::done;
use crate::arguments::any;
use crate::struct_sequence::sequence;

sequence! {
    /// `posix.times_result`.
    TIMES_RESULT TIMES_RESULT_TYPE TIMES_RESULT_CORE c"posix.times_result", 5, 5:
    Some("user"), Some("system"), Some("children_user"), Some("children_system"), Some("elapsed"),
}

sequence! {
    /// `posix.uname_result`.
    UNAME_RESULT UNAME_RESULT_TYPE UNAME_RESULT_CORE c"posix.uname_result", 5, 5:
    Some("sysname"), Some("nodename"), Some("release"), Some("version"), Some("machine"),
}

type Names<'a> = Option<&'a PyTuple>;

const EXIT: Parameters<1> = any("_exit", ["status"], 1);
const WAIT_STATUS: Parameters<1> = any("waitstatus_to_exitcode", ["status"], 1);

pub(super) fn exit(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [status] = EXIT.bind(thread, arguments, names)?;
    let status = to_int(thread, status.unwrap_or(module))?;
    done(thread, of(thread).exit(status))
}

pub(super) fn abort(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    done(thread, of(thread).abort())
}

fn process(thread: &Thread, which: Identity) -> PyResult<Value> {
    of(thread).process(which).map(Value::small).map_err(|error| error.raise(thread))
}

fn user(thread: &Thread, which: UserId) -> PyResult<Value> {
    let id = of(thread).user(which).map_err(|error| error.raise(thread))?;
    Value::int(thread, id.into())
}

pub(super) fn getpid(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    process(thread, Identity::Own)
}

pub(super) fn getppid(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    process(thread, Identity::Parent)
}

pub(super) fn getpgrp(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    process(thread, Identity::Group)
}

pub(super) fn getuid(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    user(thread, UserId::User)
}

pub(super) fn geteuid(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    user(thread, UserId::EffectiveUser)
}

pub(super) fn getgid(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    user(thread, UserId::Group)
}

pub(super) fn getegid(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    user(thread, UserId::EffectiveGroup)
}

pub(super) fn kill(thread: &Thread, _: Ref<'_>, process: Ref<'_>, signal: Ref<'_>) -> PyResult<Value> {
    let (process, signal) = (to_int(thread, process)?, to_int(thread, signal)?);
    let sent = done(thread, of(thread).send_signal(process, signal))?;
    // one that the process sends to itself has come
    taipan_host::raise::run_signals(thread)?;
    Ok(sent)
}

pub(super) fn umask(thread: &Thread, _: Ref<'_>, mask: Ref<'_>) -> PyResult<Value> {
    let before = of(thread).set_mask(to_int(thread, mask)? as u32).map_err(|error| error.raise(thread))?;
    Value::int(thread, before.into())
}

pub(super) fn times(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let times = of(thread).times().map_err(|error| error.raise(thread))?;
    let all = [times.user, times.system, times.children_user, times.children_system, times.elapsed];
    let values =
        all.into_iter().map(|seconds| Value::float(thread, seconds)).collect::<PyResult<Vec<_>>>()?;
    (TIMES_RESULT.make)(thread, values)
}

pub(super) fn uname(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let name = of(thread).system_name().map_err(|error| error.raise(thread))?;
    let all = [name.system, name.node, name.release, name.version, name.machine];
    let values =
        all.iter().map(|text| Ok(path::decode(thread, text)?.into_value())).collect::<PyResult<Vec<_>>>()?;
    (UNAME_RESULT.make)(thread, values)
}

pub(super) fn getloadavg(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let Ok(load) = of(thread).load() else {
        let ty = &taipan_object::exception::OS_ERROR;
        return Err(thread.raise_message(ty, format_args!("Load averages are unobtainable")));
    };
    let [one, five, fifteen] = load;
    let values = [Value::float(thread, one)?, Value::float(thread, five)?, Value::float(thread, fifteen)?];
    Ok(PyTuple::pack(thread, values)?.into_value())
}

/// What the status of a child says.
#[derive(Clone, Copy)]
struct Status(i32);

impl Status {
    fn exited(self) -> bool {
        self.0 & 0x7F == 0
    }

    fn code(self) -> i32 {
        self.0 >> 8 & 0xFF
    }

    fn signal(self) -> i32 {
        self.0 & 0x7F
    }

    fn stopped(self) -> bool {
        self.0 & 0xFF == 0x7F
    }

    fn signaled(self) -> bool {
        !self.exited() && !self.stopped()
    }

    fn continued(self) -> bool {
        self.0 == 0xFFFF
    }
}

const STATUS: [Parameters<1>; 8] = [
    any("WIFEXITED", ["status"], 1),
    any("WEXITSTATUS", ["status"], 1),
    any("WIFSIGNALED", ["status"], 1),
    any("WTERMSIG", ["status"], 1),
    any("WIFSTOPPED", ["status"], 1),
    any("WSTOPSIG", ["status"], 1),
    any("WIFCONTINUED", ["status"], 1),
    any("WCOREDUMP", ["status"], 1),
];

/// What one of the macros of POSIX says of a status.
fn ask<R>(
    thread: &Thread,
    which: usize,
    arguments: &[Value],
    names: Names<'_>,
    answer: fn(Status) -> R,
) -> PyResult<R> {
    let mut status = 0;
    if let Some(parameters) = STATUS.get(which)
        && let [Some(given)] = parameters.bind(thread, arguments, names)?
    {
        status = to_int(thread, given)?;
    }
    Ok(answer(Status(status)))
}

macro_rules! questions {
    ($($name:ident $which:literal $make:path: $answer:expr;)*) => {
        $(pub(super) fn $name(
            thread: &Thread,
            _: Ref<'_>,
            arguments: &[Value],
            names: Names<'_>,
        ) -> PyResult<Value> {
            ask(thread, $which, arguments, names, $answer).map($make)
        })*
    };
}

questions! {
    wifexited 0 Value::bool: Status::exited;
    wexitstatus 1 Value::small: Status::code;
    wifsignaled 2 Value::bool: Status::signaled;
    wtermsig 3 Value::small: Status::signal;
    wifstopped 4 Value::bool: Status::stopped;
    wstopsig 5 Value::small: Status::code;
    wifcontinued 6 Value::bool: Status::continued;
    wcoredump 7 Value::bool: |status| status.0 & 0x80 != 0;
}

pub(super) fn waitstatus_to_exitcode(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [status] = WAIT_STATUS.bind(thread, arguments, names)?;
    let status = Status(to_int(thread, status.unwrap_or(module))?);
    if status.exited() {
        return Ok(Value::small(status.code()));
    }
    if status.stopped() {
        let signal = status.code();
        return Err(raise!(thread, VALUE_ERROR, "process stopped by delivery of signal {signal}"));
    }
    Ok(Value::small(-status.signal()))
}

/// The number of a device; -1 stands for none.
pub(super) fn device(thread: &Thread, value: Ref<'_>) -> PyResult<u64> {
    let index = protocol::number::index(thread, value)?;
    if index.as_ref().to_i64() == Some(-1) {
        return Ok(u64::MAX);
    }
    let text = index.as_ref().int_to_text(10).unwrap_or_default();
    text.parse().map_err(|_| match text.starts_with('-') {
        true => raise!(thread, OVERFLOW_ERROR, "can't convert negative int to unsigned"),
        false => raise!(thread, OVERFLOW_ERROR, "int too big to convert"),
    })
}

/// A part of such a number.
fn part(thread: &Thread, value: Ref<'_>) -> PyResult<u64> {
    match device(thread, value)? {
        u64::MAX => Ok(u32::MAX.into()),
        part if part > u32::MAX.into() => {
            Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C unsigned int"))
        }
        part => Ok(part),
    }
}

pub(super) fn major(thread: &Thread, _: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    match device(thread, given)? {
        u64::MAX => Ok(Value::small(-1)),
        device => Value::uint(thread, (device >> 8 & 0xFFF) | (device >> 32 & 0xFFFF_F000)),
    }
}

pub(super) fn minor(thread: &Thread, _: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    match device(thread, given)? {
        u64::MAX => Ok(Value::small(-1)),
        device => Value::uint(thread, (device & 0xFF) | (device >> 12 & 0xFFFF_FF00)),
    }
}

pub(super) fn makedev(thread: &Thread, _: Ref<'_>, major: Ref<'_>, minor: Ref<'_>) -> PyResult<Value> {
    let (major, minor) = (part(thread, major)?, part(thread, minor)?);
    let high = (major & 0xFFFF_F000) << 32 | (minor & 0xFFFF_FF00) << 12;
    match high | (major & 0xFFF) << 8 | minor & 0xFF {
        u64::MAX => Ok(Value::small(-1)),
        device => Value::uint(thread, device),
    }
}
