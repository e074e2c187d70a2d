//! Files and folders, by raw descriptors and paths of bytes.

use crate::clock::Moment;
use crate::error::{HostResult, unsupported};
use crate::numbers;

/// How a file is to be opened: the platform's flags.
pub type OpenMode = i32;

/// What is known of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FileStatus {
    /// Kind and permissions.
    pub mode: u32,
    /// The number of the file on its device.
    pub inode: u64,
    /// The device that it is on.
    pub device: u64,
    /// Names of the file.
    pub links: u64,
    /// The owner.
    pub uid: u32,
    /// The owner's group.
    pub gid: u32,
    /// Bytes.
    pub size: i64,
    /// When it was read.
    pub accessed: Moment,
    /// When it was written.
    pub modified: Moment,
    /// When what is known of it changed.
    pub changed: Moment,
    /// How many bytes are best read at once.
    pub block_size: i64,
    /// Blocks of 512 bytes that it takes.
    pub blocks: i64,
    /// The device that it is, if it is one.
    pub device_type: u64,
}

impl FileStatus {
    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.mode & numbers::S_IFMT == numbers::S_IFDIR
    }

    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.mode & numbers::S_IFMT == numbers::S_IFREG
    }

    /// Whether it is a symbolic link.
    pub fn is_link(&self) -> bool {
        self.mode & numbers::S_IFMT == numbers::S_IFLNK
    }
}

/// What the listing of a folder says of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// Something else.
    Other,
    /// The listing does not say.
    Unknown,
}

/// An entry of a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirectoryEntry {
    /// Its name in the folder.
    pub name: Vec<u8>,
    /// The number of the file.
    pub inode: u64,
    /// Its kind.
    pub kind: FileKind,
}

/// Files and folders. A descriptor is a number of the platform; a path is bytes without a NUL.
pub trait Files {
    /// Opens a file. The descriptor is not inherited by programs that are executed.
    fn open(&self, _path: &[u8], _mode: OpenMode, _permissions: u32) -> HostResult<i32> {
        unsupported()
    }

    /// Closes a descriptor, which is gone even if this fails.
    fn close(&self, _fd: i32) -> HostResult<()> {
        unsupported()
    }

    /// Reads; zero at the end.
    fn read(&self, _fd: i32, _buffer: &mut [u8]) -> HostResult<usize> {
        unsupported()
    }

    /// Writes; says how much of it.
    fn write(&self, _fd: i32, _bytes: &[u8]) -> HostResult<usize> {
        unsupported()
    }

    /// Moves the position and gives the new one.
    fn seek(&self, _fd: i32, _offset: i64, _whence: i32) -> HostResult<i64> {
        unsupported()
    }

    /// Cuts or lengthens an open file.
    fn truncate(&self, _fd: i32, _size: i64) -> HostResult<()> {
        unsupported()
    }

    /// Cuts or lengthens the file of a path.
    fn truncate_path(&self, _path: &[u8], _size: i64) -> HostResult<()> {
        unsupported()
    }

    /// Has the system put an open file onto its device.
    fn sync(&self, _fd: i32) -> HostResult<()> {
        unsupported()
    }

    /// What is known of an open file.
    fn status(&self, _fd: i32) -> HostResult<FileStatus> {
        unsupported()
    }

    /// What is known of the file of a path; of a link itself unless it is to be followed.
    fn status_of(&self, _path: &[u8], _follows: bool) -> HostResult<FileStatus> {
        unsupported()
    }

    /// A second descriptor of the same file, the one wanted if it is given.
    fn duplicate(&self, _fd: i32, _to: Option<i32>, _inheritable: bool) -> HostResult<i32> {
        unsupported()
    }

    /// Whether programs that are executed get the descriptor.
    fn is_inheritable(&self, _fd: i32) -> HostResult<bool> {
        unsupported()
    }

    /// Sets whether they get it.
    fn set_inheritable(&self, _fd: i32, _inheritable: bool) -> HostResult<()> {
        unsupported()
    }

    /// Whether an operation on the descriptor waits.
    fn is_blocking(&self, _fd: i32) -> HostResult<bool> {
        unsupported()
    }

    /// Sets whether it waits.
    fn set_blocking(&self, _fd: i32, _blocking: bool) -> HostResult<()> {
        unsupported()
    }

    /// A pipe: the end to read from, the end to write to.
    fn pipe(&self) -> HostResult<(i32, i32)> {
        unsupported()
    }

    /// The entries of a folder but for `.` and `..`, in the system's order.
    fn list(&self, _path: &[u8]) -> HostResult<Vec<DirectoryEntry>> {
        unsupported()
    }

    /// Makes a folder.
    fn make_folder(&self, _path: &[u8], _permissions: u32) -> HostResult<()> {
        unsupported()
    }

    /// Removes a folder that is empty.
    fn remove_folder(&self, _path: &[u8]) -> HostResult<()> {
        unsupported()
    }

    /// Removes a name of a file.
    fn unlink(&self, _path: &[u8]) -> HostResult<()> {
        unsupported()
    }

    /// Gives a file another path, in place of what is there.
    fn rename(&self, _from: &[u8], _to: &[u8]) -> HostResult<()> {
        unsupported()
    }

    /// Gives a file one more path.
    fn link(&self, _from: &[u8], _to: &[u8]) -> HostResult<()> {
        unsupported()
    }

    /// Makes a symbolic link at `at` to `target`.
    fn link_symbolically(&self, _target: &[u8], _at: &[u8]) -> HostResult<()> {
        unsupported()
    }

    /// What a symbolic link says.
    fn read_link(&self, _path: &[u8]) -> HostResult<Vec<u8>> {
        unsupported()
    }

    /// The current folder.
    fn current_folder(&self) -> HostResult<Vec<u8>> {
        unsupported()
    }

    /// Changes the current folder.
    fn change_folder(&self, _path: &[u8]) -> HostResult<()> {
        unsupported()
    }

    /// Whether the process may do with a file what the platform's bits say.
    fn may_access(&self, _path: &[u8], _what: i32) -> HostResult<bool> {
        unsupported()
    }

    /// Changes the permissions of a file.
    fn change_mode(&self, _path: &[u8], _mode: u32) -> HostResult<()> {
        unsupported()
    }

    /// Changes the permissions of an open file.
    fn change_mode_of(&self, _fd: i32, _mode: u32) -> HostResult<()> {
        unsupported()
    }

    /// Changes owner and group of a file; `-1` leaves one as it is.
    fn change_owner(&self, _path: &[u8], _uid: i64, _gid: i64, _follows: bool) -> HostResult<()> {
        unsupported()
    }

    /// Sets when a file was read and written; now, without times.
    fn set_times(&self, _path: &[u8], _times: Option<(Moment, Moment)>, _follows: bool) -> HostResult<()> {
        unsupported()
    }

    /// Sets the permissions that new files do not get, and gives those before.
    fn set_mask(&self, _mask: u32) -> HostResult<u32> {
        unsupported()
    }
}
