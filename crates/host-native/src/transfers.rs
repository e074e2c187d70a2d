//! Reading and writing at offsets and in parts, file systems, attributes.

use std::mem::MaybeUninit;

use taipan_host::{FileRef, FileSystem, HostError, HostResult, Transfers};

use crate::NativeHost;
use crate::call::{c_path, check, last_error, retry};
use crate::processes::set_errno;

/// What a call that counts gives.
fn counted(call: impl FnMut() -> isize) -> HostResult<usize> {
    retry(call).map(isize::unsigned_abs)
}

/// The parts as the system takes them, up to the most that it takes.
fn parts(buffers: &[Vec<u8>]) -> Vec<libc::iovec> {
    let part =
        |buffer: &Vec<u8>| libc::iovec { iov_base: buffer.as_ptr().cast_mut().cast(), iov_len: buffer.len() };
    buffers.iter().map(part).collect()
}

/// The same, of buffers that will be written.
fn parts_mut(buffers: &mut [Vec<u8>]) -> Vec<libc::iovec> {
    let part =
        |buffer: &mut Vec<u8>| libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    buffers.iter_mut().map(part).collect()
}

#[cfg(target_os = "linux")]
fn pointer<T>(place: &mut Option<T>) -> *mut T {
    place.as_mut().map_or(std::ptr::null_mut(), std::ptr::from_mut)
}

impl Transfers for NativeHost {
    fn read_at(&self, fd: i32, buffer: &mut [u8], offset: i64) -> HostResult<usize> {
        // SAFETY: so many bytes may be written there.
        counted(|| unsafe { libc::pread(fd, buffer.as_mut_ptr().cast(), buffer.len(), offset) })
    }

    fn write_at(&self, fd: i32, bytes: &[u8], offset: i64) -> HostResult<usize> {
        // SAFETY: so many bytes may be read there.
        counted(|| unsafe { libc::pwrite(fd, bytes.as_ptr().cast(), bytes.len(), offset) })
    }

    fn read_parts(&self, fd: i32, buffers: &mut [Vec<u8>], at: Option<(i64, i32)>) -> HostResult<usize> {
        let parts = parts_mut(buffers);
        let count = parts.len() as i32;
        // SAFETY: so many bytes of each part may be written.
        counted(|| unsafe {
            match at {
                None => libc::readv(fd, parts.as_ptr(), count),
                Some((offset, 0)) => libc::preadv(fd, parts.as_ptr(), count, offset),
                #[cfg(target_os = "linux")]
                Some((offset, flags)) => libc::preadv2(fd, parts.as_ptr(), count, offset, flags),
                #[cfg(not(target_os = "linux"))]
                Some(_) => not_there(),
            }
        })
    }

    fn write_parts(&self, fd: i32, buffers: &[Vec<u8>], at: Option<(i64, i32)>) -> HostResult<usize> {
        let parts = parts(buffers);
        let count = parts.len() as i32;
        // SAFETY: so many bytes of each part may be read.
        counted(|| unsafe {
            match at {
                None => libc::writev(fd, parts.as_ptr(), count),
                Some((offset, 0)) => libc::pwritev(fd, parts.as_ptr(), count, offset),
                #[cfg(target_os = "linux")]
                Some((offset, flags)) => libc::pwritev2(fd, parts.as_ptr(), count, offset, flags),
                #[cfg(not(target_os = "linux"))]
                Some(_) => not_there(),
            }
        })
    }

    #[cfg(target_os = "linux")]
    fn send_file(&self, to: i32, from: i32, offset: Option<i64>, count: usize) -> HostResult<usize> {
        let mut offset = offset;
        let offset = pointer(&mut offset);
        // SAFETY: a number that is read and written, or null.
        counted(|| unsafe { libc::sendfile(to, from, offset, count) })
    }

