//! The few numbers of the platform that the interpreter itself reads or writes. All others are given by
//! [`Platform::constants`](crate::Platform::constants).

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident = $linux:literal, $macos:literal;)*) => {
        $($(#[$doc])* pub const $name: i32 = if cfg!(target_os = "macos") { $macos } else { $linux };)*
    };
}

numbers! {
    /// Not permitted.
    EPERM = 1, 1;
    /// No such file.
    ENOENT = 2, 2;
    /// No such process.
    ESRCH = 3, 3;
    /// Interrupted.
    EINTR = 4, 4;
    /// Bad descriptor.
    EBADF = 9, 9;
    /// No children.
    ECHILD = 10, 10;
    /// Try again; the operation would have to wait.
    EAGAIN = 11, 35;
    /// Access denied.
    EACCES = 13, 13;
    /// Exists already.
    EEXIST = 17, 17;
    /// Not a folder.
    ENOTDIR = 20, 20;
    /// A folder.
    EISDIR = 21, 21;
    /// Invalid argument.
    EINVAL = 22, 22;
    /// No seeking there.
    ESPIPE = 29, 29;
    /// Nobody reads any more.
    EPIPE = 32, 32;
    /// There is no such operation.
    ENOSYS = 38, 78;
    /// The other end is shut down.
    ESHUTDOWN = 108, 58;
    /// The connection was aborted.
    ECONNABORTED = 103, 53;
    /// The connection was reset.
    ECONNRESET = 104, 54;
    /// It took too long.
    ETIMEDOUT = 110, 60;
    /// The connection was refused.
    ECONNREFUSED = 111, 61;
    /// It has begun already.
    EALREADY = 114, 37;
    /// It has begun now.
    EINPROGRESS = 115, 36;
    /// A capability is missing.
    ENOTCAPABLE = 93, 107;
    /// From the beginning.
    SEEK_SET = 0, 0;
    /// From where the position is.
    SEEK_CUR = 1, 1;
    /// From the end.
    SEEK_END = 2, 2;
    /// To read.
    O_RDONLY = 0, 0;
    /// To write.
    O_WRONLY = 1, 1;
    /// To read and write.
    O_RDWR = 2, 2;
    /// Makes the file if there is none.
    O_CREAT = 0o100, 0x200;
    /// Only if there is none.
    O_EXCL = 0o200, 0x800;
    /// Makes it empty.
    O_TRUNC = 0o1000, 0x400;
    /// Writes at the end.
    O_APPEND = 0o2000, 8;
    /// Not for programs that are executed.
    O_CLOEXEC = 0o2000000, 0x1000000;
}

/// The part of a mode that says what kind of file it is.
pub const S_IFMT: u32 = 0o170_000;
/// A folder.
pub const S_IFDIR: u32 = 0o040_000;
/// A regular file.
pub const S_IFREG: u32 = 0o100_000;
/// A symbolic link.
pub const S_IFLNK: u32 = 0o120_000;
