//! The module `_csv`: lines of fields between delimiters. `dialect.rs` says how they are written, `reader.rs` takes them
//! apart, `writer.rs` puts them together.

mod dialect;
mod reader;
mod writer;

use taipan_object::declare::method_table;
use taipan_object::dict::PyDict;
use taipan_object::exception::plain_error_type;
use taipan_object::module::PyModule;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, positional_count, to_size};
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};

/// `_csv.Error`.
pub(crate) static ERROR: PyTypeObject = plain_error_type("_csv.Error\0", &ERROR_CORE);
static ERROR_CORE: TypeCore = TypeCore::new(Slots::empty());

method_table! { FUNCTIONS:
    Instance Keywords c"reader" "($module, iterable, /, dialect='excel', **fmtparams)" reader::reader, c"Takes the lines of an iterable apart.";
    Instance Keywords c"writer" "($module, fileobj, /, dialect='excel', **fmtparams)" writer::writer, c"Writes rows to a file.";
    Instance None c"list_dialects" "($module, /)" list, c"The names of all dialects.";
    Instance Keywords c"register_dialect" "($module, name, /, dialect='excel', **fmtparams)" register, c"Gives a dialect a name.";
    Instance Keywords c"unregister_dialect" "($module, /, name)" unregister, c"Forgets a dialect.";
    Instance Keywords c"get_dialect" "($module, /, name)" get, c"The dialect of a name.";
    Instance Keywords c"field_size_limit" "($module, /, new_limit=<unrepresentable>)" limit, c"How long a field may be; sets it, too.";
}

/// `_csv`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_csv",
    doc: Some("What the module csv is made of."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        add(thread, module, "_dialects", PyDict::new(thread)?.into_value())?;
        let names = ["MINIMAL", "ALL", "NONNUMERIC", "NONE", "STRINGS", "NOTNULL"];
        for (number, name) in (0..).zip(names) {
            add(thread, module, &format!("QUOTE_{name}"), Value::small(number))?;
        }
        let types: [(&str, &PyTypeObject); 3] =
            [("Dialect", &dialect::DIALECT), ("Reader", &reader::READER), ("Writer", &writer::WRITER)];
        for (name, ty) in types {
            add(thread, module, name, as_ref(ty).to_value())?;
        }
        add(thread, module, LIMIT, Value::small(DEFAULT_LIMIT))?;
        add_types(thread, module, [&ERROR])
    }),
};

/// The types of the module.
pub(crate) fn types() -> [&'static PyTypeObject; 4] {
    [&ERROR, &dialect::DIALECT, &reader::READER, &writer::WRITER]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    dialect::fill(thread)?;
    reader::fill(thread)?;
    writer::fill(thread)
}

type Names<'a> = Option<&'a PyTuple>;

#[cold]
fn error(thread: &Thread, message: &str) -> Raised {
    thread.raise_message(&ERROR, format_args!("{message}"))
}

/// The module's dict, whose entries are an interpreter's own.
fn own_dict(thread: &Thread) -> PyResult<Option<Owned<PyDict>>> {
    let module = (thread.interp().hooks.import.get())(thread, &*intern_text(thread, "_csv")?)?;
    Ok(module.as_ref().get::<PyModule>().and_then(PyModule::dict))
}

/// The dialects by name.
fn dialects(thread: &Thread) -> PyResult<Owned<PyDict>> {
    let own = match own_dict(thread)? {
        Some(dict) => dict.get_str(thread, &*intern_text(thread, "_dialects")?)?,
        None => None,
    };
    match own.and_then(|own| own.downcast::<PyDict>().ok()) {
        Some(dialects) => Ok(dialects),
        None => PyDict::new(thread),
    }
}

/// The dialect of a name.
fn named(thread: &Thread, name: Ref<'_>) -> PyResult<Value> {
    match dialects(thread)?.get(thread, name)? {
        Some(dialect) => Ok(dialect),
        None => Err(error(thread, "unknown dialect")),
    }
}

fn list(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let list = taipan_object::list::PyList::new(thread)?;
    let dialects = dialects(thread)?;
    let iterator = protocol::iter(thread, dialects.as_ref())?;
    while let Some(name) = protocol::next(thread, iterator.as_ref())? {
        list.push(thread, name)?;
    }
    Ok(list.into_value())
}

fn register(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let given = positional_count(arguments, names);
    check_count(thread, "register_dialect", given, 1, 2)?;
    let Some((name, rest)) = arguments.split_first() else { return Ok(Value::none()) };
    if name.as_ref().get::<PyStr>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "dialect name must be a string"));
    }
    let dialect = dialect::make(thread, rest, names)?;
    drop(dialects(thread)?.insert(thread, name.as_ref(), dialect.into_value())?);
    Ok(Value::none())
}

fn one_name<'a>(
    thread: &Thread,
    function: &'static str,
    arguments: &'a [Value],
    names: Names<'_>,
) -> PyResult<Option<Ref<'a>>> {
    let parameters = Parameters { function, names: ["name"], positional_only: 0, positional: 1, required: 1 };
    let [name] = parameters.bind(thread, arguments, names)?;
    Ok(name)
}

fn unregister(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let Some(name) = one_name(thread, "unregister_dialect", arguments, names)? else {
        return Ok(Value::none());
    };
    match dialects(thread)?.remove(thread, name)? {
        Some(removed) => {
            drop(removed);
            Ok(Value::none())
        }
        None => Err(error(thread, "unknown dialect")),
    }
}

fn get(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    match one_name(thread, "get_dialect", arguments, names)? {
        Some(name) => named(thread, name),
        None => Ok(Value::none()),
    }
}

/// The entry of the module for the longest field.
const LIMIT: &str = "_field_size_limit";
const DEFAULT_LIMIT: i32 = 128 * 1024;

/// The dict that has the longest length of a field, and its key there.
fn limit_entry(thread: &Thread) -> PyResult<(Slot, Slot)> {
    let dict = own_dict(thread)?.map(Owned::into_value);
    let key = intern_text(thread, LIMIT)?.into_value();
    Ok((dict.map_or_else(Slot::default, Slot::new), Slot::new(key)))
}

/// How many characters a field may have, by such an entry.
fn field_limit(thread: &Thread, dict: &Slot, key: &Slot) -> PyResult<i64> {
    let (dict, key) = (dict.get(), key.get());
    let dict = dict.as_ref().and_then(|dict| dict.as_ref().get::<PyDict>());
    let limit = match (dict, &key) {
        (Some(dict), Some(key)) => dict.get(thread, key.as_ref())?,
        _ => None,
    };
    Ok(limit.and_then(|limit| limit.as_ref().to_i64()).unwrap_or(DEFAULT_LIMIT.into()))
}

const FIELD_LIMIT: Parameters<1> = Parameters {
    function: "field_size_limit",
    names: ["new_limit"],
    positional_only: 0,
    positional: 1,
    required: 0,
};

fn limit(thread: &Thread, module: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [new] = FIELD_LIMIT.bind(thread, arguments, names)?;
    let (dict, key) = limit_entry(thread)?;
    let old = field_limit(thread, &dict, &key)?;
    if let Some(new) = new {
        if !new.is_int() {
            return Err(raise!(thread, TYPE_ERROR, "limit must be an integer"));
        }
        let new = Value::int(thread, to_size(thread, new)? as i64)?;
        if let Some(module) = module.get::<PyModule>() {
            add(thread, module, LIMIT, new)?;
        }
    }
    Value::int(thread, old)
}
