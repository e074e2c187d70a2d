//! The functions of `sys` that read and change settings of the interpreter, and those that tell of what Taipan does not
//! have: it has no trampoline, no remote debugging, and all its threads share one lock.

use super::get;
use taipan_object::declare::method_table;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::struct_sequence::StructSequence;
use taipan_vm::frame::stacks;
use taipan_vm::tracing;

method_table! { FUNCTIONS:
    Instance None c"get_asyncgen_hooks" "($module, /)" get_asyncgen_hooks, c"What asynchronous generators are shown to.";
    Instance Keywords c"breakpointhook" "($module, /, *args, **kwargs)" breakpointhook, c"What breakpoint() calls: a debugger, as PYTHONBREAKPOINT says.";
    Instance None c"_is_gil_enabled" "($module, /)" yes, c"Whether threads share one lock.";
    Instance One c"_is_immortal" "($module, op, /)" is_immortal, c"Whether an object never dies.";
    Instance None c"is_remote_debug_enabled" "($module, /)" no, c"Whether debuggers of other processes may attach.";
    Instance None c"is_stack_trampoline_active" "($module, /)" no, c"Whether profilers of the system see Python's frames.";
    Instance None c"deactivate_stack_trampoline" "($module, /)" nothing, c"Does nothing: there is no trampoline.";
    Instance Positional c"activate_stack_trampoline" "($module, backend, /)" no_trampoline, c"Raises ValueError: there is no trampoline.";
    Instance None c"get_coroutine_origin_tracking_depth" "($module, /)" get_origin_depth, c"How many frames a coroutine notes of where it was made.";
    Instance Positional c"set_coroutine_origin_tracking_depth" "($module, /, depth)" set_origin_depth, c"Sets it; more than none is not supported.";
    Instance One c"_clear_type_descriptors" "($module, type, /)" clear_type_descriptors, c"Removes __dict__ and __weakref__ from the dict of a class.";
    Instance Positional c"getunicodeinternedsize" "($module, /)" interned_size, c"How many strings are interned.";
    Instance None c"_current_frames" "($module, /)" current_frames, c"The frame of each thread, by the thread's number.";
    Instance None c"_current_exceptions" "($module, /)" current_exceptions, c"The exception that each thread handles, by the thread's number.";
    Instance None c"gettrace" "($module, /)" gettrace, c"The function that traces.";
    Instance None c"getprofile" "($module, /)" getprofile, c"The function that profiles.";
    Instance One c"settrace" "($module, function, /)" settrace, c"Sets the function that traces.";
    Instance One c"setprofile" "($module, function, /)" setprofile, c"Sets the function that profiles.";
    Instance One c"_settraceallthreads" "($module, function, /)" settrace_all, c"Sets the function that traces in all threads.";
    Instance One c"_setprofileallthreads" "($module, function, /)" setprofile_all, c"Sets the function that profiles in all threads.";
    Instance None c"getdlopenflags" "($module, /)" getdlopenflags, c"The flags for loading extensions: RTLD_NOW.";
    Instance Two c"call_tracing" "($module, func, args, /)" call_tracing, c"Calls a function with a tuple of arguments.";
}

static ASYNC_HOOKS: StructSequence = StructSequence {
    name: "asyncgen_hooks",
    doc: "What asynchronous generators are shown to.",
    fields: &["firstiter", "finalizer"],
    by_name_only: 0,
    is_single: false,
};

fn get_asyncgen_hooks(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let hooks = stacks(thread).async_hooks.iter().map(|hook| hook.get().unwrap_or_else(Value::none));
    let hooks = hooks.collect();
    let class = ASYNC_HOOKS.class(thread)?;
    ASYNC_HOOKS.instance(thread, &class, hooks)
}

fn yes(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(true))
}

fn no(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(false))
}

/// A function that was given; none for `None`.
fn given(function: Ref<'_>) -> Option<Value> {
    if function.is_none() { None } else { Some(function.to_value()) }
}

fn settrace(thread: &Thread, _: Ref<'_>, function: Ref<'_>) -> PyResult<Value> {
    tracing::set_trace(thread, given(function));
    Ok(Value::none())
}

fn setprofile(thread: &Thread, _: Ref<'_>, function: Ref<'_>) -> PyResult<Value> {
    tracing::set_profile(thread, given(function));
    Ok(Value::none())
}

fn settrace_all(thread: &Thread, _: Ref<'_>, function: Ref<'_>) -> PyResult<Value> {
    for other in thread.interp().thread_states() {
        tracing::set_trace(other, given(function));
    }
    Ok(Value::none())
}

fn setprofile_all(thread: &Thread, _: Ref<'_>, function: Ref<'_>) -> PyResult<Value> {
    for other in thread.interp().thread_states() {
        tracing::set_profile(other, given(function));
    }
    Ok(Value::none())
}

fn gettrace(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let [trace, _] = tracing::functions(thread);
    Ok(trace.unwrap_or_else(Value::none))
}

