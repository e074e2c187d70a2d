//! Launching programs: fork, and in the child only calls that are safe between fork and exec. Invariant: nothing is
//! allocated in the child, unless `before` does; the child never returns.

use std::ffi::CString;
use std::ptr;

use taipan_host::{HostResult, Launch, Launching};

use crate::NativeHost;
use crate::call::{c_path, check, last_error, retry};

/// The arrays that `execve` takes, made before the fork.
struct Prepared {
    executables: Vec<CString>,
    arguments: Vec<CString>,
    environment: Option<Vec<CString>>,
    folder: Option<CString>,
}

pub(crate) fn c_strings(all: &[Vec<u8>]) -> HostResult<Vec<CString>> {
    all.iter().map(|text| c_path(text)).collect()
}

pub(crate) fn pointers(all: &[CString]) -> Vec<*const libc::c_char> {
    all.iter().map(|text| text.as_ptr()).chain([ptr::null()]).collect()
}

impl Launching for NativeHost {
    fn launch(&self, launch: &Launch, before: Option<&mut dyn FnMut() -> bool>) -> HostResult<i32> {
        let prepared = Prepared {
            executables: c_strings(&launch.executables)?,
            arguments: c_strings(&launch.arguments)?,
            environment: launch.environment.as_deref().map(c_strings).transpose()?,
            folder: launch.folder.as_deref().map(c_path).transpose()?,
        };
        let arguments = pointers(&prepared.arguments);
        let environment = prepared.environment.as_deref().map(pointers);
        // SAFETY: the child runs `child` only, which does not return.
        unsafe {
            let process = check(libc::fork())?;
            if process == 0 {
                child(launch, &prepared, &arguments, environment.as_deref(), before);
            }
            Ok(process)
        }
    }

    fn wait(&self, process: i32, options: i32) -> HostResult<(i32, i32)> {
        let mut status = 0;
        // SAFETY: there is room for the status.
        let process = retry(|| unsafe { libc::waitpid(process, &raw mut status, options) })?;
        Ok((process, status))
    }
}

/// What went wrong in the child.
struct Failure {
    errno: i32,
    what: &'static [u8],
}

const NOT_BEGUN: &[u8] = b"noexec";

fn failed(what: &'static [u8]) -> Failure {
    Failure { errno: last_error().errno, what }
}

/// Writes the report that the parent reads: the exception's name, the number in hexadecimal, the reason.
fn report(fd: i32, failure: &Failure) {
    let mut text = [0; 64];
    let mut len = 0;
    let mut put = |bytes: &[u8]| {
        for &byte in bytes {
            if let Some(place) = text.get_mut(len) {
                *place = byte;
                len += 1;
            }
        }
    };
    put(b"OSError:");
    let digits = (0..8).rev().map(|at| failure.errno as u32 >> (4 * at) & 15).skip_while(|&digit| digit == 0);
    for digit in digits {
        put(&[b"0123456789abcdef"[digit as usize]]);
    }
    put(b":");
    put(failure.what);
    // SAFETY: so many bytes are there; nobody is left to tell of a failure.
    unsafe { libc::write(fd, text.as_ptr().cast(), len) };
}

/// The child.
///
/// # Safety
/// Called in a process that was just forked.
unsafe fn child(
    launch: &Launch,
    prepared: &Prepared,
    arguments: &[*const libc::c_char],
    environment: Option<&[*const libc::c_char]>,
    before: Option<&mut dyn FnMut() -> bool>,
) -> ! {
    // SAFETY: by contract; the arrays end with null and live as long as the process.
    unsafe {
        let begun = set_up(launch, prepared, before);
        let failure = match begun {
            Ok(true) => execute(prepared, arguments, environment),
            Ok(false) => libc::_exit(255),
            Err(failure) => failure,
        };
        report(launch.streams.report, &failure);
        libc::_exit(255)
    }
}

