//! Attributes of exceptions: the fields that the families have, and those of `BaseException`.

use taipan_object::descriptor::GetSetDef;
use taipan_object::descriptor::member::MemberKind::{self, Object, Size};
use taipan_object::dict::PyDict;
use taipan_object::exception::{self as types, PyBaseException};
use taipan_object::traceback::PyTraceback;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, instance, raise};

use super::{args_of, os_error, receiver};
use crate::install;
use crate::iterate::collect;

/// Where the fields of the families begin.
const FIELDS: u32 = 72;
/// Where `__suppress_context__` is.
const SUPPRESS_CONTEXT: u32 = 64;

type Field = (&'static str, u32, MemberKind);

/// The fields of a family, in the order of the layout.
fn fields() -> [(&'static PyTypeObject, &'static [Field]); 10] {
    const UNICODE: &[Field] = &[
        ("encoding", 0, Object),
        ("object", 1, Object),
        ("start", 2, Size),
        ("end", 3, Size),
        ("reason", 4, Object),
    ];
    [
        (&types::STOP_ITERATION, &[("value", 0, Object)]),
        (&types::SYSTEM_EXIT, &[("code", 0, Object)]),
        (&types::NAME_ERROR, &[("name", 0, Object)]),
        (&types::ATTRIBUTE_ERROR, &[("obj", 0, Object), ("name", 1, Object)]),
        (
            &types::IMPORT_ERROR,
            &[("msg", 0, Object), ("name", 1, Object), ("path", 2, Object), ("name_from", 3, Object)],
        ),
        (
            &types::OS_ERROR,
            &[
                ("errno", 0, Object),
                ("strerror", 1, Object),
                ("filename", 2, Object),
                ("filename2", 3, Object),
            ],
        ),
        (
            &types::SYNTAX_ERROR,
            &[
                ("msg", 0, Object),
                ("filename", 1, Object),
                ("lineno", 2, Object),
                ("offset", 3, Object),
                ("end_lineno", 4, Object),
                ("end_offset", 5, Object),
                ("text", 6, Object),
                ("print_file_and_line", 7, Object),
                ("_metadata", 8, Object),
            ],
        ),
        (&types::UNICODE_ENCODE_ERROR, UNICODE),
        (&types::UNICODE_DECODE_ERROR, UNICODE),
        (&types::UNICODE_TRANSLATE_ERROR, UNICODE),
    ]
}

static ATTRIBUTES: [GetSetDef; 5] = [
    GetSetDef {
        name: "args",
        get: |thread, this| Ok(args_of(receiver(thread, this)?).into_value()),
        set: Some(set_args),
        doc: "the arguments",
    },
    GetSetDef { name: "__dict__", get: get_dict, set: Some(set_dict), doc: "the attributes of the instance" },
    GetSetDef {
        name: "__traceback__",
        get: |thread, this| part(thread, this, 3),
        set: Some(set_traceback),
        doc: "the way that the exception took",
    },
    GetSetDef {
        name: "__context__",
        get: |thread, this| part(thread, this, 4),
        set: Some(set_context),
        doc: "the exception that was handled when this one was raised",
    },
    GetSetDef {
        name: "__cause__",
        get: |thread, this| part(thread, this, 5),
        set: Some(set_cause),
        doc: "the exception that this one was raised from",
    },
];

/// Puts the attributes into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::attributes(thread, &types::BASE_EXCEPTION, &ATTRIBUTES)?;
    install::attributes(thread, &types::OS_ERROR, &os_error::ATTRIBUTES)?;
    for (ty, fields) in fields() {
        // an error about text that is translated has no encoding
        let left_out =
            |name| name == "encoding" && std::ptr::eq(ty, &raw const types::UNICODE_TRANSLATE_ERROR);
        let fields = fields.iter().filter(|(name, ..)| !left_out(*name));
        let fields: Vec<install::Field> =
            fields.map(|&(name, at, kind)| (name, FIELDS + at * 8, kind, false)).collect();
        install::fields(thread, ty, &fields)?;
    }
    let of_group = [("message", FIELDS, Object, true), ("exceptions", FIELDS + 8, Object, true)];
    install::fields(thread, &types::BASE_EXCEPTION_GROUP, &of_group)?;
    let suppress = ("__suppress_context__", SUPPRESS_CONTEXT, MemberKind::Bool, false);
    install::fields(thread, &types::BASE_EXCEPTION, &[suppress])
}

/// One of the slots that every exception has, `None` where it is empty.
fn part(thread: &Thread, this: Ref<'_>, at: usize) -> PyResult<Value> {
    let slots = receiver(thread, this)?.slots();
    Ok(slots.get(at).and_then(|slot| slot.get()).unwrap_or_else(Value::none))
}

fn undeletable(thread: &Thread, name: &str) -> taipan_object::Raised {
    raise!(thread, TYPE_ERROR, "{name} may not be deleted")
}

fn set_args(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(undeletable(thread, "args")) };
    let args = PyTuple::from_values(thread, collect(thread, value.as_ref())?)?;
    drop(receiver(thread, this)?.set_args(args));
    Ok(())
}

fn get_dict(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match this.head() {
        Some(head) => Ok(instance::dict(thread, head)?.into_value()),
        None => Ok(Value::none()),
    }
}

fn set_dict(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(raise!(thread, TYPE_ERROR, "cannot delete __dict__"));
    };
    if value.as_ref().get::<PyDict>().is_none() {
        let ty = value.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "__dict__ must be set to a dictionary, not a '{ty}'"));
    }
    let [dict, ..] = receiver(thread, this)?.slots();
    drop(dict.replace(Some(value)));
    Ok(())
}

/// Sets `__traceback__`.
pub(super) fn set_traceback(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(undeletable(thread, "__traceback__")) };
    let is_none = value.as_ref().is_none();
    if !is_none && value.as_ref().get::<PyTraceback>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "__traceback__ must be a traceback or None"));
    }
    let [.., traceback, _, _] = receiver(thread, this)?.slots();
    drop(traceback.replace((!is_none).then_some(value)));
    Ok(())
}

/// Another exception, or nothing for `None`.
fn exception_or_none(
    thread: &Thread,
    value: Option<Value>,
    name: &str,
    what: &str,
) -> PyResult<Option<Value>> {
    let Some(value) = value else { return Err(undeletable(thread, name)) };
    if value.as_ref().is_none() {
        return Ok(None);
    }
    if value.as_ref().get::<PyBaseException>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "exception {what} must be None or derive from BaseException"));
    }
    Ok(Some(value))
}

fn set_context(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let value = exception_or_none(thread, value, "__context__", "context")?;
    let [.., context, _] = receiver(thread, this)?.slots();
    drop(context.replace(value));
    Ok(())
}

fn set_cause(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let value = exception_or_none(thread, value, "__cause__", "cause")?;
    let exception = receiver(thread, this)?;
    let [.., cause] = exception.slots();
    exception.suppress_context().set(1);
    drop(cause.replace(value));
    Ok(())
}
