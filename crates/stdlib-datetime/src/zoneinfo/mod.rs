//! The module `_zoneinfo`: `ZoneInfo`, the time zones of the system's database. `data.rs` has what a file says, `posix.rs`
//! the rules for the time behind it, `cache.rs` the zones that there are. Files are found and read by the Python modules
//! `zoneinfo._tzpath` and `zoneinfo._common`. Invariant: a zone is written once, while it is made.

mod cache;
mod data;
mod posix;

use std::cell::OnceCell;

use taipan_object::datetime::{DATETIME, PyDateTime, TZINFO};
use taipan_object::declare::{attribute_table, method_table, receiver};
use taipan_object::module::PyModule;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::protocol::BinaryOp;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::modules::{ModuleDef, add_types};
use taipan_runtime_builtins::{install, text};

use crate::arguments::{imported, method};
use crate::fields::{self, class_of};
use data::{Kind, Zone};

/// `_zoneinfo`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_zoneinfo",
    doc: Some("The time zones of the system's database."),
    functions: &[],
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    // without it datetimes are Python's own, which do not know these zones
    (thread.interp().hooks.import.get())(thread, &*intern_text(thread, "_datetime")?)?;
    let shown: [&'static PyTypeObject; 1] = [&ZONE_INFO];
    add_types(thread, module, shown)
}

/// Where a zone comes from.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Origin {
    /// Made anew, and not known to the cache.
    #[default]
    New = 0,
    /// The cache.
    Cache = 1,
    /// A file that was given.
    File = 2,
}

/// A zone.
#[derive(Default)]
pub(crate) struct ZoneInfo {
    key: Slot,
    /// What the file looks like that it was read from.
    file: Slot,
    zone: OnceCell<Zone>,
    origin: std::cell::Cell<Origin>,
}

native_type! {
    /// `zoneinfo.ZoneInfo`
    pub(crate) static ZONE_INFO: ZoneInfo = "zoneinfo.ZoneInfo",
    flags flags::BASETYPE | flags::SHOWN_AS_HEAP, dict false, weak true, base TZINFO,
    does {
        new: new,
        repr: repr,
        str: show,
    }
}

impl NativeType for ZoneInfo {
    fn definition() -> &'static NativeStatic<ZoneInfo> {
        &ZONE_INFO
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.key);
        visitor.slot(&self.file);
        if let Some(zone) = self.zone.get() {
            zone.traverse(visitor);
        }
    }

    fn clear(&self) {
        drop((self.key.take(), self.file.take()));
    }
}

type Names<'a> = Option<&'a PyTuple>;

method_table! { METHODS:
    Class Keywords c"clear_cache" "($type, /, *, only_keys=None)" clear_cache, c"Forgets the zones that were made.";
    Class Keywords c"no_cache" "($type, /, key)" no_cache, c"A zone that is made anew.";
    Class Keywords c"from_file" "($type, file_obj, /, key=None)" from_file, c"The zone that a file describes.";
    Class Keywords c"_unpickle" "($type, key, from_cache, /)" unpickle, c"Makes a zone that was pickled.";
    Class Keywords c"__init_subclass__" "" init_subclass, c"Gives a derived class its own cache.";
    Instance One c"utcoffset" "($self, dt, /)" |thread, this, time| ask(thread, this, time, |kind| &kind.offset), c"How far local time is from UTC then.";
    Instance One c"dst" "($self, dt, /)" |thread, this, time| ask(thread, this, time, |kind| &kind.summer), c"How much of that is summer time.";
    Instance One c"tzname" "($self, dt, /)" |thread, this, time| ask(thread, this, time, |kind| &kind.name), c"What local time is called then.";
    Instance One c"fromutc" "($self, object, /)" from_utc, c"The local time of a datetime in UTC.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes it again from.";
}

attribute_table! { ATTRIBUTES:
    "key" |thread, this| Ok(receiver::<ZoneInfo>(thread, this)?.key.get_or_none()), None, "The key of the zone.";
}

/// The types of this module.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&ZONE_INFO, &cache::CACHE]
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &ZONE_INFO, &METHODS)?;
    install::attributes(thread, &ZONE_INFO, &ATTRIBUTES)
}

// -- making ------------------------------------------------------------------------------------

const fn of_key(function: &'static str) -> Parameters<1> {
    Parameters { function, names: ["key"], positional_only: 0, positional: 1, required: 1 }
}

