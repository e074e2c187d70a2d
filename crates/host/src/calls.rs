//! Calls of the system that take numbers and give a number: one method for all of them.

use crate::error::{HostResult, unsupported};

/// Such a call, by what it does, with the numbers that it takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    /// `fchdir(fd)`.
    ChangeFolder,
    /// `fchown(fd, user, group)`; -1 leaves one as it is.
    ChangeOwner,
    /// `fdatasync(fd)`.
    SyncData,
    /// `sync()`.
    SyncAll,
    /// `posix_fadvise(fd, offset, length, advice)`.
    AdviseFile,
    /// `posix_fallocate(fd, offset, length)`.
    AllocateFile,
    /// `lockf(fd, command, length)`.
    LockFile,
    /// `setsid()`.
    NewSession,
    /// `getsid(process)`.
    Session,
    /// `getpgid(process)`.
    Group,
    /// `setpgid(process, group)`.
    SetGroup,
    /// `killpg(group, signal)`.
    SignalGroup,
    /// `nice(increment)`.
    Nice,
    /// `getpriority(which, who)`.
    Priority,
    /// `setpriority(which, who, priority)`.
    SetPriority,
    /// `tcgetpgrp(fd)`.
    TerminalGroup,
    /// `tcsetpgrp(fd, group)`.
    SetTerminalGroup,
    /// `login_tty(fd)`.
    LoginTerminal,
    /// `posix_openpt(flags)`.
    OpenPseudoTerminal,
    /// `grantpt(fd)`.
    GrantPseudoTerminal,
    /// `unlockpt(fd)`.
    UnlockPseudoTerminal,
    /// `setuid(user)`.
    SetUser,
    /// `seteuid(user)`.
    SetEffectiveUser,
    /// `setreuid(real, effective)`.
    SetUsers,
    /// `setresuid(real, effective, saved)`.
    SetAllUsers,
    /// `setgid(group)`.
    SetGroupId,
    /// `setegid(group)`.
    SetEffectiveGroup,
    /// `setregid(real, effective)`.
    SetGroups,
    /// `setresgid(real, effective, saved)`.
    SetAllGroups,
    /// `sched_get_priority_max(policy)`.
    HighestPriority,
    /// `sched_get_priority_min(policy)`.
    LowestPriority,
    /// `sched_getscheduler(process)`.
    Scheduler,
    /// `sched_setscheduler(process, policy, priority)`.
    SetScheduler,
    /// `sched_getparam(process)`: the priority.
    SchedulerPriority,
    /// `sched_setparam(process, priority)`.
    SetSchedulerPriority,
    /// `sched_rr_get_interval(process)`: nanoseconds.
    SchedulerInterval,
    /// `sched_yield()`.
    Yield,
    /// `eventfd(start, flags)`.
    EventCounter,
    /// `eventfd_read(fd)`: the bits of an unsigned number.
    ReadEventCounter,
    /// `eventfd_write(fd, bits of an unsigned number)`.
    WriteEventCounter,
    /// `timerfd_create(clock, flags)`.
    Timer,
    /// `pidfd_open(process, flags)`.
    OpenProcess,
    /// `setns(fd, kind)`.
    EnterNamespace,
    /// `unshare(flags)`.
    LeaveNamespaces,
}

/// Calls by numbers.
pub trait Calls {
    /// Makes a call; numbers that it does not take are zero.
    fn call(&self, _call: Call, _numbers: [i64; 4]) -> HostResult<i64> {
        unsupported()
    }
}
