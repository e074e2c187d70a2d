//! Functions that hand numbers to the system and give what it answers.

use taipan_host::{Call, of, waiting};
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_int};

use super::files::Names;
use crate::arguments::{fildes, id, offset, some};

/// Makes a call; handlers of signals that interrupt it are run.
pub(super) fn make(thread: &Thread, call: Call, numbers: [i64; 4]) -> PyResult<i64> {
    waiting(thread, |host| host.call(call, numbers))?.map_err(|error| error.raise(thread))
}

// What arguments are read as.

fn int(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    to_int(thread, value).map(i64::from)
}

fn file(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    fildes(thread, value).map(i64::from)
}

fn uid(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    id(thread, value, "uid")
}

fn gid(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    id(thread, value, "gid")
}

/// An unsigned number, as its bits.
fn unsigned(thread: &Thread, value: Ref<'_>, bits: u32, name: &str) -> PyResult<i64> {
    let index = taipan_object::protocol::number::index(thread, value)?;
    let text = index.as_ref().int_to_text(10).unwrap_or_default();
    if text.starts_with('-') {
        return Err(raise!(thread, VALUE_ERROR, "Cannot convert negative int"));
    }
    let number = text.parse::<u64>().ok().filter(|number| bits == 64 || *number >> bits == 0);
    let number = number.map(|number| number as i64);
    number.ok_or_else(|| raise!(thread, OVERFLOW_ERROR, "Python int too large for C {name}"))
}

fn uint(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    unsigned(thread, value, 32, "unsigned int")
}

fn count(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    unsigned(thread, value, 64, "unsigned long long")
}

// What answers are given as.

fn nothing(thread: &Thread, _: i64) -> PyResult<Value> {
    // a signal that the process sends to itself has come
    taipan_host::raise::run_signals(thread)?;
    Ok(Value::none())
}

fn number(thread: &Thread, number: i64) -> PyResult<Value> {
    Value::int(thread, number)
}

fn bits(thread: &Thread, number: i64) -> PyResult<Value> {
    Value::uint(thread, number as u64)
}

fn seconds(thread: &Thread, nanos: i64) -> PyResult<Value> {
    Value::float(thread, nanos as f64 * 1e-9)
}

/// A descriptor that programs do not get.
fn own(thread: &Thread, fd: i64) -> PyResult<Value> {
    of(thread).set_inheritable(fd as i32, false).map_err(|error| error.raise(thread))?;
    Value::int(thread, fd)
}

macro_rules! without {
    ($($name:ident $call:ident;)*) => {
        $(pub(super) fn $name(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
            make(thread, Call::$call, [0; 4])?;
            Ok(Value::none())
        })*
    };
}

without! {
    setsid NewSession;
    setpgrp SetGroup;
    sync SyncAll;
    sched_yield Yield;
}

macro_rules! with_one {
    ($($name:ident $call:ident $read:ident $give:ident;)*) => {
        $(pub(super) fn $name(thread: &Thread, _: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
            let given = $read(thread, given)?;
            $give(thread, make(thread, Call::$call, [given, 0, 0, 0])?)
        })*
    };
}

with_one! {
    getsid Session int number;
    nice Nice int number;
    tcgetpgrp TerminalGroup int number;
    login_tty LoginTerminal file nothing;
    grantpt GrantPseudoTerminal file nothing;
    unlockpt UnlockPseudoTerminal file nothing;
    posix_openpt OpenPseudoTerminal int own;
    setuid SetUser uid nothing;
    seteuid SetEffectiveUser uid nothing;
    setgid SetGroupId gid nothing;
    setegid SetEffectiveGroup gid nothing;
    sched_getscheduler Scheduler int number;
    sched_rr_get_interval SchedulerInterval int seconds;
}

macro_rules! with_two {
    ($($name:ident $call:ident $first:ident $second:ident $give:ident;)*) => {
        $(pub(super) fn $name(
            thread: &Thread,
            _: Ref<'_>,
            first: Ref<'_>,
            second: Ref<'_>,
        ) -> PyResult<Value> {
            let (first, second) = ($first(thread, first)?, $second(thread, second)?);
            $give(thread, make(thread, Call::$call, [first, second, 0, 0])?)
        })*
    };
}

with_two! {
    setpgid SetGroup int int nothing;
    killpg SignalGroup int int nothing;
    tcsetpgrp SetTerminalGroup int int nothing;
    setreuid SetUsers uid uid nothing;
    setregid SetGroups gid gid nothing;
}

macro_rules! with_more {
    ($($name:ident $call:ident $count:literal: $($read:ident)*;)*) => {
        $(pub(super) fn $name(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
            check_count(thread, stringify!($name), arguments.len(), $count, $count)?;
            let reads: [fn(&Thread, Ref<'_>) -> PyResult<i64>; $count] = [$($read),*];
            let mut numbers = [0; 4];
            for ((number, value), read) in numbers.iter_mut().zip(arguments).zip(reads) {
                *number = read(thread, value.as_ref())?;
            }
            nothing(thread, make(thread, Call::$call, numbers)?)
        })*
    };
}

with_more! {
    setresuid SetAllUsers 3: uid uid uid;
    setresgid SetAllGroups 3: gid gid gid;
    lockf LockFile 3: int int offset;
    posix_fadvise AdviseFile 4: int offset offset int;
    posix_fallocate AllocateFile 3: int offset offset;
}

macro_rules! by_name {
    ($($name:ident $call:ident $give:ident $required:literal of $count:literal:
        $($argument:literal $read:ident $default:literal)*;)*) => {
        $(pub(super) fn $name(
            thread: &Thread,
            _: Ref<'_>,
            arguments: &[Value],
            names: Names<'_>,
        ) -> PyResult<Value> {
            const PARAMETERS: Parameters<$count> =
                some(stringify!($name), [$($argument),*], $count, $required);
            let reads: [(fn(&Thread, Ref<'_>) -> PyResult<i64>, i64); $count] = [$(($read, $default)),*];
            let mut numbers = [0; 4];
            let given = PARAMETERS.bind(thread, arguments, names)?;
            for ((number, value), (read, default)) in numbers.iter_mut().zip(given).zip(reads) {
                *number = value.map_or(Ok(default), |value| read(thread, value))?;
            }
            $give(thread, make(thread, Call::$call, numbers)?)
        })*
    };
}

by_name! {
    fchdir ChangeFolder nothing 1 of 1: "fd" file 0;
    fdatasync SyncData nothing 1 of 1: "fd" file 0;
    getpgid Group number 1 of 1: "pid" int 0;
    getpriority Priority number 2 of 2: "which" int 0 "who" int 0;
    setpriority SetPriority nothing 3 of 3: "which" int 0 "who" int 0 "priority" int 0;
    sched_get_priority_max HighestPriority number 1 of 1: "policy" int 0;
    sched_get_priority_min LowestPriority number 1 of 1: "policy" int 0;
    // the default flag is EFD_CLOEXEC
    eventfd EventCounter number 1 of 2: "initval" uint 0 "flags" int 0x80000;
    eventfd_read ReadEventCounter bits 1 of 1: "fd" file 0;
    eventfd_write WriteEventCounter nothing 2 of 2: "fd" file 0 "value" count 0;
    pidfd_open OpenProcess number 1 of 2: "pid" int 0 "flags" uint 0;
    setns EnterNamespace nothing 1 of 2: "fd" file 0 "nstype" int 0;
    unshare LeaveNamespaces nothing 1 of 1: "flags" int 0;
}
