//! Files by paths that are relative to open folders.

use std::ffi::CStr;

use taipan_host::{
    AccessQuestion, DirectoryEntry, FileKind, FileStatus, Files, HostError, HostResult, Moment, Place, Places,
};

use crate::NativeHost;
use crate::call::{c_path, check, last_error, retry};
use crate::files::{status_from, timespec};
use crate::processes::set_errno;

/// The descriptor that stands for the folder of a place.
fn folder(place: Place<'_>) -> i32 {
    place.folder.unwrap_or(libc::AT_FDCWD)
}

/// The flag for what a link leads to.
fn not_followed(follows: bool) -> i32 {
    if follows { 0 } else { libc::AT_SYMLINK_NOFOLLOW }
}

fn times_of(times: Option<(Moment, Moment)>) -> Option<[libc::timespec; 2]> {
    times.map(|(accessed, modified)| [timespec(accessed), timespec(modified)])
}

impl Places for NativeHost {
    fn open_at(&self, place: Place<'_>, mode: i32, permissions: u32) -> HostResult<i32> {
        let path = c_path(place.path)?;
        let mode = mode | libc::O_CLOEXEC;
        // SAFETY: the path ends with a NUL.
        retry(|| unsafe { libc::openat(folder(place), path.as_ptr(), mode, permissions) })
    }

    fn status_at(&self, place: Place<'_>, follows: bool) -> HostResult<FileStatus> {
        let path = c_path(place.path)?;
        // SAFETY: the path ends with a NUL, and there is room for the result.
        status_from(|to| unsafe { libc::fstatat(folder(place), path.as_ptr(), to, not_followed(follows)) })
    }

    fn make_folder_at(&self, place: Place<'_>, permissions: u32) -> HostResult<()> {
        let path = c_path(place.path)?;
        // SAFETY: the path ends with a NUL.
        check(unsafe { libc::mkdirat(folder(place), path.as_ptr(), permissions as libc::mode_t) }).map(drop)
    }

    #[cfg(target_os = "linux")]
    fn make_node_at(&self, place: Place<'_>, mode: u32, device: u64) -> HostResult<()> {
        let path = c_path(place.path)?;
        // SAFETY: the path ends with a NUL.
        check(unsafe { libc::mknodat(folder(place), path.as_ptr(), mode, device) }).map(drop)
    }

    #[cfg(not(target_os = "linux"))]
    fn make_node_at(&self, place: Place<'_>, mode: u32, device: u64) -> HostResult<()> {
        if place.folder.is_some() {
            return Err(HostError::unsupported());
        }
        let path = c_path(place.path)?;
        let mode = mode as libc::mode_t;
        // SAFETY: the path ends with a NUL.
        check(unsafe {
            match mode & libc::S_IFMT {
                libc::S_IFIFO => libc::mkfifo(path.as_ptr(), mode & !libc::S_IFMT),
                _ => libc::mknod(path.as_ptr(), mode, device as libc::dev_t),
            }
        })
        .map(drop)
    }

    fn remove_at(&self, place: Place<'_>, is_folder: bool) -> HostResult<()> {
        let path = c_path(place.path)?;
        let flags = if is_folder { libc::AT_REMOVEDIR } else { 0 };
        // SAFETY: the path ends with a NUL.
        check(unsafe { libc::unlinkat(folder(place), path.as_ptr(), flags) }).map(drop)
    }

    fn rename_at(&self, from: Place<'_>, to: Place<'_>) -> HostResult<()> {
        let (from_path, to_path) = (c_path(from.path)?, c_path(to.path)?);
        // SAFETY: the paths end with a NUL.
        check(unsafe { libc::renameat(folder(from), from_path.as_ptr(), folder(to), to_path.as_ptr()) })
            .map(drop)
    }

    fn link_at(&self, from: Place<'_>, to: Place<'_>, follows: bool) -> HostResult<()> {
        let (from_path, to_path) = (c_path(from.path)?, c_path(to.path)?);
        let flags = if follows { libc::AT_SYMLINK_FOLLOW } else { 0 };
        // SAFETY: the paths end with a NUL.
        check(unsafe { libc::linkat(folder(from), from_path.as_ptr(), folder(to), to_path.as_ptr(), flags) })
            .map(drop)
    }

    fn link_symbolically_at(&self, target: &[u8], at: Place<'_>) -> HostResult<()> {
        let (target, path) = (c_path(target)?, c_path(at.path)?);
        // SAFETY: the paths end with a NUL.
        check(unsafe { libc::symlinkat(target.as_ptr(), folder(at), path.as_ptr()) }).map(drop)
    }

