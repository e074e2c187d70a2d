//! `scandir`: the entries of a folder as objects that know their kind.

use std::cell::{Cell, OnceCell};

use taipan_host::{DirectoryEntry, FileKind, FileStatus, HostError, Place, numbers, of, path};
use taipan_object::native::{Native, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type};
use taipan_runtime_builtins::arguments::Parameters;

use crate::arguments::{Allows, PathArgument, any, flag, some};
use taipan_object::declare::{attribute_table, method_table, receiver};

/// The state of a `DirEntry`.
#[derive(Default)]
pub struct Entry {
    name: Slot,
    path: Slot,
    /// What the system is given.
    bytes: OnceCell<Vec<u8>>,
    inode: Cell<u64>,
    kind: Cell<Option<FileKind>>,
    /// The open folder that the path is relative to.
    folder: Cell<Option<i32>>,
    /// What is known of the file, and of what a link leads to.
    status: Cell<Option<FileStatus>>,
    followed: Cell<Option<FileStatus>>,
}

native_type! {
    /// `posix.DirEntry`.
    pub static DIR_ENTRY: Entry = "posix.DirEntry", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { repr: entry_repr }
}

impl NativeType for Entry {
    fn definition() -> &'static taipan_object::native::NativeStatic<Entry> {
        &DIR_ENTRY
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.name);
        visitor.slot(&self.path);
    }

    fn clear(&self) {
        drop(self.name.take());
        drop(self.path.take());
    }
}

method_table! { ENTRY_METHODS:
    Instance Keywords c"is_dir" "($self, /, *, follow_symlinks=True)" is_dir, c"Whether it is a folder, or a link to one.";
    Instance Keywords c"is_file" "($self, /, *, follow_symlinks=True)" is_file, c"Whether it is a regular file, or a link to one.";
    Instance None c"is_symlink" "($self, /)" is_symlink, c"Whether it is a symbolic link.";
    Instance None c"is_junction" "($self, /)" |_, _| Ok(Value::bool(false)), c"False: there are none on this system.";
    Instance Keywords c"stat" "($self, /, *, follow_symlinks=True)" stat, c"What is known of the file.";
    Instance None c"inode" "($self, /)" |thread, this| Value::uint(thread, entry(thread, this)?.inode.get()), c"The number of the file.";
    Instance None c"__fspath__" "($self, /)" |thread, this| Ok(slot(&entry(thread, this)?.path)), c"The path.";
}

method_table! { ENTRY_CLASS_METHODS:
    Class One c"__class_getitem__" "($type, object, /)" taipan_runtime_builtins::generics::class_getitem, c"See PEP 585.";
}

attribute_table! { ENTRY_ATTRIBUTES:
    "name" |thread, this| Ok(slot(&entry(thread, this)?.name)), None, "The name in the folder.";
    "path" |thread, this| Ok(slot(&entry(thread, this)?.path)), None, "The path: that of the folder, and the name.";
}

fn entry<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<Entry>> {
    receiver::<Entry>(thread, this)
}

fn slot(slot: &Slot) -> Value {
    slot.get().unwrap_or_else(Value::none)
}

fn entry_repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = slot(&entry(thread, this)?.name);
    let name = taipan_runtime_builtins::text::repr(thread, name.as_ref())?.to_text_lossy();
    Ok(PyStr::from_text(thread, &format!("<DirEntry {name}>"))?.into_value())
}

const IS_DIR: Parameters<1> = some("is_dir", ["follow_symlinks"], 0, 0);
const IS_FILE: Parameters<1> = some("is_file", ["follow_symlinks"], 0, 0);
const STAT: Parameters<1> = some("stat", ["follow_symlinks"], 0, 0);

type Names<'a> = Option<&'a PyTuple>;

impl Entry {
    /// What is known of the file, asked for once.
    fn status(&self, thread: &Thread, follows: bool) -> Result<FileStatus, HostError> {
        let is_link = self.kind.get().is_none_or(|kind| matches!(kind, FileKind::Link | FileKind::Unknown));
        let known = if follows && is_link { &self.followed } else { &self.status };
        if let Some(status) = known.get() {
            return Ok(status);
        }
        let path = self.bytes.get().map(Vec::as_slice).unwrap_or_default();
        let status = of(thread).status_at(Place { folder: self.folder.get(), path }, follows)?;
        known.set(Some(status));
        Ok(status)
    }

    /// Whether the file is of a kind; one that is gone is of none.
    fn is(
        &self,
        thread: &Thread,
        follows: bool,
        wanted: FileKind,
        test: fn(&FileStatus) -> bool,
    ) -> PyResult<bool> {
        match self.kind.get() {
            Some(FileKind::Unknown) | None => {}
            Some(FileKind::Link) if follows => {}
            Some(kind) => return Ok(kind == wanted),
        }
        match self.status(thread, follows) {
            Ok(status) => Ok(test(&status)),
            Err(error) if error.errno == numbers::ENOENT => Ok(false),
            Err(error) => Err(error.raise_path(thread, slot(&self.path))),
        }
    }
}

