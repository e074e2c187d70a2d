//! Terminals and pseudo-terminals.

use taipan_host::{HostResult, of, path};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::arguments::to_int;

use crate::arguments::fildes;

pub(super) fn openpty(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let (program, terminal) = of(thread).pseudo_terminal().map_err(|error| error.raise(thread))?;
    Ok(PyTuple::pack(thread, [Value::small(program), Value::small(terminal)])?.into_value())
}

fn name(thread: &Thread, name: HostResult<Vec<u8>>) -> PyResult<Value> {
    let name = name.map_err(|error| error.raise(thread))?;
    Ok(path::decode(thread, &name)?.into_value())
}

pub(super) fn ttyname(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let fd = to_int(thread, fd)?;
    name(thread, of(thread).terminal_name(fd))
}

pub(super) fn ptsname(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let fd = fildes(thread, fd)?;
    name(thread, of(thread).pseudo_terminal_name(fd))
}

pub(super) fn ctermid(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, "/dev/tty")?.into_value())
}
