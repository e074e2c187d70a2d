//! `sys.monitoring` (PEP 669): tools that want to be told of what a program does register here. Events are not
//! delivered yet: who asks for one gets `NotImplementedError`.

use taipan_object::code::PyCode;
use taipan_object::declare::method_table;
use taipan_object::dict::PyDict;
use taipan_object::module::PyModule;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::flags;
use taipan_object::{PyResult, PyTypeObject, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, to_int};
use taipan_runtime_builtins::generics::namespace::simple_namespace;
use taipan_runtime_builtins::modules::add_functions;

/// How many tools there may be.
const TOOLS: usize = 6;
/// How many events there are.
const EVENT_COUNT: usize = 19;

/// The names of events, from bit 0 on.
const EVENTS: [&str; EVENT_COUNT] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];

/// Numbers that tools of a kind take by convention.
const KINDS: [(&str, i32); 4] =
    [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)];

/// The names of the tools, and their callbacks by event.
#[derive(Default)]
pub struct Tools {
    names: [Slot; TOOLS],
    callbacks: [[Slot; EVENT_COUNT]; TOOLS],
}

native_type! {
    /// What the functions of the module are bound to.
    pub static TOOLS_TYPE: Tools = "sys.monitoring._Tools", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does {}
}

impl NativeType for Tools {
    fn definition() -> &'static NativeStatic<Tools> {
        &TOOLS_TYPE
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.names.iter().chain(self.callbacks.iter().flatten()).for_each(|slot| visitor.slot(slot));
    }

    fn clear(&self) {
        self.names.iter().chain(self.callbacks.iter().flatten()).for_each(|slot| drop(slot.take()));
    }
}

method_table! { FUNCTIONS:
    Instance Two c"use_tool_id" "($module, tool_id, name, /)" use_tool_id, c"Takes a number for a tool.";
    Instance One c"clear_tool_id" "($module, tool_id, /)" clear_tool_id, c"Forgets the callbacks of a tool.";
    Instance One c"free_tool_id" "($module, tool_id, /)" free_tool_id, c"Gives the number of a tool back.";
    Instance One c"get_tool" "($module, tool_id, /)" get_tool, c"The name of a tool; None if the number is free.";
    Instance Positional c"register_callback" "($module, tool_id, event, func, /)" register_callback, c"Sets what a tool calls for an event; gives what it called before.";
    Instance One c"get_events" "($module, tool_id, /)" get_events, c"The events that a tool is told of.";
    Instance Two c"set_events" "($module, tool_id, event_set, /)" set_events, c"Sets the events that a tool is told of.";
    Instance Two c"get_local_events" "($module, tool_id, code, /)" get_local_events, c"The events of a code object that a tool is told of.";
    Instance Positional c"set_local_events" "($module, tool_id, code, event_set, /)" set_local_events, c"Sets the events of a code object that a tool is told of.";
    Instance None c"restart_events" "($module, /)" |_, _| Ok(Value::none()), c"Delivers events again that a callback had switched off.";
    Instance None c"_all_events" "($module, /)" |thread, _| Ok(PyDict::new(thread)?.into_value()), c"The tools of each event.";
}

/// The static types that are declared here.
pub(crate) fn types() -> [&'static PyTypeObject; 1] {
    [&TOOLS_TYPE]
}

/// Makes the module.
pub(super) fn create(thread: &Thread) -> PyResult<Value> {
    let name = intern_text(thread, "sys.monitoring")?;
    let module = PyModule::new(thread, &name)?;
    let Some(dict) = module.dict() else { return Ok(module.into_value()) };
    let tools = Native::new(thread, Tools::default())?.into_value();
    add_functions(thread, &module, &name, tools.as_ref(), &FUNCTIONS)?;
    for (name, number) in KINDS {
        super::set(thread, &dict, name, Value::small(number))?;
    }
    let events = PyDict::new(thread)?;
    for (at, name) in EVENTS.into_iter().enumerate() {
        super::set(thread, &events, name, Value::int(thread, 1 << at)?)?;
    }
    super::set(thread, &events, "NO_EVENTS", Value::small(0))?;
    super::set(thread, &dict, "events", simple_namespace(thread, events)?)?;
    for name in ["DISABLE", "MISSING"] {
        let class = taipan_object::as_ref(&taipan_object::types::statics::OBJECT);
        super::set(thread, &dict, name, protocol::call(thread, class, &[], None)?)?;
    }
    Ok(module.into_value())
}

fn tools<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<Tools>> {
    taipan_object::declare::receiver::<Tools>(thread, this)
}

/// The number of a tool.
fn number(thread: &Thread, tool: Ref<'_>) -> PyResult<usize> {
    let tool = to_int(thread, tool)?;
    match usize::try_from(tool).ok().filter(|tool| *tool < TOOLS) {
        Some(tool) => Ok(tool),
        None => Err(raise!(thread, VALUE_ERROR, "invalid tool {tool} (must be between 0 and 5)")),
    }
}