    fn read_link_at(&self, place: Place<'_>) -> HostResult<Vec<u8>> {
        if place.folder.is_none() {
            return self.read_link(place.path);
        }
        let path = c_path(place.path)?;
        let mut target = vec![0_u8; 256];
        loop {
            let room = target.len();
            // SAFETY: the path ends with a NUL; so many bytes may be written.
            let count = check(unsafe {
                libc::readlinkat(folder(place), path.as_ptr(), target.as_mut_ptr().cast(), room)
            })?;
            if count.unsigned_abs() < room {
                target.truncate(count.unsigned_abs());
                return Ok(target);
            }
            target.resize(room * 2, 0);
        }
    }

    fn may_access_at(&self, place: Place<'_>, question: AccessQuestion) -> HostResult<bool> {
        let path = c_path(place.path)?;
        let effective = if question.effective { libc::AT_EACCESS } else { 0 };
        let flags = effective | not_followed(question.follows);
        // SAFETY: the path ends with a NUL.
        Ok(unsafe { libc::faccessat(folder(place), path.as_ptr(), question.what, flags) } == 0)
    }

    fn change_mode_at(&self, place: Place<'_>, mode: u32, follows: bool) -> HostResult<()> {
        let path = c_path(place.path)?;
        let flags = not_followed(follows);
        // SAFETY: the path ends with a NUL.
        check(unsafe { libc::fchmodat(folder(place), path.as_ptr(), mode as libc::mode_t, flags) }).map(drop)
    }

    fn change_owner_at(&self, place: Place<'_>, uid: i64, gid: i64, follows: bool) -> HostResult<()> {
        let path = c_path(place.path)?;
        let (uid, gid) = (uid as libc::uid_t, gid as libc::gid_t);
        // SAFETY: the path ends with a NUL.
        check(unsafe { libc::fchownat(folder(place), path.as_ptr(), uid, gid, not_followed(follows)) })
            .map(drop)
    }

    fn set_times_at(
        &self,
        place: Place<'_>,
        times: Option<(Moment, Moment)>,
        follows: bool,
    ) -> HostResult<()> {
        let path = c_path(place.path)?;
        let times = times_of(times);
        let pointer = times.as_ref().map_or(std::ptr::null(), |times| times.as_ptr());
        // SAFETY: the path ends with a NUL; the times are two, or null.
        check(unsafe { libc::utimensat(folder(place), path.as_ptr(), pointer, not_followed(follows)) })
            .map(drop)
    }

    fn set_times_of(&self, fd: i32, times: Option<(Moment, Moment)>) -> HostResult<()> {
        let times = times_of(times);
        let pointer = times.as_ref().map_or(std::ptr::null(), |times| times.as_ptr());
        // SAFETY: the times are two, or null.
        check(unsafe { libc::futimens(fd, pointer) }).map(drop)
    }

    fn list_open(&self, fd: i32) -> HostResult<Vec<DirectoryEntry>> {
        // the list closes its descriptor
        let own = self.duplicate(fd, None, false)?;
        // SAFETY: the descriptor is given away if that succeeds.
        let list = unsafe { libc::fdopendir(own) };
        if list.is_null() {
            let error = last_error();
            let _ = self.close(own);
            return Err(error);
        }
        // SAFETY: a list that was just opened, and is used no more when it is closed.
        unsafe {
            let entries = entries(list);
            // the position is that of the descriptor that was given, too
            libc::rewinddir(list);
            libc::closedir(list);
            entries
        }
    }

    fn change_root(&self, path: &[u8]) -> HostResult<()> {
        let path = c_path(path)?;
        // SAFETY: the path ends with a NUL.
        check(unsafe { libc::chroot(path.as_ptr()) }).map(drop)
    }
}

/// # Safety
/// An open list.
unsafe fn entries(list: *mut libc::DIR) -> HostResult<Vec<DirectoryEntry>> {
    let mut all = Vec::new();
    loop {
        // SAFETY: by contract; an entry is read before the next is asked for.
        let entry = unsafe {
            set_errno(0);
            libc::readdir(list).as_ref()
        };
        let Some(entry) = entry else {
            return match last_error().errno {
                0 => Ok(all),
                errno => Err(HostError::new(errno)),
            };
        };
        // SAFETY: the name ends with a NUL.
        let name = unsafe { CStr::from_ptr(entry.d_name.as_ptr()) }.to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        let kind = match entry.d_type {
            libc::DT_REG => FileKind::File,
            libc::DT_DIR => FileKind::Folder,
            libc::DT_LNK => FileKind::Link,
            libc::DT_UNKNOWN => FileKind::Unknown,
            _ => FileKind::Other,
        };
        all.push(DirectoryEntry { name: name.to_vec(), inode: entry.d_ino, kind });
    }
}
