//! What is done to files and folders by their path.

use taipan_host::path;
use taipan_host::{of, waiting};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};

use super::done;
use crate::arguments::{Allows, PathArgument, any, flag, int, no_folder, offset, some};

type Names<'a> = Option<&'a PyTuple>;

fn plain(thread: &Thread, function: &str, value: Ref<'_>) -> PyResult<PathArgument> {
    PathArgument::read(thread, function, "path", value, Allows::Path)
}

/// The answer to an operation on a path.
fn on(thread: &Thread, path: &PathArgument, result: taipan_host::HostResult<()>) -> PyResult<Value> {
    result.map(|()| Value::none()).map_err(|error| path.failed(thread, error))
}

const OPEN: Parameters<4> = some("open", ["path", "flags", "mode", "dir_fd"], 3, 2);

pub(super) fn open(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, flags, mode, folder] = OPEN.bind(thread, arguments, names)?;
    let path = plain(thread, "open", path.unwrap_or(module))?;
    let flags = int(thread, flags, 0)?;
    let mode = int(thread, mode, 0o777)?;
    no_folder(thread, "open", folder)?;
    let fd = waiting(thread, |host| host.open(&path.bytes, flags, mode as u32))?;
    fd.map(Value::small).map_err(|error| path.failed(thread, error))
}

const MKDIR: Parameters<3> = some("mkdir", ["path", "mode", "dir_fd"], 2, 1);

pub(super) fn mkdir(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, mode, folder] = MKDIR.bind(thread, arguments, names)?;
    let path = plain(thread, "mkdir", path.unwrap_or(module))?;
    let mode = int(thread, mode, 0o777)?;
    no_folder(thread, "mkdir", folder)?;
    on(thread, &path, of(thread).make_folder(&path.bytes, mode as u32))
}

const RMDIR: Parameters<2> = some("rmdir", ["path", "dir_fd"], 1, 1);

pub(super) fn rmdir(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, folder] = RMDIR.bind(thread, arguments, names)?;
    let path = plain(thread, "rmdir", path.unwrap_or(module))?;
    no_folder(thread, "rmdir", folder)?;
    on(thread, &path, of(thread).remove_folder(&path.bytes))
}

const UNLINK: Parameters<2> = some("unlink", ["path", "dir_fd"], 1, 1);
const REMOVE: Parameters<2> = some("remove", ["path", "dir_fd"], 1, 1);

fn unlink_as(
    thread: &Thread,
    module: Ref<'_>,
    parameters: &Parameters<2>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, folder] = parameters.bind(thread, arguments, names)?;
    let path = plain(thread, parameters.function, path.unwrap_or(module))?;
    no_folder(thread, parameters.function, folder)?;
    on(thread, &path, of(thread).unlink(&path.bytes))
}

pub(super) fn unlink(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    unlink_as(thread, module, &UNLINK, arguments, names)
}

pub(super) fn remove(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    unlink_as(thread, module, &REMOVE, arguments, names)
}

/// Two paths, with the error that names both.
fn two(
    thread: &Thread,
    function: &str,
    (from, to): (Ref<'_>, Ref<'_>),
    act: impl FnOnce(&[u8], &[u8]) -> taipan_host::HostResult<()>,
) -> PyResult<Value> {
    let from = PathArgument::read(thread, function, "src", from, Allows::Path)?;
    let to = PathArgument::read(thread, function, "dst", to, Allows::Path)?;
    if from.is_bytes != to.is_bytes {
        return Err(raise!(thread, TYPE_ERROR, "{function}: src and dst must be the same type"));
    }
    match act(&from.bytes, &to.bytes) {
        Ok(()) => Ok(Value::none()),
        Err(error) => Err(error.raise_paths(thread, [Some(from.given), Some(to.given)])),
    }
}

const RENAME: Parameters<4> = some("rename", ["src", "dst", "src_dir_fd", "dst_dir_fd"], 2, 2);
const REPLACE: Parameters<4> = some("replace", ["src", "dst", "src_dir_fd", "dst_dir_fd"], 2, 2);
const LINK: Parameters<5> = some("link", ["src", "dst", "src_dir_fd", "dst_dir_fd", "follow_symlinks"], 2, 2);
const SYMLINK: Parameters<4> = some("symlink", ["src", "dst", "target_is_directory", "dir_fd"], 3, 2);

fn rename_as(
    thread: &Thread,
    module: Ref<'_>,
    parameters: &Parameters<4>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [from, to, from_folder, to_folder] = parameters.bind(thread, arguments, names)?;
    no_folder(thread, parameters.function, from_folder.or(to_folder))?;
    let both = (from.unwrap_or(module), to.unwrap_or(module));
    two(thread, parameters.function, both, |from, to| of(thread).rename(from, to))
}

pub(super) fn rename(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    rename_as(thread, module, &RENAME, arguments, names)
}

pub(super) fn replace(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    rename_as(thread, module, &REPLACE, arguments, names)
}

pub(super) fn link(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [from, to, from_folder, to_folder, _] = LINK.bind(thread, arguments, names)?;
    no_folder(thread, "link", from_folder.or(to_folder))?;
    let both = (from.unwrap_or(module), to.unwrap_or(module));
    two(thread, "link", both, |from, to| of(thread).link(from, to))
}

pub(super) fn symlink(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [target, at, _, folder] = SYMLINK.bind(thread, arguments, names)?;
    no_folder(thread, "symlink", folder)?;
    let both = (target.unwrap_or(module), at.unwrap_or(module));
    two(thread, "symlink", both, |target, at| of(thread).link_symbolically(target, at))
}

