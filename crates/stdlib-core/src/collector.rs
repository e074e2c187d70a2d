//! The module `gc`.

mod watch;

use taipan_object::dict::PyDict;
use taipan_object::gc::{self, inspect};
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::call;
use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance None c"enable" "($module, /)" enable, c"Lets collections start by themselves.";
    Instance None c"disable" "($module, /)" disable, c"Lets no collection start by itself.";
    Instance None c"isenabled" "($module, /)" is_enabled, c"Whether collections start by themselves.";
    Instance One c"set_debug" "($module, flags, /)" set_debug, c"Says what is told of collections.";
    Instance None c"get_debug" "($module, /)" get_debug, c"What is told of collections.";
    Instance None c"get_count" "($module, /)" get_count, c"Young objects, and collections since the next older one.";
    Instance Positional c"set_threshold" "(threshold0, [threshold1, [threshold2]])" set_threshold, c"Says when collections start.";
    Instance None c"get_threshold" "($module, /)" get_threshold, c"When collections start.";
    Instance Keywords c"collect" "($module, /, generation=2)" collect_now, c"Collects; gives the number of objects found.";
    Instance Keywords c"get_objects" "($module, /, generation=None)" get_objects, c"The objects that the collector knows.";
    Instance None c"get_stats" "($module, /)" get_stats, c"What was done so far, by generation.";
    Instance One c"is_tracked" "($module, obj, /)" is_tracked, c"Whether the collector knows an object.";
    Instance One c"is_finalized" "($module, obj, /)" is_finalized, c"Whether the finalizer of an object has run.";
    Instance Positional c"get_referrers" "($module, /, *objs)" get_referrers, c"The objects that refer to these.";
    Instance Positional c"get_referents" "($module, /, *objs)" get_referents, c"The objects that these refer to.";
    Instance None c"freeze" "($module, /)" freeze, c"Lets no collection look at what there is now.";
    Instance None c"unfreeze" "($module, /)" unfreeze, c"Lets collections look at all objects again.";
    Instance None c"get_freeze_count" "($module, /)" freeze_count, c"How many objects no collection looks at.";
}

/// `gc`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "gc",
    doc: Some("The collector of objects that keep each other alive."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

const FLAGS: [(&str, i32); 5] = [
    ("DEBUG_STATS", 1),
    ("DEBUG_COLLECTABLE", 2),
    ("DEBUG_UNCOLLECTABLE", 4),
    ("DEBUG_SAVEALL", 32),
    ("DEBUG_LEAK", 38),
];

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let collector = thread.interp().gc();
    let garbage = match collector.garbage.get() {
        Some(garbage) => garbage,
        None => PyList::new(thread)?.into_value(),
    };
    drop(collector.garbage.replace(Some(garbage.clone())));
    collector.phase_hook.set(Some(watch::phase));
    add(thread, module, "garbage", garbage)?;
    add(thread, module, "callbacks", PyList::new(thread)?.into_value())?;
    FLAGS.into_iter().try_for_each(|(name, value)| add(thread, module, name, Value::small(value)))
}

fn enable(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    thread.interp().gc().set_enabled(true);
    Ok(Value::none())
}

fn disable(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    thread.interp().gc().set_enabled(false);
    Ok(Value::none())
}

fn is_enabled(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(thread.interp().gc().is_enabled()))
}

fn set_debug(thread: &Thread, _: Ref<'_>, flags: Ref<'_>) -> PyResult<Value> {
    thread.interp().gc().debug.set(to_int(thread, flags)?.cast_unsigned());
    Ok(Value::none())
}

fn get_debug(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, thread.interp().gc().debug.get().cast_signed().into())
}