/// Puts streams, folder, rights and descriptors in order; false if `before` said no.
///
/// # Safety
/// As for [`child`].
unsafe fn set_up(
    launch: &Launch,
    prepared: &Prepared,
    before: Option<&mut dyn FnMut() -> bool>,
) -> Result<bool, Failure> {
    // SAFETY: numbers, and strings that end with NUL.
    unsafe {
        let check = |result: i32| if result == -1 { Err(failed(NOT_BEGUN)) } else { Ok(result) };
        for &fd in &launch.kept {
            if fd != launch.streams.report {
                check(inheritable(fd))?;
            }
        }
        streams(launch)?;
        if let Some(folder) = &prepared.folder
            && libc::chdir(folder.as_ptr()) == -1
        {
            return Err(failed(b"noexec:chdir"));
        }
        if let Some(mask) = launch.umask {
            libc::umask(mask as libc::mode_t);
        }
        if launch.restores_signals {
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
            libc::signal(libc::SIGXFSZ, libc::SIG_DFL);
        }
        if launch.new_session {
            check(libc::setsid())?;
        }
        if let Some(group) = launch.process_group {
            check(libc::setpgid(0, group))?;
        }
        if let Some(groups) = &launch.groups {
            check(libc::setgroups(groups.len() as _, groups.as_ptr()))?;
        }
        if let Some(group) = launch.group {
            check(libc::setregid(group, group))?;
        }
        if let Some(user) = launch.user {
            check(libc::setreuid(user, user))?;
        }
        if let Some(before) = before
            && !before()
        {
            return Ok(false);
        }
        if launch.closes {
            close_others(&launch.kept);
        }
        Ok(true)
    }
}

/// Makes the standard streams of what was given.
///
/// # Safety
/// As for [`child`].
unsafe fn streams(launch: &Launch) -> Result<(), Failure> {
    // SAFETY: numbers only.
    unsafe {
        let check = |result: i32| if result == -1 { Err(failed(NOT_BEGUN)) } else { Ok(result) };
        for fd in launch.streams.parents {
            if fd >= 0 {
                check(libc::close(fd))?;
            }
        }
        let (input, mut output, mut errors) =
            (launch.streams.input, launch.streams.output, launch.streams.errors);
        // a low descriptor would be written over before it is used
        if output == 0 {
            output = check(libc::dup(output))?;
        }
        while (0..=1).contains(&errors) {
            errors = check(libc::dup(errors))?;
        }
        for (fd, number) in [(input, 0), (output, 1), (errors, 2)] {
            if fd == number {
                check(inheritable(fd))?;
            } else if fd >= 0 {
                check(libc::dup2(fd, number))?;
            }
        }
        Ok(())
    }
}

/// # Safety
/// None is needed: numbers only.
unsafe fn inheritable(fd: i32) -> i32 {
    // SAFETY: numbers only.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFD);
        if flags == -1 { -1 } else { libc::fcntl(fd, libc::F_SETFD, flags & !libc::FD_CLOEXEC) }
    }
}

/// Closes the descriptors from 3 on except those that are kept, which are in order, that for the report among
/// them.
///
/// # Safety
/// As for [`child`].
unsafe fn close_others(kept: &[i32]) {
    // SAFETY: numbers only.
    unsafe {
        let limit = match libc::sysconf(libc::_SC_OPEN_MAX) {
            -1 => 256,
            limit => i32::try_from(limit).unwrap_or(i32::MAX),
        };
        let mut next = 3;
        for &fd in kept.iter().filter(|&&fd| fd >= 3) {
            close_range(next, fd);
            next = fd + 1;
        }
        close_range(next, limit);
    }
}

/// Closes from `first` up to `end`.
///
/// # Safety
/// As for [`child`].
unsafe fn close_range(first: i32, end: i32) {
    if first >= end {
        return;
    }
    // SAFETY: numbers only.
    unsafe {
        #[cfg(target_os = "linux")]
        if libc::syscall(libc::SYS_close_range, first as libc::c_uint, (end - 1) as libc::c_uint, 0) == 0 {
            return;
        }
        for fd in first..end {
            libc::close(fd);
        }
    }
}

/// Tries the paths; says why none could be run.
///
/// # Safety
/// As for [`child`].
unsafe fn execute(
    prepared: &Prepared,
    arguments: &[*const libc::c_char],
    environment: Option<&[*const libc::c_char]>,
) -> Failure {
    let mut kept = None;
    for executable in &prepared.executables {
        // SAFETY: arrays that end with null, of strings that end with NUL.
        unsafe {
            match environment {
                Some(environment) => {
                    libc::execve(executable.as_ptr(), arguments.as_ptr(), environment.as_ptr());
                }
                None => {
                    libc::execv(executable.as_ptr(), arguments.as_ptr());
                }
            }
        }
        let errno = last_error().errno;
        if errno != libc::ENOENT && errno != libc::ENOTDIR && kept.is_none() {
            kept = Some(errno);
        }
    }
    Failure { errno: kept.unwrap_or_else(|| last_error().errno), what: b"" }
}
