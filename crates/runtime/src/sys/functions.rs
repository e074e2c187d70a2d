//! The functions of `sys`.

use super::get;
use taipan_object::declare::method_table;
use taipan_object::exception::{PyBaseException, SYSTEM_EXIT, TYPE_ERROR};
use taipan_object::str::{PyStr, intern};
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, PyTypeObject, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::special::find_special;
use taipan_runtime_builtins::text::LEAST_MAX_STR_DIGITS;
use taipan_vm::frame::stacks;
use taipan_vm::frame_object;
use taipan_vm::interp::exceptions;

method_table! { FUNCTIONS:
    Instance Positional c"exit" "($module, status=None, /)" exit, c"Raises SystemExit.";
    Instance None c"getrecursionlimit" "($module, /)" getrecursionlimit, c"How deep calls may nest.";
    Instance One c"setrecursionlimit" "($module, limit, /)" setrecursionlimit, c"Sets how deep calls may nest.";
    Instance One c"intern" "($module, string, /)" intern_string, c"The one string of its value that names are.";
    Instance Keywords c"getsizeof" "(object [, default]) -> int" getsizeof, c"The bytes that an object takes.";
    Instance One c"getrefcount" "($module, object, /)" getrefcount, c"How many references to an object there are.";
    Instance None c"exc_info" "($module, /)" exc_info, c"The exception that is being handled, in its parts.";
    Instance None c"exception" "($module, /)" exception, c"The exception that is being handled.";
    Instance Positional c"_getframe" "($module, depth=0, /)" getframe, c"The frame of a caller.";
    Instance Positional c"_getframemodulename" "($module, depth=0)" getframemodulename, c"The module of a caller.";
    Instance None c"getdefaultencoding" "($module, /)" utf8, c"The encoding of strings.";
    Instance None c"getfilesystemencoding" "($module, /)" utf8, c"The encoding of file names.";
    Instance None c"getfilesystemencodeerrors" "($module, /)" surrogateescape, c"How file names that do not decode are kept.";
    Instance One c"displayhook" "($module, object, /)" displayhook, c"Shows the value of an interactive statement.";
    Instance Positional c"excepthook" "($module, exctype, value, traceback, /)" excepthook, c"Shows an exception that nobody caught.";
    Instance None c"is_finalizing" "($module, /)" is_finalizing, c"Whether the interpreter shuts down.";
    Instance None c"getswitchinterval" "($module, /)" getswitchinterval, c"How long a thread runs before another may.";
    Instance One c"setswitchinterval" "($module, interval, /)" setswitchinterval, c"Sets how long a thread runs before another may.";
    Instance None c"get_int_max_str_digits" "($module, /)" get_digits, c"The most digits that an int is converted to.";
    Instance Keywords c"set_int_max_str_digits" "($module, /, maxdigits)" set_digits, c"Sets the most digits of conversions.";
    Instance Positional c"audit" "($module, event, /, *args)" audit, c"Tells audit hooks of an event.";
    Instance One c"addaudithook" "($module, hook, /)" accept, c"Adds an audit hook.";
    Instance None c"_get_cpu_count_config" "($module, /)" minus_one, c"The number of processors that was set, or -1.";
    Instance None c"_clear_type_cache" "($module, /)" none, c"Forgets looked-up attributes.";
    Instance None c"_clear_internal_caches" "($module, /)" none, c"Forgets what can be found again.";
    Instance Keywords c"set_asyncgen_hooks" "([firstiter] [, finalizer])" set_asyncgen_hooks, c"Sets what asynchronous generators are shown to.";
    Instance None c"getallocatedblocks" "($module, /)" blocks, c"Blocks of memory in use.";
    Instance One c"_is_interned" "($module, string, /)" is_interned, c"Whether a string is interned.";
}

fn none(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::none())
}

fn minus_one(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::small(-1))
}

fn blocks(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, thread.heap().blocks() as i64)
}

fn accept(_: &Thread, _: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::none())
}

fn audit(_: &Thread, _: Ref<'_>, _: &[Value]) -> PyResult<Value> {
    Ok(Value::none())
}

fn is_finalizing(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(thread.interp().finalizing.get()))
}

fn exit(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    Err(match arguments {
        // a tuple is the arguments of the exception
        [status] if status.as_ref().get::<PyTuple>().is_some() => {
            let arguments: Vec<Value> = status
                .as_ref()
                .get::<PyTuple>()
                .map_or_else(Vec::new, |all| all.iter().map(Ref::to_value).collect());
            let class = taipan_object::as_ref(&SYSTEM_EXIT);
            thread.raise(protocol::call(thread, class, &arguments, None)?)
        }
        [] => thread.raise_arguments(&SYSTEM_EXIT, PyTuple::empty()),
        [status] => {
            let status = status.clone();
            let raised = thread.raise_value(&SYSTEM_EXIT, status.clone());
            if let Some(exception) = thread.current_exception()
                && let Some(this) = exception.as_ref().get::<PyBaseException>()
            {
                drop(this.set_field(0, Some(status)));
            }
            raised
        }
        more => {
            let count = more.len();
            raise!(thread, TYPE_ERROR, "exit expected at most 1 argument, got {count}")
        }
    })
}

