//! What processes use, and how much they may use.

use std::mem::MaybeUninit;

use taipan_host::{Constants, HostResult, ResourceLimit, Resources, Usage};

use crate::NativeHost;
use crate::call::check;

macro_rules! named {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

#[cfg(target_os = "linux")]
const CONSTANTS: Constants = named! {
    RLIMIT_AS RLIMIT_CORE RLIMIT_CPU RLIMIT_DATA RLIMIT_FSIZE RLIMIT_MEMLOCK RLIMIT_MSGQUEUE RLIMIT_NICE
    RLIMIT_NOFILE RLIMIT_NPROC RLIMIT_RSS RLIMIT_RTPRIO RLIMIT_RTTIME RLIMIT_SIGPENDING RLIMIT_STACK
    RUSAGE_CHILDREN RUSAGE_SELF RUSAGE_THREAD
};
#[cfg(not(target_os = "linux"))]
const CONSTANTS: Constants = named! {
    RLIMIT_AS RLIMIT_CORE RLIMIT_CPU RLIMIT_DATA RLIMIT_FSIZE RLIMIT_MEMLOCK RLIMIT_NOFILE RLIMIT_NPROC RLIMIT_RSS
    RLIMIT_STACK RUSAGE_CHILDREN RUSAGE_SELF
};

fn seconds(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 * 1e-6
}

/// What the system says was used.
pub(crate) fn usage_of(usage: &libc::rusage) -> Usage {
    Usage {
        seconds: [seconds(usage.ru_utime), seconds(usage.ru_stime)],
        counts: [
            usage.ru_maxrss,
            usage.ru_ixrss,
            usage.ru_idrss,
            usage.ru_isrss,
            usage.ru_minflt,
            usage.ru_majflt,
            usage.ru_nswap,
            usage.ru_inblock,
            usage.ru_oublock,
            usage.ru_msgsnd,
            usage.ru_msgrcv,
            usage.ru_nsignals,
            usage.ru_nvcsw,
            usage.ru_nivcsw,
        ],
    }
}

impl Resources for NativeHost {
    fn usage(&self, who: i32) -> HostResult<Usage> {
        let mut usage = MaybeUninit::<libc::rusage>::zeroed();
        // SAFETY: there is room for the result, which is numbers, zeroed before.
        let usage = unsafe {
            check(libc::getrusage(who, usage.as_mut_ptr()))?;
            usage.assume_init()
        };
        Ok(usage_of(&usage))
    }

    #[cfg(target_os = "linux")]
    fn limit(&self, process: i32, resource: i32, new: Option<ResourceLimit>) -> HostResult<ResourceLimit> {
        let new = new.map(|(soft, hard)| libc::rlimit { rlim_cur: soft, rlim_max: hard });
        let new = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: numbers, and structs that are read and written.
        check(unsafe { libc::prlimit(process, resource as libc::__rlimit_resource_t, new, &raw mut old) })?;
        Ok((old.rlim_cur, old.rlim_max))
    }

    #[cfg(not(target_os = "linux"))]
    fn limit(&self, process: i32, resource: i32, new: Option<ResourceLimit>) -> HostResult<ResourceLimit> {
        if process != 0 {
            return Err(taipan_host::HostError::new(taipan_host::numbers::ENOSYS));
        }
        let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: numbers, and a struct that is written.
        check(unsafe { libc::getrlimit(resource, &raw mut old) })?;
        if let Some((soft, hard)) = new {
            let new = libc::rlimit { rlim_cur: soft, rlim_max: hard };
            // SAFETY: numbers, and a struct that is read.
            check(unsafe { libc::setrlimit(resource, &raw const new) })?;
        }
        Ok((old.rlim_cur, old.rlim_max))
    }

    fn resource_constants(&self) -> Constants {
        CONSTANTS
    }
}

/// Bytes that the stack of the first thread may grow to; none if the system does not say.
pub fn main_stack() -> Option<usize> {
    let (soft, _) = NativeHost.limit(0, libc::RLIMIT_STACK as i32, None).ok()?;
    Some(usize::try_from(soft).unwrap_or(usize::MAX))
}