fn new(thread: &Thread, class: &PyTypeObject, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    const NEW: Parameters<1> = of_key("ZoneInfo");
    let [Some(key)] = NEW.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    cached(thread, class, key)
}

/// The zone of a key, from the cache if it is there.
fn cached(thread: &Thread, class: &PyTypeObject, key: Ref<'_>) -> PyResult<Value> {
    if let Some(known) = cache::recent(thread, class, key)? {
        return Ok(known);
    }
    let weak = cache::weak(thread, class)?;
    let mut zone = method(thread, weak.as_ref(), "get", &[key.to_value(), Value::none()])?;
    if zone.as_ref().is_none() {
        let made = of_database(thread, class, key)?;
        if let Some(made) = made.as_ref().get::<Native<ZoneInfo>>() {
            made.origin.set(Origin::Cache);
        }
        zone = method(thread, weak.as_ref(), "setdefault", &[key.to_value(), made])?;
    }
    if !zone.as_ref().ty().is_subtype(class) {
        let (found, own) = (zone.as_ref().ty().full_name(thread), class.short_name());
        let found = found.rsplit('.').next().unwrap_or_default().to_owned();
        let shown = text::repr(thread, key)?.to_text_lossy();
        let message = format!("Unexpected instance of {found} in {own} weak cache for key {shown}");
        return Err(raise!(thread, RUNTIME_ERROR, "{message}"));
    }
    cache::keep(thread, class, key, &zone)?;
    Ok(zone)
}

/// A zone of the database.
fn of_database(thread: &Thread, class: &PyTypeObject, key: Ref<'_>) -> PyResult<Value> {
    let find = imported(thread, "zoneinfo._tzpath", "find_tzfile")?;
    let path = protocol::call(thread, find.as_ref(), &[key.to_value()], None)?;
    let file = if path.as_ref().is_none() {
        let load = imported(thread, "zoneinfo._common", "load_tzdata")?;
        protocol::call(thread, load.as_ref(), &[key.to_value()], None)?
    } else {
        let open = imported(thread, "io", "open")?;
        let mode = PyStr::from_text(thread, "rb")?.into_value();
        protocol::call(thread, open.as_ref(), &[path, mode], None)?
    };
    let zone = of_file(thread, class, file.as_ref(), key);
    match zone {
        Ok(zone) => method(thread, file.as_ref(), "close", &[]).map(|_| zone),
        Err(raised) => {
            let exception = thread.catch(raised);
            if let Err(raised) = method(thread, file.as_ref(), "close", &[]) {
                drop(thread.catch(raised));
            }
            Err(thread.raise(exception))
        }
    }
}

