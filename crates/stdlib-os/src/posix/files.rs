//! What is done to files and folders by their path: opening, making, removing, asking. `names.rs` has what is done to
//! names, `modes.rs` what is done to owners and permissions.

use taipan_host::{AccessQuestion, HostResult, of, path, waiting};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::arguments::Parameters;

use super::done;
use crate::arguments::{Allows, PathArgument, any, flag, folder, int, offset, some};

pub(super) type Names<'a> = Option<&'a PyTuple>;

pub(super) fn plain(thread: &Thread, function: &str, value: Ref<'_>) -> PyResult<PathArgument> {
    PathArgument::read(thread, function, "path", value, Allows::Path)
}

/// The answer to an operation on a path.
pub(super) fn on(thread: &Thread, path: &PathArgument, result: HostResult<()>) -> PyResult<Value> {
    result.map(|()| Value::none()).map_err(|error| path.failed(thread, error))
}

const OPEN: Parameters<4> = some("open", ["path", "flags", "mode", "dir_fd"], 3, 2);

pub(super) fn open(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, flags, mode, base] = OPEN.bind(thread, arguments, names)?;
    let path = plain(thread, "open", path.unwrap_or(module))?;
    let flags = int(thread, flags, 0)?;
    let mode = int(thread, mode, 0o777)?;
    let place = path.place(folder(thread, base)?);
    let fd = waiting(thread, |host| host.open_at(place, flags, mode as u32))?;
    fd.map(Value::small).map_err(|error| path.failed(thread, error))
}

const MKDIR: Parameters<3> = some("mkdir", ["path", "mode", "dir_fd"], 2, 1);

pub(super) fn mkdir(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, mode, base] = MKDIR.bind(thread, arguments, names)?;
    let path = plain(thread, "mkdir", path.unwrap_or(module))?;
    let mode = int(thread, mode, 0o777)?;
    let base = folder(thread, base)?;
    on(thread, &path, of(thread).make_folder_at(path.place(base), mode as u32))
}

const MKFIFO: Parameters<3> = some("mkfifo", ["path", "mode", "dir_fd"], 2, 1);
const MKNOD: Parameters<4> = some("mknod", ["path", "mode", "device", "dir_fd"], 3, 1);
/// The kind of a pipe with a name.
const PIPE: u32 = 0o010_000;

pub(super) fn mkfifo(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, mode, base] = MKFIFO.bind(thread, arguments, names)?;
    let path = plain(thread, "mkfifo", path.unwrap_or(module))?;
    let mode = int(thread, mode, 0o666)? as u32 & 0o7777;
    let place = path.place(folder(thread, base)?);
    done(thread, waiting(thread, |host| host.make_node_at(place, PIPE | mode, 0))?)
}

pub(super) fn mknod(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, mode, device, base] = MKNOD.bind(thread, arguments, names)?;
    let path = plain(thread, "mknod", path.unwrap_or(module))?;
    let mode = int(thread, mode, 0o600)? as u32;
    let device = device.map_or(Ok(0), |device| super::process::device(thread, device))?;
    let place = path.place(folder(thread, base)?);
    done(thread, waiting(thread, |host| host.make_node_at(place, mode, device))?)
}

const RMDIR: Parameters<2> = some("rmdir", ["path", "dir_fd"], 1, 1);
const UNLINK: Parameters<2> = some("unlink", ["path", "dir_fd"], 1, 1);
const REMOVE: Parameters<2> = some("remove", ["path", "dir_fd"], 1, 1);

fn remove_as(
    thread: &Thread,
    module: Ref<'_>,
    parameters: &Parameters<2>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, base] = parameters.bind(thread, arguments, names)?;
    let path = plain(thread, parameters.function, path.unwrap_or(module))?;
    let base = folder(thread, base)?;
    on(thread, &path, of(thread).remove_at(path.place(base), parameters.function == "rmdir"))
}

macro_rules! removals {
    ($($name:ident $parameters:ident;)*) => {
        $(pub(super) fn $name(
            thread: &Thread,
            module: Ref<'_>,
            arguments: &[Value],
            names: Names<'_>,
        ) -> PyResult<Value> {
            remove_as(thread, module, &$parameters, arguments, names)
        })*
    };
}

removals! {
    rmdir RMDIR;
    unlink UNLINK;
    remove REMOVE;
}

const READLINK: Parameters<2> = some("readlink", ["path", "dir_fd"], 1, 1);

pub(super) fn readlink(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, base] = READLINK.bind(thread, arguments, names)?;
    let path = plain(thread, "readlink", path.unwrap_or(module))?;
    let base = folder(thread, base)?;
    let target = of(thread).read_link_at(path.place(base)).map_err(|error| path.failed(thread, error))?;
    path::answer(thread, &target, path.is_bytes)
}

const ACCESS: Parameters<5> =
    some("access", ["path", "mode", "dir_fd", "effective_ids", "follow_symlinks"], 2, 2);

pub(super) fn access(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, what, base, effective, follows] = ACCESS.bind(thread, arguments, names)?;
    let path = plain(thread, "access", path.unwrap_or(module))?;
    let what = int(thread, what, 0)?;
    let base = folder(thread, base)?;
    let effective = flag(thread, effective, false)?;
    let follows = flag(thread, follows, true)?;
    let question = AccessQuestion { what, effective, follows };
    Ok(Value::bool(of(thread).may_access_at(path.place(base), question).unwrap_or(false)))
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
const CHROOT: Parameters<1> = any("chroot", ["path"], 1);

pub(super) fn chdir(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path] = CHDIR.bind(thread, arguments, names)?;
    let path = PathArgument::read(thread, "chdir", "path", path.unwrap_or(module), Allows::Descriptor)?;
    on(
        thread,
        &path,
        match path.fd {
            Some(fd) => of(thread).call(taipan_host::Call::ChangeFolder, [fd.into(), 0, 0, 0]).map(drop),
            None => of(thread).change_folder(&path.bytes),
        },
    )
}

pub(super) fn chroot(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path] = CHROOT.bind(thread, arguments, names)?;
    let path = plain(thread, "chroot", path.unwrap_or(module))?;
    on(thread, &path, of(thread).change_root(&path.bytes))
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
    let list = taipan_object::list::PyList::new(thread)?;
    for entry in super::scan::entries(thread, &path)? {
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
