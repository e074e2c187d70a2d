//! Programs and their ends, terminals for them, users and groups, processors, timers.

use std::ffi::CStr;
use std::mem::MaybeUninit;

use taipan_host::{
    ChildReport, Constants, FileRef, HostError, HostResult, Jobs, Moment, Spawn, Usage, numbers,
};

use crate::NativeHost;
use crate::call::{c_path, check, last_error, retry};
use crate::configurations;
use crate::launching::{c_strings, pointers};
use crate::processes::{cpus_of, set_errno};

/// The answer of a call that gives the number of its error.
fn errno(result: i32) -> HostResult<()> {
    if result == 0 { Ok(()) } else { Err(HostError::new(result)) }
}

/// A name that a call writes, which gives the number of its error.
fn named(call: impl FnOnce(*mut libc::c_char, usize) -> i32) -> HostResult<Vec<u8>> {
    let mut name = [0_u8; 1024];
    errno(call(name.as_mut_ptr().cast(), name.len()))?;
    Ok(name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
}

impl Jobs for NativeHost {
    fn execute(
        &self,
        program: FileRef<'_>,
        arguments: &[Vec<u8>],
        environment: Option<&[Vec<u8>]>,
    ) -> HostError {
        let prepared = || {
            let path = match program {
                FileRef::Open(_) => None,
                FileRef::Path(path) | FileRef::Link(path) => Some(c_path(path)?),
            };
            Ok((path, c_strings(arguments)?, environment.map(c_strings).transpose()?))
        };
        let (path, arguments, environment) = match prepared() {
            Ok(prepared) => prepared,
            Err(error) => return error,
        };
        let arguments = pointers(&arguments);
        let environment = environment.as_deref().map(pointers);
        // SAFETY: arrays that end with null, of strings that end with NUL. What the process has is given up, as the
        // caller wants, or all stays as it is.
        unsafe {
            let environment = environment.as_ref().map(Vec::as_ptr);
            match (program, &path, environment) {
                #[cfg(target_os = "linux")]
                (FileRef::Open(fd), _, Some(environment)) => {
                    libc::fexecve(fd, arguments.as_ptr(), environment);
                }
                (_, Some(path), Some(environment)) => {
                    libc::execve(path.as_ptr(), arguments.as_ptr(), environment);
                }
                (_, Some(path), None) => {
                    libc::execv(path.as_ptr(), arguments.as_ptr());
                }
                _ => return HostError::unsupported(),
            }
        }
        last_error()
    }

    fn spawn_program(&self, spawn: &Spawn) -> HostResult<i32> {
        crate::spawning::spawn(spawn)
    }

    fn run_command(&self, command: &[u8]) -> HostResult<i32> {
        let command = c_path(command)?;
        // SAFETY: the command ends with a NUL.
        Ok(unsafe { libc::system(command.as_ptr()) })
    }

    fn wait_usage(&self, process: i32, options: i32) -> HostResult<(i32, i32, Usage)> {
        let (mut status, mut usage) = (0, MaybeUninit::<libc::rusage>::zeroed());
        // SAFETY: there is room for the status and for what was used, which is numbers, zeroed before.
        unsafe {
            let process = retry(|| libc::wait4(process, &raw mut status, options, usage.as_mut_ptr()))?;
            Ok((process, status, crate::resources::usage_of(&usage.assume_init())))
        }
    }

    fn wait_report(&self, kind: i32, id: i64, options: i32) -> HostResult<Option<ChildReport>> {
        let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
        // SAFETY: there is room for the report, which is numbers, zeroed before.
        unsafe {
            retry(|| libc::waitid(kind as libc::idtype_t, id as libc::id_t, info.as_mut_ptr(), options))?;
            let info = info.assume_init_ref();
            Ok((info.si_pid() != 0).then(|| ChildReport {
                process: info.si_pid(),
                user: info.si_uid(),
                signal: info.si_signo,
                status: info.si_status(),
                code: info.si_code,
            }))
        }
    }

    fn pseudo_terminal(&self) -> HostResult<(i32, i32)> {
        let (mut program, mut terminal) = (0, 0);
        let none = std::ptr::null_mut();
        // SAFETY: there is room for two numbers; the rest may be null.
        check(unsafe { libc::openpty(&raw mut program, &raw mut terminal, none, none.cast(), none.cast()) })?;
        for fd in [program, terminal] {
            taipan_host::Files::set_inheritable(self, fd, false)?;
        }
        Ok((program, terminal))
    }

    fn fork_terminal(&self) -> HostResult<(i32, i32)> {
        let mut program = -1;
        let none = std::ptr::null_mut();
        // SAFETY: as for `fork`; there is room for a number, and the rest may be null.
        let process = check(unsafe { libc::forkpty(&raw mut program, none, none.cast(), none.cast()) })?;
        if process == 0 {
            crate::signals::taken_by_this_thread();
        }
        Ok((process, program))
    }

    fn terminal_name(&self, fd: i32) -> HostResult<Vec<u8>> {
        // SAFETY: so many bytes may be written.
        named(|to, room| unsafe { libc::ttyname_r(fd, to, room) })
    }

    #[cfg(target_os = "linux")]
    fn pseudo_terminal_name(&self, fd: i32) -> HostResult<Vec<u8>> {
        // SAFETY: so many bytes may be written.
        named(|to, room| unsafe { libc::ptsname_r(fd, to, room) })
    }

    fn login_name(&self) -> HostResult<Vec<u8>> {
        // SAFETY: the name, which ends with a NUL, is copied before anyone else asks for it; who does so holds the
        // interpreter's lock.
        unsafe {
            set_errno(0);
            match libc::getlogin() {
                name if name.is_null() => Err(last_error()),
                name => Ok(CStr::from_ptr(name).to_bytes().to_vec()),
            }
        }
    }

    fn text_configuration(&self, number: i32) -> HostResult<Option<Vec<u8>>> {
        let mut text = vec![0_u8; 256];
        loop {
            // SAFETY: so many bytes may be written.
            let len = unsafe {
                set_errno(0);
                libc::confstr(number, text.as_mut_ptr().cast(), text.len())
            };
            match len {
                0 if last_error().errno != 0 => return Err(last_error()),
                0 => return Ok(None),
                len if len <= text.len() => {
                    text.truncate(len - 1);
                    return Ok(Some(text));
                }
                len => text.resize(len, 0),
            }
        }
    }

    fn text_configurations(&self) -> Constants {
        configurations::TEXT_CONFIGURATIONS
    }

    fn file_configurations(&self) -> Constants {
        configurations::FILE_CONFIGURATIONS
    }

    #[cfg(target_os = "linux")]
    fn users(&self) -> HostResult<[u32; 3]> {
        let [mut real, mut effective, mut saved] = [0; 3];
        // SAFETY: there is room for three numbers.
        check(unsafe { libc::getresuid(&raw mut real, &raw mut effective, &raw mut saved) })?;
        Ok([real, effective, saved])
    }

    #[cfg(target_os = "linux")]
    fn group_ids(&self) -> HostResult<[u32; 3]> {
        let [mut real, mut effective, mut saved] = [0; 3];
        // SAFETY: there is room for three numbers.
        check(unsafe { libc::getresgid(&raw mut real, &raw mut effective, &raw mut saved) })?;
        Ok([real, effective, saved])
    }

    fn groups(&self) -> HostResult<Vec<u32>> {
        // SAFETY: no room is given, so nothing is written.
        let count = check(unsafe { libc::getgroups(0, std::ptr::null_mut()) })?;
        let mut groups = vec![0; usize::try_from(count).unwrap_or(0)];
        // SAFETY: there is so much room.
        let count = check(unsafe { libc::getgroups(count, groups.as_mut_ptr()) })?;
        groups.truncate(usize::try_from(count).unwrap_or(0));
        Ok(groups)
    }

    fn set_groups(&self, groups: &[u32]) -> HostResult<()> {
        // SAFETY: so many numbers are read.
        check(unsafe { libc::setgroups(groups.len() as _, groups.as_ptr()) }).map(drop)
    }

    fn groups_of(&self, user: &[u8], group: u32) -> HostResult<Vec<u32>> {
        let user = c_path(user)?;
        let mut room: i32 = 64;
        loop {
            let mut groups = vec![0; room.unsigned_abs() as usize];
            let mut count = room;
            // SAFETY: the name ends with a NUL; there is so much room.
            let result =
                unsafe { libc::getgrouplist(user.as_ptr(), group as _, groups.as_mut_ptr(), &raw mut count) };
            if result != -1 {
                groups.truncate(usize::try_from(count).unwrap_or(0));
                #[allow(clippy::unnecessary_cast, reason = "the type differs between platforms")]
                return Ok(groups.into_iter().map(|group| group as u32).collect());
            }
            if room > 1 << 16 {
                return Err(HostError::new(numbers::EINVAL));
            }
            room = count.max(room * 2);
        }
    }

    fn take_groups_of(&self, user: &[u8], group: u32) -> HostResult<()> {
        let user = c_path(user)?;
        // SAFETY: the name ends with a NUL.
        check(unsafe { libc::initgroups(user.as_ptr(), group as _) }).map(drop)
    }

    fn processors_of(&self, process: i32) -> HostResult<Vec<usize>> {
        cpus_of(process)
    }

    #[cfg(target_os = "linux")]
    fn set_processors_of(&self, process: i32, processors: &[usize]) -> HostResult<()> {
        // SAFETY: a set of bits, of which only those within are set.
        unsafe {
            let mut set = MaybeUninit::<libc::cpu_set_t>::zeroed().assume_init();
            let within = processors.iter().filter(|&&cpu| cpu < libc::CPU_SETSIZE as usize);
            within.for_each(|&cpu| libc::CPU_SET(cpu, &mut set));
            check(libc::sched_setaffinity(process, size_of::<libc::cpu_set_t>(), &raw const set)).map(drop)
        }
    }

    #[cfg(target_os = "linux")]
    fn timer_of(&self, fd: i32) -> HostResult<(Moment, Moment)> {
        let mut found = MaybeUninit::<libc::itimerspec>::zeroed();
        // SAFETY: there is room for the result, which is numbers, zeroed before.
        unsafe {
            check(libc::timerfd_gettime(fd, found.as_mut_ptr()))?;
            Ok(moments(&found.assume_init()))
        }
    }

    #[cfg(target_os = "linux")]
    fn set_timer_of(
        &self,
        fd: i32,
        flags: i32,
        first: Moment,
        interval: Moment,
    ) -> HostResult<(Moment, Moment)> {
        let (it_value, it_interval) = (crate::files::timespec(first), crate::files::timespec(interval));
        let new = libc::itimerspec { it_interval, it_value };
        let mut old = MaybeUninit::<libc::itimerspec>::zeroed();
        // SAFETY: one is read, for the other there is room.
        unsafe {
            check(libc::timerfd_settime(fd, flags, &raw const new, old.as_mut_ptr()))?;
            Ok(moments(&old.assume_init()))
        }
    }
}

#[cfg(target_os = "linux")]
fn moments(timer: &libc::itimerspec) -> (Moment, Moment) {
    let moment = |time: libc::timespec| Moment { seconds: time.tv_sec, nanos: time.tv_nsec as u32 };
    (moment(timer.it_value), moment(timer.it_interval))
}
