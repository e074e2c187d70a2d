//! Waiting for descriptors.

use taipan_host::{EpollControl, HostResult, PollEntry, Waiting};

use crate::NativeHost;
use crate::call::check;
use crate::constants;

impl Waiting for NativeHost {
    fn poll(&self, entries: &mut [PollEntry], milliseconds: Option<i32>) -> HostResult<usize> {
        let entry = |entry: &PollEntry| libc::pollfd { fd: entry.fd, events: entry.events, revents: 0 };
        let mut native: Vec<libc::pollfd> = entries.iter().map(entry).collect();
        // SAFETY: as many entries as is said, which stay where they are.
        let count = check(unsafe {
            libc::poll(native.as_mut_ptr(), native.len() as libc::nfds_t, milliseconds.unwrap_or(-1))
        })?;
        for (entry, native) in entries.iter_mut().zip(native) {
            entry.returned = native.revents;
        }
        Ok(usize::try_from(count).unwrap_or(0))
    }

    #[cfg(target_os = "linux")]
    fn epoll(&self) -> HostResult<i32> {
        // SAFETY: a number only.
        check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })
    }

    #[cfg(target_os = "linux")]
    fn epoll_control(&self, epoll: i32, what: EpollControl, fd: i32, events: u32) -> HostResult<()> {
        let operation = match what {
            EpollControl::Add => libc::EPOLL_CTL_ADD,
            EpollControl::Modify => libc::EPOLL_CTL_MOD,
            EpollControl::Remove => libc::EPOLL_CTL_DEL,
        };
        let mut event = libc::epoll_event { events, u64: fd as u32 as u64 };
        // SAFETY: the event is read only.
        check(unsafe { libc::epoll_ctl(epoll, operation, fd, &raw mut event) }).map(drop)
    }

    #[cfg(target_os = "linux")]
    fn epoll_wait(&self, epoll: i32, most: usize, milliseconds: Option<i32>) -> HostResult<Vec<(i32, u32)>> {
        let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; most];
        let room = i32::try_from(most).unwrap_or(i32::MAX);
        // SAFETY: there is room for so many events.
        let count =
            check(unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), room, milliseconds.unwrap_or(-1)) })?;
        let came = events.iter().take(usize::try_from(count).unwrap_or(0));
        Ok(came.map(|event| (event.u64 as i32, event.events)).collect())
    }

    #[cfg(not(target_os = "linux"))]
    fn epoll_control(&self, _: i32, _: EpollControl, _: i32, _: u32) -> HostResult<()> {
        Err(taipan_host::HostError::unsupported())
    }

    fn waiting_constants(&self) -> taipan_host::Constants {
        constants::WAITING
    }
}
