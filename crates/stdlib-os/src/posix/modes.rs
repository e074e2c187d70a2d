//! Permissions, owners and attributes of files.

use taipan_host::{Call, HostError, of, path};
use taipan_object::bytes::PyBytes;
use taipan_object::list::PyList;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};

use super::done;
use super::files::{Names, on, plain};
use crate::arguments::{Allows, PathArgument, any, bytes_of, flag, folder, id, int, some};

const CHMOD: Parameters<4> = some("chmod", ["path", "mode", "dir_fd", "follow_symlinks"], 2, 2);
const FCHMOD: Parameters<2> = any("fchmod", ["fd", "mode"], 2);
/// What a system says that does not do something to links.
const NOT_FOR_LINKS: i32 = 95;

pub(super) fn chmod(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, mode, base, follows] = CHMOD.bind(thread, arguments, names)?;
    let path = PathArgument::read(thread, "chmod", "path", path.unwrap_or(module), Allows::Descriptor)?;
    let mode = int(thread, mode, 0)? as u32;
    let base = folder(thread, base)?;
    let follows = flag(thread, follows, true)?;
    let result = match path.fd {
        Some(fd) => of(thread).change_mode_of(fd, mode),
        None => of(thread).change_mode_at(path.place(base), mode, follows),
    };
    match result {
        Err(error) if !follows && error.errno == NOT_FOR_LINKS => {
            let ty = &taipan_object::exception::NOT_IMPLEMENTED_ERROR;
            let message = match base {
                None => "chmod: follow_symlinks unavailable on this platform",
                Some(_) => "chmod: cannot use dir_fd and follow_symlinks together on this platform",
            };
            Err(thread.raise_message(ty, format_args!("{message}")))
        }
        result => on(thread, &path, result),
    }
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
const FCHOWN: Parameters<3> = any("fchown", ["fd", "uid", "gid"], 3);

pub(super) fn chown(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, uid, gid, base, follows] = CHOWN.bind(thread, arguments, names)?;
    let path = PathArgument::read(thread, "chown", "path", path.unwrap_or(module), Allows::Descriptor)?;
    let uid = id(thread, uid.unwrap_or(module), "uid")?;
    let gid = id(thread, gid.unwrap_or(module), "gid")?;
    let base = folder(thread, base)?;
    let follows = flag(thread, follows, true)?;
    if path.fd.is_some() && base.is_some() {
        return Err(raise!(thread, VALUE_ERROR, "chown: can't specify both dir_fd and fd"));
    }
    path.check_with(thread, "chown", base, follows)?;
    let result = match path.fd {
        Some(fd) => change_owner_of(thread, fd, uid, gid),
        None => of(thread).change_owner_at(path.place(base), uid, gid, follows),
    };
    on(thread, &path, result)
}

fn change_owner_of(thread: &Thread, fd: i32, uid: i64, gid: i64) -> Result<(), HostError> {
    of(thread).call(Call::ChangeOwner, [fd.into(), uid, gid, 0]).map(drop)
}

pub(super) fn lchown(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, uid, gid] = LCHOWN.bind(thread, arguments, names)?;
    let path = plain(thread, "lchown", path.unwrap_or(module))?;
    let uid = id(thread, uid.unwrap_or(module), "uid")?;
    let gid = id(thread, gid.unwrap_or(module), "gid")?;
    on(thread, &path, of(thread).change_owner_at(path.place(None), uid, gid, false))
}

pub(super) fn fchown(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [fd, uid, gid] = FCHOWN.bind(thread, arguments, names)?;
    let fd = to_int(thread, fd.unwrap_or(module))?;
    let uid = id(thread, uid.unwrap_or(module), "uid")?;
    let gid = id(thread, gid.unwrap_or(module), "gid")?;
    done(thread, change_owner_of(thread, fd, uid, gid))
}

const GETXATTR: Parameters<3> = some("getxattr", ["path", "attribute", "follow_symlinks"], 2, 2);
const SETXATTR: Parameters<5> =
    some("setxattr", ["path", "attribute", "value", "flags", "follow_symlinks"], 4, 3);
const REMOVEXATTR: Parameters<3> = some("removexattr", ["path", "attribute", "follow_symlinks"], 2, 2);
const LISTXATTR: Parameters<2> = some("listxattr", ["path", "follow_symlinks"], 1, 0);

/// The file and the name of an attribute.
fn attribute(
    thread: &Thread,
    function: &str,
    path: Ref<'_>,
    name: Ref<'_>,
    follows: Option<Ref<'_>>,
) -> PyResult<(PathArgument, Vec<u8>, bool)> {
    let path = PathArgument::read(thread, function, "path", path, Allows::Descriptor)?;
    let name = PathArgument::read(thread, function, "attribute", name, Allows::Path)?;
    let follows = flag(thread, follows, true)?;
    path.check_with(thread, function, None, follows)?;
    Ok((path, name.bytes, follows))
}

pub(super) fn getxattr(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, name, follows] = GETXATTR.bind(thread, arguments, names)?;
    let (path, name) = (path.unwrap_or(module), name.unwrap_or(module));
    let (path, name, follows) = attribute(thread, "getxattr", path, name, follows)?;
    let value = of(thread).attribute(path.file(follows), &name);
    Ok(PyBytes::new(thread, &value.map_err(|error| path.failed(thread, error))?)?.into_value())
}

pub(super) fn setxattr(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, name, value, flags, follows] = SETXATTR.bind(thread, arguments, names)?;
    let (path, name) = (path.unwrap_or(module), name.unwrap_or(module));
    let (path, name, follows) = attribute(thread, "setxattr", path, name, follows)?;
    let value = bytes_of(thread, value.unwrap_or(module))?;
    let flags = int(thread, flags, 0)?;
    on(thread, &path, of(thread).set_attribute(path.file(follows), &name, &value, flags))
}

pub(super) fn removexattr(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, name, follows] = REMOVEXATTR.bind(thread, arguments, names)?;
    let (path, name) = (path.unwrap_or(module), name.unwrap_or(module));
    let (path, name, follows) = attribute(thread, "removexattr", path, name, follows)?;
    on(thread, &path, of(thread).remove_attribute(path.file(follows), &name))
}

pub(super) fn listxattr(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, follows] = LISTXATTR.bind(thread, arguments, names)?;
    let none = Value::none();
    let path = path.unwrap_or(none.as_ref());
    let path = PathArgument::read(thread, "listxattr", "path", path, Allows::Anything)?;
    let follows = flag(thread, follows, true)?;
    path.check_with(thread, "listxattr", None, follows)?;
    let found = of(thread).attributes(path.file(follows)).map_err(|error| path.failed(thread, error))?;
    let list = PyList::new(thread)?;
    for name in found.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        list.push(thread, path::decode(thread, name)?.into_value())?;
    }
    Ok(list.into_value())
}