    #[cfg(target_os = "linux")]
    fn copy_range(
        &self,
        from: (i32, Option<i64>),
        to: (i32, Option<i64>),
        count: usize,
    ) -> HostResult<usize> {
        let ((from, mut start), (to, mut end)) = (from, to);
        let (start, end) = (pointer(&mut start), pointer(&mut end));
        // SAFETY: numbers that are read and written, or null.
        counted(|| unsafe { libc::copy_file_range(from, start, to, end, count, 0) })
    }

    #[cfg(target_os = "linux")]
    fn splice(
        &self,
        from: (i32, Option<i64>),
        to: (i32, Option<i64>),
        count: usize,
        flags: u32,
    ) -> HostResult<usize> {
        let ((from, mut start), (to, mut end)) = (from, to);
        let (start, end) = (pointer(&mut start), pointer(&mut end));
        // SAFETY: numbers that are read and written, or null.
        counted(|| unsafe { libc::splice(from, start, to, end, count, flags) })
    }

    #[cfg(target_os = "linux")]
    fn pipe_with(&self, flags: i32) -> HostResult<(i32, i32)> {
        let mut ends = [0; 2];
        // SAFETY: there is room for two numbers.
        check(unsafe { libc::pipe2(ends.as_mut_ptr(), flags) })?;
        let [read, write] = ends;
        Ok((read, write))
    }

    #[cfg(target_os = "linux")]
    fn memory_file(&self, name: &[u8], flags: u32) -> HostResult<i32> {
        let name = c_path(name)?;
        // SAFETY: the name ends with a NUL.
        check(unsafe { libc::memfd_create(name.as_ptr(), flags) })
    }

    #[cfg(target_os = "linux")]
    fn random(&self, buffer: &mut [u8], flags: u32) -> HostResult<usize> {
        // SAFETY: so many bytes may be written there.
        counted(|| unsafe { libc::getrandom(buffer.as_mut_ptr().cast(), buffer.len(), flags) })
    }

    fn file_system(&self, file: FileRef<'_>) -> HostResult<FileSystem> {
        let mut found = MaybeUninit::<libc::statvfs>::zeroed();
        // SAFETY: the path ends with a NUL, and there is room for the result, which is numbers, zeroed before.
        let found = unsafe {
            match file {
                FileRef::Open(fd) => retry(|| libc::fstatvfs(fd, found.as_mut_ptr()))?,
                FileRef::Path(path) | FileRef::Link(path) => {
                    let path = c_path(path)?;
                    retry(|| libc::statvfs(path.as_ptr(), found.as_mut_ptr()))?
                }
            };
            found.assume_init()
        };
        #[allow(clippy::unnecessary_cast, reason = "the types of the fields differ between platforms")]
        let numbers = [
            found.f_bsize as u64,
            found.f_frsize as u64,
            found.f_blocks as u64,
            found.f_bfree as u64,
            found.f_bavail as u64,
            found.f_files as u64,
            found.f_ffree as u64,
            found.f_favail as u64,
            found.f_flag as u64,
            found.f_namemax as u64,
        ];
        #[allow(clippy::unnecessary_cast, reason = "as above")]
        Ok(FileSystem { numbers, id: found.f_fsid as u64 })
    }

    fn file_configuration(&self, file: FileRef<'_>, number: i32) -> HostResult<i64> {
        // SAFETY: the path ends with a NUL; only `errno` tells an error from what is not limited.
        unsafe {
            let value = match file {
                FileRef::Open(fd) => {
                    set_errno(0);
                    libc::fpathconf(fd, number)
                }
                FileRef::Path(path) | FileRef::Link(path) => {
                    let path = c_path(path)?;
                    set_errno(0);
                    libc::pathconf(path.as_ptr(), number)
                }
            };
            match last_error().errno {
                errno if value == -1 && errno != 0 => Err(HostError::new(errno)),
                _ => Ok(value),
            }
        }
    }

