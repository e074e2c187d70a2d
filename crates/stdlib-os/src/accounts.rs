//! The modules `pwd` and `grp`: users and groups of the system.

use taipan_host::{AccountKey, GroupAccount, UserAccount, of, path};
use taipan_object::declare::method_table;
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::wrong_type;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::arguments::any;
use crate::struct_sequence::sequence;

sequence! {
    /// `pwd.struct_passwd`.
    PASSWD PASSWD_TYPE PASSWD_CORE c"pwd.struct_passwd", 7, 7:
    Some("pw_name"), Some("pw_passwd"), Some("pw_uid"), Some("pw_gid"), Some("pw_gecos"), Some("pw_dir"),
    Some("pw_shell"),
}

sequence! {
    /// `grp.struct_group`.
    GROUP GROUP_TYPE GROUP_CORE c"grp.struct_group", 4, 4:
    Some("gr_name"), Some("gr_passwd"), Some("gr_gid"), Some("gr_mem"),
}

method_table! { USERS:
    Instance One c"getpwuid" "($module, uidobj, /)" user_by_number, c"The user of a number.";
    Instance One c"getpwnam" "($module, name, /)" user_by_name, c"The user of a name.";
    Instance None c"getpwall" "($module, /)" all_users, c"All users.";
}

method_table! { GROUPS:
    Instance Keywords c"getgrgid" "($module, /, id)" group_by_number, c"The group of a number.";
    Instance Keywords c"getgrnam" "($module, /, name)" group_by_name, c"The group of a name.";
    Instance None c"getgrall" "($module, /)" all_groups, c"All groups.";
}

/// `pwd`.
pub(crate) static USERS_MODULE: ModuleDef = ModuleDef {
    name: "pwd",
    doc: Some("Users of the system."),
    functions: &USERS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        add(thread, module, "struct_passwd", as_ref((PASSWD.ty)()).to_value())
    }),
};

/// `grp`.
pub(crate) static GROUPS_MODULE: ModuleDef = ModuleDef {
    name: "grp",
    doc: Some("Groups of users."),
    functions: &GROUPS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        add(thread, module, "struct_group", as_ref((GROUP.ty)()).to_value())
    }),
};

fn text(thread: &Thread, bytes: &[u8]) -> PyResult<Value> {
    Ok(path::decode(thread, bytes)?.into_value())
}

fn user_value(thread: &Thread, user: &UserAccount) -> PyResult<Value> {
    let values = vec![
        text(thread, &user.name)?,
        text(thread, &user.password)?,
        Value::int(thread, user.user.into())?,
        Value::int(thread, user.group.into())?,
        text(thread, &user.comment)?,
        text(thread, &user.home)?,
        text(thread, &user.shell)?,
    ];
    (PASSWD.make)(thread, values)
}

fn group_value(thread: &Thread, group: &GroupAccount) -> PyResult<Value> {
    let members = PyList::new(thread)?;
    for member in &group.members {
        members.push(thread, text(thread, member)?)?;
    }
    let values = vec![
        text(thread, &group.name)?,
        text(thread, &group.password)?,
        Value::int(thread, group.group.into())?,
        members.into_value(),
    ];
    (GROUP.make)(thread, values)
}

/// Raises a `KeyError`.
fn missing(thread: &Thread, message: &str) -> Raised {
    match PyStr::from_text(thread, message) {
        Ok(message) => thread.raise_value(&taipan_object::exception::KEY_ERROR, message.into_value()),
        Err(raised) => raised,
    }
}

/// A number of a user or group; none if it can be none.
fn number(thread: &Thread, what: &str, value: Ref<'_>) -> PyResult<Option<i64>> {
    if value.ty().slots().index.get().is_none() {
        let ty = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "{what} should be integer, not {ty}"));
    }
    let index = protocol::number::index(thread, value)?;
    Ok(index.as_ref().to_i64().filter(|number| (-1..=u32::MAX.into()).contains(number)))
}

fn user_by_number(thread: &Thread, _: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let Some(number) = number(thread, "uid", value)? else {
        return Err(missing(thread, "getpwuid(): uid not found"));
    };
    match of(thread).user_account(AccountKey::Number(number as u32)) {
        Some(user) => user_value(thread, &user),
        None => Err(missing(thread, &format!("getpwuid(): uid not found: {number}"))),
    }
}

/// A name as bytes, and as messages show it.
fn name(thread: &Thread, text: &PyStr) -> PyResult<(Vec<u8>, String)> {
    let bytes = path::encode(thread, text)?;
    if bytes.contains(&0) {
        return Err(raise!(thread, VALUE_ERROR, "embedded null byte"));
    }
    let shown = taipan_runtime_builtins::text::repr(thread, as_ref(text))?;
    Ok((bytes, shown.to_text_lossy()))
}

fn user_by_name(thread: &Thread, _: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let Some(given) = value.get::<PyStr>() else {
        return Err(wrong_type(thread, "getpwnam", "argument", "str", value));
    };
    let (bytes, shown) = name(thread, given)?;
    match of(thread).user_account(AccountKey::Name(&bytes)) {
        Some(user) => user_value(thread, &user),
        None => Err(missing(thread, &format!("getpwnam(): name not found: {shown}"))),
    }
}

fn all_users(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let list = PyList::new(thread)?;
    for user in of(thread).user_accounts() {
        list.push(thread, user_value(thread, &user)?)?;
    }
    Ok(list.into_value())
}

fn group_by_number(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [id] = any("getgrgid", ["id"], 1).bind(thread, arguments, names)?;
    let Some(number) = number(thread, "gid", id.unwrap_or(module))? else {
        return Err(missing(thread, "getgrgid(): gid not found"));
    };
    match of(thread).group_account(AccountKey::Number(number as u32)) {
        Some(group) => group_value(thread, &group),
        None => Err(missing(thread, &format!("getgrgid(): gid not found: {number}"))),
    }
}

fn group_by_name(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [given] = any("getgrnam", ["name"], 1).bind(thread, arguments, names)?;
    let given = given.unwrap_or(module);
    let Some(given) = given.get::<PyStr>() else {
        return Err(wrong_type(thread, "getgrnam", "argument 'name'", "str", given));
    };
    let (bytes, shown) = name(thread, given)?;
    match of(thread).group_account(AccountKey::Name(&bytes)) {
        Some(group) => group_value(thread, &group),
        None => Err(missing(thread, &format!("getgrnam(): name not found: {shown}"))),
    }
}

fn all_groups(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let list = PyList::new(thread)?;
    for group in of(thread).group_accounts() {
        list.push(thread, group_value(thread, &group)?)?;
    }
    Ok(list.into_value())
}
