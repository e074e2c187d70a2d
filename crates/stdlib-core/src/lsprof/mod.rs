//! The module `_lsprof`: `Profiler`, which `cProfile` is made of. It is what `sys.setprofile` is given in the thread that
//! enables it, and holds the number of profilers in `sys.monitoring`, so that there is one at a time. Invariants: the
//! record is not borrowed while a timer runs or an object is shown; times are nanoseconds, or what a timer counts in.

mod record;

use std::cell::{Cell, RefCell};

use taipan_object::builtin::{MethodDef, PyCFunction};
use taipan_object::code::PyCode;
use taipan_object::declare::{method_table, receiver};
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count};
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};
use taipan_runtime_builtins::struct_sequence::StructSequence;
use taipan_runtime_builtins::{install, text};
use taipan_vm::{frame_object, tracing};

use crate::call;
use record::{Record, Sums};

/// `_lsprof`.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_lsprof", doc: Some("A fast profiler."), functions: &[], exec: Some(exec) };

static ENTRY: StructSequence = StructSequence {
    name: "_lsprof.profiler_entry",
    doc: "What was found out about a function.",
    fields: &["code", "callcount", "reccallcount", "totaltime", "inlinetime", "calls"],
    by_name_only: 0,
    is_single: false,
};

static SUBENTRY: StructSequence = StructSequence {
    name: "_lsprof.profiler_subentry",
    doc: "What was found out about a function that another one calls.",
    fields: &["code", "callcount", "reccallcount", "totaltime", "inlinetime"],
    by_name_only: 0,
    is_single: false,
};

/// A profiler.
#[derive(Default)]
pub(crate) struct Profiler {
    record: RefCell<Record>,
    /// What gives the time, if not the host.
    timer: Slot,
    /// The seconds that one of what the timer counts is; 0 if it gives seconds.
    unit: Cell<f64>,
    is_enabled: Cell<bool>,
    /// Whether callers are told of what they call.
    subcalls: Cell<bool>,
    /// Whether built-in functions have entries.
    builtins: Cell<bool>,
    /// Whether a timer runs, which must not enter into this again.
    is_timing: Cell<bool>,
}

native_type! {
    /// `_lsprof.Profiler`
    pub(crate) static PROFILER: Profiler = "_lsprof.Profiler", flags flags::BASETYPE | flags::SHOWN_AS_HEAP,
    dict false, weak false,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, Profiler::default())?.into_value()),
        init: init,
    }
}

impl NativeType for Profiler {
    fn definition() -> &'static NativeStatic<Profiler> {
        &PROFILER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.timer);
        // nothing is borrowed where the collector runs
        if let Ok(record) = self.record.try_borrow() {
            record.entries.iter().for_each(|entry| visitor.value(&entry.shown));
        }
    }

    fn clear(&self) {
        drop(self.timer.take());
    }
}

type Names<'a> = Option<&'a PyTuple>;

method_table! { METHODS:
    Instance None c"getstats" "($self, /)" getstats, c"What was found out: an entry a function.";
    Instance Keywords c"enable" "($self, /, subcalls=True, builtins=True)" enable, c"Begins.";
    Instance None c"disable" "($self, /)" disable, c"Ends.";
    Instance None c"clear" "($self, /)" clear, c"Forgets what was found out.";
    Instance Positional c"_pystart_callback" "($self, code, instruction_offset, /)" |thread, this, arguments| python_callback(thread, this, arguments, "_pystart_callback", 2, true), c"A function begins.";
    Instance Positional c"_pythrow_callback" "($self, code, instruction_offset, exception, /)" |thread, this, arguments| python_callback(thread, this, arguments, "_pythrow_callback", 3, true), c"An exception is thrown into a generator.";
    Instance Positional c"_pyreturn_callback" "($self, code, instruction_offset, retval, /)" |thread, this, arguments| python_callback(thread, this, arguments, "_pyreturn_callback", 3, false), c"A function ends.";
    Instance Positional c"_ccall_callback" "($self, code, instruction_offset, callable, self_arg, /)" |thread, this, arguments| native_callback(thread, this, arguments, "_ccall_callback", true), c"A built-in function begins.";
    Instance Positional c"_creturn_callback" "($self, code, instruction_offset, callable, self_arg,\n                  /)" |thread, this, arguments| native_callback(thread, this, arguments, "_creturn_callback", false), c"A built-in function ends.";
}