const READLINK: Parameters<2> = some("readlink", ["path", "dir_fd"], 1, 1);

pub(super) fn readlink(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, folder] = READLINK.bind(thread, arguments, names)?;
    let path = plain(thread, "readlink", path.unwrap_or(module))?;
    no_folder(thread, "readlink", folder)?;
    let target = of(thread).read_link(&path.bytes).map_err(|error| path.failed(thread, error))?;
    path::answer(thread, &target, path.is_bytes)
}

const CHMOD: Parameters<4> = some("chmod", ["path", "mode", "dir_fd", "follow_symlinks"], 2, 2);
const FCHMOD: Parameters<2> = any("fchmod", ["fd", "mode"], 2);

pub(super) fn chmod(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, mode, folder, follows] = CHMOD.bind(thread, arguments, names)?;
    let path = PathArgument::read(thread, "chmod", "path", path.unwrap_or(module), Allows::Descriptor)?;
    let mode = int(thread, mode, 0)? as u32;
    no_folder(thread, "chmod", folder)?;
    if !flag(thread, follows, true)? {
        let ty = &taipan_object::exception::NOT_IMPLEMENTED_ERROR;
        let message = format_args!("chmod: follow_symlinks unavailable on this platform");
        return Err(thread.raise_message(ty, message));
    }
    on(
        thread,
        &path,
        match path.fd {
            Some(fd) => of(thread).change_mode_of(fd, mode),
            None => of(thread).change_mode(&path.bytes, mode),
        },
    )
}

pub(super) fn fchmod(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [fd, mode] = FCHMOD.bind(thread, arguments, names)?;
    let (fd, mode) = (to_int(thread, fd.unwrap_or(module))?, int(thread, mode, 0)?);
    done(thread, of(thread).change_mode_of(fd, mode as u32))
}

const CHOWN: Parameters<5> = some("chown", ["path", "uid", "gid", "dir_fd", "follow_symlinks"], 3, 3);
const LCHOWN: Parameters<3> = any("lchown", ["path", "uid", "gid"], 3);

pub(super) fn chown(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, uid, gid, folder, follows] = CHOWN.bind(thread, arguments, names)?;
    let path = plain(thread, "chown", path.unwrap_or(module))?;
    let (uid, gid) = (offset(thread, uid.unwrap_or(module))?, offset(thread, gid.unwrap_or(module))?);
    no_folder(thread, "chown", folder)?;
    let follows = flag(thread, follows, true)?;
    on(thread, &path, of(thread).change_owner(&path.bytes, uid, gid, follows))
}

pub(super) fn lchown(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, uid, gid] = LCHOWN.bind(thread, arguments, names)?;
    let path = plain(thread, "lchown", path.unwrap_or(module))?;
    let (uid, gid) = (offset(thread, uid.unwrap_or(module))?, offset(thread, gid.unwrap_or(module))?);
    on(thread, &path, of(thread).change_owner(&path.bytes, uid, gid, false))
}

const ACCESS: Parameters<5> =
    some("access", ["path", "mode", "dir_fd", "effective_ids", "follow_symlinks"], 2, 2);

pub(super) fn access(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, mode, folder, _, _] = ACCESS.bind(thread, arguments, names)?;
    let path = plain(thread, "access", path.unwrap_or(module))?;
    let mode = int(thread, mode, 0)?;
    no_folder(thread, "access", folder)?;
    Ok(Value::bool(of(thread).may_access(&path.bytes, mode).unwrap_or(false)))
}

const TRUNCATE: Parameters<2> = any("truncate", ["path", "length"], 2);

pub(super) fn truncate(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, length] = TRUNCATE.bind(thread, arguments, names)?;
    let path = PathArgument::read(thread, "truncate", "path", path.unwrap_or(module), Allows::Descriptor)?;
    let length = offset(thread, length.unwrap_or(module))?;
    on(
        thread,
        &path,
        match path.fd {
            Some(fd) => of(thread).truncate(fd, length),
            None => of(thread).truncate_path(&path.bytes, length),
        },
    )
}

const CHDIR: Parameters<1> = any("chdir", ["path"], 1);

pub(super) fn chdir(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path] = CHDIR.bind(thread, arguments, names)?;
    let path = plain(thread, "chdir", path.unwrap_or(module))?;
    on(thread, &path, of(thread).change_folder(&path.bytes))
}

pub(super) fn getcwd(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let folder = of(thread).current_folder().map_err(|error| error.raise(thread))?;
    path::answer(thread, &folder, false)
}

pub(super) fn getcwdb(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let folder = of(thread).current_folder().map_err(|error| error.raise(thread))?;
    path::answer(thread, &folder, true)
}

const LISTDIR: Parameters<1> = any("listdir", ["path"], 0);

pub(super) fn listdir(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [path] = LISTDIR.bind(thread, arguments, names)?;
    let none = Value::none();
    let path = path.unwrap_or(none.as_ref());
    let path = PathArgument::read(thread, "listdir", "path", path, Allows::Anything)?;
    super::scan::refuse_descriptor(thread, "listdir", &path)?;
    let entries = of(thread).list(&path.bytes).map_err(|error| path.failed(thread, error))?;
    let list = taipan_object::list::PyList::new(thread)?;
    for entry in entries {
        list.push(thread, path::answer(thread, &entry.name, path.is_bytes)?)?;
    }
    Ok(list.into_value())
}

const FSPATH: Parameters<1> = any("fspath", ["path"], 1);

pub(super) fn fspath(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path] = FSPATH.bind(thread, arguments, names)?;
    path::fspath(thread, path.unwrap_or(module))
}
