//! The module `syslog`: the system's log, which a process has one of.

use std::sync::atomic::{AtomicBool, Ordering};

use taipan_host::{HostResult, of, released};
use taipan_object::declare::method_table;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, expect_str, to_int};
use taipan_runtime_builtins::codecs;
use taipan_runtime_builtins::modules::{ModuleDef, add};

method_table! { FUNCTIONS:
    Instance Keywords c"openlog" "($module, /, ident=<unrepresentable>, logoption=0,\n        facility=LOG_USER)" open, c"Opens the log.";
    Instance Positional c"syslog" "" write, c"Writes a message, of a priority if one is given.";
    Instance None c"closelog" "($module, /)" close, c"Closes the log.";
    Instance One c"setlogmask" "($module, maskpri, /)" set_mask, c"Sets which priorities are written; gives what was set before.";
    Instance One c"LOG_MASK" "($module, pri, /)" |thread, _, priority| Ok(Value::small(1_i32.wrapping_shl(to_int(thread, priority)? as u32))), c"The mask of a priority.";
    Instance One c"LOG_UPTO" "($module, pri, /)" up_to, c"The mask of all priorities up to one.";
}

/// `syslog`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "syslog",
    doc: None,
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        let constants = of(thread).log_constants();
        constants
            .iter()
            .try_for_each(|(name, number)| add(thread, module, name, Value::int(thread, *number)?))
    }),
};

/// Whether the log was opened.
static IS_OPEN: AtomicBool = AtomicBool::new(false);

/// The priority of a message that none is given for.
const INFO: i32 = 6;
/// The part of the system that messages come from if none is given.
const USER: i32 = 8;

fn done(thread: &Thread, result: HostResult<()>) -> PyResult<Value> {
    result.map(|()| Value::none()).map_err(|error| error.raise(thread))
}

/// The bytes of a text without NUL.
fn bytes_of(thread: &Thread, text: &PyStr) -> PyResult<Vec<u8>> {
    let bytes = codecs::encode(thread, text, "utf-8", "strict")?;
    match bytes.contains(&0) {
        true => Err(raise!(thread, VALUE_ERROR, "embedded null character")),
        false => Ok(bytes),
    }
}

/// What messages begin with if nothing is given: the name of the program.
fn program(thread: &Thread) -> PyResult<Option<Vec<u8>>> {
    let sys = thread.interp().sys.get_as::<PyDict>();
    let arguments = match sys {
        Some(sys) => sys.get_str(thread, &*intern_text(thread, "argv")?)?,
        None => None,
    };
    let first = arguments.and_then(|all| all.as_ref().get::<PyList>()?.get(0));
    let Some(first) = first.as_ref().and_then(|first| first.as_ref().get::<PyStr>()) else { return Ok(None) };
    let bytes = bytes_of(thread, first)?;
    let name = bytes.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    Ok((!name.is_empty()).then(|| name.to_vec()))
}

const OPEN: Parameters<3> = Parameters {
    function: "openlog",
    names: ["ident", "logoption", "facility"],
    positional_only: 0,
    positional: 3,
    required: 0,
};

fn open(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [ident, options, facility] = OPEN.bind(thread, arguments, names)?;
    let number = |value: Option<Ref<'_>>, default| value.map_or(Ok(default), |value| to_int(thread, value));
    let ident = match ident {
        Some(ident) => Some(bytes_of(thread, expect_str(thread, "openlog", "argument 'ident'", ident)?)?),
        None => program(thread)?,
    };
    let (options, facility) = (number(options, 0)?, number(facility, USER)?);
    IS_OPEN.store(true, Ordering::Relaxed);
    done(thread, of(thread).open_log(ident.as_deref(), options, facility))
}

fn write(thread: &Thread, module: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (priority, which, message) = match arguments {
        [message] => (INFO, "argument 1", message),
        [priority, message] => (to_int(thread, priority.as_ref())?, "argument 2", message),
        _ => return Err(raise!(thread, TYPE_ERROR, "syslog.syslog requires 1 to 2 arguments")),
    };
    let message = bytes_of(thread, expect_str(thread, "syslog", which, message.as_ref())?)?;
    if !IS_OPEN.load(Ordering::Relaxed) {
        open(thread, module, &[], None)?;
    }
    done(thread, released(thread, |host| host.log(priority, &message)))
}

fn close(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    match IS_OPEN.swap(false, Ordering::Relaxed) {
        true => done(thread, of(thread).close_log()),
        false => Ok(Value::none()),
    }
}

fn set_mask(thread: &Thread, _: Ref<'_>, mask: Ref<'_>) -> PyResult<Value> {
    let before = of(thread).set_log_mask(to_int(thread, mask)?);
    before.map(Value::small).map_err(|error| error.raise(thread))
}

fn up_to(thread: &Thread, _: Ref<'_>, priority: Ref<'_>) -> PyResult<Value> {
    let above = to_int(thread, priority)?.wrapping_add(1);
    Ok(Value::small(1_i32.wrapping_shl(above as u32).wrapping_sub(1)))
}
