//! `warn` and `warn_explicit`: whom a warning is about, and what is done with it.

use taipan_object::dict::PyDict;
use taipan_object::exception::{USER_WARNING, WARNING};
use taipan_object::list::PyList;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_size};
use taipan_runtime_builtins::text;
use taipan_vm::{frame_object, positions};

use super::{filters, show};
use crate::call;

/// A warning that is to be given.
pub(super) struct Warning {
    /// The instance.
    pub(super) message: Value,
    /// Its class.
    pub(super) class: Value,
    /// Its text.
    pub(super) text: Value,
    /// The file.
    pub(super) filename: Value,
    /// The line.
    pub(super) line: Value,
    /// What stands in it, where that is known already.
    pub(super) line_text: Option<Value>,
    /// The name of the module.
    pub(super) module: Value,
}

impl Warning {
    /// Its class.
    pub(super) fn category(&self) -> PyResult<&PyTypeObject> {
        Ok(self.class.as_ref().get::<PyTypeObject>().unwrap_or(&WARNING))
    }
}

/// Where a warning points to.
struct Place {
    filename: Value,
    line: Value,
    /// What stands in the line, where that is known already.
    text: Option<Value>,
    module: Value,
    registry: Value,
}

const WARN: Parameters<5> = Parameters {
    function: "warn",
    names: ["message", "category", "stacklevel", "source", "skip_file_prefixes"],
    positional_only: 0,
    positional: 4,
    required: 1,
};

#[cold]
fn bad_category(thread: &Thread, category: Ref<'_>) -> Raised {
    let name = category.ty().name();
    raise!(thread, TYPE_ERROR, "category must be a Warning subclass, not '{name}'")
}

/// The class of a warning.
fn class_of(thread: &Thread, message: Ref<'_>, category: Option<Ref<'_>>) -> PyResult<Value> {
    if message.ty().is_subtype(&WARNING) {
        return Ok(as_ref(message.ty()).to_value());
    }
    let Some(category) = category.filter(|category| !category.is_none()) else {
        return Ok(as_ref(&USER_WARNING).to_value());
    };
    match category.get::<PyTypeObject>() {
        Some(class) if class.is_subtype(&WARNING) => Ok(category.to_value()),
        _ => Err(bad_category(thread, category)),
    }
}

pub(super) fn warn_function(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [message, category, level, source, prefixes] = WARN.bind(thread, arguments, names)?;
    let Some(message) = message else { return Ok(Value::none()) };
    let class = class_of(thread, message, category)?;
    let mut level = level.map_or(Ok(1), |level| to_size(thread, level))?;
    let prefixes = match prefixes.map(|prefixes| (prefixes, prefixes.get::<PyTuple>())) {
        None => Vec::new(),
        Some((_, Some(tuple))) => {
            let text = |item: Ref<'_>| match item.get::<PyStr>() {
                Some(text) => Ok(text.to_text_lossy()),
                None => {
                    let ty = item.ty().name();
                    Err(raise!(thread, TYPE_ERROR, "Found non-str '{ty}' in skip_file_prefixes."))
                }
            };
            tuple.iter().map(text).collect::<PyResult<Vec<String>>>()?
        }
        Some((other, None)) => {
            let ty = other.ty().name();
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "warn() argument 'skip_file_prefixes' must be tuple, not {ty}"
            ));
        }
    };
    if !prefixes.is_empty() {
        level = level.max(2);
    }
    let source = source.filter(|source| !source.is_none()).map(Ref::to_value);
    let place = caller(thread, level, &prefixes)?;
    give(thread, module, message, class, place, source)?;
    Ok(Value::none())
}

/// Issues a warning about the Python code that runs.
///
/// # Errors
/// The warning, if a filter makes it an error; what filters and hooks raise.
pub fn warn(thread: &Thread, category: &'static PyTypeObject, message: &str) -> PyResult<()> {
    let Some(module) = crate::import::native(thread, "_warnings")? else { return Ok(()) };
    let text = call::text(thread, message)?;
    let place = caller(thread, 1, &[])?;
    give(thread, module.as_ref(), text.as_ref(), as_ref(category).to_value(), place, None)
}

fn filename_of(frame: &Value) -> Option<Value> {
    frame_object::state_of(frame.as_ref())?.code()?.co_filename.get()
}

fn text_of(value: Option<Value>) -> String {
    let text = value.as_ref().and_then(|value| value.as_ref().get::<PyStr>());
    text.map_or_else(String::new, PyStr::to_text_lossy)
}

/// Whether a frame is importlib's.
fn is_internal(frame: &Value) -> bool {
    let name = text_of(filename_of(frame));
    name.contains("importlib") && name.contains("_bootstrap")
}

fn back(thread: &Thread, frame: &Value) -> PyResult<Option<Value>> {
    match frame_object::state_of(frame.as_ref()) {
        Some(state) => state.back(thread),
        None => Ok(None),
    }
}

