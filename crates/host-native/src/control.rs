//! Controls of descriptors, and accounts. The lists of accounts are walked by one thread at a time.

use std::ffi::CStr;
use std::sync::Mutex;

use taipan_host::{
    AccountKey, Accounts, Constants, Control, GroupAccount, HostResult, PartLock, UserAccount,
};

use crate::NativeHost;
use crate::call::{c_path, retry};
use crate::constants;

impl Control for NativeHost {
    fn control(&self, fd: i32, command: i32, argument: i32) -> HostResult<i32> {
        // SAFETY: a number; a command that takes it for an address fails by `EFAULT`.
        retry(|| unsafe { libc::fcntl(fd, command, argument) })
    }

    fn control_memory(&self, fd: i32, command: i32, memory: &mut [u8]) -> HostResult<i32> {
        // SAFETY: there is more room than any command needs.
        retry(|| unsafe { libc::fcntl(fd, command, memory.as_mut_ptr()) })
    }

    fn device_control(&self, fd: i32, request: u64, argument: i32) -> HostResult<i32> {
        // SAFETY: a number; a request that takes it for an address fails by `EFAULT`.
        retry(|| unsafe { libc::ioctl(fd, request as _, argument) })
    }

    fn device_control_memory(&self, fd: i32, request: u64, memory: &mut [u8]) -> HostResult<i32> {
        // SAFETY: as much memory as the caller says that the request needs, and at least a kilobyte.
        retry(|| unsafe { libc::ioctl(fd, request as _, memory.as_mut_ptr()) })
    }

    fn lock_file(&self, fd: i32, operation: i32) -> HostResult<()> {
        // SAFETY: numbers only.
        retry(|| unsafe { libc::flock(fd, operation) }).map(drop)
    }

    fn lock_part(&self, fd: i32, lock: PartLock) -> HostResult<()> {
        // SAFETY: numbers.
        let mut wanted: libc::flock = unsafe { std::mem::zeroed() };
        wanted.l_type = match lock.exclusive {
            Some(true) => libc::F_WRLCK,
            Some(false) => libc::F_RDLCK,
            None => libc::F_UNLCK,
        } as _;
        wanted.l_whence = lock.whence;
        wanted.l_start = lock.start as _;
        wanted.l_len = lock.len as _;
        let command = if lock.waits { libc::F_SETLKW } else { libc::F_SETLK };
        // SAFETY: the lock is read only.
        retry(|| unsafe { libc::fcntl(fd, command, &raw const wanted) }).map(drop)
    }

    fn control_constants(&self) -> Constants {
        constants::CONTROLS
    }
}

/// The bytes of a C string.
///
/// # Safety
/// A string that ends with NUL, or null.
unsafe fn bytes_at(text: *const libc::c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: by contract.
    unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()
}

/// # Safety
/// An entry that the system gave.
unsafe fn user_of(entry: &libc::passwd) -> UserAccount {
    // SAFETY: by contract.
    unsafe {
        UserAccount {
            name: bytes_at(entry.pw_name),
            password: bytes_at(entry.pw_passwd),
            user: entry.pw_uid,
            group: entry.pw_gid,
            comment: bytes_at(entry.pw_gecos),
            home: bytes_at(entry.pw_dir),
            shell: bytes_at(entry.pw_shell),
        }
    }
}

/// # Safety
/// An entry that the system gave.
unsafe fn group_of(entry: &libc::group) -> GroupAccount {
    let mut members = Vec::new();
    // SAFETY: by contract; the list of members ends with null.
    unsafe {
        let mut at = entry.gr_mem;
        while !at.is_null() && !(*at).is_null() {
            members.push(bytes_at(*at));
            at = at.add(1);
        }
        let (name, password) = (bytes_at(entry.gr_name), bytes_at(entry.gr_passwd));
        GroupAccount { name, password, group: entry.gr_gid, members }
    }
}

/// The lists have one place for the whole process.
static LISTS: Mutex<()> = Mutex::new(());

fn locked<R>(walk: impl FnOnce() -> R) -> R {
    let guard = LISTS.lock();
    let result = walk();
    drop(guard);
    result
}

impl Accounts for NativeHost {
    fn user_account(&self, key: AccountKey<'_>) -> Option<UserAccount> {
        locked(|| {
            // SAFETY: strings that end with NUL; the entry is read before another is asked for.
            unsafe {
                let entry = match key {
                    AccountKey::Number(number) => libc::getpwuid(number),
                    AccountKey::Name(name) => libc::getpwnam(c_path(name).ok()?.as_ptr()),
                };
                entry.as_ref().map(|entry| user_of(entry))
            }
        })
    }

    fn user_accounts(&self) -> Vec<UserAccount> {
        locked(|| {
            let mut all = Vec::new();
            // SAFETY: each entry is read before the next is asked for.
            unsafe {
                libc::setpwent();
                while let Some(entry) = libc::getpwent().as_ref() {
                    all.push(user_of(entry));
                }
                libc::endpwent();
            }
            all
        })
    }

    fn group_account(&self, key: AccountKey<'_>) -> Option<GroupAccount> {
        locked(|| {
            // SAFETY: strings that end with NUL; the entry is read before another is asked for.
            unsafe {
                let entry = match key {
                    AccountKey::Number(number) => libc::getgrgid(number),
                    AccountKey::Name(name) => libc::getgrnam(c_path(name).ok()?.as_ptr()),
                };
                entry.as_ref().map(|entry| group_of(entry))
            }
        })
    }

    fn group_accounts(&self) -> Vec<GroupAccount> {
        locked(|| {
            let mut all = Vec::new();
            // SAFETY: each entry is read before the next is asked for.
            unsafe {
                libc::setgrent();
                while let Some(entry) = libc::getgrent().as_ref() {
                    all.push(group_of(entry));
                }
                libc::endgrent();
            }
            all
        })
    }
}
