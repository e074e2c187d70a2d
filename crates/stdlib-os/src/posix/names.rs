//! What is done to names of files: another name, one more name, a link.

use taipan_host::{HostResult, Place, of};
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::Parameters;

use super::files::Names;
use crate::arguments::{Allows, PathArgument, flag, folder, some};

/// Two paths in their folders, with the error that names both.
fn two(
    thread: &Thread,
    function: &str,
    (from, from_folder): (Ref<'_>, Option<i32>),
    (to, to_folder): (Ref<'_>, Option<i32>),
    act: impl FnOnce(Place<'_>, Place<'_>) -> HostResult<()>,
) -> PyResult<Value> {
    let from = PathArgument::read(thread, function, "src", from, Allows::Path)?;
    let to = PathArgument::read(thread, function, "dst", to, Allows::Path)?;
    if from.is_bytes != to.is_bytes && function == "symlink" {
        return Err(raise!(thread, TYPE_ERROR, "{function}: src and dst must be the same type"));
    }
    match act(from.place(from_folder), to.place(to_folder)) {
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
    let from = (from.unwrap_or(module), folder(thread, from_folder)?);
    let to = (to.unwrap_or(module), folder(thread, to_folder)?);
    two(thread, parameters.function, from, to, |from, to| of(thread).rename_at(from, to))
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
    let [from, to, from_folder, to_folder, follows] = LINK.bind(thread, arguments, names)?;
    let from = (from.unwrap_or(module), folder(thread, from_folder)?);
    let to = (to.unwrap_or(module), folder(thread, to_folder)?);
    let follows = flag(thread, follows, true)?;
    two(thread, "link", from, to, |from, to| of(thread).link_at(from, to, follows))
}

pub(super) fn symlink(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [target, at, _, base] = SYMLINK.bind(thread, arguments, names)?;
    let target = (target.unwrap_or(module), None);
    let at = (at.unwrap_or(module), folder(thread, base)?);
    two(thread, "symlink", target, at, |target, at| of(thread).link_symbolically_at(target.path, at))
}