/// The caller so many levels up.
fn frame_at(thread: &Thread, level: isize, prefixes: &[String]) -> PyResult<Option<Value>> {
    let Some(mut frame) = frame_object::nth(thread, 0)? else { return Ok(None) };
    let all = level <= 0 || is_internal(&frame);
    for _ in 1..level.max(1) {
        loop {
            match back(thread, &frame)? {
                Some(outer) => frame = outer,
                None => return Ok(None),
            }
            let name = text_of(filename_of(&frame));
            let skipped = is_internal(&frame) || prefixes.iter().any(|prefix| name.starts_with(prefix));
            if all || !skipped {
                break;
            }
        }
    }
    Ok(Some(frame))
}

/// The place that a warning about a caller points to.
fn caller(thread: &Thread, level: isize, prefixes: &[String]) -> PyResult<Place> {
    let frame = frame_at(thread, level, prefixes)?;
    let state = frame.as_ref().and_then(|frame| frame_object::state_of(frame.as_ref()));
    let globals = match &state {
        Some(state) => state.globals(),
        None => thread.interp().sys.get(),
    };
    let code = state.and_then(|state| state.code());
    let line = code
        .as_ref()
        .zip(state)
        .and_then(|(code, state)| positions::line_of(&taipan_vm::program(code).source, state.unit()));
    let filename = match code.and_then(|code| code.co_filename.get()) {
        Some(name) => name,
        None => call::text(thread, "<sys>")?,
    };
    let Some(globals) = globals.and_then(|globals| globals.downcast::<PyDict>().ok()) else {
        let module = call::text(thread, "<string>")?;
        return Ok(Place { filename, line: Value::small(0), text: None, module, registry: Value::none() });
    };
    let key = intern_text(thread, "__warningregistry__")?;
    let registry = match globals.get_str(thread, &key)? {
        Some(registry) => registry,
        None => {
            let registry = PyDict::new(thread)?.into_value();
            drop(globals.insert(thread, key.as_ref(), registry.clone())?);
            registry
        }
    };
    let name = globals.get_str(thread, &*intern_text(thread, "__name__")?)?;
    let module = match name.filter(|name| name.as_ref().get::<PyStr>().is_some()) {
        Some(name) => name,
        None => call::text(thread, "<string>")?,
    };
    Ok(Place { filename, line: Value::small(line.unwrap_or(0)), text: None, module, registry })
}

const EXPLICIT: Parameters<8> = Parameters {
    function: "warn_explicit",
    names: ["message", "category", "filename", "lineno", "module", "registry", "module_globals", "source"],
    positional_only: 0,
    positional: 8,
    required: 4,
};

pub(super) fn warn_explicit(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [message, category, filename, line, module, registry, globals, source] =
        EXPLICIT.bind(thread, arguments, names)?;
    let (Some(message), Some(filename), Some(line)) = (message, filename, line) else {
        return Ok(Value::none());
    };
    let class = class_of(thread, message, category)?;
    let name = call::str_argument(thread, "warn_explicit", "argument 'filename'", filename)?;
    let line = Value::int(thread, to_size(thread, line)? as i64)?;
    if let Some(globals) = globals.filter(|globals| !globals.is_none())
        && globals.get::<PyDict>().is_none()
    {
        let ty = globals.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "module_globals must be a dict, not '{ty}'"));
    }
    let text = match globals.and_then(|globals| globals.get::<PyDict>()) {
        Some(globals) => {
            let text = source_line(thread, globals, &line)?;
            // for the module `warnings`, which looks for the line there
            if text.is_some()
                && let Some(cache) = call::imported(thread, "linecache")?
            {
                let arguments = [filename.to_value(), as_ref(globals).to_value()];
                drop(call::method(thread, cache.as_ref(), "getlines", &arguments)?);
            }
            text
        }
        None => None,
    };
    let module = match module {
        Some(module) => module.to_value(),
        None => module_of(thread, &name.to_text_lossy())?,
    };
    let registry = registry.map_or_else(Value::none, Ref::to_value);
    let place = Place { filename: filename.to_value(), line, text, module, registry };
    let source = source.filter(|source| !source.is_none()).map(Ref::to_value);
    give(thread, this, message, class, place, source)?;
    Ok(Value::none())
}

/// The line of the source that the loader of a module has, whom the module's globals name; a main program is asked
/// for by the name of its spec.
fn source_line(thread: &Thread, globals: &PyDict, line: &Value) -> PyResult<Option<Value>> {
    let Some(name) = globals.get_str(thread, names::__name__.get())? else { return Ok(None) };
    let is_main = name.as_ref().get::<PyStr>().is_some_and(|name| name.equals_text("__main__"));
    let (loader, name) = if is_main {
        let spec = globals.get_str(thread, &*intern_text(thread, "__spec__")?)?;
        let Some(spec) = spec.filter(|spec| !spec.as_ref().is_none()) else { return Ok(None) };
        let attribute = |name: &str| call::attribute(thread, spec.as_ref(), name);
        (attribute("loader")?, attribute("name")?)
    } else {
        let Some(external) = call::imported(thread, "_frozen_importlib_external")? else { return Ok(None) };
        let globals = as_ref(globals).to_value();
        (call::method(thread, external.as_ref(), "_bless_my_loader", &[globals])?, name)
    };
    if loader.as_ref().is_none() {
        return Ok(None);
    }
    let Some(get_source) = call::find(thread, loader.as_ref(), "get_source")? else { return Ok(None) };
    let source = protocol::call(thread, get_source.as_ref(), &[name], None)?;
    if source.as_ref().is_none() {
        return Ok(None);
    }
    let Some(source) = source.as_ref().get::<PyStr>() else {
        let ty = source.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "must be str, not {ty}"));
    };
    let plain = PyStr::from_text(thread, &source.to_text_lossy())?.into_value();
    let lines = call::method(thread, plain.as_ref(), "splitlines", &[])?;
    let at = line.as_ref().to_i64().and_then(|line| usize::try_from(line - 1).ok());
    Ok(at.and_then(|at| lines.as_ref().get::<PyList>()?.get(at)))
}

