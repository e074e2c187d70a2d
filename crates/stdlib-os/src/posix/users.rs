//! Users and groups of the process.

use taipan_host::{of, path};
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::expect_str;

use super::done;
use super::transfers::sequence;
use crate::arguments::{fs_bytes, id};

fn list(thread: &Thread, groups: &[u32]) -> PyResult<Value> {
    let list = PyList::new(thread)?;
    for group in groups {
        list.push(thread, Value::int(thread, i64::from(*group))?)?;
    }
    Ok(list.into_value())
}

pub(super) fn getgroups(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    list(thread, &of(thread).groups().map_err(|error| error.raise(thread))?)
}

pub(super) fn setgroups(thread: &Thread, _: Ref<'_>, groups: Ref<'_>) -> PyResult<Value> {
    let items = sequence(thread, groups, "setgroups argument must be a sequence")?;
    if items.len() > 65536 {
        return Err(raise!(thread, VALUE_ERROR, "too many groups"));
    }
    let mut groups = Vec::new();
    for item in &items {
        if !item.as_ref().is_int() {
            return Err(raise!(thread, TYPE_ERROR, "groups must be integers"));
        }
        groups.push(id(thread, item.as_ref(), "gid")? as u32);
    }
    done(thread, of(thread).set_groups(&groups))
}

pub(super) fn getgrouplist(thread: &Thread, _: Ref<'_>, user: Ref<'_>, group: Ref<'_>) -> PyResult<Value> {
    let user = path::encode(thread, expect_str(thread, "getgrouplist", "argument 1", user)?)?;
    let group = id(thread, group, "gid")? as u32;
    list(thread, &of(thread).groups_of(&user, group).map_err(|error| error.raise(thread))?)
}

pub(super) fn initgroups(thread: &Thread, _: Ref<'_>, user: Ref<'_>, group: Ref<'_>) -> PyResult<Value> {
    let user = fs_bytes(thread, user)?;
    let group = id(thread, group, "gid")? as u32;
    done(thread, of(thread).take_groups_of(&user, group))
}

fn three(thread: &Thread, ids: taipan_host::HostResult<[u32; 3]>) -> PyResult<Value> {
    let [real, effective, saved] = ids.map_err(|error| error.raise(thread))?;
    let value = |id: u32| Value::int(thread, id.into());
    Ok(PyTuple::pack(thread, [value(real)?, value(effective)?, value(saved)?])?.into_value())
}

pub(super) fn getresuid(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    three(thread, of(thread).users())
}

pub(super) fn getresgid(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    three(thread, of(thread).group_ids())
}

pub(super) fn getlogin(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let name = of(thread).login_name().map_err(|error| error.raise(thread))?;
    Ok(path::decode(thread, &name)?.into_value())
}
