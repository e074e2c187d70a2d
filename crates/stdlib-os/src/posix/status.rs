//! `stat`, `lstat`, `fstat`, and their result.

use taipan_host::{FileStatus, Moment, of};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::arguments::Parameters;

use crate::arguments::{Allows, PathArgument, any, descriptor, flag, folder, some};
use crate::struct_sequence::sequence;

sequence! {
    /// `os.stat_result`.
    STAT_RESULT STAT_RESULT_TYPE STAT_RESULT_CORE c"os.stat_result", 19, 10:
    Some("st_mode"), Some("st_ino"), Some("st_dev"), Some("st_nlink"), Some("st_uid"), Some("st_gid"),
    Some("st_size"), None, None, None, Some("st_atime"), Some("st_mtime"), Some("st_ctime"), Some("st_atime_ns"),
    Some("st_mtime_ns"), Some("st_ctime_ns"), Some("st_blksize"), Some("st_blocks"), Some("st_rdev"),
}

type Names<'a> = Option<&'a PyTuple>;

fn nanos(thread: &Thread, moment: Moment) -> PyResult<Value> {
    let total = moment.total_nanos();
    match i64::try_from(total) {
        Ok(nanos) => Value::int(thread, nanos),
        Err(_) => taipan_object::int::parse(thread, total < 0, &total.unsigned_abs().to_string(), 10)
            .map_err(|_| thread.raise_memory_error()),
    }
}

/// The result for what is known of a file.
pub(super) fn value(thread: &Thread, status: &FileStatus) -> PyResult<Value> {
    let times = [status.accessed, status.modified, status.changed];
    let mut values = Vec::with_capacity(19);
    for number in [status.mode.into(), status.inode, status.device, status.links] {
        values.push(Value::uint(thread, number)?);
    }
    for number in [status.uid.into(), status.gid.into(), status.size] {
        values.push(Value::int(thread, number)?);
    }
    for time in times {
        values.push(Value::int(thread, time.seconds)?);
    }
    for time in times {
        values.push(Value::float(thread, time.as_f64())?);
    }
    for time in times {
        values.push(nanos(thread, time)?);
    }
    values.push(Value::int(thread, status.block_size)?);
    values.push(Value::int(thread, status.blocks)?);
    values.push(Value::uint(thread, status.device_type)?);
    (STAT_RESULT.make)(thread, values)
}

const STAT: Parameters<3> = some("stat", ["path", "dir_fd", "follow_symlinks"], 1, 1);
const LSTAT: Parameters<2> = some("lstat", ["path", "dir_fd"], 1, 1);
const FSTAT: Parameters<1> = any("fstat", ["fd"], 1);

pub(super) fn stat(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, base, follows] = STAT.bind(thread, arguments, names)?;
    let path = PathArgument::read(thread, "stat", "path", path.unwrap_or(module), Allows::Descriptor)?;
    let base = folder(thread, base)?;
    let follows = flag(thread, follows, true)?;
    path.check_with(thread, "stat", base, follows)?;
    let status = match path.fd {
        Some(fd) => of(thread).status(fd),
        None => of(thread).status_at(path.place(base), follows),
    };
    value(thread, &status.map_err(|error| path.failed(thread, error))?)
}

pub(super) fn lstat(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, base] = LSTAT.bind(thread, arguments, names)?;
    let path = PathArgument::read(thread, "lstat", "path", path.unwrap_or(module), Allows::Path)?;
    let base = folder(thread, base)?;
    let status = of(thread).status_at(path.place(base), false);
    value(thread, &status.map_err(|error| path.failed(thread, error))?)
}

pub(super) fn fstat(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [fd] = FSTAT.bind(thread, arguments, names)?;
    let fd = descriptor(thread, fd.unwrap_or(module))?;
    value(thread, &of(thread).status(fd).map_err(|error| error.raise(thread))?)
}
