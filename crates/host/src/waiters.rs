//! Waiting for what another thread does: the part that locks, handles of threads and queues share.
//!
//! What is waited for is a condition over cells, which only change while the GIL is held. Who changes it calls
//! [`Waiters::wake`]; a wake that nobody needed any more lets the next who waits look once more than it had to.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;
use std::time::Duration;

use taipan_object::{PyResult, Thread};

use crate::raise::run_signals;
use crate::{Semaphore, numbers, of, released};

/// Nanoseconds of the monotonic clock at which waiting ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deadline(i128);

impl Deadline {
    /// A number of seconds from now.
    ///
    /// # Errors
    /// There is no clock.
    pub fn after(thread: &Thread, seconds: f64) -> PyResult<Deadline> {
        let now = of(thread).monotonic().map_err(|error| error.raise(thread))?;
        // rounded up: who waits for a time waits at least that long
        Ok(Deadline(now.total_nanos().saturating_add((seconds * 1e9).ceil() as i128)))
    }

    /// What is left of the time; none if it is over.
    ///
    /// # Errors
    /// There is no clock.
    pub fn left(self, thread: &Thread) -> PyResult<Option<Duration>> {
        let now = of(thread).monotonic().map_err(|error| error.raise(thread))?;
        let left = self.0 - now.total_nanos();
        Ok((left > 0).then(|| Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX))))
    }
}

/// Those who wait for one thing.
#[derive(Default)]
pub struct Waiters {
    semaphore: OnceCell<Arc<dyn Semaphore>>,
    count: Cell<usize>,
}

/// One who waits, until it goes.
struct Waiting<'a>(&'a Waiters);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.count.set(self.0.count.get() - 1);
    }
}

impl Waiters {
    /// Waits until `ready` says so, which is asked while the GIL is held; false if the time is over first. The
    /// handlers of signals run meanwhile.
    ///
    /// # Errors
    /// What a handler raises; the host cannot wait.
    pub fn wait(
        &self,
        thread: &Thread,
        deadline: Option<Deadline>,
        ready: impl Fn() -> bool,
    ) -> PyResult<bool> {
        if ready() {
            return Ok(true);
        }
        let semaphore = match self.semaphore.get() {
            Some(semaphore) => semaphore,
            None => {
                let made = of(thread).semaphore().map_err(|error| error.raise(thread))?;
                self.semaphore.get_or_init(|| made)
            }
        };
        let semaphore = semaphore.clone();
        self.count.set(self.count.get() + 1);
        let _waiting = Waiting(self);
        loop {
            let left = match deadline {
                Some(deadline) => match deadline.left(thread)? {
                    Some(left) => Some(left),
                    None => return Ok(ready()),
                },
                None => None,
            };
            match released(thread, |_| semaphore.wait(left)) {
                Ok(_) => {}
                Err(error) if error.errno == numbers::EINTR => run_signals(thread)?,
                Err(error) => return Err(error.raise(thread)),
            }
            if ready() {
                return Ok(true);
            }
        }
    }

    /// Lets one of those who wait look again.
    pub fn wake(&self) {
        if self.count.get() > 0
            && let Some(semaphore) = self.semaphore.get()
        {
            semaphore.post();
        }
    }

    /// Lets all of those who wait look again.
    pub fn wake_all(&self) {
        for _ in 0..self.count.get() {
            self.wake();
        }
    }
}