/// What is told of events, bound to a profiler.
static EVENT: MethodDef = MethodDef::new(
    c"_event",
    taipan_object::builtin::Binding::Instance,
    taipan_object::builtin::Native::Positional(event),
    "($self, frame, event, arg, /)",
    c"Notes an event.",
);

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let shown: [&'static PyTypeObject; 1] = [&PROFILER];
    add_types(thread, module, shown)?;
    add(thread, module, "profiler_entry", ENTRY.class(thread)?.into_value())?;
    add(thread, module, "profiler_subentry", SUBENTRY.class(thread)?.into_value())
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &PROFILER, &METHODS)
}

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<()> {
    const INIT: Parameters<4> = Parameters {
        function: "Profiler",
        names: ["timer", "timeunit", "subcalls", "builtins"],
        positional_only: 0,
        positional: 4,
        required: 0,
    };
    let [timer, unit, subcalls, builtins] = INIT.bind(thread, arguments, names)?;
    let unit = unit.map_or(Ok(0.0), |unit| crate::thread::seconds(thread, unit))?;
    let truth = |value: Option<Ref<'_>>| value.map_or(Ok(true), |value| protocol::truth(thread, value));
    let (subcalls, builtins) = (truth(subcalls)?, truth(builtins)?);
    let own = receiver::<Profiler>(thread, this)?;
    drop(own.timer.replace(timer.filter(|timer| !timer.is_none()).map(Ref::to_value)));
    own.unit.set(unit);
    own.subcalls.set(subcalls);
    own.builtins.set(builtins);
    Ok(())
}

// -- time --------------------------------------------------------------------------------------

/// What the clock or the timer says.
fn now(thread: &Thread, own: &Profiler) -> i64 {
    let Some(timer) = own.timer.get() else {
        let now = taipan_host::of(thread).monotonic();
        return now.map_or(0, |now| now.seconds * 1_000_000_000 + i64::from(now.nanos));
    };
    own.is_timing.set(true);
    let result = protocol::call(thread, timer.as_ref(), &[], None).and_then(|time| ticks(thread, own, &time));
    own.is_timing.set(false);
    result.unwrap_or_else(|raised| {
        let shown = text::repr(thread, timer.as_ref()).map(|shown| shown.to_text_lossy());
        match shown {
            Ok(shown) => {
                let doing = format!("Exception ignored while calling _lsprof timer {shown}");
                thread.unraisable(raised, Some(&doing), None);
            }
            Err(second) => drop((thread.catch(second), raised)),
        }
        0
    })
}

fn ticks(thread: &Thread, own: &Profiler, time: &Value) -> PyResult<i64> {
    let too_large = || raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long");
    if own.unit.get() > 0.0 {
        let index = protocol::number::index(thread, time.as_ref())?;
        return index.as_ref().to_i64().ok_or_else(too_large);
    }
    if let Some(seconds) = time.as_ref().to_f64().filter(|_| !time.as_ref().is_int()) {
        return Ok((seconds * 1e9).floor() as i64);
    }
    let index = protocol::number::index(thread, time.as_ref())?;
    index.as_ref().to_i64().and_then(|seconds| seconds.checked_mul(1_000_000_000)).ok_or_else(too_large)
}

// -- events ------------------------------------------------------------------------------------

fn begins(
    thread: &Thread,
    own: &Profiler,
    key: usize,
    shown: impl FnOnce() -> PyResult<Value>,
) -> PyResult<()> {
    if !own.record.borrow().knows(key) {
        let shown = shown()?;
        own.record.borrow_mut().add(key, shown);
    }
    own.record.borrow_mut().begin(key, own.subcalls.get());
    let now = now(thread, own);
    own.record.borrow_mut().begun(now);
    Ok(())
}

fn ends(thread: &Thread, own: &Profiler, key: usize) {
    if own.record.borrow().is_running() {
        let now = now(thread, own);
        own.record.borrow_mut().end(key, now);
    }
}

fn address_of(value: Ref<'_>) -> usize {
    value.word().bits() as usize
}

/// What a built-in function is known by: its definition, for methods are bound anew for each call.
fn key_of(function: &PyCFunction) -> usize {
    std::ptr::from_ref(function.definition()).addr()
}

