//! Descriptors' own controls, locks, and the accounts of the system.

use crate::Constants;
use crate::error::{HostResult, unsupported};

/// Controls of descriptors.
pub trait Control {
    /// `fcntl` with a number.
    fn control(&self, _fd: i32, _command: i32, _argument: i32) -> HostResult<i32> {
        unsupported()
    }

    /// `fcntl` with memory, which the system may change; there is more room than any command needs.
    fn control_memory(&self, _fd: i32, _command: i32, _memory: &mut [u8]) -> HostResult<i32> {
        unsupported()
    }

    /// `ioctl` with a number.
    fn device_control(&self, _fd: i32, _request: u64, _argument: i32) -> HostResult<i32> {
        unsupported()
    }

    /// `ioctl` with memory, which the system may change.
    fn device_control_memory(&self, _fd: i32, _request: u64, _memory: &mut [u8]) -> HostResult<i32> {
        unsupported()
    }

    /// Locks a whole file, or gives it free: the flags of `flock`.
    fn lock_file(&self, _fd: i32, _operation: i32) -> HostResult<()> {
        unsupported()
    }

    /// Locks a part of a file, or gives it free: what `lockf` of the module `fcntl` does.
    fn lock_part(&self, _fd: i32, _lock: PartLock) -> HostResult<()> {
        unsupported()
    }

    /// Names and numbers of controls.
    fn control_constants(&self) -> Constants {
        &[]
    }
}

/// A lock of a part of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartLock {
    /// Whether it is for one alone; none gives the part free.
    pub exclusive: Option<bool>,
    /// Whether to wait for others.
    pub waits: bool,
    /// From where `start` counts.
    pub whence: i16,
    /// Where the part begins.
    pub start: i64,
    /// How long it is; zero up to the end.
    pub len: i64,
}

/// A user of the system.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct UserAccount {
    /// The name.
    pub name: Vec<u8>,
    /// The password, or what stands for it.
    pub password: Vec<u8>,
    /// The number.
    pub user: u32,
    /// The number of the group.
    pub group: u32,
    /// The real name, and more.
    pub comment: Vec<u8>,
    /// The home folder.
    pub home: Vec<u8>,
    /// The program to log in to.
    pub shell: Vec<u8>,
}

/// A group of users.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GroupAccount {
    /// The name.
    pub name: Vec<u8>,
    /// The password, or what stands for it.
    pub password: Vec<u8>,
    /// The number.
    pub group: u32,
    /// The names of the users.
    pub members: Vec<Vec<u8>>,
}

/// Which account to look for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountKey<'a> {
    /// That of a number.
    Number(u32),
    /// That of a name.
    Name(&'a [u8]),
}

/// Users and groups.
pub trait Accounts {
    /// A user; none if there is no such one.
    fn user_account(&self, _key: AccountKey<'_>) -> Option<UserAccount> {
        None
    }

    /// All users.
    fn user_accounts(&self) -> Vec<UserAccount> {
        Vec::new()
    }

    /// A group; none if there is no such one.
    fn group_account(&self, _key: AccountKey<'_>) -> Option<GroupAccount> {
        None
    }

    /// All groups.
    fn group_accounts(&self) -> Vec<GroupAccount> {
        Vec::new()
    }
}