fn triple(thread: &Thread, numbers: [i64; 3]) -> PyResult<Value> {
    let [a, b, c] = numbers;
    let parts = [Value::int(thread, a)?, Value::int(thread, b)?, Value::int(thread, c)?];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

fn get_count(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    triple(thread, thread.interp().gc().counts().map(|count| count as i64))
}

fn get_threshold(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    triple(thread, thread.interp().gc().thresholds().map(i64::from))
}

fn set_threshold(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    if !(1..=3).contains(&arguments.len()) {
        return Err(raise!(thread, TYPE_ERROR, "gc.set_threshold requires 1 to 3 arguments"));
    }
    let mut thresholds = thread.interp().gc().thresholds();
    for (threshold, value) in thresholds.iter_mut().zip(arguments) {
        *threshold = to_int(thread, value.as_ref())?.max(0).unsigned_abs();
    }
    thread.interp().gc().set_thresholds(thresholds);
    Ok(Value::none())
}

const COLLECT: Parameters<1> =
    Parameters { function: "collect", names: ["generation"], positional_only: 0, positional: 1, required: 0 };
const OBJECTS: Parameters<1> = Parameters { function: "get_objects", ..COLLECT };

#[cold]
fn invalid(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "invalid generation")
}

fn collect_now(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [generation] = COLLECT.bind(thread, arguments, names)?;
    let generation = generation.map_or(Ok(2), |generation| to_int(thread, generation))?;
    let generation = usize::try_from(generation).ok().filter(|generation| *generation <= 2);
    let generation = generation.ok_or_else(|| invalid(thread))?;
    if thread.interp().gc().is_collecting() {
        return Ok(Value::small(0));
    }
    let collected = gc::collect(thread, generation);
    Value::int(thread, (collected.collected + collected.uncollectable) as i64)
}

fn get_objects(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [generation] = OBJECTS.bind(thread, arguments, names)?;
    let generation = match generation.filter(|generation| !generation.is_none()) {
        None => None,
        Some(generation) => match to_int(thread, generation)? {
            number @ 0..=2 => Some(number.unsigned_abs() as usize),
            3.. => {
                let message =
                    "generation parameter must be less than the number of available generations (3)";
                return Err(raise!(thread, VALUE_ERROR, "{message}"));
            }
            _ => return Err(raise!(thread, VALUE_ERROR, "generation parameter cannot be negative")),
        },
    };
    let objects = thread.interp().gc().objects(thread, generation);
    Ok(PyList::from_values(thread, objects)?.into_value())
}

fn get_stats(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let list = PyList::new(thread)?;
    for stats in thread.interp().gc().stats() {
        let dict = PyDict::new(thread)?;
        let numbers = [
            ("collections", stats.collections),
            ("collected", stats.collected),
            ("uncollectable", stats.uncollectable),
        ];
        for (name, number) in numbers {
            let name = call::text(thread, name)?;
            drop(dict.insert(thread, name.as_ref(), Value::int(thread, number as i64)?)?);
        }
        list.push(thread, dict.into_value())?;
    }
    Ok(list.into_value())
}

fn is_tracked(_: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    // types that CPython makes on the heap are static here
    let is_shown = object.get::<PyTypeObject>().is_some_and(|ty| ty.has_flag(flags::SHOWN_AS_HEAP));
    Ok(Value::bool(is_shown || inspect::is_tracked(object)))
}

fn is_finalized(_: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(inspect::is_finalized(object)))
}

fn get_referrers(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let found = thread.interp().gc().referrers(thread, arguments);
    Ok(PyList::from_values(thread, found)?.into_value())
}

fn get_referents(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let found: Vec<Value> = arguments
        .iter()
        .filter(|object| object.as_ref().ty().has_flag(flags::HAVE_GC))
        .flat_map(|object| {
            let object = object.as_ref();
            watch::items_of(object).unwrap_or_else(|| inspect::referents(object))
        })
        .collect();
    Ok(PyList::from_values(thread, found)?.into_value())
}

fn freeze(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    thread.interp().gc().freeze(thread);
    Ok(Value::none())
}

fn unfreeze(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    thread.interp().gc().unfreeze(thread);
    Ok(Value::none())
}

fn freeze_count(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, thread.interp().gc().freeze_count(thread) as i64)
}
