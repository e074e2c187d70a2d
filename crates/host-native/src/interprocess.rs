//! Semaphores and memory that processes share by name. Handles of semaphores are their addresses; those that are open
//! are noted, so that no other number is taken for one.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use taipan_host::{HostError, HostResult, Interprocess, Patience, numbers};

use crate::NativeHost;
use crate::call::{c_path, check, last_error, retry};

/// Who uses a semaphore, and how often it was opened.
#[derive(Default)]
struct Uses {
    users: usize,
    opened: usize,
}

static OPEN: LazyLock<Mutex<HashMap<usize, Uses>>> = LazyLock::new(Mutex::default);

fn open_ones() -> MutexGuard<'static, HashMap<usize, Uses>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A semaphore that is open. Who calls uses it, so it stays open meanwhile.
fn known(handle: usize) -> HostResult<*mut libc::sem_t> {
    match open_ones().contains_key(&handle) {
        true => Ok(handle as *mut libc::sem_t),
        false => Err(HostError::new(numbers::EINVAL)),
    }
}

impl Interprocess for NativeHost {
    fn open_semaphore(&self, name: &[u8], new: Option<u32>) -> HostResult<usize> {
        let name = c_path(name)?;
        // SAFETY: the name ends with a NUL.
        let semaphore = unsafe {
            match new {
                Some(value) => {
                    let permissions: libc::c_uint = 0o600;
                    libc::sem_open(name.as_ptr(), libc::O_CREAT | libc::O_EXCL, permissions, value)
                }
                None => libc::sem_open(name.as_ptr(), 0),
            }
        };
        if semaphore == libc::SEM_FAILED {
            return Err(last_error());
        }
        let mut all = open_ones();
        let uses = all.entry(semaphore as usize).or_default();
        uses.users += 1;
        uses.opened += 1;
        Ok(semaphore as usize)
    }

    fn share_semaphore(&self, handle: usize) -> HostResult<()> {
        match open_ones().get_mut(&handle) {
            Some(uses) => {
                uses.users += 1;
                Ok(())
            }
            None => Err(HostError::new(numbers::EINVAL)),
        }
    }

    fn close_semaphore(&self, handle: usize) -> HostResult<()> {
        let mut all = open_ones();
        let Some(uses) = all.get_mut(&handle) else { return Err(HostError::new(numbers::EINVAL)) };
        uses.users -= 1;
        if uses.users > 0 {
            return Ok(());
        }
        let opened = uses.opened;
        all.remove(&handle);
        for _ in 0..opened {
            // SAFETY: it was opened so often, and nobody uses it any more.
            check(unsafe { libc::sem_close(handle as *mut libc::sem_t) })?;
        }
        Ok(())
    }

    fn take_semaphore(&self, handle: usize, patience: Patience) -> HostResult<bool> {
        let semaphore = known(handle)?;
        let taken = match patience {
            // SAFETY: it is open.
            Patience::None => retry(|| unsafe { libc::sem_trywait(semaphore) }),
            // SAFETY: as above; a signal ends the wait.
            Patience::Endless => check(unsafe { libc::sem_wait(semaphore) }),
            Patience::For(time) => timed(semaphore, time),
        };
        match taken {
            Ok(_) => Ok(true),
            Err(error) if error.would_block() || error.errno == numbers::ETIMEDOUT => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn give_semaphore(&self, handle: usize) -> HostResult<()> {
        let semaphore = known(handle)?;
        // SAFETY: it is open.
        check(unsafe { libc::sem_post(semaphore) }).map(drop)
    }

    #[cfg(target_os = "linux")]
    fn semaphore_value(&self, handle: usize) -> HostResult<i32> {
        let semaphore = known(handle)?;
        let mut value = 0;
        // SAFETY: it is open, and there is room for a number.
        check(unsafe { libc::sem_getvalue(semaphore, &raw mut value) })?;
        Ok(value.max(0))
    }

    fn unlink_semaphore(&self, name: &[u8]) -> HostResult<()> {
        let name = c_path(name)?;
        // SAFETY: the name ends with a NUL.
        check(unsafe { libc::sem_unlink(name.as_ptr()) }).map(drop)
    }

    fn open_shared_memory(&self, name: &[u8], flags: i32, permissions: u32) -> HostResult<i32> {
        let name = c_path(name)?;
        // SAFETY: the name ends with a NUL.
        retry(|| unsafe { libc::shm_open(name.as_ptr(), flags, permissions as libc::mode_t as _) })
    }

    fn unlink_shared_memory(&self, name: &[u8]) -> HostResult<()> {
        let name = c_path(name)?;
        // SAFETY: the name ends with a NUL.
        check(unsafe { libc::shm_unlink(name.as_ptr()) }).map(drop)
    }
}

#[cfg(target_os = "linux")]
fn timed(semaphore: *mut libc::sem_t, time: std::time::Duration) -> HostResult<i32> {
    let end = crate::clock::after(time);
    // SAFETY: it is open; the time is read. A signal ends the wait.
    check(unsafe { libc::sem_timedwait(semaphore, &raw const end) })
}

/// Where no call waits for a time, it is looked at now and then.
#[cfg(not(target_os = "linux"))]
fn timed(semaphore: *mut libc::sem_t, time: std::time::Duration) -> HostResult<i32> {
    let end = std::time::Instant::now() + time;
    loop {
        // SAFETY: it is open.
        match check(unsafe { libc::sem_trywait(semaphore) }) {
            Err(error) if error.would_block() && std::time::Instant::now() < end => {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            result => return result,
        }
    }
}