/// The number of a tool that is in use.
fn in_use(thread: &Thread, this: Ref<'_>, tool: Ref<'_>) -> PyResult<usize> {
    let tool = number(thread, tool)?;
    match tools(thread, this)?.names.get(tool).is_some_and(|name| name.get().is_some()) {
        true => Ok(tool),
        false => Err(raise!(thread, VALUE_ERROR, "tool {tool} is not in use")),
    }
}

fn use_tool_id(thread: &Thread, this: Ref<'_>, tool: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let tool = number(thread, tool)?;
    if name.get::<PyStr>().is_none() {
        return Err(raise!(thread, VALUE_ERROR, "tool name must be a str"));
    }
    let Some(slot) = tools(thread, this)?.names.get(tool) else { return Ok(Value::none()) };
    if slot.get().is_some() {
        return Err(raise!(thread, VALUE_ERROR, "tool {tool} is already in use"));
    }
    slot.init(name.to_value());
    Ok(Value::none())
}

fn forget(thread: &Thread, this: Ref<'_>, tool: usize) -> PyResult<()> {
    let old: Vec<Option<Value>> = match tools(thread, this)?.callbacks.get(tool) {
        Some(callbacks) => callbacks.iter().map(Slot::take).collect(),
        None => Vec::new(),
    };
    drop(old);
    Ok(())
}

fn clear_tool_id(thread: &Thread, this: Ref<'_>, tool: Ref<'_>) -> PyResult<Value> {
    let tool = number(thread, tool)?;
    forget(thread, this, tool)?;
    Ok(Value::none())
}

fn free_tool_id(thread: &Thread, this: Ref<'_>, tool: Ref<'_>) -> PyResult<Value> {
    let tool = number(thread, tool)?;
    forget(thread, this, tool)?;
    if let Some(name) = tools(thread, this)?.names.get(tool) {
        drop(name.take());
    }
    Ok(Value::none())
}

fn get_tool(thread: &Thread, this: Ref<'_>, tool: Ref<'_>) -> PyResult<Value> {
    let tool = number(thread, tool)?;
    let name = tools(thread, this)?.names.get(tool).and_then(Slot::get);
    Ok(name.unwrap_or_else(Value::none))
}

fn register_callback(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "register_callback", arguments.len(), 3, 3)?;
    let [tool, event, function] = arguments else { return Ok(Value::none()) };
    let tool = number(thread, tool.as_ref())?;
    let event = to_int(thread, event.as_ref())?;
    if event.count_ones() != 1 {
        let message = "The callback can only be set for one event at a time";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let callbacks = tools(thread, this)?.callbacks.get(tool);
    let Some(slot) = callbacks.and_then(|all| all.get(event.trailing_zeros() as usize)) else {
        return Err(raise!(thread, VALUE_ERROR, "invalid event {event}"));
    };
    let function = if function.as_ref().is_none() { None } else { Some(function.clone()) };
    Ok(slot.replace(function).unwrap_or_else(Value::none))
}

fn get_events(thread: &Thread, this: Ref<'_>, tool: Ref<'_>) -> PyResult<Value> {
    in_use(thread, this, tool).map(|_| Value::small(0))
}

fn set_events(thread: &Thread, this: Ref<'_>, tool: Ref<'_>, events: Ref<'_>) -> PyResult<Value> {
    number(thread, tool)?;
    let events = to_int(thread, events)?;
    in_use(thread, this, tool)?;
    refuse(thread, events)
}

fn get_local_events(thread: &Thread, this: Ref<'_>, tool: Ref<'_>, code: Ref<'_>) -> PyResult<Value> {
    check_code(thread, code)?;
    in_use(thread, this, tool).map(|_| Value::small(0))
}

fn set_local_events(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "set_local_events", arguments.len(), 3, 3)?;
    let [tool, code, events] = arguments else { return Ok(Value::none()) };
    check_code(thread, code.as_ref())?;
    let events = to_int(thread, events.as_ref())?;
    in_use(thread, this, tool.as_ref())?;
    refuse(thread, events)
}

fn check_code(thread: &Thread, code: Ref<'_>) -> PyResult<()> {
    match code.get::<PyCode>() {
        Some(_) => Ok(()),
        None => Err(raise!(thread, TYPE_ERROR, "code must be a code object")),
    }
}

/// No events is all that there is.
fn refuse(thread: &Thread, events: i32) -> PyResult<Value> {
    match events {
        0 => Ok(Value::none()),
        events if events < 0 || events >> EVENT_COUNT != 0 => {
            Err(raise!(thread, VALUE_ERROR, "invalid event set {events:#x}"))
        }
        _ => Err(raise!(thread, NOT_IMPLEMENTED_ERROR, "events of sys.monitoring are not delivered yet")),
    }
}
