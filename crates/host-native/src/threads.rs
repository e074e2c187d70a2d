//! Native threads.
#![allow(clippy::unnecessary_cast, reason = "the number of a thread is of another type on other systems")]

use std::mem::MaybeUninit;
use std::os::unix::thread::JoinHandleExt;
use std::sync::Arc;
use std::time::Duration;

use taipan_host::{HostError, HostResult, MaskChange, Semaphore, SignalReport, Start, Threads, numbers};

use crate::NativeHost;
use crate::call::check;
use crate::semaphore::Count;

/// Bytes of the stack of a thread, if nobody says.
const STACK: usize = 8 << 20;
/// As much is kept of a stack for what runs when the rest is used up.
const RESERVE: usize = 512 << 10;

fn set_of(signals: &[i32]) -> HostResult<libc::sigset_t> {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: there is room for the set, which is numbers, zeroed before.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for &signal in signals {
            check(libc::sigaddset(set.as_mut_ptr(), signal))?;
        }
        Ok(set.assume_init())
    }
}

fn members(set: &libc::sigset_t) -> Vec<i32> {
    // SAFETY: a set that the system gave.
    (1..65).filter(|&signal| unsafe { libc::sigismember(set, signal) } == 1).collect()
}

/// The result of a function of the threads library, which gives the error itself.
fn errno(result: i32) -> HostResult<()> {
    if result == 0 { Ok(()) } else { Err(HostError::new(result)) }
}

impl Threads for NativeHost {
    fn spawn(&self, stack: Option<usize>, start: Start) -> HostResult<u64> {
        // smaller ones are not enough for anything
        let usable = stack.unwrap_or(STACK).max(256 << 10);
        let builder = std::thread::Builder::new().stack_size(usable + RESERVE);
        let spawned = builder.spawn(move || start(usable - (64 << 10)));
        match spawned {
            Ok(thread) => Ok(thread.as_pthread_t() as u64),
            Err(error) => Err(HostError::new(error.raw_os_error().unwrap_or(numbers::EAGAIN))),
        }
    }

    fn thread_ident(&self) -> HostResult<u64> {
        // SAFETY: nothing is passed.
        Ok(unsafe { libc::pthread_self() } as u64)
    }

    #[cfg(target_os = "linux")]
    fn native_thread_id(&self) -> HostResult<u64> {
        // SAFETY: nothing is passed.
        Ok(u64::from(unsafe { libc::gettid() }.unsigned_abs()))
    }

    #[cfg(not(target_os = "linux"))]
    fn native_thread_id(&self) -> HostResult<u64> {
        let mut id = 0;
        // SAFETY: there is room for the number.
        errno(unsafe { libc::pthread_threadid_np(0, &raw mut id) })?;
        Ok(id)
    }

    fn set_thread_name(&self, name: &[u8]) -> HostResult<()> {
        // the system takes fifteen bytes
        let name = name.get(..15).unwrap_or(name);
        let name = crate::call::c_path(name)?;
        // SAFETY: a string that ends with a zero.
        #[cfg(target_os = "linux")]
        return errno(unsafe { libc::pthread_setname_np(libc::pthread_self(), name.as_ptr()) });
        // SAFETY: a string that ends with a zero.
        #[cfg(not(target_os = "linux"))]
        return errno(unsafe { libc::pthread_setname_np(name.as_ptr()) });
    }

    fn thread_name(&self) -> HostResult<Vec<u8>> {
        let mut name = [0_u8; 64];
        // SAFETY: there is room for as many bytes as are told.
        errno(unsafe {
            libc::pthread_getname_np(libc::pthread_self(), name.as_mut_ptr().cast(), name.len())
        })?;
        Ok(name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
    }

    fn semaphore(&self) -> HostResult<Arc<dyn Semaphore>> {
        Ok(Count::new()?)
    }

    fn fork(&self) -> HostResult<i32> {
        // SAFETY: the child goes on with this thread; who else may hold locks of this program is the caller's care.
        let process = check(unsafe { libc::fork() })?;
        if process == 0 {
            crate::signals::taken_by_this_thread();
        }
        Ok(process)
    }

    fn signal_thread(&self, thread: u64, signal: i32) -> HostResult<()> {
        // SAFETY: the number is one of a thread, by the caller's care; the system refuses signals that it has not.
        errno(unsafe { libc::pthread_kill(thread as libc::pthread_t, signal) })
    }

    fn change_signal_mask(&self, change: MaskChange, signals: &[i32]) -> HostResult<Vec<i32>> {
        let how = match change {
            MaskChange::Block => libc::SIG_BLOCK,
            MaskChange::Unblock => libc::SIG_UNBLOCK,
            MaskChange::Set => libc::SIG_SETMASK,
        };
        let set = set_of(signals)?;
        let mut before = MaybeUninit::<libc::sigset_t>::zeroed();
        // SAFETY: one set is read, for the other there is room.
        unsafe {
            errno(libc::pthread_sigmask(how, &raw const set, before.as_mut_ptr()))?;
            Ok(members(before.assume_init_ref()))
        }
    }

    fn pending_signals(&self) -> HostResult<Vec<i32>> {
        let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
        // SAFETY: there is room for the set.
        unsafe {
            check(libc::sigpending(set.as_mut_ptr()))?;
            Ok(members(set.assume_init_ref()))
        }
    }

    #[cfg(target_os = "linux")]
    fn wait_for_signals(
        &self,
        signals: &[i32],
        timeout: Option<Duration>,
    ) -> HostResult<Option<SignalReport>> {
        let set = set_of(signals)?;
        let time = timeout.map(crate::clock::timespec_of);
        let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
        // SAFETY: the set and the time are read, for the report there is room.
        match check(unsafe { libc::sigtimedwait(&raw const set, info.as_mut_ptr(), time) }) {
            Ok(_) => {}
            Err(error) if error.errno == numbers::EAGAIN && timeout.is_some() => return Ok(None),
            Err(error) => return Err(error),
        }
        // SAFETY: the system has filled it in; the fields are numbers.
        unsafe {
            let info = info.assume_init_ref();
            Ok(Some(SignalReport {
                signal: info.si_signo,
                code: info.si_code,
                errno: info.si_errno,
                process: info.si_pid(),
                user: info.si_uid(),
                status: info.si_status(),
                band: 0,
            }))
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn wait_for_signals(
        &self,
        signals: &[i32],
        timeout: Option<Duration>,
    ) -> HostResult<Option<SignalReport>> {
        if timeout.is_some() {
            // there is no call that waits so
            return Err(HostError::new(numbers::ENOSYS));
        }
        let set = set_of(signals)?;
        let mut signal = 0;
        // SAFETY: the set is read, for the number there is room.
        errno(unsafe { libc::sigwait(&raw const set, &raw mut signal) })?;
        Ok(Some(SignalReport { signal, ..SignalReport::default() }))
    }
}
