//! Descriptors: opening, reading, writing, what is known of a file.

use std::mem::MaybeUninit;

use taipan_host::{DirectoryEntry, FileStatus, Files, HostResult, Moment, OpenMode};

use crate::NativeHost;
use crate::call::{c_path, check, retry};
use crate::folders;

/// The most that is read or written at once.
const MOST: usize = if cfg!(target_os = "macos") { i32::MAX as usize } else { isize::MAX as usize };

fn moment(seconds: i64, nanos: i64) -> Moment {
    Moment { seconds, nanos: u32::try_from(nanos).unwrap_or(0) }
}

pub(crate) fn status_from(call: impl FnOnce(*mut libc::stat) -> i32) -> HostResult<FileStatus> {
    let mut stat = MaybeUninit::<libc::stat>::zeroed();
    check(call(stat.as_mut_ptr()))?;
    // SAFETY: numbers, zeroed before the call filled them in.
    let stat = unsafe { stat.assume_init() };
    #[allow(clippy::unnecessary_cast, reason = "the types of the fields differ between platforms")]
    Ok(FileStatus {
        mode: stat.st_mode as u32,
        inode: stat.st_ino as u64,
        device: stat.st_dev as u64,
        links: stat.st_nlink as u64,
        uid: stat.st_uid,
        gid: stat.st_gid,
        size: stat.st_size,
        accessed: moment(stat.st_atime, stat.st_atime_nsec),
        modified: moment(stat.st_mtime, stat.st_mtime_nsec),
        changed: moment(stat.st_ctime, stat.st_ctime_nsec),
        block_size: stat.st_blksize as i64,
        blocks: stat.st_blocks as i64,
        device_type: stat.st_rdev as u64,
    })
}

pub(crate) fn timespec(moment: Moment) -> libc::timespec {
    libc::timespec { tv_sec: moment.seconds, tv_nsec: moment.nanos.into() }
}

impl Files for NativeHost {
    fn open(&self, path: &[u8], mode: OpenMode, permissions: u32) -> HostResult<i32> {
        let path = c_path(path)?;
        // SAFETY: the path ends with a NUL.
        retry(|| unsafe { libc::open(path.as_ptr(), mode | libc::O_CLOEXEC, permissions) })
    }

    fn close(&self, fd: i32) -> HostResult<()> {
        // SAFETY: closing a number is sound: who reads from it later gets an error, or another file.
        match check(unsafe { libc::close(fd) }) {
            Err(error) if error.errno != libc::EINTR => Err(error),
            _ => Ok(()),
        }
    }

