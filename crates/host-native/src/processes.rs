//! The process itself and others, and facts of the system.

use std::ffi::CStr;
use std::mem::MaybeUninit;

use taipan_host::{
    Constants, HostError, HostResult, Identity, Platform, Processes, SystemName, Times, UserId, numbers,
};

use crate::NativeHost;
use crate::call::{check, last_error};
use crate::constants;

impl Processes for NativeHost {
    fn process(&self, which: Identity) -> HostResult<i32> {
        // SAFETY: these take nothing and cannot fail.
        Ok(unsafe {
            match which {
                Identity::Own => libc::getpid(),
                Identity::Parent => libc::getppid(),
                Identity::Group => libc::getpgrp(),
            }
        })
    }

    fn user(&self, which: UserId) -> HostResult<u32> {
        // SAFETY: these take nothing and cannot fail.
        Ok(unsafe {
            match which {
                UserId::User => libc::getuid(),
                UserId::EffectiveUser => libc::geteuid(),
                UserId::Group => libc::getgid(),
                UserId::EffectiveGroup => libc::getegid(),
            }
        })
    }

    fn exit(&self, status: i32) -> HostResult<()> {
        // SAFETY: the process ends; nothing is cleaned up, as the caller wants.
        unsafe { libc::_exit(status) }
    }

    fn abort(&self) -> HostResult<()> {
        std::process::abort()
    }

    fn send_signal(&self, process: i32, signal: i32) -> HostResult<()> {
        // SAFETY: numbers only.
        check(unsafe { libc::kill(process, signal) }).map(drop)
    }

    fn times(&self) -> HostResult<Times> {
        let mut times = MaybeUninit::<libc::tms>::zeroed();
        // SAFETY: there is room for the result, which is numbers, zeroed before.
        let (elapsed, times, ticks) = unsafe {
            let elapsed = libc::times(times.as_mut_ptr());
            (elapsed, times.assume_init(), libc::sysconf(libc::_SC_CLK_TCK))
        };
        #[allow(clippy::unnecessary_cast, reason = "the types differ between platforms")]
        let seconds = |ticks_of: libc::clock_t| ticks_of as f64 / (ticks.max(1) as f64);
        Ok(Times {
            user: seconds(times.tms_utime),
            system: seconds(times.tms_stime),
            children_user: seconds(times.tms_cutime),
            children_system: seconds(times.tms_cstime),
            elapsed: seconds(elapsed),
        })
    }

    fn load(&self) -> HostResult<[f64; 3]> {
        let mut load = [0.0; 3];
        // SAFETY: there is room for three numbers.
        match unsafe { libc::getloadavg(load.as_mut_ptr(), 3) } {
            3 => Ok(load),
            _ => Err(HostError::new(numbers::EINVAL)),
        }
    }
}

/// The bytes of a C string in a field.
fn field(field: &[libc::c_char]) -> Vec<u8> {
    // SAFETY: the same bytes, as unsigned ones.
    let bytes = unsafe { std::slice::from_raw_parts(field.as_ptr().cast::<u8>(), field.len()) };
    CStr::from_bytes_until_nul(bytes).map_or_else(|_| bytes.to_vec(), |text| text.to_bytes().to_vec())
}

impl Platform for NativeHost {
    fn error_text(&self, errno: i32) -> String {
        let mut buffer = [0 as libc::c_char; 256];
        // SAFETY: there is room for so many characters; what is written ends with a NUL.
        unsafe { libc::strerror_r(errno, buffer.as_mut_ptr(), buffer.len()) };
        String::from_utf8_lossy(&field(&buffer)).into_owned()
    }

    fn error_numbers(&self) -> Constants {
        constants::ERRORS
    }

    fn constants(&self) -> Constants {
        constants::FILES_AND_PROCESSES
    }

    fn clocks(&self) -> Constants {
        constants::CLOCKS
    }

    fn configurations(&self) -> Constants {
        crate::configurations::CONFIGURATIONS
    }

    fn configuration(&self, number: i32) -> HostResult<i64> {
        // SAFETY: a number only; this alone tells an error from what is not limited.
        unsafe {
            set_errno(0);
            let value = libc::sysconf(number);
            match last_error().errno {
                0 => Ok(value),
                _ if value != -1 => Ok(value),
                errno => Err(HostError::new(errno)),
            }
        }
    }

    fn system_name(&self) -> HostResult<SystemName> {
        let mut name = MaybeUninit::<libc::utsname>::zeroed();
        // SAFETY: there is room for the result, zeroed before.
        let name = unsafe {
            check(libc::uname(name.as_mut_ptr()))?;
            name.assume_init()
        };
        Ok(SystemName {
            system: field(&name.sysname),
            node: field(&name.nodename),
            release: field(&name.release),
            version: field(&name.version),
            machine: field(&name.machine),
        })
    }

    fn processors(&self) -> Option<usize> {
        // SAFETY: a number only.
        usize::try_from(unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) }).ok().filter(|&count| count > 0)
    }

    fn usable_processors(&self) -> HostResult<Vec<usize>> {
        cpus_of(0)
    }
}

/// Sets `errno`.
///
/// # Safety
/// None is needed: it is the thread's own.
pub(crate) unsafe fn set_errno(errno: i32) {
    // SAFETY: the address of the thread's `errno`.
    unsafe {
        #[cfg(target_os = "linux")]
        libc::__errno_location().write(errno);
        #[cfg(target_os = "macos")]
        libc::__error().write(errno);
    }
}

#[cfg(target_os = "linux")]
pub(crate) fn cpus_of(process: i32) -> HostResult<Vec<usize>> {
    let mut set = MaybeUninit::<libc::cpu_set_t>::zeroed();
    // SAFETY: there is room for the result, which is bits, zeroed before; only bits of it are asked for.
    unsafe {
        check(libc::sched_getaffinity(process, size_of::<libc::cpu_set_t>(), set.as_mut_ptr()))?;
        let set = set.assume_init();
        Ok((0..libc::CPU_SETSIZE as usize).filter(|&cpu| libc::CPU_ISSET(cpu, &set)).collect())
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn cpus_of(_: i32) -> HostResult<Vec<usize>> {
    Err(HostError::unsupported())
}

/// Ends the process at once, without what was to be called at its end: buffers of this process are not written out, and
/// memory is left to the system.
pub fn end(status: i32) -> ! {
    // SAFETY: a call that does not come back.
    unsafe { libc::_exit(status) }
}
