//! Calls of the system that take numbers and give a number.

use taipan_host::{Call, Calls, HostError, HostResult};

use crate::NativeHost;
use crate::call::{last_error, retry};
use crate::processes::set_errno;

/// The result of a call for which -1 may be an answer too: only `errno` tells.
fn told_by_errno(call: impl FnOnce() -> libc::c_int) -> HostResult<i64> {
    // SAFETY: the thread's own number.
    unsafe { set_errno(0) };
    match call() {
        -1 if last_error().errno != 0 => Err(last_error()),
        result => Ok(result.into()),
    }
}

/// The result of a call that gives the number of its error.
#[cfg(target_os = "linux")]
fn numbered(mut call: impl FnMut() -> libc::c_int) -> HostResult<i64> {
    match call() {
        0 => Ok(0),
        errno => Err(HostError::new(errno)),
    }
}

/// The result of a call that gives an `int`.
fn plain(call: impl FnMut() -> libc::c_int) -> HostResult<i64> {
    retry(call).map(i64::from)
}

impl Calls for NativeHost {
    fn call(&self, call: Call, numbers: [i64; 4]) -> HostResult<i64> {
        files(call, numbers)
            .or_else(|| groups(call, numbers))
            .or_else(|| ids(call, numbers))
            .or_else(|| scheduling(call, numbers))
            .or_else(|| descriptors(call, numbers))
            .unwrap_or(Err(HostError::unsupported()))
    }
}

fn files(call: Call, [a, b, c, d]: [i64; 4]) -> Option<HostResult<i64>> {
    let fd = a as i32;
    // SAFETY: numbers only.
    Some(unsafe {
        match call {
            Call::ChangeFolder => plain(|| libc::fchdir(fd)),
            Call::ChangeOwner => plain(|| libc::fchown(fd, b as libc::uid_t, c as libc::gid_t)),
            #[cfg(target_os = "linux")]
            Call::SyncData => plain(|| libc::fdatasync(fd)),
            Call::SyncAll => {
                libc::sync();
                Ok(0)
            }
            #[cfg(target_os = "linux")]
            Call::AdviseFile => numbered(|| libc::posix_fadvise(fd, b, c, d as i32)),
            #[cfg(target_os = "linux")]
            Call::AllocateFile => numbered(|| libc::posix_fallocate(fd, b, c)),
            Call::LockFile => plain(|| libc::lockf(fd, b as i32, c)),
            _ => {
                let _ = d;
                return None;
            }
        }
    })
}

fn groups(call: Call, [a, b, c, _]: [i64; 4]) -> Option<HostResult<i64>> {
    let (first, second) = (a as i32, b as i32);
    // SAFETY: numbers only.
    Some(unsafe {
        match call {
            Call::NewSession => plain(|| libc::setsid()),
            Call::Session => plain(|| libc::getsid(first)),
            Call::Group => plain(|| libc::getpgid(first)),
            Call::SetGroup => plain(|| libc::setpgid(first, second)),
            Call::SignalGroup => plain(|| libc::killpg(first, second)),
            Call::Nice => told_by_errno(|| libc::nice(first)),
            Call::Priority => told_by_errno(|| libc::getpriority(a as _, b as libc::id_t)),
            Call::SetPriority => plain(|| libc::setpriority(a as _, b as libc::id_t, c as i32)),
            Call::TerminalGroup => plain(|| libc::tcgetpgrp(first)),
            Call::SetTerminalGroup => plain(|| libc::tcsetpgrp(first, second)),
            Call::LoginTerminal => plain(|| libc::login_tty(first)),
            Call::OpenPseudoTerminal => plain(|| libc::posix_openpt(first)),
            Call::GrantPseudoTerminal => plain(|| libc::grantpt(first)),
            Call::UnlockPseudoTerminal => plain(|| libc::unlockpt(first)),
            _ => return None,
        }
    })
}