    fn read(&self, fd: i32, buffer: &mut [u8]) -> HostResult<usize> {
        let len = buffer.len().min(MOST);
        // SAFETY: so many bytes may be written there.
        let read = retry(|| unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), len) })?;
        Ok(read.unsigned_abs())
    }

    fn write(&self, fd: i32, bytes: &[u8]) -> HostResult<usize> {
        let len = bytes.len().min(MOST);
        // SAFETY: so many bytes may be read there.
        let written = retry(|| unsafe { libc::write(fd, bytes.as_ptr().cast(), len) })?;
        Ok(written.unsigned_abs())
    }

    fn seek(&self, fd: i32, offset: i64, whence: i32) -> HostResult<i64> {
        // SAFETY: numbers only.
        check(unsafe { libc::lseek(fd, offset, whence) })
    }

    fn truncate(&self, fd: i32, size: i64) -> HostResult<()> {
        // SAFETY: numbers only.
        retry(|| unsafe { libc::ftruncate(fd, size) }).map(drop)
    }

    fn truncate_path(&self, path: &[u8], size: i64) -> HostResult<()> {
        let path = c_path(path)?;
        // SAFETY: the path ends with a NUL.
        retry(|| unsafe { libc::truncate(path.as_ptr(), size) }).map(drop)
    }

    fn sync(&self, fd: i32) -> HostResult<()> {
        // SAFETY: a number only.
        retry(|| unsafe { libc::fsync(fd) }).map(drop)
    }

    fn status(&self, fd: i32) -> HostResult<FileStatus> {
        // SAFETY: there is room for the result.
        status_from(|to| unsafe { libc::fstat(fd, to) })
    }

    fn status_of(&self, path: &[u8], follows: bool) -> HostResult<FileStatus> {
        let path = c_path(path)?;
        // SAFETY: the path ends with a NUL, and there is room for the result.
        status_from(|to| unsafe {
            if follows { libc::stat(path.as_ptr(), to) } else { libc::lstat(path.as_ptr(), to) }
        })
    }

    fn duplicate(&self, fd: i32, to: Option<i32>, inheritable: bool) -> HostResult<i32> {
        let command = if inheritable { libc::F_DUPFD } else { libc::F_DUPFD_CLOEXEC };
        let new = match to {
            // SAFETY: numbers only.
            None => check(unsafe { libc::fcntl(fd, command, 0) })?,
            // SAFETY: numbers only.
            Some(to) => retry(|| unsafe { libc::dup2(fd, to) })?,
        };
        if to.is_some() && !inheritable && new != fd {
            self.set_inheritable(new, false)?;
        }
        Ok(new)
    }

    fn is_inheritable(&self, fd: i32) -> HostResult<bool> {
        // SAFETY: numbers only.
        let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
        Ok(flags & libc::FD_CLOEXEC == 0)
    }

    fn set_inheritable(&self, fd: i32, inheritable: bool) -> HostResult<()> {
        // SAFETY: numbers only.
        let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
        let flags = if inheritable { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
        // SAFETY: numbers only.
        check(unsafe { libc::fcntl(fd, libc::F_SETFD, flags) }).map(drop)
    }

    fn is_blocking(&self, fd: i32) -> HostResult<bool> {
        // SAFETY: numbers only.
        let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
        Ok(flags & libc::O_NONBLOCK == 0)
    }

    fn set_blocking(&self, fd: i32, blocking: bool) -> HostResult<()> {
        // SAFETY: numbers only.
        let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
        let flags = if blocking { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
        // SAFETY: numbers only.
        check(unsafe { libc::fcntl(fd, libc::F_SETFL, flags) }).map(drop)
    }

    fn pipe(&self) -> HostResult<(i32, i32)> {
        let mut ends = [0; 2];
        // SAFETY: there is room for two numbers.
        check(unsafe { libc::pipe(ends.as_mut_ptr()) })?;
        let [read, write] = ends;
        self.set_inheritable(read, false)?;
        self.set_inheritable(write, false)?;
        Ok((read, write))
    }

    fn list(&self, path: &[u8]) -> HostResult<Vec<DirectoryEntry>> {
        folders::list(path)
    }

    fn make_folder(&self, path: &[u8], permissions: u32) -> HostResult<()> {
        let path = c_path(path)?;
        // SAFETY: the path ends with a NUL.
        check(unsafe { libc::mkdir(path.as_ptr(), permissions as libc::mode_t) }).map(drop)
    }

    fn remove_folder(&self, path: &[u8]) -> HostResult<()> {
        let path = c_path(path)?;
        // SAFETY: the path ends with a NUL.
        check(unsafe { libc::rmdir(path.as_ptr()) }).map(drop)
    }

    fn unlink(&self, path: &[u8]) -> HostResult<()> {
        let path = c_path(path)?;
        // SAFETY: the path ends with a NUL.
        check(unsafe { libc::unlink(path.as_ptr()) }).map(drop)
    }

    fn rename(&self, from: &[u8], to: &[u8]) -> HostResult<()> {
        let (from, to) = (c_path(from)?, c_path(to)?);
        // SAFETY: the paths end with a NUL.
        check(unsafe { libc::rename(from.as_ptr(), to.as_ptr()) }).map(drop)
    }

    fn link(&self, from: &[u8], to: &[u8]) -> HostResult<()> {
        let (from, to) = (c_path(from)?, c_path(to)?);
        // SAFETY: the paths end with a NUL.
        check(unsafe { libc::link(from.as_ptr(), to.as_ptr()) }).map(drop)
    }

    fn link_symbolically(&self, target: &[u8], at: &[u8]) -> HostResult<()> {
        let (target, at) = (c_path(target)?, c_path(at)?);
        // SAFETY: the paths end with a NUL.
        check(unsafe { libc::symlink(target.as_ptr(), at.as_ptr()) }).map(drop)
    }

    fn read_link(&self, path: &[u8]) -> HostResult<Vec<u8>> {
        folders::read_link(path)
    }

    fn current_folder(&self) -> HostResult<Vec<u8>> {
        folders::current()
    }

    fn change_folder(&self, path: &[u8]) -> HostResult<()> {
        let path = c_path(path)?;
        // SAFETY: the path ends with a NUL.
        check(unsafe { libc::chdir(path.as_ptr()) }).map(drop)
    }

    fn may_access(&self, path: &[u8], what: i32) -> HostResult<bool> {
        let path = c_path(path)?;
        // SAFETY: the path ends with a NUL.
        Ok(unsafe { libc::access(path.as_ptr(), what) } == 0)
    }

    fn change_mode(&self, path: &[u8], mode: u32) -> HostResult<()> {
        let path = c_path(path)?;
        // SAFETY: the path ends with a NUL.
        check(unsafe { libc::chmod(path.as_ptr(), mode as libc::mode_t) }).map(drop)
    }

    fn change_mode_of(&self, fd: i32, mode: u32) -> HostResult<()> {
        // SAFETY: numbers only.
        retry(|| unsafe { libc::fchmod(fd, mode as libc::mode_t) }).map(drop)
    }

    fn change_owner(&self, path: &[u8], uid: i64, gid: i64, follows: bool) -> HostResult<()> {
        let path = c_path(path)?;
        let (uid, gid) = (uid as libc::uid_t, gid as libc::gid_t);
        // SAFETY: the path ends with a NUL.
        check(unsafe {
            if follows { libc::chown(path.as_ptr(), uid, gid) } else { libc::lchown(path.as_ptr(), uid, gid) }
        })
        .map(drop)
    }

    fn set_times(&self, path: &[u8], times: Option<(Moment, Moment)>, follows: bool) -> HostResult<()> {
        let path = c_path(path)?;
        let times = times.map(|(accessed, modified)| [timespec(accessed), timespec(modified)]);
        let pointer = times.as_ref().map_or(std::ptr::null(), |times| times.as_ptr());
        let flags = if follows { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
        // SAFETY: the path ends with a NUL; the times are two, or null.
        check(unsafe { libc::utimensat(libc::AT_FDCWD, path.as_ptr(), pointer, flags) }).map(drop)
    }

    fn set_mask(&self, mask: u32) -> HostResult<u32> {
        // SAFETY: a number only.
        #[allow(clippy::unnecessary_cast, reason = "the type differs between platforms")]
        Ok(unsafe { libc::umask(mask as libc::mode_t) } as u32)
    }
}