fn getrecursionlimit(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, thread.recursion_limit().into())
}

fn setrecursionlimit(thread: &Thread, _: Ref<'_>, limit: Ref<'_>) -> PyResult<Value> {
    let limit = protocol::index(thread, limit)?;
    let Some(limit) = limit.as_ref().to_i64().and_then(|limit| i32::try_from(limit).ok()) else {
        return Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C int"));
    };
    if limit < 1 {
        return Err(raise!(thread, VALUE_ERROR, "recursion limit must be greater or equal than 1"));
    }
    let stacks = stacks(thread);
    let depth = stacks.depth();
    if depth >= limit as usize {
        return Err(raise!(
            thread,
            RECURSION_ERROR,
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
        ));
    }
    for other in thread.interp().thread_states() {
        other.set_recursion_limit(limit);
        taipan_vm::frame::stacks(other).set_limit(limit as usize);
    }
    Ok(Value::none())
}

fn intern_string(thread: &Thread, _: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    match text.get_exact::<PyStr>() {
        Some(text) => Ok(intern::intern(thread, Owned::new_ref(text))?.into_value()),
        None => {
            let name = text.ty().name();
            Err(raise!(thread, TYPE_ERROR, "can't intern {name}"))
        }
    }
}

fn is_interned(thread: &Thread, _: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    match text.get::<PyStr>() {
        Some(text) => Ok(Value::bool(text.is_interned())),
        None => {
            let ty = text.ty().name();
            Err(raise!(thread, TYPE_ERROR, "_is_interned() argument must be str, not {ty}"))
        }
    }
}