/// Issues a warning about a line of a file.
///
/// # Errors
/// The warning, if a filter makes it an error; what filters and hooks raise.
pub fn warn_at(
    thread: &Thread,
    category: &'static PyTypeObject,
    message: &str,
    filename: Value,
    line: u32,
) -> PyResult<()> {
    let Some(module) = crate::import::native(thread, "_warnings")? else { return Ok(()) };
    let text = call::text(thread, message)?;
    let name = module_of(thread, &text_of(Some(filename.clone())))?;
    let line = Value::int(thread, line.into())?;
    let place = Place { filename, line, text: None, module: name, registry: Value::none() };
    give(thread, module.as_ref(), text.as_ref(), as_ref(category).to_value(), place, None)
}

/// The name that a file's module seems to have.
fn module_of(thread: &Thread, filename: &str) -> PyResult<Value> {
    let stem = filename.strip_suffix(".py").unwrap_or(filename);
    call::text(thread, if stem.is_empty() { "<unknown>" } else { stem })
}

/// Gives a warning, unless the filters or a registry say that it is not to be given.
fn give(
    thread: &Thread,
    module: Ref<'_>,
    message: Ref<'_>,
    class: Value,
    place: Place,
    source: Option<Value>,
) -> PyResult<()> {
    let Place { filename, line, text: line_text, module: name, registry } = place;
    // a module whose name was deleted warns nobody
    if name.as_ref().is_none() {
        return Ok(());
    }
    let registry: Option<Owned<PyDict>> = match registry.as_ref().is_none() {
        true => None,
        false => Some(
            registry
                .downcast()
                .map_err(|_| raise!(thread, TYPE_ERROR, "'registry' must be a dict or None"))?,
        ),
    };
    let (message, text) = if message.ty().is_subtype(&WARNING) {
        (message.to_value(), text::str(thread, message)?.into_value())
    } else {
        (protocol::call(thread, class.as_ref(), &[message.to_value()], None)?, message.to_value())
    };
    let warning = Warning { message, class, text, filename, line, line_text, module: name };
    let key = [warning.text.clone(), warning.class.clone(), warning.line.clone()];
    let key = PyTuple::pack(thread, key)?;
    if let Some(registry) = &registry
        && filters::already_warned(thread, registry, key.as_ref(), false)?
    {
        return Ok(());
    }
    let (action, filter) = filters::action(thread, module, &warning)?;
    let word = text_of(Some(action.clone()));
    match word.as_str() {
        "error" => return Err(thread.raise(warning.message.clone())),
        "ignore" => return Ok(()),
        "always" | "all" => {}
        _ => {
            if let Some(registry) = &registry {
                drop(registry.insert(thread, key.as_ref(), Value::bool(true))?);
            }
            if repeated(thread, module, &word, (&action, &filter), registry.as_deref(), &warning)? {
                return Ok(());
            }
        }
    }
    show::show(thread, &warning, source)
}

/// Whether the warning was given before as far as its action is concerned.
fn repeated(
    thread: &Thread,
    module: Ref<'_>,
    word: &str,
    (action, filter): (&Value, &Value),
    registry: Option<&PyDict>,
    warning: &Warning,
) -> PyResult<bool> {
    let key = || PyTuple::pack(thread, [warning.text.clone(), warning.class.clone()]);
    match word {
        "once" => {
            let shared = filters::once_registry(thread, module)?;
            let shared = shared.as_ref().and_then(|shared| shared.as_ref().get::<PyDict>());
            match registry.or(shared) {
                Some(registry) => filters::already_warned(thread, registry, key()?.as_ref(), true),
                None => Ok(false),
            }
        }
        "module" => match registry {
            Some(registry) => filters::already_warned(thread, registry, key()?.as_ref(), true),
            None => Ok(false),
        },
        "default" => Ok(false),
        _ => {
            let (action, filter) =
                (text::repr(thread, action.as_ref())?, text::repr(thread, filter.as_ref())?);
            let (action, filter) = (action.to_text_lossy(), filter.to_text_lossy());
            Err(raise!(
                thread,
                RUNTIME_ERROR,
                "Unrecognized action ({action}) in warnings.filters:\n {filter}"
            ))
        }
    }
}
