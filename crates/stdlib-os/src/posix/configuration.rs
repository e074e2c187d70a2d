//! What systems, files and file systems are configured with.

use taipan_host::{Constants, FileSystem, of, path, waiting};
use taipan_object::dict::PyDict;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};

use super::files::Names;
use crate::arguments::{Allows, PathArgument, any};
use crate::struct_sequence::sequence;

sequence! {
    /// `os.statvfs_result`.
    STATVFS_RESULT STATVFS_RESULT_TYPE STATVFS_RESULT_CORE c"os.statvfs_result", 11, 10:
    Some("f_bsize"), Some("f_frsize"), Some("f_blocks"), Some("f_bfree"), Some("f_bavail"), Some("f_files"),
    Some("f_ffree"), Some("f_favail"), Some("f_flag"), Some("f_namemax"), Some("f_fsid"),
}

/// A dict of names and numbers.
pub(super) fn table(thread: &Thread, constants: Constants) -> PyResult<Value> {
    let names = PyDict::new(thread)?;
    for (name, number) in constants {
        let name = intern_text(thread, name)?;
        drop(names.insert(thread, name.as_ref(), Value::int(thread, *number)?)?);
    }
    Ok(names.into_value())
}

/// The number of a name, or a number.
fn number(thread: &Thread, name: Ref<'_>, known: Constants) -> PyResult<i32> {
    match name.get::<PyStr>() {
        Some(text) => {
            let known = known.iter().find(|(known, _)| text.equals_text(known));
            match known.and_then(|(_, number)| i32::try_from(*number).ok()) {
                Some(number) => Ok(number),
                None => Err(raise!(thread, VALUE_ERROR, "unrecognized configuration name")),
            }
        }
        None if name.ty().slots().index.get().is_some() => to_int(thread, name),
        None => Err(raise!(thread, TYPE_ERROR, "configuration names must be strings or integers")),
    }
}

pub(super) fn sysconf(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let number = number(thread, name, of(thread).configurations())?;
    let value = of(thread).configuration(number).map_err(|error| error.raise(thread))?;
    Value::int(thread, value)
}

pub(super) fn confstr(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let number = number(thread, name, of(thread).text_configurations())?;
    match of(thread).text_configuration(number).map_err(|error| error.raise(thread))? {
        Some(text) => Ok(path::decode(thread, &text)?.into_value()),
        None => Ok(Value::none()),
    }
}

const PATHCONF: Parameters<2> = any("pathconf", ["path", "name"], 2);

pub(super) fn pathconf(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, name] = PATHCONF.bind(thread, arguments, names)?;
    let path = PathArgument::read(thread, "pathconf", "path", path.unwrap_or(module), Allows::Descriptor)?;
    let number = number(thread, name.unwrap_or(module), of(thread).file_configurations())?;
    let value = of(thread).file_configuration(path.file(true), number);
    Value::int(
        thread,
        value.map_err(|error| match error.errno {
            // it is the name that is wrong
            taipan_host::numbers::EINVAL => error.raise(thread),
            _ => path.failed(thread, error),
        })?,
    )
}

pub(super) fn fpathconf(thread: &Thread, _: Ref<'_>, fd: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let fd = crate::arguments::fildes(thread, fd)?;
    let number = number(thread, name, of(thread).file_configurations())?;
    let value = of(thread).file_configuration(taipan_host::FileRef::Open(fd), number);
    Value::int(thread, value.map_err(|error| error.raise(thread))?)
}

fn result(thread: &Thread, found: FileSystem) -> PyResult<Value> {
    let all = found.numbers.into_iter().chain([found.id]);
    let values = all.map(|number| Value::uint(thread, number)).collect::<PyResult<Vec<_>>>()?;
    (STATVFS_RESULT.make)(thread, values)
}

const STATVFS: Parameters<1> = any("statvfs", ["path"], 1);

pub(super) fn statvfs(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path] = STATVFS.bind(thread, arguments, names)?;
    let path = PathArgument::read(thread, "statvfs", "path", path.unwrap_or(module), Allows::Descriptor)?;
    let file = path.file(true);
    let found = waiting(thread, |host| host.file_system(file))?;
    result(thread, found.map_err(|error| path.failed(thread, error))?)
}

pub(super) fn fstatvfs(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let fd = to_int(thread, fd)?;
    let found = waiting(thread, |host| host.file_system(taipan_host::FileRef::Open(fd)))?;
    result(thread, found.map_err(|error| error.raise(thread))?)
}
