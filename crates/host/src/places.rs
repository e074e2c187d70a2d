//! What is done to files by a path that may be relative to an open folder, with all that can be said of it.

use crate::clock::Moment;
use crate::error::{HostResult, unsupported};
use crate::files::{DirectoryEntry, FileStatus, Files};

/// A path, and the open folder that it is relative to; without one it is relative to the current folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place<'a> {
    /// The descriptor of the folder.
    pub folder: Option<i32>,
    /// The path.
    pub path: &'a [u8],
}

/// What is asked of a permission.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccessQuestion {
    /// What is to be done: the platform's bits.
    pub what: i32,
    /// Whether the rights of the effective user count.
    pub effective: bool,
    /// Whether a link is followed.
    pub follows: bool,
}

/// Files by places. What a host does without open folders, it does by the methods of [`Files`].
pub trait Places: Files {
    /// Opens a file; see [`Files::open`].
    fn open_at(&self, place: Place<'_>, mode: i32, permissions: u32) -> HostResult<i32> {
        match place.folder {
            None => self.open(place.path, mode, permissions),
            Some(_) => unsupported(),
        }
    }

    /// What is known of a file.
    fn status_at(&self, place: Place<'_>, follows: bool) -> HostResult<FileStatus> {
        match place.folder {
            None => self.status_of(place.path, follows),
            Some(_) => unsupported(),
        }
    }

    /// Makes a folder.
    fn make_folder_at(&self, place: Place<'_>, permissions: u32) -> HostResult<()> {
        match place.folder {
            None => self.make_folder(place.path, permissions),
            Some(_) => unsupported(),
        }
    }

    /// Makes a pipe with a name, or another special file.
    fn make_node_at(&self, _place: Place<'_>, _mode: u32, _device: u64) -> HostResult<()> {
        unsupported()
    }

    /// Removes a name, or a folder that is empty.
    fn remove_at(&self, place: Place<'_>, is_folder: bool) -> HostResult<()> {
        match place.folder {
            None if is_folder => self.remove_folder(place.path),
            None => self.unlink(place.path),
            Some(_) => unsupported(),
        }
    }

    /// Gives a file another path, in place of what is there.
    fn rename_at(&self, from: Place<'_>, to: Place<'_>) -> HostResult<()> {
        match from.folder.or(to.folder) {
            None => self.rename(from.path, to.path),
            Some(_) => unsupported(),
        }
    }

    /// Gives a file one more path; that which a link leads to, if it is followed.
    fn link_at(&self, from: Place<'_>, to: Place<'_>, _follows: bool) -> HostResult<()> {
        match from.folder.or(to.folder) {
            None => self.link(from.path, to.path),
            Some(_) => unsupported(),
        }
    }

    /// Makes a symbolic link at `at` to `target`.
    fn link_symbolically_at(&self, target: &[u8], at: Place<'_>) -> HostResult<()> {
        match at.folder {
            None => self.link_symbolically(target, at.path),
            Some(_) => unsupported(),
        }
    }

    /// What a symbolic link says.
    fn read_link_at(&self, place: Place<'_>) -> HostResult<Vec<u8>> {
        match place.folder {
            None => self.read_link(place.path),
            Some(_) => unsupported(),
        }
    }

    /// Whether the process may do something with a file.
    fn may_access_at(&self, place: Place<'_>, question: AccessQuestion) -> HostResult<bool> {
        match place.folder {
            None if !question.effective && question.follows => self.may_access(place.path, question.what),
            _ => unsupported(),
        }
    }

    /// Changes the permissions of a file.
    fn change_mode_at(&self, place: Place<'_>, mode: u32, follows: bool) -> HostResult<()> {
        match place.folder {
            None if follows => self.change_mode(place.path, mode),
            _ => unsupported(),
        }
    }

    /// Changes owner and group of a file; `-1` leaves one as it is.
    fn change_owner_at(&self, place: Place<'_>, uid: i64, gid: i64, follows: bool) -> HostResult<()> {
        match place.folder {
            None => self.change_owner(place.path, uid, gid, follows),
            Some(_) => unsupported(),
        }
    }

    /// Sets when a file was read and written; now, without times.
    fn set_times_at(
        &self,
        place: Place<'_>,
        times: Option<(Moment, Moment)>,
        follows: bool,
    ) -> HostResult<()> {
        match place.folder {
            None => self.set_times(place.path, times, follows),
            Some(_) => unsupported(),
        }
    }

    /// The same for an open file.
    fn set_times_of(&self, _fd: i32, _times: Option<(Moment, Moment)>) -> HostResult<()> {
        unsupported()
    }

    /// The entries of an open folder but for `.` and `..`.
    fn list_open(&self, _fd: i32) -> HostResult<Vec<DirectoryEntry>> {
        unsupported()
    }

    /// Changes the folder that paths begin at.
    fn change_root(&self, _path: &[u8]) -> HostResult<()> {
        unsupported()
    }
}
