//! The module `time`: clocks, sleep, and moments as text. `civil.rs` counts days, `fields.rs` is `struct_time` and
//! what turns into it, `format.rs` is `strftime`, `clocks.rs` the clocks.

mod civil;
mod clocks;
mod fields;
mod format;

pub use fields::{STRUCT_TIME, STRUCT_TIME_TYPE};

use taipan_host::of;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol};
use taipan_runtime_builtins::modules::{ModuleDef, add};

use taipan_object::declare::method_table;

/// `time`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "time",
    doc: Some("Clocks, sleep, and moments as text and as tuples."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

method_table! { FUNCTIONS:
    Instance None c"time" "" clocks::time, c"Seconds since the beginning of 1970.";
    Instance None c"time_ns" "" clocks::time_ns, c"Nanoseconds since the beginning of 1970.";
    Instance None c"monotonic" "" clocks::monotonic, c"A clock that never goes back.";
    Instance None c"monotonic_ns" "" clocks::monotonic_ns, c"The same in nanoseconds.";
    Instance None c"perf_counter" "" clocks::monotonic, c"The finest clock there is.";
    Instance None c"perf_counter_ns" "" clocks::monotonic_ns, c"The same in nanoseconds.";
    Instance None c"process_time" "" clocks::process_time, c"Seconds that the process computed.";
    Instance None c"process_time_ns" "" clocks::process_time_ns, c"The same in nanoseconds.";
    Instance None c"thread_time" "" clocks::thread_time, c"Seconds that the thread computed.";
    Instance None c"thread_time_ns" "" clocks::thread_time_ns, c"The same in nanoseconds.";
    Instance One c"clock_gettime" "" clocks::clock_gettime, c"A clock by its number.";
    Instance One c"clock_gettime_ns" "" clocks::clock_gettime_ns, c"The same in nanoseconds.";
    Instance One c"clock_getres" "" clocks::clock_getres, c"How fine a clock is.";
    Instance One c"get_clock_info" "" clocks::get_clock_info, c"What is known of a clock by its name.";
    Instance One c"sleep" "($module, object, /)" clocks::sleep, c"Wait so many seconds.";
    Instance Positional c"gmtime" "" fields::gmtime, c"A moment as a tuple, in UTC.";
    Instance Positional c"localtime" "" fields::localtime, c"A moment as a tuple, in local time.";
    Instance One c"mktime" "" fields::mktime, c"The moment of a local time.";
    Instance Positional c"asctime" "" format::asctime, c"A tuple as text of 24 characters.";
    Instance Positional c"ctime" "" format::ctime, c"A moment as text of 24 characters, in local time.";
    Instance Positional c"strftime" "" format::strftime, c"A tuple as text of a form.";
    Instance Positional c"strptime" "" strptime, c"The tuple of a text of a form.";
    Instance None c"tzset" "" tzset, c"Read the local zone from the environment again.";
}

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    for (name, number) in of(thread).clocks() {
        add(thread, module, name, Value::int(thread, *number)?)?;
    }
    add(thread, module, "_STRUCT_TM_ITEMS", Value::small(11))?;
    add(thread, module, "struct_time", as_ref::<taipan_object::PyTypeObject>(&STRUCT_TIME_TYPE).to_value())?;
    add_zone(thread, module)
}

fn add_zone(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let zone = of(thread).zone().unwrap_or_default();
    add(thread, module, "timezone", Value::int(thread, zone.offset)?)?;
    add(thread, module, "altzone", Value::int(thread, zone.summer_offset)?)?;
    add(thread, module, "daylight", Value::small(zone.has_summer.into()))?;
    let [first, second] = zone.names;
    let names =
        [PyStr::from_text(thread, &first)?.into_value(), PyStr::from_text(thread, &second)?.into_value()];
    add(thread, module, "tzname", PyTuple::pack(thread, names)?.into_value())
}

fn tzset(thread: &Thread, module: Ref<'_>) -> PyResult<Value> {
    of(thread).update_zone().map_err(|error| error.raise(thread))?;
    if let Some(module) = module.get::<PyModule>() {
        add_zone(thread, module)?;
    }
    Ok(Value::none())
}

/// `strptime`: that of the module `_strptime`.
fn strptime(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let intern = |text| taipan_object::str::intern::intern_text(thread, text);
    let builtins = thread.interp().builtins.get();
    let builtins = builtins.as_ref().and_then(|dict| dict.as_ref().get::<taipan_object::dict::PyDict>());
    let import = match builtins {
        Some(builtins) => builtins.get_str(thread, &*intern("__import__")?)?,
        None => None,
    };
    let Some(import) = import else {
        return Err(taipan_object::raise!(thread, IMPORT_ERROR, "__import__ not found"));
    };
    let module = protocol::call(thread, import.as_ref(), &[intern("_strptime")?.into_value()], None)?;
    let function = protocol::get_attribute(thread, module.as_ref(), &*intern("_strptime_time")?)?;
    protocol::call(thread, function.as_ref(), arguments, None)
}
