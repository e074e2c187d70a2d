//! The module `resource`: what processes use, and how much they may use.

use taipan_host::{HostError, ResourceLimit, Usage, numbers, of};
use taipan_object::declare::method_table;
use taipan_object::exception::OS_ERROR;
use taipan_object::module::PyModule;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, to_int};
use taipan_runtime_builtins::modules::{ModuleDef, add};
use taipan_runtime_builtins::struct_sequence::StructSequence;

/// `resource`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "resource",
    doc: Some("What processes use, and how much they may use."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

method_table! { FUNCTIONS:
    Instance One c"getrusage" "($module, who, /)" getrusage, c"What a process used.";
    Instance One c"getrlimit" "($module, resource, /)" getrlimit, c"The soft and the hard limit of a resource.";
    Instance Two c"setrlimit" "($module, resource, limits, /)" setrlimit, c"Sets both limits of a resource.";
    Instance Positional c"prlimit" "(pid, resource, [limits])" prlimit, c"The limits of a resource of another process; sets them if they are given.";
    Instance None c"getpagesize" "($module, /)" getpagesize, c"Bytes of a page of memory.";
}

static USAGE: StructSequence = StructSequence {
    name: "resource.struct_rusage",
    doc: "What a process used.",
    fields: &[
        "ru_utime",
        "ru_stime",
        "ru_maxrss",
        "ru_ixrss",
        "ru_idrss",
        "ru_isrss",
        "ru_minflt",
        "ru_majflt",
        "ru_nswap",
        "ru_inblock",
        "ru_oublock",
        "ru_msgsnd",
        "ru_msgrcv",
        "ru_nsignals",
        "ru_nvcsw",
        "ru_nivcsw",
    ],
    by_name_only: 0,
    is_single: false,
};

/// Two names of one resource.
const OLD_NAME: (&str, &str) = ("RLIMIT_OFILE", "RLIMIT_NOFILE");

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    for (name, number) in of(thread).resource_constants() {
        add(thread, module, name, Value::int(thread, *number)?)?;
        if *name == OLD_NAME.1 {
            add(thread, module, OLD_NAME.0, Value::int(thread, *number)?)?;
        }
    }
    add(thread, module, "RLIM_INFINITY", Value::small(-1))?;
    add(thread, module, "error", as_ref(&OS_ERROR).to_value())?;
    add(thread, module, "struct_rusage", USAGE.class(thread)?.into_value())
}

fn getrusage(thread: &Thread, _: Ref<'_>, who: Ref<'_>) -> PyResult<Value> {
    let usage = of(thread).usage(to_int(thread, who)?).map_err(|error| match error.errno {
        numbers::EINVAL => raise!(thread, VALUE_ERROR, "invalid who parameter"),
        _ => error.raise(thread),
    })?;
    result(thread, &usage)
}

/// A `resource.struct_rusage`.
pub(crate) fn result(thread: &Thread, usage: &Usage) -> PyResult<Value> {
    let mut items = Vec::new();
    for seconds in usage.seconds {
        items.push(Value::float(thread, seconds)?);
    }
    for count in usage.counts {
        items.push(Value::int(thread, count)?);
    }
    let class = USAGE.class(thread)?;
    USAGE.instance(thread, &class, items)
}

/// The number of a resource.
fn resource(thread: &Thread, value: Ref<'_>) -> PyResult<i32> {
    let number = to_int(thread, value)?;
    // what the platform has no name for is none, whatever its calls say of it
    let most = of(thread).resource_constants().iter().filter(|(name, _)| name.starts_with("RLIMIT_"));
    match most.map(|(_, number)| *number).max() {
        Some(most) if (0..=most).contains(&i64::from(number)) => Ok(number),
        _ => Err(raise!(thread, VALUE_ERROR, "invalid resource specified")),
    }
}

fn pair(thread: &Thread, (soft, hard): ResourceLimit) -> PyResult<Value> {
    let value = |limit: u64| match limit {
        u64::MAX => Ok(Value::small(-1)),
        limit => Value::uint(thread, limit),
    };
    Ok(taipan_object::tuple::PyTuple::pack(thread, [value(soft)?, value(hard)?])?.into_value())
}

/// Two limits; -1 stands for none.
fn limits(thread: &Thread, value: Ref<'_>) -> PyResult<ResourceLimit> {
    let items = taipan_runtime_builtins::iterate::collect(thread, value)?;
    let [soft, hard] = items.as_slice() else {
        return Err(raise!(thread, VALUE_ERROR, "expected a tuple of 2 integers"));
    };
    let limit = |value: &Value| {
        let number = protocol::number::index(thread, value.as_ref())?;
        let number = number.as_ref();
        if number.to_i64() == Some(-1) {
            return Ok(u64::MAX);
        }
        let digits = number.int_to_text(10).unwrap_or_default();
        if digits.starts_with('-') {
            return Err(raise!(thread, VALUE_ERROR, "Cannot convert negative int"));
        }
        let wide = digits.parse::<u64>().ok();
        wide.ok_or_else(|| raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long"))
    };
    Ok((limit(soft)?, limit(hard)?))
}

fn failed(thread: &Thread, error: HostError) -> Raised {
    match error.errno {
        numbers::EINVAL => raise!(thread, VALUE_ERROR, "current limit exceeds maximum limit"),
        numbers::EPERM => raise!(thread, VALUE_ERROR, "not allowed to raise maximum limit"),
        _ => error.raise(thread),
    }
}

fn getrlimit(thread: &Thread, _: Ref<'_>, which: Ref<'_>) -> PyResult<Value> {
    let which = resource(thread, which)?;
    let found = of(thread).limit(0, which, None).map_err(|error| error.raise(thread))?;
    pair(thread, found)
}

fn setrlimit(thread: &Thread, _: Ref<'_>, which: Ref<'_>, new: Ref<'_>) -> PyResult<Value> {
    let which = resource(thread, which)?;
    let new = limits(thread, new)?;
    of(thread).limit(0, which, Some(new)).map_err(|error| failed(thread, error))?;
    Ok(Value::none())
}

fn prlimit(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "prlimit", arguments.len(), 2, 3)?;
    let [process, which, new @ ..] = arguments else { return Ok(Value::none()) };
    let process = to_int(thread, process.as_ref())?;
    let which = resource(thread, which.as_ref())?;
    let new = match new.first().filter(|new| !new.as_ref().is_none()) {
        Some(new) => Some(limits(thread, new.as_ref())?),
        None => None,
    };
    let old = of(thread).limit(process, which, new).map_err(|error| failed(thread, error))?;
    pair(thread, old)
}

fn getpagesize(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let configurations = of(thread).configurations();
    let page = configurations.iter().find(|(name, _)| *name == "SC_PAGESIZE").map(|(_, number)| *number);
    let size = match page {
        Some(number) => of(thread).configuration(number as i32).map_err(|error| error.raise(thread))?,
        None => 4096,
    };
    Value::int(thread, size)
}
