//! The module `_abc`: abstract methods of classes, and classes that were registered as derived. Classes are held by weak
//! references; what was found out is kept until a class is registered somewhere. Invariant: sets of references are
//! copied before anything is called for one of them.

use std::cell::Cell;

use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::module::PyModule;
use taipan_object::native::Native;
use taipan_object::set::PySet;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::class::subclasses_of;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::weakref::PyWeakReference;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::instance_check::is_subclass;
use taipan_runtime_builtins::modules::ModuleDef;

use crate::call;
use crate::import::machinery;
use taipan_object::declare::{method_table, native_state};

method_table! { FUNCTIONS:
    Instance None c"get_cache_token" "($module, /)" token, c"A number that changes when a class is registered.";
    Instance One c"_abc_init" "($module, self, /)" init, c"Prepares a class that may be abstract.";
    Instance One c"_reset_registry" "($module, self, /)" reset_registry, c"Forgets the registered classes.";
    Instance One c"_reset_caches" "($module, self, /)" reset_caches, c"Forgets what was found out.";
    Instance One c"_get_dump" "($module, self, /)" dump, c"What is kept of a class.";
    Instance Two c"_abc_register" "($module, self, subclass, /)" register, c"Registers a class as derived.";
    Instance Two c"_abc_instancecheck" "($module, self, instance, /)" instance_check, c"What isinstance asks.";
    Instance Two c"_abc_subclasscheck" "($module, self, subclass, /)" subclass_check, c"What issubclass asks.";
}

/// `_abc`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_abc",
    doc: Some("What the module abc is made of."),
    functions: &FUNCTIONS,
    exec: Some(|_: &Thread, _: &PyModule| Ok(())),
};

/// What is kept of a class: classes that were registered, that are known to be derived, and not to be.
#[derive(Default)]
pub(crate) struct Data {
    registry: Slot,
    cache: Slot,
    negative: Slot,
    /// The token when the last of them was begun.
    version: Cell<i64>,
}

native_type! {
    /// What is kept of a class.
    pub(crate) static DATA: Data = "_abc._abc_data", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does {}
}

native_state!(Data in DATA: registry, cache, negative);

fn current(thread: &Thread) -> i64 {
    machinery(thread).map_or(0, |machinery| machinery.abc_token.get())
}

fn token(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, current(thread))
}

fn data_of(thread: &Thread, class: Ref<'_>) -> PyResult<Owned<Native<Data>>> {
    let data = call::attribute(thread, class, "_abc_impl")?;
    data.downcast().map_err(|_| raise!(thread, TYPE_ERROR, "_abc_impl is set to a wrong type"))
}

/// The live classes of a set.
fn classes_of(slot: &Slot) -> Vec<Value> {
    let set = slot.get();
    let Some(set) = set.as_ref().and_then(|set| set.as_ref().get::<PySet>()) else { return Vec::new() };
    let (mut position, mut references) = (0, Vec::new());
    while let Some(reference) = set.next(&mut position) {
        references.push(reference);
    }
    let targets = references.iter().filter_map(|held| held.as_ref().get::<PyWeakReference>()?.target());
    targets.collect()
}

fn has(thread: &Thread, slot: &Slot, class: Ref<'_>) -> PyResult<bool> {
    let set = slot.get();
    let Some(set) = set.as_ref().and_then(|set| set.as_ref().get::<PySet>()) else { return Ok(false) };
    if set.is_empty() {
        return Ok(false);
    }
    let reference = match PyWeakReference::new(thread, class, None) {
        Ok(reference) => reference,
        // what cannot be referred to weakly is in no set
        Err(raised) => {
            call::caught(thread, raised, &taipan_object::exception::TYPE_ERROR)?;
            return Ok(false);
        }
    };
    set.contains(thread, reference.as_ref())
}

fn add(thread: &Thread, slot: &Slot, class: Ref<'_>) -> PyResult<()> {
    let set = match slot.get().and_then(|set| set.downcast::<PySet>().ok()) {
        Some(set) => set,
        None => {
            let set = PySet::new(thread)?;
            drop(slot.replace(Some(set.clone().into_value())));
            set
        }
    };
    let reference = PyWeakReference::new(thread, class, None)?;
    set.add(thread, reference.as_ref())?;
    Ok(())
}

// -- classes -------------------------------------------------------------------------------------

fn is_abstract(thread: &Thread, value: Ref<'_>) -> PyResult<bool> {
    match call::find(thread, value, "__isabstractmethod__")? {
        Some(flag) => protocol::truth(thread, flag.as_ref()),
        None => Ok(false),
    }
}

