//! Semaphores that a signal interrupts: those of POSIX where they exist without a name, else a condition variable
//! that looks up now and then.

use std::sync::Arc;
use std::time::Duration;

use taipan_host::{HostResult, Semaphore};

#[cfg(not(target_os = "linux"))]
pub(crate) use condition::Count;
#[cfg(target_os = "linux")]
pub(crate) use posix::Count;

#[cfg(target_os = "linux")]
mod posix {
    use super::{Arc, Duration, HostResult, Semaphore};
    use crate::call::{check, last_error};
    use std::cell::UnsafeCell;
    use std::mem::MaybeUninit;
    use taipan_host::numbers;

    /// A `sem_t`, which does not move.
    pub(crate) struct Count(UnsafeCell<libc::sem_t>);

    // SAFETY: its functions may be called by any threads at once.
    unsafe impl Send for Count {}
    // SAFETY: as above.
    unsafe impl Sync for Count {}

    impl Count {
        pub(crate) fn new() -> HostResult<Arc<Count>> {
            // SAFETY: zeroed numbers, set up before anybody else sees them, where they stay.
            let count = Arc::new(Count(UnsafeCell::new(unsafe { MaybeUninit::zeroed().assume_init() })));
            // SAFETY: as above.
            check(unsafe { libc::sem_init(count.0.get(), 0, 0) })?;
            Ok(count)
        }
    }

    impl Drop for Count {
        fn drop(&mut self) {
            // SAFETY: nobody waits for it any more.
            unsafe { libc::sem_destroy(self.0.get()) };
        }
    }

    impl Semaphore for Count {
        fn post(&self) {
            // SAFETY: it was set up. That the count is at its limit is no loss.
            unsafe { libc::sem_post(self.0.get()) };
        }

        fn wait(&self, timeout: Option<Duration>) -> HostResult<bool> {
            let Some(timeout) = timeout else {
                // SAFETY: it was set up.
                return check(unsafe { libc::sem_wait(self.0.get()) }).map(|_| true);
            };
            let end = crate::clock::after(timeout);
            // SAFETY: it was set up; the time is read. `sem_timedwait` counts by the clock of the day, which may be set:
            // who waits looks at the time again.
            match unsafe { libc::sem_timedwait(self.0.get(), &raw const end) } {
                0 => Ok(true),
                _ => match last_error() {
                    error if error.errno == numbers::ETIMEDOUT => Ok(false),
                    error => Err(error),
                },
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod condition {
    use super::{Arc, Duration, HostResult, Semaphore};
    use crate::NativeHost;
    use std::sync::{Condvar, Mutex, PoisonError};
    use taipan_host::{HostError, Signals, numbers};

    /// How long a signal goes unnoticed at most.
    const LOOK: Duration = Duration::from_millis(50);

    /// A number, and who waits for it.
    #[derive(Default)]
    pub(crate) struct Count {
        number: Mutex<usize>,
        changed: Condvar,
    }

    impl Count {
        pub(crate) fn new() -> HostResult<Arc<Count>> {
            Ok(Arc::default())
        }
    }

    impl Semaphore for Count {
        fn post(&self) {
            *self.number.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            self.changed.notify_one();
        }

        fn wait(&self, timeout: Option<Duration>) -> HostResult<bool> {
            let mut left = timeout;
            let mut number = self.number.lock().unwrap_or_else(PoisonError::into_inner);
            while *number == 0 {
                if left == Some(Duration::ZERO) {
                    return Ok(false);
                }
                let step = left.map_or(LOOK, |left| left.min(LOOK));
                number = self.changed.wait_timeout(number, step).unwrap_or_else(PoisonError::into_inner).0;
                left = left.map(|left| left.saturating_sub(step));
                if *number == 0 && NativeHost.has_signals() {
                    return Err(HostError::new(numbers::EINTR));
                }
            }
            *number -= 1;
            Ok(true)
        }
    }
}