/// What a built-in function is shown as.
fn shown_native(thread: &Thread, function: &PyCFunction) -> PyResult<Value> {
    let name = function.definition().name();
    let this = function.this();
    let is_function = this.as_ref().is_none() || this.as_ref().get::<PyModule>().is_some();
    if !is_function && let Some(method) = this.as_ref().ty().lookup(thread, &*intern_text(thread, name)?)? {
        return Ok(text::repr(thread, method.as_ref())?.into_value());
    }
    let module = function.module().filter(|_| is_function);
    let module = module.as_ref().and_then(|module| module.as_ref().get::<PyStr>());
    let shown = match module {
        Some(module) => format!("<built-in method {}.{name}>", module.to_text_lossy()),
        None => format!("<built-in method {name}>"),
    };
    Ok(PyStr::from_text(thread, &shown)?.into_value())
}

/// What `sys.setprofile` has called for an event.
fn event(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let own = receiver::<Profiler>(thread, this)?;
    let [frame, name, argument] = arguments else {
        return Err(raise!(thread, TYPE_ERROR, "_event() takes exactly 3 arguments"));
    };
    let name = name.as_ref().get::<PyStr>().map(PyStr::to_text_lossy).unwrap_or_default();
    match name.as_str() {
        "call" | "return" => {
            let code = frame_object::state_of(frame.as_ref()).and_then(|state| state.code());
            if let Some(code) = code {
                note_python(thread, own, code.as_ref(), name == "call")?;
            }
        }
        _ => note_native(thread, own, argument.as_ref(), name == "c_call")?,
    }
    Ok(Value::none())
}

fn note_python(thread: &Thread, own: &Profiler, code: Ref<'_>, does_begin: bool) -> PyResult<()> {
    let key = address_of(code);
    if does_begin {
        return begins(thread, own, key, || Ok(code.to_value()));
    }
    ends(thread, own, key);
    Ok(())
}

fn note_native(thread: &Thread, own: &Profiler, function: Ref<'_>, does_begin: bool) -> PyResult<()> {
    let Some(function) = function.get::<PyCFunction>().filter(|_| own.builtins.get()) else { return Ok(()) };
    let key = key_of(function);
    if does_begin {
        return begins(thread, own, key, || shown_native(thread, function));
    }
    ends(thread, own, key);
    Ok(())
}

/// What `sys.monitoring` would call for Python functions.
fn python_callback(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    function: &str,
    wanted: usize,
    does_begin: bool,
) -> PyResult<Value> {
    check_count(thread, function, arguments.len(), wanted, wanted)?;
    let own = receiver::<Profiler>(thread, this)?;
    if let Some(code) = arguments.first().filter(|code| code.as_ref().get::<PyCode>().is_some()) {
        note_python(thread, own, code.as_ref(), does_begin)?;
    }
    Ok(Value::none())
}

/// What it would call for built-in functions.
fn native_callback(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    function: &str,
    does_begin: bool,
) -> PyResult<Value> {
    check_count(thread, function, arguments.len(), 4, 4)?;
    let own = receiver::<Profiler>(thread, this)?;
    let [_, _, callable, instance] = arguments else { return Ok(Value::none()) };
    let bind = callable.as_ref().ty().slots().descr_get.get();
    let bound = match bind.filter(|_| callable.as_ref().get::<PyCFunction>().is_none()) {
        Some(bind) => bind(thread, callable.as_ref(), Some(instance.as_ref()), None)?,
        None => callable.clone(),
    };
    note_native(thread, own, bound.as_ref(), does_begin)?;
    Ok(Value::none())
}

// -- control -----------------------------------------------------------------------------------

fn import(thread: &Thread, name: &str) -> PyResult<Value> {
    (thread.interp().hooks.import.get())(thread, &*intern_text(thread, name)?)
}

/// Calls a function of `sys.monitoring`.
fn monitoring(thread: &Thread, function: &str, arguments: &[Value]) -> PyResult<Value> {
    let monitoring = call::attribute(thread, import(thread, "sys")?.as_ref(), "monitoring")?;
    call::method(thread, monitoring.as_ref(), function, arguments)
}

/// The number of profilers in `sys.monitoring`.
fn tool() -> Value {
    Value::small(2)
}