/// The names of the methods that are still abstract.
fn abstract_names(thread: &Thread, class: Ref<'_>) -> PyResult<Value> {
    let names = PySet::new_frozen(thread)?;
    let space = call::attribute(thread, class, "__dict__")?;
    let items = call::method(thread, space.as_ref(), "items", &[])?;
    for item in collect(thread, items.as_ref())? {
        let pair = item.as_ref().get::<PyTuple>().and_then(|pair| Some((pair.get(0)?, pair.get(1)?)));
        if let Some((name, value)) = pair
            && is_abstract(thread, value.as_ref())?
        {
            names.add(thread, name.as_ref())?;
        }
    }
    let bases = call::attribute(thread, class, "__bases__")?;
    for base in bases.as_ref().get::<PyTuple>().into_iter().flat_map(PyTuple::iter) {
        let Some(inherited) = call::find(thread, base, "__abstractmethods__")? else { continue };
        for name in collect(thread, inherited.as_ref())? {
            let Some(text) = name.as_ref().get::<PyStr>() else { continue };
            let value = match protocol::get_attribute(thread, class, text) {
                Ok(value) => value,
                Err(raised) => {
                    call::caught(thread, raised, &ATTRIBUTE_ERROR)?;
                    continue;
                }
            };
            if is_abstract(thread, value.as_ref())? {
                names.add(thread, name.as_ref())?;
            }
        }
    }
    Ok(names.into_value())
}

fn collect(thread: &Thread, iterable: Ref<'_>) -> PyResult<Vec<Value>> {
    let (iterator, mut items) = (protocol::iter(thread, iterable)?, Vec::new());
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        items.push(item);
    }
    Ok(items)
}

const COLLECTION: u64 = flags::SEQUENCE | flags::MAPPING;

fn init(thread: &Thread, _: Ref<'_>, class: Ref<'_>) -> PyResult<Value> {
    let names = abstract_names(thread, class)?;
    set_attribute(thread, class, "__abstractmethods__", Some(names))?;
    let state = Data { version: Cell::new(current(thread)), ..Data::default() };
    let data = Native::new(thread, state)?.into_value();
    set_attribute(thread, class, "_abc_impl", Some(data))?;
    let Some(ty) = class.get::<PyTypeObject>() else { return Ok(Value::none()) };
    let Some(dict) = ty.dict() else { return Ok(Value::none()) };
    // `match` takes instances for sequences or mappings if the class says so
    if let Some(wanted) = dict.get_str(thread, &*intern_text(thread, "__abc_tpflags__")?)? {
        let wanted = wanted.as_ref().to_i64().unwrap_or(0) as u64;
        if wanted & COLLECTION == COLLECTION {
            let message = "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING";
            return Err(raise!(thread, TYPE_ERROR, "{message}"));
        }
        ty.set_flags(wanted & COLLECTION, true);
        set_attribute(thread, class, "__abc_tpflags__", None)?;
    }
    Ok(Value::none())
}

fn set_attribute(thread: &Thread, class: Ref<'_>, name: &str, value: Option<Value>) -> PyResult<()> {
    protocol::set_attribute(thread, class, &*intern_text(thread, name)?, value)
}

/// Hands the flag of a sequence or mapping on to a class and what derives from it.
fn mark(thread: &Thread, class: &PyTypeObject, flag: u64) {
    let mut pending = vec![Owned::new_ref(class)];
    while let Some(class) = pending.pop() {
        // static types are shared by all interpreters, and have their flags
        if class.has_flag(flags::IMMUTABLETYPE) || class.has_flag(flag) || !class.has_flag(flags::HEAPTYPE) {
            continue;
        }
        class.set_flags(COLLECTION, false);
        class.set_flags(flag, true);
        pending.extend(subclasses_of(thread, &class));
    }
}

fn register(thread: &Thread, _: Ref<'_>, this: Ref<'_>, subclass: Ref<'_>) -> PyResult<Value> {
    let Some(derived) = subclass.get::<PyTypeObject>() else {
        return Err(raise!(thread, TYPE_ERROR, "Can only register classes"));
    };
    if is_subclass(thread, subclass, this)? {
        return Ok(subclass.to_value());
    }
    if is_subclass(thread, this, subclass)? {
        return Err(raise!(thread, RUNTIME_ERROR, "Refusing to create an inheritance cycle"));
    }
    let data = data_of(thread, this)?;
    add(thread, &data.registry, subclass)?;
    if let Some(machinery) = machinery(thread) {
        machinery.abc_token.set(machinery.abc_token.get() + 1);
    }
    if let Some(own) = this.get::<PyTypeObject>() {
        let flag = own.flags() & COLLECTION;
        if flag != 0 {
            mark(thread, derived, flag);
        }
    }
    Ok(subclass.to_value())
}