fn is_dir(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [follows] = IS_DIR.bind(thread, arguments, names)?;
    let follows = flag(thread, follows, true)?;
    let found = entry(thread, this)?.is(thread, follows, FileKind::Folder, FileStatus::is_folder)?;
    Ok(Value::bool(found))
}

fn is_file(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [follows] = IS_FILE.bind(thread, arguments, names)?;
    let follows = flag(thread, follows, true)?;
    let found = entry(thread, this)?.is(thread, follows, FileKind::File, FileStatus::is_file)?;
    Ok(Value::bool(found))
}

fn is_symlink(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(entry(thread, this)?.is(thread, false, FileKind::Link, FileStatus::is_link)?))
}

fn stat(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [follows] = STAT.bind(thread, arguments, names)?;
    let follows = flag(thread, follows, true)?;
    let entry = entry(thread, this)?;
    match entry.status(thread, follows) {
        Ok(status) => super::status::value(thread, &status),
        Err(error) => Err(error.raise_path(thread, slot(&entry.path))),
    }
}

/// The state of an iterator over a folder.
#[derive(Default)]
pub struct Scan {
    /// The entries that are left, the next one last.
    entries: Cell<Vec<DirectoryEntry>>,
    folder: OnceCell<Vec<u8>>,
    is_bytes: Cell<bool>,
    /// Whether all entries were given, or no more are wanted.
    is_over: Cell<bool>,
    /// The descriptor that the folder was given by.
    fd: Cell<Option<i32>>,
}

native_type! {
    /// `posix.ScandirIterator`.
    pub static SCANDIR_ITERATOR: Scan = "posix.ScandirIterator", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does { iter: |_, this| Ok(this.to_value()), next: next, finalize: finalize }
}

impl NativeType for Scan {
    fn definition() -> &'static taipan_object::native::NativeStatic<Scan> {
        &SCANDIR_ITERATOR
    }

    fn traverse(&self, _: &mut Visitor) {}

    fn clear(&self) {}
}

method_table! { ITERATOR_METHODS:
    Instance None c"__enter__" "($self, /)" |_, this| Ok(this.to_value()), c"The iterator itself.";
    Instance Positional c"__exit__" "($self, /, *args)" |thread, this, _| close(thread, this), c"Close.";
    Instance None c"close" "($self, /)" close, c"Give no more entries.";
}

fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let scan = receiver::<Scan>(thread, this)?;
    scan.entries.set(Vec::new());
    scan.is_over.set(true);
    Ok(Value::none())
}

/// Warns of one that was neither closed nor used up.
fn finalize(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    let scan = receiver::<Scan>(thread, this)?;
    if scan.is_over.replace(true) {
        return Ok(());
    }
    let shown = taipan_runtime_builtins::text::repr(thread, this)?.to_text_lossy();
    let message = format!("unclosed scandir iterator {shown}");
    crate::warnings::warn(thread, &taipan_object::exception::RESOURCE_WARNING, &message)
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let scan = receiver::<Scan>(thread, this)?;
    let mut entries = scan.entries.take();
    let found = entries.pop();
    scan.entries.set(entries);
    let Some(found) = found else {
        scan.is_over.set(true);
        return Ok(None);
    };
    // by descriptor, the name is all there is to the path
    let mut full = match scan.fd.get() {
        Some(_) => Vec::new(),
        None => scan.folder.get().cloned().unwrap_or_default(),
    };
    if !full.is_empty() && !full.ends_with(b"/") {
        full.push(b'/');
    }
    full.extend_from_slice(&found.name);
    let is_bytes = scan.is_bytes.get();
    let entry = Entry {
        name: Slot::new(path::answer(thread, &found.name, is_bytes)?),
        path: Slot::new(path::answer(thread, &full, is_bytes)?),
        bytes: OnceCell::from(full),
        inode: Cell::new(found.inode),
        folder: Cell::new(scan.fd.get()),
        kind: Cell::new(Some(found.kind)),
        ..Entry::default()
    };
    Ok(Some(Native::new(thread, entry)?.into_value()))
}

const SCANDIR: Parameters<1> = any("scandir", ["path"], 0);

/// The entries of a folder, which may be given by descriptor.
pub(super) fn entries(thread: &Thread, path: &PathArgument) -> PyResult<Vec<DirectoryEntry>> {
    let host = of(thread);
    match path.fd {
        Some(fd) => host.list_open(fd).map_err(|error| error.raise(thread)),
        None => host.list(&path.bytes).map_err(|error| path.failed(thread, error)),
    }
}

pub(super) fn scandir(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [given] = SCANDIR.bind(thread, arguments, names)?;
    let none = Value::none();
    let path = given.unwrap_or(none.as_ref());
    let path = PathArgument::read(thread, "scandir", "path", path, Allows::Anything)?;
    let mut entries = entries(thread, &path)?;
    entries.reverse();
    let scan = Scan {
        entries: Cell::new(entries),
        folder: OnceCell::from(path.bytes),
        is_bytes: Cell::new(path.is_bytes),
        fd: Cell::new(path.fd),
        is_over: Cell::new(false),
    };
    Ok(Native::new(thread, scan)?.into_value())
}
