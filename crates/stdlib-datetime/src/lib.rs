//! The modules `_datetime` and `_zoneinfo`: dates, times, durations and time zones as CPython's has them. The layouts of the objects
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
mod zoneinfo;

use taipan_object::datetime::{self as types, DATE, DATETIME, TIME, TIMEDELTA, TIMEZONE, TZINFO};
use taipan_object::module::PyModule;
use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread, Value};
use taipan_runtime_builtins::install::{self, insert};
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 2] = [&MODULE, &zoneinfo::MODULE];

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
    ready::ready_more(thread, &zoneinfo::types())?;
    delta::fill(thread)?;
    date::fill(thread)?;
    zone::fill(thread)?;
    time::fill(thread)?;
    datetime::fill(thread)?;
    calendar::fill(thread)?;
    zoneinfo::fill(thread)?;
    install::methods(thread, &DATE, &date::CLASS_METHODS)?;
    install::methods(thread, &TIME, &time::CLASS_METHODS)?;
    install::methods(thread, &DATETIME, &datetime_methods::CLASS_METHODS)?;
    add_constants(thread)
}

/// The constants that stand in the types.
fn add_constants(thread: &Thread) -> PyResult<()> {
    let (first, last) = ([civil::MIN_YEAR, 1, 1], [civil::MAX_YEAR, 12, 31]);
    let (midnight, late) = ([0; 4], [23, 59, 59, 999_999]);
    install::entries(thread, &TIMEDELTA, |thread, dict| {
        let most = 1_000_000_000 * delta::DAY - 1;
        insert(thread, dict, "resolution", delta::made(thread, 1)?)?;
        insert(thread, dict, "min", delta::made(thread, -999_999_999 * delta::DAY)?)?;
        insert(thread, dict, "max", delta::made(thread, most)?)
    })?;
    install::entries(thread, &DATE, move |thread, dict| {
        insert(thread, dict, "min", fields::date(thread, &DATE, first)?)?;
        insert(thread, dict, "max", fields::date(thread, &DATE, last)?)?;
        insert(thread, dict, "resolution", delta::made(thread, delta::DAY)?)
    })?;
    install::entries(thread, &TIME, move |thread, dict| {
        insert(thread, dict, "min", fields::time(thread, &TIME, midnight, None, 0)?)?;
        insert(thread, dict, "max", fields::time(thread, &TIME, late, None, 0)?)?;
        insert(thread, dict, "resolution", delta::made(thread, 1)?)
    })?;
    install::entries(thread, &DATETIME, move |thread, dict| {
        let (first, last) = ((first, midnight), (last, late));
        insert(thread, dict, "min", fields::datetime(thread, &DATETIME, first, None, 0)?)?;
        insert(thread, dict, "max", fields::datetime(thread, &DATETIME, last, None, 0)?)?;
        insert(thread, dict, "resolution", delta::made(thread, 1)?)
    })?;
    install::entries(thread, &TIMEZONE, |thread, dict| {
        let most = delta::DAY - 60 * delta::SECOND;
        insert(thread, dict, "utc", zone::utc(thread)?)?;
        insert(thread, dict, "min", zone::of_micros(thread, -most)?)?;
        insert(thread, dict, "max", zone::of_micros(thread, most)?)
    })
}