/// The zone that a file describes.
fn of_file(thread: &Thread, class: &PyTypeObject, file: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let load = imported(thread, "zoneinfo._common", "load_data")?;
    let loaded = protocol::call(thread, load.as_ref(), &[file.to_value()], None)?;
    let zone = OnceCell::from(data::read(thread, loaded.as_ref())?);
    let state = ZoneInfo { key: Slot::new(key.to_value()), zone, ..ZoneInfo::default() };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn no_cache(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    const NO_CACHE: Parameters<1> = of_key("no_cache");
    let [Some(key)] = NO_CACHE.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    of_database(thread, class_of(thread, this)?, key)
}

fn from_file(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    const FROM_FILE: Parameters<2> = Parameters {
        function: "from_file",
        names: ["file_obj", "key"],
        positional_only: 1,
        positional: 2,
        required: 1,
    };
    let [Some(file), key] = FROM_FILE.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let none = Value::none();
    let made = of_file(thread, class_of(thread, this)?, file, key.unwrap_or(none.as_ref()))?;
    let shown = text::repr(thread, file)?.into_value();
    if let Some(own) = made.as_ref().get::<Native<ZoneInfo>>() {
        own.origin.set(Origin::File);
        drop(own.file.replace(Some(shown)));
    }
    Ok(made)
}

fn clear_cache(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    const CLEAR: Parameters<1> = Parameters {
        function: "clear_cache",
        names: ["only_keys"],
        positional_only: 0,
        positional: 0,
        required: 0,
    };
    let [keys] = CLEAR.bind(thread, arguments, names)?;
    cache::forget(thread, class_of(thread, this)?, keys.filter(|keys| !keys.is_none()))?;
    Ok(Value::none())
}

fn unpickle(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    const UNPICKLE: Parameters<2> =
        Parameters { function: "_unpickle", names: ["", ""], positional_only: 2, positional: 2, required: 2 };
    let [Some(key), Some(is_cached)] = UNPICKLE.bind(thread, arguments, names)? else {
        return Ok(Value::none());
    };
    let class = class_of(thread, this)?;
    match to_int(thread, is_cached)? {
        0 => of_database(thread, class, key),
        _ => cached(thread, class, key),
    }
}

fn init_subclass(thread: &Thread, this: Ref<'_>, _: &[Value], _: Names<'_>) -> PyResult<Value> {
    let weak = cache::new_weak(thread)?;
    protocol::attribute::set_attribute(thread, this, &*intern_text(thread, "_weak_cache")?, Some(weak))?;
    Ok(Value::none())
}

// -- asking ------------------------------------------------------------------------------------

fn zone_of<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Zone> {
    let own = receiver::<ZoneInfo>(thread, this)?;
    own.zone.get().ok_or_else(|| raise!(thread, RUNTIME_ERROR, "the zone was never read"))
}

/// Something of the kind of local time that holds at a datetime; none if it depends on that and there is none.
fn ask(thread: &Thread, this: Ref<'_>, time: Ref<'_>, what: fn(&Kind) -> &Value) -> PyResult<Value> {
    let zone = zone_of(thread, this)?;
    if time.is_none() {
        return Ok(zone.only().map_or_else(Value::none, |kind| what(kind).clone()));
    }
    Ok(what(zone.at(&data::question(thread, time)?)).clone())
}

fn from_utc(thread: &Thread, this: Ref<'_>, time: Ref<'_>) -> PyResult<Value> {
    crate::zone::own_time(thread, this, time)?;
    let (kind, fold) = zone_of(thread, this)?.at_instant(&data::question(thread, time)?);
    let local = protocol::binary(thread, time, kind.offset.as_ref(), BinaryOp::Add)?;
    if !fold {
        return Ok(local);
    }
    // what was added may be a datetime that others know, too
    if let Some(exact) = local.as_ref().get_exact::<PyDateTime>() {
        return fields::datetime(thread, &DATETIME, fields::parts_of(exact), exact.zone(), 1);
    }
    let replace = protocol::get_attribute(thread, local.as_ref(), &*intern_text(thread, "replace")?)?;
    let names = PyTuple::pack(thread, [intern_text(thread, "fold")?.into_value()])?;
    protocol::call(thread, replace.as_ref(), &[Value::small(1)], Some(&names))
}

// -- showing -----------------------------------------------------------------------------------

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let own = receiver::<ZoneInfo>(thread, this)?;
    let name = this.ty().name();
    let shown = |value: &Value| Ok(text::repr(thread, value.as_ref())?.to_text_lossy());
    let key = own.key.get_or_none();
    let shown = if !key.as_ref().is_none() {
        format!("{name}(key={})", shown(&key)?)
    } else {
        let file = own.file.get_or_none();
        let file = file.as_ref().get::<PyStr>().map(PyStr::to_text_lossy);
        format!("{name}.from_file({})", file.unwrap_or_default())
    };
    crate::arguments::text(thread, &shown)
}

fn show(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let key = receiver::<ZoneInfo>(thread, this)?.key.get_or_none();
    match key.as_ref().is_none() {
        true => repr(thread, this),
        false => Ok(text::str(thread, key.as_ref())?.into_value()),
    }
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let own = receiver::<ZoneInfo>(thread, this)?;
    if own.origin.get() == Origin::File {
        let error = imported(thread, "pickle", "PicklingError")?;
        let message = PyStr::from_text(thread, "Cannot pickle a ZoneInfo file from a file stream.")?;
        return Err(thread.raise(protocol::call(thread, error.as_ref(), &[message.into_value()], None)?));
    }
    let class = as_ref(this.ty());
    let again = protocol::get_attribute(thread, class, &*intern_text(thread, "_unpickle")?)?;
    let origin = Value::small(own.origin.get() as i32);
    let arguments = PyTuple::pack(thread, [own.key.get_or_none(), origin])?.into_value();
    Ok(PyTuple::pack(thread, [again, arguments])?.into_value())
}