fn enable(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    const ENABLE: Parameters<2> = Parameters {
        function: "enable",
        names: ["subcalls", "builtins"],
        positional_only: 0,
        positional: 2,
        required: 0,
    };
    let [subcalls, builtins] = ENABLE.bind(thread, arguments, names)?;
    let truth = |value: Option<Ref<'_>>| value.map_or(Ok(true), |value| protocol::truth(thread, value));
    let (subcalls, builtins) = (truth(subcalls)?, truth(builtins)?);
    let own = receiver::<Profiler>(thread, this)?;
    let name = PyStr::from_text(thread, "cProfile")?.into_value();
    drop(monitoring(thread, "use_tool_id", &[tool(), name])?);
    own.subcalls.set(subcalls);
    own.builtins.set(builtins);
    own.is_enabled.set(true);
    let function = PyCFunction::new(thread, &EVENT, Some(this.to_value()), None)?;
    tracing::set_profile(thread, Some(function.into_value()));
    Ok(Value::none())
}

fn disable(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let own = receiver::<Profiler>(thread, this)?;
    refuse_in_timer(thread, own, "disable")?;
    if own.is_enabled.replace(false) {
        tracing::set_profile(thread, None);
        end_all(thread, own);
        drop(monitoring(thread, "free_tool_id", &[tool()])?);
    }
    Ok(Value::none())
}

fn end_all(thread: &Thread, own: &Profiler) {
    while own.record.borrow().is_running() {
        let now = now(thread, own);
        own.record.borrow_mut().end_last(now);
    }
}

#[cold]
fn refuse_in_timer(thread: &Thread, own: &Profiler, doing: &str) -> PyResult<()> {
    match own.is_timing.get() {
        true => Err(raise!(thread, RUNTIME_ERROR, "cannot {doing} profiler in external timer")),
        false => Ok(()),
    }
}

fn clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let own = receiver::<Profiler>(thread, this)?;
    refuse_in_timer(thread, own, "clear")?;
    let record = std::mem::take(&mut *own.record.borrow_mut());
    drop(record);
    Ok(Value::none())
}

// -- results -----------------------------------------------------------------------------------

fn items(thread: &Thread, shown: &Value, sums: &Sums, factor: f64) -> PyResult<Vec<Value>> {
    Ok(vec![
        shown.clone(),
        Value::int(thread, sums.calls)?,
        Value::int(thread, sums.recursive)?,
        Value::float(thread, factor * sums.total as f64)?,
        Value::float(thread, factor * sums.inline as f64)?,
    ])
}

/// A function, what it took, and the same of what it calls.
type Copied = (Value, Sums, Option<Vec<(Value, Sums)>>);

/// What was written down, so that nothing is borrowed while objects are made of it.
fn copied(record: &Record) -> Vec<Copied> {
    let shown = |entry: usize| record.entries.get(entry).map(|entry| entry.shown.clone());
    let made = |entry: &record::Entry| {
        let callees = (!entry.callees.is_empty()).then(|| {
            let called = entry.callees.iter().filter(|(_, sums)| sums.calls > 0);
            called.filter_map(|(callee, sums)| Some((shown(*callee)?, *sums))).collect()
        });
        (entry.shown.clone(), entry.sums, callees)
    };
    record.entries.iter().filter(|entry| entry.sums.calls > 0).map(made).collect()
}

fn getstats(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let own = receiver::<Profiler>(thread, this)?;
    let unit = own.unit.get();
    let factor = if own.timer.peek().is_some() && unit > 0.0 { unit } else { 1e-9 };
    let (entry_class, subentry_class) = classes(thread)?;
    let all = copied(&own.record.borrow());
    let result = PyList::new(thread)?;
    for (shown, sums, callees) in all {
        let mut fields = items(thread, &shown, &sums, factor)?;
        fields.push(match callees {
            None => Value::none(),
            Some(callees) => {
                let list = PyList::new(thread)?;
                for (shown, sums) in callees {
                    let fields = items(thread, &shown, &sums, factor)?;
                    list.push(thread, SUBENTRY.instance(thread, &subentry_class, fields)?)?;
                }
                list.into_value()
            }
        });
        result.push(thread, ENTRY.instance(thread, &entry_class, fields)?)?;
    }
    Ok(result.into_value())
}

/// The classes of entries, which the module has.
fn classes(thread: &Thread) -> PyResult<(Owned<PyTypeObject>, Owned<PyTypeObject>)> {
    let module = import(thread, "_lsprof")?;
    let class = |name: &str| {
        let class = call::attribute(thread, module.as_ref(), name)?;
        class.downcast::<PyTypeObject>().map_err(|_| raise!(thread, TYPE_ERROR, "{name} is no class"))
    };
    Ok((class("profiler_entry")?, class("profiler_subentry")?))
}