const SIZE_PARAMETERS: Parameters<2> = Parameters {
    function: "getsizeof",
    names: ["object", "default"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn getsizeof(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    keywords: Option<&PyTuple>,
) -> PyResult<Value> {
    let [object, default] = SIZE_PARAMETERS.bind(thread, arguments, keywords)?;
    let Some(object) = object else { return Ok(Value::none()) };
    match (size_of(thread, object), default) {
        (Err(raised), Some(default)) => {
            let error = thread.catch(raised);
            match error.as_ref().ty().is_subtype(&TYPE_ERROR) {
                true => Ok(default.to_value()),
                false => Err(thread.raise(error)),
            }
        }
        (size, _) => size,
    }
}

/// What `__sizeof__` of the type says, and what stands before the object for the collector and for its attributes.
fn size_of(thread: &Thread, object: Ref<'_>) -> PyResult<Value> {
    let ty = object.ty();
    let Some(method) = find_special(thread, object, &*intern::intern_text(thread, "__sizeof__")?)? else {
        return Err(raise!(thread, TYPE_ERROR, "Type {} doesn't define __sizeof__", ty.name()));
    };
    let result = protocol::call(thread, method.as_ref(), &[], None)?;
    if !result.as_ref().is_int() {
        return Err(raise!(thread, TYPE_ERROR, "an integer is required"));
    }
    let Some(size) = result.as_ref().to_i64() else {
        return Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C ssize_t"));
    };
    if size < 0 {
        return Err(raise!(thread, VALUE_ERROR, "__sizeof__() should return >= 0"));
    }
    let is_static = object.get::<PyTypeObject>().is_some_and(|class| !class.has_flag(flags::HEAPTYPE));
    let tracked = ty.has_flag(flags::HAVE_GC) && !is_static;
    let managed = ty.has_flag(flags::MANAGED_DICT) || ty.has_flag(flags::MANAGED_WEAKREF);
    Value::int(thread, size + if tracked { 16 } else { 0 } + if managed { 16 } else { 0 })
}

fn getrefcount(thread: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, object.head().map_or(i64::from(u32::MAX), |head| head.refcount().into()))
}

fn exc_info(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let parts = match exceptions::handled(thread) {
        None => [Value::none(), Value::none(), Value::none()],
        Some(exception) => {
            let class = as_ref::<PyTypeObject>(exception.as_ref().ty()).to_value();
            let traceback = exceptions::traceback(exception.as_ref()).unwrap_or_else(Value::none);
            [class, exception, traceback]
        }
    };
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

fn exception(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(exceptions::handled(thread).unwrap_or_else(Value::none))
}

fn depth_of(thread: &Thread, arguments: &[Value]) -> PyResult<usize> {
    if let [_, _, ..] = arguments {
        let given = arguments.len();
        return Err(raise!(thread, TYPE_ERROR, "_getframe expected at most 1 argument, got {given}"));
    }
    match arguments.first() {
        None => Ok(0),
        Some(depth) => {
            let depth = protocol::index(thread, depth.as_ref())?;
            Ok(depth.as_ref().to_i64().map_or(usize::MAX, |depth| depth.max(0) as usize))
        }
    }
}

fn getframe(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let depth = depth_of(thread, arguments)?;
    match frame_object::nth(thread, depth)? {
        Some(frame) => Ok(frame),
        None => Err(raise!(thread, VALUE_ERROR, "call stack is not deep enough")),
    }
}

fn getframemodulename(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let depth = depth_of(thread, arguments)?;
    let Some(frame) = frame_object::nth(thread, depth)? else { return Ok(Value::none()) };
    let globals = frame_object::state_of(frame.as_ref()).and_then(|state| state.globals());
    let globals = globals.and_then(|globals| globals.downcast::<taipan_object::dict::PyDict>().ok());
    let name = intern::intern_text(thread, "__name__")?;
    Ok(globals
        .map(|globals| globals.get_str(thread, &name))
        .transpose()?
        .flatten()
        .unwrap_or_else(Value::none))
}

fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

fn utf8(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    text(thread, "utf-8")
}

fn surrogateescape(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    text(thread, "surrogateescape")
}

fn displayhook(thread: &Thread, _: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    if value.is_none() {
        return Ok(Value::none());
    }
    let builtins = thread.interp().builtins.get();
    let builtins = builtins.and_then(|dict| dict.downcast::<taipan_object::dict::PyDict>().ok());
    let Some(builtins) = builtins else { return Err(raise!(thread, RUNTIME_ERROR, "lost builtins module")) };
    super::set(thread, &builtins, "_", Value::none())?;
    let shown = taipan_runtime_builtins::text::repr(thread, value)?;
    let Some(stdout) = get(thread, "stdout")? else {
        return Err(raise!(thread, RUNTIME_ERROR, "lost sys.stdout"));
    };
    let write = protocol::get_attribute(thread, stdout.as_ref(), &*intern::intern_text(thread, "write")?)?;
    drop(protocol::call(thread, write.as_ref(), &[shown.into_value()], None)?);
    drop(protocol::call(thread, write.as_ref(), &[text(thread, "\n")?], None)?);
    super::set(thread, &builtins, "_", value.to_value())?;
    Ok(Value::none())
}

fn excepthook(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let [_, value, traceback] = arguments else {
        let count = arguments.len();
        return Err(raise!(thread, TYPE_ERROR, "excepthook expected 3 arguments, got {count}"));
    };
    if exceptions::is_base_exception(value.as_ref()) && !traceback.as_ref().is_none() {
        exceptions::set_traceback(value.as_ref(), Some(traceback.clone()));
    }
    crate::report::show(thread, value.as_ref(), crate::report::Main::default());
    Ok(Value::none())
}

fn getswitchinterval(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::float(thread, thread.gil().interval() as f64 / 1e6)
}

fn setswitchinterval(thread: &Thread, _: Ref<'_>, interval: Ref<'_>) -> PyResult<Value> {
    let seconds = match interval.to_f64() {
        Some(seconds) => seconds,
        None => {
            let index = protocol::index(thread, interval)?;
            taipan_object::int::int_to_f64(thread, index.as_ref())?
        }
    };
    if seconds <= 0.0 {
        return Err(raise!(thread, VALUE_ERROR, "switch interval must be strictly positive"));
    }
    thread.gil().set_interval((seconds * 1e6) as u64);
    Ok(Value::none())
}

fn get_digits(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, thread.interp().int_max_str_digits.get() as i64)
}

const DIGITS: Parameters<1> = Parameters {
    function: "set_int_max_str_digits",
    names: ["maxdigits"],
    positional_only: 0,
    positional: 1,
    required: 1,
};

fn set_digits(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [digits] = DIGITS.bind(thread, arguments, names)?;
    let digits = digits.map_or(Ok(0), |digits| to_int(thread, digits))?;
    match usize::try_from(digits).ok().filter(|digits| *digits == 0 || *digits >= LEAST_MAX_STR_DIGITS) {
        Some(digits) => {
            thread.interp().int_max_str_digits.set(digits);
            Ok(Value::none())
        }
        None => {
            Err(raise!(thread, VALUE_ERROR, "maxdigits must be >= {LEAST_MAX_STR_DIGITS} or 0 for unlimited"))
        }
    }
}

fn set_asyncgen_hooks(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let count = names.map_or(0, PyTuple::len);
    let positional = arguments.len() - count;
    let hooks = &stacks(thread).async_hooks;
    for (at, value) in arguments.iter().enumerate() {
        let name = at.checked_sub(positional).and_then(|at| names.and_then(|names| names.get(at)));
        let which = match name.as_ref().and_then(|name| name.as_ref().get::<PyStr>()) {
            Some(name) => usize::from(name.equals_text("finalizer")),
            None => at,
        };
        let value = if value.as_ref().is_none() { None } else { Some(value.clone()) };
        if let Some(hook) = hooks.get(which) {
            let old = hook.replace(value);
            drop(old);
        }
    }
    Ok(Value::none())
}
