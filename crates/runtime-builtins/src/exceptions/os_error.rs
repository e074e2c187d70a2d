//! `OSError`: the class that belongs to an error number, and the fields. Where a class has an `__init__` of its own
//! but no `__new__`, the arguments are looked at by `__init__` only.

use taipan_object::descriptor::GetSetDef;
use taipan_object::exception::{self as types, PyBaseException};
use taipan_object::protocol::index;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::blank::new_instance;
use taipan_object::types::slots::{Init, New};
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::base::{filled_dict, reduced, refuse_names, set_args};
use super::{args_of, receiver, set_field};
use crate::methods::method_table;

const FILENAME: usize = 2;
const FILENAME_2: usize = 3;
/// How many characters were written; -1 if that is not known.
const WRITTEN: usize = 4;

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the exception again from.";
}

pub(super) static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "characters_written",
    get: get_written,
    set: Some(set_written),
    doc: "how many characters were written before the error",
}];

/// The class of an error number, by the numbers of Linux.
fn class_of(number: i64) -> Option<&'static PyTypeObject> {
    Some(match number {
        11 | 114 | 115 => &types::BLOCKING_IOERROR,
        32 | 108 => &types::BROKEN_PIPE_ERROR,
        10 => &types::CHILD_PROCESS_ERROR,
        103 => &types::CONNECTION_ABORTED_ERROR,
        111 => &types::CONNECTION_REFUSED_ERROR,
        104 => &types::CONNECTION_RESET_ERROR,
        17 => &types::FILE_EXISTS_ERROR,
        2 => &types::FILE_NOT_FOUND_ERROR,
        21 => &types::IS_ADIRECTORY_ERROR,
        20 => &types::NOT_ADIRECTORY_ERROR,
        4 => &types::INTERRUPTED_ERROR,
        1 | 13 => &types::PERMISSION_ERROR,
        3 => &types::PROCESS_LOOKUP_ERROR,
        110 => &types::TIMEOUT_ERROR,
        _ => return None,
    })
}

/// Whether `__init__` looks at the arguments, not `__new__`.
fn is_set_up_by_init(class: &PyTypeObject) -> bool {
    let own_init = class.slots().init.get().is_some_and(|own| !std::ptr::fn_addr_eq(own, init as Init));
    let same_new = class.slots().new.get().is_some_and(|own| std::ptr::fn_addr_eq(own, new as New));
    own_init && same_new
}

pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let by_init = is_set_up_by_init(class);
    let mut class = class;
    if !by_init {
        refuse_names(thread, class, names)?;
        if std::ptr::eq(class, &raw const types::OS_ERROR)
            && let (2..=5, Some(number)) = (arguments.len(), arguments.first())
            && let Some(number) = number.as_ref().to_i64()
        {
            class = class_of(number).unwrap_or(class);
        }
    }
    let exception = new_instance::<PyBaseException>(thread, class)?;
    exception.set_number(WRITTEN, -1);
    drop(exception.set_args(PyTuple::empty()));
    if !by_init {
        set_up(thread, &exception, class, arguments)?;
    }
    Ok(exception.into_value())
}

pub(super) fn init(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    let exception = receiver(thread, this)?;
    if !is_set_up_by_init(this.ty()) {
        return Ok(());
    }
    refuse_names(thread, this.ty(), names)?;
    set_up(thread, exception, this.ty(), arguments)
}

fn set_up(
    thread: &Thread,
    exception: &PyBaseException,
    class: &PyTypeObject,
    arguments: &[Value],
) -> PyResult<()> {
    let [number, reason, rest @ ..] = arguments else { return set_args(thread, exception, arguments) };
    if arguments.len() > 5 {
        return set_args(thread, exception, arguments);
    }
    let given = |at: usize| rest.get(at).filter(|value| !value.as_ref().is_none());
    let mut args = arguments;
    if let Some(filename) = given(0) {
        let slots = filename.as_ref().ty().slots();
        let is_number =
            slots.index.get().is_some() || slots.int.get().is_some() || slots.float.get().is_some();
        if std::ptr::eq(class, &raw const types::BLOCKING_IOERROR) && is_number {
            let written = index(thread, filename.as_ref())?.as_ref().to_i64();
            exception.set_number(WRITTEN, written.unwrap_or(-1) as isize);
        } else {
            set_field(thread, exception, FILENAME, Some(filename.clone()))?;
            set_field(thread, exception, FILENAME_2, given(2).cloned())?;
            args = arguments.get(..2).unwrap_or(arguments);
        }
    }
    set_field(thread, exception, 0, Some(number.clone()))?;
    set_field(thread, exception, 1, Some(reason.clone()))?;
    set_args(thread, exception, args)
}

fn get_written(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match receiver(thread, this)?.number(WRITTEN) {
        Some(-1) | None => Err(raise!(thread, ATTRIBUTE_ERROR, "characters_written")),
        Some(written) => Value::int(thread, written as i64),
    }
}

fn set_written(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let written = match &value {
        Some(value) => crate::arguments::to_size(thread, value.as_ref())?,
        None => -1,
    };
    let exception = receiver(thread, this)?;
    if value.is_none() && exception.number(WRITTEN) == Some(-1) {
        return Err(raise!(thread, ATTRIBUTE_ERROR, "characters_written"));
    }
    exception.set_number(WRITTEN, written);
    Ok(())
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let exception = receiver(thread, this)?;
    let mut args = args_of(exception);
    if let (2, Some(number), Some(reason), Some(filename)) =
        (args.len(), args.get(0), args.get(1), exception.field(FILENAME))
    {
        args = match exception.field(FILENAME_2) {
            Some(second) => PyTuple::pack(thread, [number, reason, filename, Value::none(), second])?,
            None => PyTuple::pack(thread, [number, reason, filename])?,
        };
    }
    reduced(thread, this, args, filled_dict(this).map(taipan_object::Owned::into_value))
}