fn getprofile(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let [_, profile] = tracing::functions(thread);
    Ok(profile.unwrap_or_else(Value::none))
}

fn getdlopenflags(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::small(2))
}

fn clear_type_descriptors(thread: &Thread, _: Ref<'_>, class: Ref<'_>) -> PyResult<Value> {
    let Some(class) = class.get::<PyTypeObject>() else {
        let got = class.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "_clear_type_descriptors() argument must be type, not {got}"));
    };
    if !class.has_flag(flags::HEAPTYPE) {
        return Err(raise!(thread, TYPE_ERROR, "argument is immutable"));
    }
    if let Some(dict) = class.dict() {
        for name in ["__dict__", "__weakref__"] {
            drop(dict.remove(thread, intern_text(thread, name)?.as_ref())?);
        }
    }
    Ok(Value::none())
}

fn nothing(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::none())
}

fn is_immortal(_: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(object.head().is_none_or(taipan_object::PyObject::is_immortal)))
}

fn no_trampoline(thread: &Thread, _: Ref<'_>, _: &[Value]) -> PyResult<Value> {
    Err(raise!(thread, VALUE_ERROR, "perf trampoline not available"))
}

fn get_origin_depth(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, taipan_vm::frame::stacks(thread).origin_depth.get() as i64)
}

fn set_origin_depth(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let Some(depth) = arguments.first() else {
        let message = "set_coroutine_origin_tracking_depth() missing required argument 'depth' (pos 1)";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    match protocol::number::index_size(thread, depth.as_ref())? {
        depth if depth < 0 => Err(raise!(thread, VALUE_ERROR, "depth must be >= 0")),
        depth => {
            taipan_vm::frame::stacks(thread).origin_depth.set(depth.unsigned_abs());
            Ok(Value::none())
        }
    }
}

fn interned_size(thread: &Thread, _: Ref<'_>, _: &[Value]) -> PyResult<Value> {
    Value::int(thread, taipan_object::str::intern::count(thread) as i64)
}

/// A dict with an entry for each thread that `what` gives something for.
fn of_threads(thread: &Thread, what: impl Fn(&Thread) -> PyResult<Option<Value>>) -> PyResult<Value> {
    let dict = taipan_object::dict::PyDict::new(thread)?;
    taipan_stdlib_core::thread_ident(thread);
    for other in thread.interp().thread_states() {
        // one that has just been started has no number yet
        let ident = other.ident.get();
        if ident != 0
            && let Some(value) = what(other)?
        {
            drop(dict.insert(thread, Value::uint(thread, ident)?.as_ref(), value)?);
        }
    }
    Ok(dict.into_value())
}

fn current_frames(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    of_threads(thread, |other| taipan_vm::frame_object::nth_of(thread, other, 0))
}

fn current_exceptions(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let handled = taipan_vm::interp::exceptions::handled;
    of_threads(thread, |other| Ok(Some(handled(other).unwrap_or_else(Value::none))))
}

fn call_tracing(thread: &Thread, _: Ref<'_>, function: Ref<'_>, arguments: Ref<'_>) -> PyResult<Value> {
    let Some(arguments) = arguments.get::<PyTuple>() else {
        let got = arguments.ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "call_tracing() argument 2 must be tuple, not {got}"));
    };
    let arguments: Vec<Value> = (0..arguments.len()).filter_map(|at| arguments.get(at)).collect();
    protocol::call(thread, function, &arguments, None)
}

/// Imports what `PYTHONBREAKPOINT` names, `pdb.set_trace` if it names nothing, and calls it.
fn breakpointhook(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let ignored = get(thread, "flags")?
        .map(|flags| {
            let name = intern_text(thread, "ignore_environment")?;
            let ignored = protocol::get_attribute(thread, flags.as_ref(), &name)?;
            protocol::truth(thread, ignored.as_ref())
        })
        .transpose()?
        .unwrap_or(false);
    let variables = if ignored { Vec::new() } else { taipan_host::of(thread).variables() };
    let wanted = variables.into_iter().find(|(name, _)| name == b"PYTHONBREAKPOINT");
    let wanted = wanted.map(|(_, value)| String::from_utf8_lossy(&value).into_owned()).unwrap_or_default();
    if wanted == "0" {
        return Ok(Value::none());
    }
    let wanted = if wanted.is_empty() { "pdb.set_trace" } else { &wanted };
    let (module, attribute) = wanted.rsplit_once('.').unwrap_or(("builtins", wanted));
    let found = crate::interpreter::import(thread, module).and_then(|module| {
        protocol::get_attribute(thread, module.as_ref(), &*intern_text(thread, attribute)?)
    });
    match found {
        Ok(hook) => protocol::call(thread, hook.as_ref(), arguments, names),
        Err(raised) => {
            drop(thread.catch(raised));
            let message = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{wanted}\"");
            taipan_stdlib_core::warn(thread, &taipan_object::exception::RUNTIME_WARNING, &message)?;
            Ok(Value::none())
        }
    }
}