// -- questions -----------------------------------------------------------------------------------

fn ask(thread: &Thread, this: Ref<'_>, class: Ref<'_>) -> PyResult<Value> {
    call::method(thread, this, "__subclasscheck__", &[class.to_value()])
}

fn instance_check(thread: &Thread, _: Ref<'_>, this: Ref<'_>, instance: Ref<'_>) -> PyResult<Value> {
    let data = data_of(thread, this)?;
    let class = call::attribute(thread, instance, "__class__")?;
    if has(thread, &data.cache, class.as_ref())? {
        return Ok(Value::bool(true));
    }
    let ty = as_ref(instance.ty()).to_value();
    if ty.as_ref().is(class.as_ref()) {
        if data.version.get() == current(thread) && has(thread, &data.negative, class.as_ref())? {
            return Ok(Value::bool(false));
        }
        return ask(thread, this, class.as_ref());
    }
    let answer = ask(thread, this, class.as_ref())?;
    if protocol::truth(thread, answer.as_ref())? {
        return Ok(answer);
    }
    ask(thread, this, ty.as_ref())
}

fn subclass_check(thread: &Thread, _: Ref<'_>, this: Ref<'_>, subclass: Ref<'_>) -> PyResult<Value> {
    if subclass.get::<PyTypeObject>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "issubclass() arg 1 must be a class"));
    }
    let data = data_of(thread, this)?;
    if has(thread, &data.cache, subclass)? {
        return Ok(Value::bool(true));
    }
    if data.version.get() < current(thread) {
        data.version.set(current(thread));
        let old = data.negative.take();
        drop(old);
    } else if has(thread, &data.negative, subclass)? {
        return Ok(Value::bool(false));
    }
    let derived = find_out(thread, &data, this, subclass)?;
    add(thread, if derived { &data.cache } else { &data.negative }, subclass)?;
    Ok(Value::bool(derived))
}

/// Whether a class is derived, by its hook, its bases, and the classes that were registered or derive themselves.
fn find_out(thread: &Thread, data: &Data, this: Ref<'_>, subclass: Ref<'_>) -> PyResult<bool> {
    let answer = call::method(thread, this, "__subclasshook__", &[subclass.to_value()])?;
    if answer.as_ref().is(Value::bool(true).as_ref()) {
        return Ok(true);
    }
    if answer.as_ref().is(Value::bool(false).as_ref()) {
        return Ok(false);
    }
    if !answer.as_ref().is_not_implemented() {
        let message = "__subclasshook__ must return either False, True, or NotImplemented";
        return Err(raise!(thread, ASSERTION_ERROR, "{message}"));
    }
    if let (Some(own), Some(derived)) = (this.get::<PyTypeObject>(), subclass.get::<PyTypeObject>())
        && derived.is_subtype(own)
    {
        return Ok(true);
    }
    for registered in classes_of(&data.registry) {
        if is_subclass(thread, subclass, registered.as_ref())? {
            return Ok(true);
        }
    }
    let below = call::method(thread, this, "__subclasses__", &[])?;
    for class in collect(thread, below.as_ref())? {
        if is_subclass(thread, subclass, class.as_ref())? {
            return Ok(true);
        }
    }
    Ok(false)
}

// -- for tests ------------------------------------------------------------------------------------

fn reset_registry(thread: &Thread, _: Ref<'_>, this: Ref<'_>) -> PyResult<Value> {
    let old = data_of(thread, this)?.registry.take();
    drop(old);
    Ok(Value::none())
}

fn reset_caches(thread: &Thread, _: Ref<'_>, this: Ref<'_>) -> PyResult<Value> {
    let data = data_of(thread, this)?;
    let old = [data.cache.take(), data.negative.take()];
    drop(old);
    Ok(Value::none())
}

fn dump(thread: &Thread, _: Ref<'_>, this: Ref<'_>) -> PyResult<Value> {
    let data = data_of(thread, this)?;
    let copy = |slot: &Slot| -> PyResult<Value> {
        let copy = PySet::new(thread)?;
        if let Some(set) = slot.get().as_ref().and_then(|set| set.as_ref().get::<PySet>()) {
            copy.merge(thread, set)?;
        }
        Ok(copy.into_value())
    };
    let version = Value::int(thread, data.version.get())?;
    let parts = [copy(&data.registry)?, copy(&data.cache)?, copy(&data.negative)?, version];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}
