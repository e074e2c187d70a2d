//! The module `_datetime`: dates, times, durations and time zones as CPython's has them. The layouts of the objects
//! stand in `taipan_object::datetime`, for compiled code reads them.
//!
//! `civil.rs` has the calendar in numbers, `fields.rs` makes objects of numbers, `moment.rs` reckons; then a file a
//! type. Invariants: a zone and a class that derives from one of these may be written in Python, so that asking the one
//! and making an object of the other are calls; nothing but `moment.rs` asks the host.
#![forbid(unsafe_code)]

mod arguments;
mod calendar;
mod civil;
mod date;
mod datetime;
mod datetime_methods;
mod delta;
mod delta_numbers;
mod fields;
mod format;
mod moment;
mod parse;
mod time;
mod zone;

use taipan_object::datetime::{self as types, DATE, DATETIME, TIME, TIMEDELTA, TIMEZONE, TZINFO};
use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread, Value};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 1] = [&MODULE];

static MODULE: ModuleDef = ModuleDef {
    name: "_datetime",
    doc: Some("Dates, times, durations and time zones."),
    functions: &[],
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let shown: [&'static PyTypeObject; 6] = [&DATE, &DATETIME, &TIME, &TIMEDELTA, &TZINFO, &TIMEZONE];
    add_types(thread, module, shown)?;
    add(thread, module, "MINYEAR", Value::int(thread, civil::MIN_YEAR)?)?;
    add(thread, module, "MAXYEAR", Value::int(thread, civil::MAX_YEAR)?)?;
    add(thread, module, "UTC", zone::utc(thread)?)
}

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    ready::ready_more(thread, &types::types())?;
    ready::ready_more(thread, &[&calendar::ISO_CALENDAR_DATE])?;
    delta::fill(thread)?;
    date::fill(thread)?;
    zone::fill(thread)?;
    time::fill(thread)?;
    datetime::fill(thread)?;
    calendar::fill(thread)
}

fn set(thread: &Thread, ty: &'static PyTypeObject, name: &str, value: Value) -> PyResult<()> {
    let Some(dict) = ty.dict() else { return Ok(()) };
    let name = intern_text(thread, name)?;
    drop(dict.insert(thread, name.as_ref(), value)?);
    Ok(())
}

/// Completes the types with what needs the types of `taipan_runtime_builtins`, and with the constants that are objects
/// of them: comes after its `fill`.
///
/// # Errors
/// When there is no memory.
pub fn finish(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &DATE, &date::CLASS_METHODS)?;
    install::methods(thread, &TIME, &time::CLASS_METHODS)?;
    install::methods(thread, &DATETIME, &datetime_methods::CLASS_METHODS)?;
    let most = 1_000_000_000 * delta::DAY - 1;
    let duration = |micros| delta::made(thread, micros);
    set(thread, &TIMEDELTA, "resolution", duration(1)?)?;
    set(thread, &TIMEDELTA, "min", duration(-999_999_999 * delta::DAY)?)?;
    set(thread, &TIMEDELTA, "max", duration(most)?)?;
    let (first, last) = ([civil::MIN_YEAR, 1, 1], [civil::MAX_YEAR, 12, 31]);
    set(thread, &DATE, "min", fields::date(thread, &DATE, first)?)?;
    set(thread, &DATE, "max", fields::date(thread, &DATE, last)?)?;
    set(thread, &DATE, "resolution", duration(delta::DAY)?)?;
    let (midnight, late) = ([0; 4], [23, 59, 59, 999_999]);
    set(thread, &TIME, "min", fields::time(thread, &TIME, midnight, None, 0)?)?;
    set(thread, &TIME, "max", fields::time(thread, &TIME, late, None, 0)?)?;
    set(thread, &TIME, "resolution", duration(1)?)?;
    set(thread, &DATETIME, "min", fields::datetime(thread, &DATETIME, (first, midnight), None, 0)?)?;
    set(thread, &DATETIME, "max", fields::datetime(thread, &DATETIME, (last, late), None, 0)?)?;
    set(thread, &DATETIME, "resolution", duration(1)?)?;
    set(thread, &TIMEZONE, "utc", zone::utc(thread)?)?;
    let most = delta::DAY - 60 * delta::SECOND;
    set(thread, &TIMEZONE, "min", zone::of_micros(thread, -most)?)?;
    set(thread, &TIMEZONE, "max", zone::of_micros(thread, most)?)
}