fn ids(call: Call, [a, b, c, _]: [i64; 4]) -> Option<HostResult<i64>> {
    // users and groups are numbers of one kind
    let (a, b, c) = (a as libc::uid_t, b as libc::uid_t, c as libc::uid_t);
    let _ = c;
    // SAFETY: numbers only.
    Some(unsafe {
        match call {
            Call::SetUser => plain(|| libc::setuid(a)),
            Call::SetEffectiveUser => plain(|| libc::seteuid(a)),
            Call::SetUsers => plain(|| libc::setreuid(a, b)),
            #[cfg(target_os = "linux")]
            Call::SetAllUsers => plain(|| libc::setresuid(a, b, c)),
            Call::SetGroupId => plain(|| libc::setgid(a)),
            Call::SetEffectiveGroup => plain(|| libc::setegid(a)),
            Call::SetGroups => plain(|| libc::setregid(a, b)),
            #[cfg(target_os = "linux")]
            Call::SetAllGroups => plain(|| libc::setresgid(a, b, c)),
            _ => return None,
        }
    })
}

/// A scheduling parameter.
#[cfg(target_os = "linux")]
fn parameter(priority: i64) -> libc::sched_param {
    // SAFETY: numbers.
    let mut parameter: libc::sched_param = unsafe { std::mem::zeroed() };
    parameter.sched_priority = priority as i32;
    parameter
}

#[cfg(target_os = "linux")]
fn scheduling(call: Call, [a, b, c, _]: [i64; 4]) -> Option<HostResult<i64>> {
    let process = a as i32;
    // SAFETY: numbers, and structs of numbers that are read or for which there is room.
    Some(unsafe {
        match call {
            Call::HighestPriority => plain(|| libc::sched_get_priority_max(process)),
            Call::LowestPriority => plain(|| libc::sched_get_priority_min(process)),
            Call::Scheduler => plain(|| libc::sched_getscheduler(process)),
            Call::SetScheduler => {
                let parameter = parameter(c);
                plain(|| libc::sched_setscheduler(process, b as i32, &raw const parameter))
            }
            Call::SchedulerPriority => {
                let mut found = parameter(0);
                plain(|| libc::sched_getparam(process, &raw mut found)).map(|_| found.sched_priority.into())
            }
            Call::SetSchedulerPriority => {
                let parameter = parameter(b);
                plain(|| libc::sched_setparam(process, &raw const parameter))
            }
            Call::SchedulerInterval => {
                let mut interval = libc::timespec { tv_sec: 0, tv_nsec: 0 };
                plain(|| libc::sched_rr_get_interval(process, &raw mut interval))
                    .map(|_| interval.tv_sec * 1_000_000_000 + interval.tv_nsec)
            }
            Call::Yield => plain(|| libc::sched_yield()),
            _ => return None,
        }
    })
}

#[cfg(not(target_os = "linux"))]
fn scheduling(call: Call, [a, ..]: [i64; 4]) -> Option<HostResult<i64>> {
    // SAFETY: numbers only.
    Some(unsafe {
        match call {
            Call::HighestPriority => plain(|| libc::sched_get_priority_max(a as i32)),
            Call::LowestPriority => plain(|| libc::sched_get_priority_min(a as i32)),
            Call::Yield => plain(|| libc::sched_yield()),
            _ => return None,
        }
    })
}

#[cfg(target_os = "linux")]
fn descriptors(call: Call, [a, b, _, _]: [i64; 4]) -> Option<HostResult<i64>> {
    let (first, second) = (a as i32, b as i32);
    // SAFETY: numbers, and one for which there is room.
    Some(unsafe {
        match call {
            Call::EventCounter => plain(|| libc::eventfd(a as u32, second)),
            Call::ReadEventCounter => {
                let mut count = 0_u64;
                plain(|| libc::eventfd_read(first, &raw mut count)).map(|_| count as i64)
            }
            Call::WriteEventCounter => plain(|| libc::eventfd_write(first, b as u64)),
            Call::Timer => plain(|| libc::timerfd_create(first, second)),
            Call::OpenProcess => {
                retry(|| libc::syscall(libc::SYS_pidfd_open, first as libc::pid_t, b as libc::c_uint))
            }
            Call::EnterNamespace => plain(|| libc::setns(first, second)),
            Call::LeaveNamespaces => plain(|| libc::unshare(first)),
            _ => return None,
        }
    })
}

#[cfg(not(target_os = "linux"))]
fn descriptors(_: Call, _: [i64; 4]) -> Option<HostResult<i64>> {
    None
}
