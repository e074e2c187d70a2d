//! `IsoCalendarDate`: what `isocalendar` gives, a tuple with named items.

use std::cell::Cell;

use taipan_object::struct_sequence::{StructSequence, field};
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore, statics};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::install;

use taipan_object::declare::{attribute_table, method_table};

use crate::arguments::{or, plain_int, text};

static CORE: TypeCore = TypeCore::new({
    let mut slots = Slots::empty();
    slots.new = Cell::new(Some(new));
    slots.repr = Cell::new(Some(repr));
    slots
});

/// The type.
pub(crate) static ISO_CALENDAR_DATE: StructSequence<3> =
    StructSequence::new(c"datetime.IsoCalendarDate", &CORE);

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"A plain tuple is what is pickled.";
}

attribute_table! { ATTRIBUTES:
    "year" |_, this| Ok(item(this, 0)), None, "The ISO year.";
    "week" |_, this| Ok(item(this, 1)), None, "The week of the year.";
    "weekday" |_, this| Ok(item(this, 2)), None, "The day of the week, Monday is 1.";
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &ISO_CALENDAR_DATE, &METHODS)?;
    install::attributes(thread, &ISO_CALENDAR_DATE, &ATTRIBUTES)
}

fn item(this: Ref<'_>, at: usize) -> Value {
    field(this, at).unwrap_or_else(Value::none)
}

/// An object of ISO year, week and weekday.
pub(crate) fn made(thread: &Thread, numbers: [i64; 3]) -> PyResult<Value> {
    let [year, week, weekday] = numbers;
    let items = [Value::int(thread, year)?, Value::int(thread, week)?, Value::int(thread, weekday)?];
    ISO_CALENDAR_DATE.make(thread, 3, items)
}

const NEW: Parameters<3> = Parameters {
    function: "IsoCalendarDate",
    names: ["year", "week", "weekday"],
    positional_only: 0,
    positional: 3,
    required: 3,
};

fn new(thread: &Thread, _: &PyTypeObject, given: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [year, week, weekday] = NEW.bind(thread, given, names)?;
    let number = |value| or(thread, value, 0, plain_int);
    made(thread, [number(year)?, number(week)?, number(weekday)?])
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let shown = |at| item(this, at).as_ref().int_to_text(10).unwrap_or_default();
    let [year, week, weekday] = [shown(0), shown(1), shown(2)];
    text(thread, &format!("{}(year={year}, week={week}, weekday={weekday})", this.ty().name()))
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let items = PyTuple::pack(thread, [item(this, 0), item(this, 1), item(this, 2)])?.into_value();
    let arguments = PyTuple::pack(thread, [items])?.into_value();
    let class: &PyTypeObject = &statics::TUPLE;
    Ok(PyTuple::pack(thread, [as_ref(class).to_value(), arguments])?.into_value())
}
