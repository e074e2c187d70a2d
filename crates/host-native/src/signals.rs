//! Signals. The handler notes the number, writes it to the descriptor that wants to know, and tells the thread that
//! handles signals; it does nothing that a signal handler must not do.
#![allow(clippy::unnecessary_cast, reason = "the number of a thread is of another type on other systems")]

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

use taipan_host::{HostResult, SignalAction, Signals};

use crate::NativeHost;
use crate::call::check;

/// Signals have smaller numbers.
const COUNT: usize = 65;

static NOTED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];
static ANY: AtomicBool = AtomicBool::new(false);
static WAKEUP: AtomicI32 = AtomicI32::new(-1);
/// The thread that handles signals; 0 before it is known. One that comes to another thread is passed on to it, so that
/// it stops waiting.
static HANDLER: AtomicU64 = AtomicU64::new(0);

/// From now on this thread handles signals.
pub(crate) fn taken_by_this_thread() {
    // SAFETY: nothing is passed.
    HANDLER.store(unsafe { libc::pthread_self() } as u64, Ordering::Relaxed);
}

/// Which signals a thread does not take.
#[derive(Clone, Copy)]
pub struct SignalMask(libc::sigset_t);

impl SignalMask {
    /// Lets this thread take no signals, so that another one does; gives what it took before.
    pub fn block_all() -> SignalMask {
        let mut all = MaybeUninit::<libc::sigset_t>::zeroed();
        let mut before = MaybeUninit::<libc::sigset_t>::zeroed();
        // SAFETY: there is room for both sets, which are numbers, zeroed before.
        unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            SignalMask(before.assume_init())
        }
    }

    /// Lets this thread take what the mask does not name.
    pub fn restore(self) {
        // SAFETY: a set that the system gave.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, std::ptr::null_mut()) };
    }
}

/// Notes a signal.
extern "C" fn note(signal: libc::c_int) {
    let handler = HANDLER.load(Ordering::Relaxed);
    // SAFETY: both functions may be called by a signal handler; the thread is that of the interpreter, which is there.
    unsafe {
        if handler != 0 && handler != libc::pthread_self() as u64 {
            let before = *errno();
            let passed = libc::pthread_kill(handler as libc::pthread_t, signal) == 0;
            *errno() = before;
            if passed {
                return;
            }
        }
    }
    keep(signal);
}

/// Notes a signal for the thread that handles signals. A signal handler may call this.
fn keep(signal: i32) {
    if let Some(noted) = usize::try_from(signal).ok().and_then(|at| NOTED.get(at)) {
        noted.store(true, Ordering::Relaxed);
        ANY.store(true, Ordering::Release);
    }
    let fd = WAKEUP.load(Ordering::Relaxed);
    if fd >= 0 {
        let byte = signal as u8;
        // SAFETY: `write` may be called by a signal handler; the byte is there. `errno` is put back.
        unsafe {
            let before = *errno();
            libc::write(fd, (&raw const byte).cast(), 1);
            *errno() = before;
        }
    }
    taipan_object::thread::signal_came();
}

/// Where `errno` stands.
unsafe fn errno() -> *mut libc::c_int {
    // SAFETY: the place is the thread's own.
    #[cfg(target_os = "linux")]
    unsafe {
        libc::__errno_location()
    }
    // SAFETY: the place is the thread's own.
    #[cfg(not(target_os = "linux"))]
    unsafe {
        libc::__error()
    }
}

fn seconds_of(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 * 1e-6
}

fn time_of(seconds: f64) -> libc::timeval {
    // a wait that is not zero is not none either
    let micros = if seconds > 0.0 { (seconds * 1e6).ceil().max(1.0) } else { 0.0 };
    libc::timeval { tv_sec: (micros / 1e6) as libc::time_t, tv_usec: (micros % 1e6) as libc::suseconds_t }
}

impl Signals for NativeHost {
    fn set_signal(&self, signal: i32, action: SignalAction) -> HostResult<()> {
        if action == SignalAction::Note {
            taken_by_this_thread();
        }
        let handler = match action {
            SignalAction::Default => libc::SIG_DFL,
            SignalAction::Ignore => libc::SIG_IGN,
            SignalAction::Note => note as extern "C" fn(libc::c_int) as usize,
        };
        let mut new = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: the struct is numbers, zeroed, and then what is wanted; the handler does what handlers may do.
        unsafe {
            let new = new.assume_init_mut();
            new.sa_sigaction = handler;
            check(libc::sigaction(signal, new, std::ptr::null_mut())).map(drop)
        }
    }

    fn signal_action(&self, signal: i32) -> HostResult<Option<SignalAction>> {
        let mut old = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: there is room for the result, which is numbers, zeroed before.
        let handler = unsafe {
            check(libc::sigaction(signal, std::ptr::null(), old.as_mut_ptr()))?;
            old.assume_init().sa_sigaction
        };
        Ok(match handler {
            libc::SIG_DFL => Some(SignalAction::Default),
            libc::SIG_IGN => Some(SignalAction::Ignore),
            handler if handler == note as extern "C" fn(libc::c_int) as usize => Some(SignalAction::Note),
            _ => None,
        })
    }

    fn has_signals(&self) -> bool {
        ANY.load(Ordering::Acquire)
    }

    fn note_signal(&self, signal: i32) {
        keep(signal);
    }

    fn take_signals(&self) -> Vec<i32> {
        if !ANY.swap(false, Ordering::AcqRel) {
            return Vec::new();
        }
        let noted = NOTED.iter().enumerate();
        noted.filter(|(_, noted)| noted.swap(false, Ordering::Relaxed)).map(|(at, _)| at as i32).collect()
    }

    fn set_wakeup(&self, fd: i32) -> HostResult<i32> {
        Ok(WAKEUP.swap(fd, Ordering::Relaxed))
    }

    fn set_timer(&self, timer: i32, seconds: f64, interval: f64) -> HostResult<(f64, f64)> {
        let new = libc::itimerval { it_interval: time_of(interval), it_value: time_of(seconds) };
        let mut old = MaybeUninit::<libc::itimerval>::zeroed();
        // SAFETY: structs of numbers, one that is read and one that is written.
        let old = unsafe {
            check(libc::setitimer(timer, &raw const new, old.as_mut_ptr()))?;
            old.assume_init()
        };
        Ok((seconds_of(old.it_value), seconds_of(old.it_interval)))
    }

    fn timer(&self, timer: i32) -> HostResult<(f64, f64)> {
        let mut old = MaybeUninit::<libc::itimerval>::zeroed();
        // SAFETY: there is room for the result, which is numbers, zeroed before.
        let old = unsafe {
            check(libc::getitimer(timer, old.as_mut_ptr()))?;
            old.assume_init()
        };
        Ok((seconds_of(old.it_value), seconds_of(old.it_interval)))
    }

    fn wait_for_signal(&self) -> HostResult<()> {
        // SAFETY: nothing is passed.
        unsafe { libc::pause() };
        Ok(())
    }

    fn signal_text(&self, signal: i32) -> Option<String> {
        // SAFETY: the result is null or a string that stays until the next call by this thread.
        unsafe {
            let text = libc::strsignal(signal);
            (!text.is_null()).then(|| std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned())
        }
    }
}