    #[cfg(target_os = "linux")]
    fn attribute(&self, file: FileRef<'_>, name: &[u8]) -> HostResult<Vec<u8>> {
        let name = c_path(name)?;
        // SAFETY: names that end with a NUL, and so much room.
        growing(file, |target, to, room| unsafe {
            let to = to.cast();
            match target {
                Target::Open(fd) => libc::fgetxattr(fd, name.as_ptr(), to, room),
                Target::Path(path) => libc::getxattr(path, name.as_ptr(), to, room),
                Target::Link(path) => libc::lgetxattr(path, name.as_ptr(), to, room),
            }
        })
    }

    #[cfg(target_os = "linux")]
    fn set_attribute(&self, file: FileRef<'_>, name: &[u8], value: &[u8], flags: i32) -> HostResult<()> {
        let name = c_path(name)?;
        let (start, len) = (value.as_ptr().cast(), value.len());
        // SAFETY: names that end with a NUL, and so many bytes.
        on(file, |target| unsafe {
            match target {
                Target::Open(fd) => libc::fsetxattr(fd, name.as_ptr(), start, len, flags),
                Target::Path(path) => libc::setxattr(path, name.as_ptr(), start, len, flags),
                Target::Link(path) => libc::lsetxattr(path, name.as_ptr(), start, len, flags),
            }
        })
        .map(drop)
    }

    #[cfg(target_os = "linux")]
    fn remove_attribute(&self, file: FileRef<'_>, name: &[u8]) -> HostResult<()> {
        let name = c_path(name)?;
        // SAFETY: names that end with a NUL.
        on(file, |target| unsafe {
            match target {
                Target::Open(fd) => libc::fremovexattr(fd, name.as_ptr()),
                Target::Path(path) => libc::removexattr(path, name.as_ptr()),
                Target::Link(path) => libc::lremovexattr(path, name.as_ptr()),
            }
        })
        .map(drop)
    }

    #[cfg(target_os = "linux")]
    fn attributes(&self, file: FileRef<'_>) -> HostResult<Vec<u8>> {
        // SAFETY: a path that ends with a NUL, and so much room.
        growing(file, |target, to, room| unsafe {
            let to = to.cast();
            match target {
                Target::Open(fd) => libc::flistxattr(fd, to, room),
                Target::Path(path) => libc::listxattr(path, to, room),
                Target::Link(path) => libc::llistxattr(path, to, room),
            }
        })
    }
}

#[cfg(not(target_os = "linux"))]
fn not_there() -> isize {
    // SAFETY: the thread's own number.
    unsafe { set_errno(libc::ENOSYS) };
    -1
}

/// A file as the system takes it.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy)]
enum Target {
    Open(i32),
    Path(*const libc::c_char),
    Link(*const libc::c_char),
}

/// Makes a call on a file.
#[cfg(target_os = "linux")]
fn on<T: Copy + PartialEq + From<i8>>(file: FileRef<'_>, mut call: impl FnMut(Target) -> T) -> HostResult<T> {
    match file {
        FileRef::Open(fd) => retry(|| call(Target::Open(fd))),
        FileRef::Path(path) => {
            let path = c_path(path)?;
            retry(|| call(Target::Path(path.as_ptr())))
        }
        FileRef::Link(path) => {
            let path = c_path(path)?;
            retry(|| call(Target::Link(path.as_ptr())))
        }
    }
}

/// Makes a call that writes what it found, with more room until that is enough.
#[cfg(target_os = "linux")]
fn growing(file: FileRef<'_>, mut call: impl FnMut(Target, *mut u8, usize) -> isize) -> HostResult<Vec<u8>> {
    let mut room = 256;
    loop {
        let mut found = vec![0_u8; room];
        match on(file, |target| call(target, found.as_mut_ptr(), room)) {
            Ok(count) => {
                found.truncate(count.unsigned_abs());
                return Ok(found);
            }
            Err(error) if error.errno == libc::ERANGE && room < 1 << 17 => room *= 8,
            Err(error) => return Err(error),
        }
    }
}
