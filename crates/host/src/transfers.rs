//! Reading and writing otherwise than at the position of one descriptor, and what is attached to files.

use crate::error::{HostResult, unsupported};

/// A file, by what is known of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileRef<'a> {
    /// An open one.
    Open(i32),
    /// That of a path.
    Path(&'a [u8]),
    /// That of a path, which is perhaps a link that is not followed.
    Link(&'a [u8]),
}

/// What a file system says of itself: the numbers of C's `struct statvfs`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FileSystem {
    /// Sizes of blocks, then how many blocks and files there are in all, free, and for everybody; flags, and the longest
    /// name.
    pub numbers: [u64; 10],
    /// Its number.
    pub id: u64,
}

/// Transfers.
pub trait Transfers {
    /// Reads at an offset; zero at the end.
    fn read_at(&self, _fd: i32, _buffer: &mut [u8], _offset: i64) -> HostResult<usize> {
        unsupported()
    }

    /// Writes at an offset; says how much of it.
    fn write_at(&self, _fd: i32, _bytes: &[u8], _offset: i64) -> HostResult<usize> {
        unsupported()
    }

    /// Reads into buffers, one after the other; at an offset and with flags, if they are given.
    fn read_parts(&self, _fd: i32, _buffers: &mut [Vec<u8>], _at: Option<(i64, i32)>) -> HostResult<usize> {
        unsupported()
    }

    /// Writes buffers, one after the other; at an offset and with flags, if they are given.
    fn write_parts(&self, _fd: i32, _buffers: &[Vec<u8>], _at: Option<(i64, i32)>) -> HostResult<usize> {
        unsupported()
    }

    /// Sends bytes of a file to a descriptor, from an offset or the position on.
    fn send_file(&self, _to: i32, _from: i32, _offset: Option<i64>, _count: usize) -> HostResult<usize> {
        unsupported()
    }

    /// Copies bytes from one file to another, at offsets or the positions.
    fn copy_range(
        &self,
        _from: (i32, Option<i64>),
        _to: (i32, Option<i64>),
        _count: usize,
    ) -> HostResult<usize> {
        unsupported()
    }

    /// Moves bytes between a pipe and another descriptor.
    fn splice(
        &self,
        _from: (i32, Option<i64>),
        _to: (i32, Option<i64>),
        _count: usize,
        _flags: u32,
    ) -> HostResult<usize> {
        unsupported()
    }

    /// A pipe with flags: the end to read from, the end to write to.
    fn pipe_with(&self, _flags: i32) -> HostResult<(i32, i32)> {
        unsupported()
    }

    /// A file that is in memory only.
    fn memory_file(&self, _name: &[u8], _flags: u32) -> HostResult<i32> {
        unsupported()
    }

    /// Bytes that nobody can guess, as many as there are now.
    fn random(&self, _buffer: &mut [u8], _flags: u32) -> HostResult<usize> {
        unsupported()
    }

    /// What a file system says of itself.
    fn file_system(&self, _file: FileRef<'_>) -> HostResult<FileSystem> {
        unsupported()
    }

    /// A limit or fact of a file.
    fn file_configuration(&self, _file: FileRef<'_>, _number: i32) -> HostResult<i64> {
        unsupported()
    }

    /// The value of an attribute.
    fn attribute(&self, _file: FileRef<'_>, _name: &[u8]) -> HostResult<Vec<u8>> {
        unsupported()
    }

    /// Sets an attribute.
    fn set_attribute(&self, _file: FileRef<'_>, _name: &[u8], _value: &[u8], _flags: i32) -> HostResult<()> {
        unsupported()
    }

    /// Removes an attribute.
    fn remove_attribute(&self, _file: FileRef<'_>, _name: &[u8]) -> HostResult<()> {
        unsupported()
    }

    /// The names of all attributes, each with a NUL behind it.
    fn attributes(&self, _file: FileRef<'_>) -> HostResult<Vec<u8>> {
        unsupported()
    }
}
