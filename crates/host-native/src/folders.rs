//! Listing folders, reading links, the current folder: what Rust's library does well enough.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::DirEntryExt;
use std::path::Path;

use taipan_host::{DirectoryEntry, FileKind, HostResult};

use crate::call::of_std;

fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

fn kind(entry: &std::fs::DirEntry) -> FileKind {
    match entry.file_type() {
        Ok(kind) if kind.is_symlink() => FileKind::Link,
        Ok(kind) if kind.is_dir() => FileKind::Folder,
        Ok(kind) if kind.is_file() => FileKind::File,
        Ok(_) => FileKind::Other,
        Err(_) => FileKind::Unknown,
    }
}

pub(crate) fn list(folder: &[u8]) -> HostResult<Vec<DirectoryEntry>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(path(folder)).map_err(|error| of_std(&error))? {
        let entry = entry.map_err(|error| of_std(&error))?;
        let kind = kind(&entry);
        entries.push(DirectoryEntry { inode: entry.ino(), kind, name: entry.file_name().into_vec() });
    }
    Ok(entries)
}

pub(crate) fn read_link(link: &[u8]) -> HostResult<Vec<u8>> {
    let target = std::fs::read_link(path(link)).map_err(|error| of_std(&error))?;
    Ok(target.into_os_string().into_vec())
}

pub(crate) fn current() -> HostResult<Vec<u8>> {
    let folder = std::env::current_dir().map_err(|error| of_std(&error))?;
    Ok(folder.into_os_string().into_vec())
}
