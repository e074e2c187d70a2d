//! `__reduce__`, `__reduce_ex__` and `__getstate__`: what pickling and copying ask. The rest is Python code, in
//! `copyreg`.

use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags, statics};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, instance, protocol, raise};

use super::find_attribute;
use crate::arguments::to_int;
use crate::methods::method_table;
use crate::special::find_special;

method_table! { METHODS:
    Instance One c"__reduce_ex__" "($self, protocol, /)" reduce_ex, c"What pickle needs, for a protocol.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle needs.";
    Instance None c"__getstate__" "($self, /)" getstate, c"The state that pickle keeps.";
}

/// A module: from `sys.modules`, or imported.
pub fn import(thread: &Thread, name: &PyStr) -> PyResult<Value> {
    let modules = thread.interp().modules.get();
    if let Some(modules) = modules.as_ref().and_then(|modules| modules.as_ref().get::<PyDict>())
        && let Some(module) = modules.get(thread, as_ref(name))?
    {
        return Ok(module);
    }
    (thread.interp().hooks.import.get())(thread, name)
}

fn of_copyreg(thread: &Thread, name: &PyStr) -> PyResult<Value> {
    let copyreg = import(thread, names::copyreg.get())?;
    protocol::get_attribute(thread, copyreg.as_ref(), name)
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    by_protocol(thread, this, 0)
}

/// A `__reduce__` of the class goes before.
fn reduce_ex(thread: &Thread, this: Ref<'_>, protocol: Ref<'_>) -> PyResult<Value> {
    let protocol = to_int(thread, protocol)?;
    let own = this.ty().lookup(thread, names::__reduce__.get())?;
    let of_object = statics::OBJECT.lookup(thread, names::__reduce__.get())?;
    let overridden = match (own, of_object) {
        (Some(own), Some(of_object)) => !own.as_ref().is(of_object.as_ref()),
        _ => false,
    };
    if overridden && let Some(reduce) = find_attribute(thread, this, names::__reduce__.get())? {
        return protocol::call(thread, reduce.as_ref(), &[], None);
    }
    by_protocol(thread, this, protocol)
}

fn by_protocol(thread: &Thread, this: Ref<'_>, protocol: i32) -> PyResult<Value> {
    if protocol >= 2 {
        return new_object(thread, this);
    }
    let function = of_copyreg(thread, names::_reduce_ex.get())?;
    protocol::call(thread, function.as_ref(), &[this.to_value(), Value::small(protocol)], None)
}

/// Arguments by position, and by name if there are such.
type NewArguments = (Owned<PyTuple>, Option<Owned<PyDict>>);

/// The arguments of `__new__`: those of `__getnewargs_ex__` or of `__getnewargs__`; none if the class has neither.
fn new_arguments(thread: &Thread, this: Ref<'_>) -> PyResult<Option<NewArguments>> {
    if let Some(method) = find_special(thread, this, names::__getnewargs_ex__.get())? {
        let result = protocol::call(thread, method.as_ref(), &[], None)?;
        let Some(pair) = result.as_ref().get::<PyTuple>() else {
            let ty = result.as_ref().ty().short_name();
            return Err(raise!(thread, TYPE_ERROR, "__getnewargs_ex__ should return a tuple, not '{ty}'"));
        };
        let (2, Some(args), Some(keywords)) = (pair.len(), pair.get(0), pair.get(1)) else {
            let len = pair.len();
            return Err(raise!(
                thread,
                VALUE_ERROR,
                "__getnewargs_ex__ should return a tuple of length 2, not {len}"
            ));
        };
        let args = args.downcast::<PyTuple>().map_err(|other| {
            let ty = other.as_ref().ty().short_name();
            raise!(
                thread,
                TYPE_ERROR,
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{ty}'"
            )
        })?;
        let keywords = keywords.downcast::<PyDict>().map_err(|other| {
            let ty = other.as_ref().ty().short_name();
            raise!(
                thread,
                TYPE_ERROR,
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{ty}'"
            )
        })?;
        return Ok(Some((args, Some(keywords))));
    }
    let Some(method) = find_special(thread, this, names::__getnewargs__.get())? else { return Ok(None) };
    let result = protocol::call(thread, method.as_ref(), &[], None)?;
    match result.downcast::<PyTuple>() {
        Ok(args) => Ok(Some((args, None))),
        Err(other) => {
            let ty = other.as_ref().ty().short_name();
            Err(raise!(thread, TYPE_ERROR, "__getnewargs__ should return a tuple, not '{ty}'"))
        }
    }
}

/// Protocol 2 and later: a call of `__new__`, the state, the items of lists and dicts.
fn new_object(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = this.ty();
    if class.slots().new.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "cannot pickle '{}' object", class.name()));
    }
    let arguments = new_arguments(thread, this)?;
    let required = arguments.is_none() && this.get::<PyList>().is_none() && this.get::<PyDict>().is_none();
    let class_value = as_ref(class).to_value();
    let (maker, arguments) = match arguments {
        Some((args, Some(keywords))) if !keywords.is_empty() => {
            let all = [class_value, args.into_value(), keywords.into_value()];
            (of_copyreg(thread, names::__newobj_ex__.get())?, PyTuple::pack(thread, all)?)
        }
        given => {
            let mut all = vec![class_value];
            if let Some((args, _)) = &given {
                all.extend(args.iter().map(Ref::to_value));
            }
            (of_copyreg(thread, names::__newobj__.get())?, PyTuple::from_values(thread, all)?)
        }
    };
    let state = state_of(thread, this, required)?;
    let list_items = match this.get::<PyList>() {
        Some(_) => protocol::iter(thread, this)?,
        None => Value::none(),
    };
    let dict_items = match this.get::<PyDict>() {
        Some(_) => {
            let items = protocol::get_attribute(thread, this, names::items.get())?;
            let items = protocol::call(thread, items.as_ref(), &[], None)?;
            protocol::iter(thread, items.as_ref())?
        }
        None => Value::none(),
    };
    Ok(PyTuple::pack(thread, [maker, arguments.into_value(), state, list_items, dict_items])?.into_value())
}

fn state_of(thread: &Thread, this: Ref<'_>, required: bool) -> PyResult<Value> {
    let getstate = protocol::get_attribute(thread, this, names::__getstate__.get())?;
    if let Some(function) = getstate.as_ref().get::<taipan_object::builtin::PyCFunction>()
        && std::ptr::eq(function.definition(), &raw const METHODS[2])
    {
        return default_state(thread, this, required);
    }
    protocol::call(thread, getstate.as_ref(), &[], None)
}

fn getstate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    default_state(thread, this, false)
}

/// The dict of the object, or a pair of it and of a dict of the slots.
fn default_state(thread: &Thread, this: Ref<'_>, required: bool) -> PyResult<Value> {
    let class = this.ty();
    if required && class.item_size() != 0 {
        return Err(raise!(thread, TYPE_ERROR, "cannot pickle {} objects", class.name()));
    }
    let state = match this.head().filter(|head| instance::dict_slot(head).is_some()) {
        Some(head) => {
            let dict = instance::copy_of_dict(thread, head)?;
            if dict.is_empty() { Value::none() } else { dict.into_value() }
        }
        None => Value::none(),
    };
    let slots = slot_names(thread, class)?;
    if required && has_more_than_slots(class, slots.len()) {
        return Err(raise!(thread, TYPE_ERROR, "cannot pickle '{}' object", class.name()));
    }
    if slots.is_empty() {
        return Ok(state);
    }
    let values = PyDict::new(thread)?;
    for name in &slots {
        let Some(text) = name.as_ref().get::<PyStr>() else { continue };
        if let Some(value) = find_attribute(thread, this, text)? {
            drop(values.insert(thread, name.as_ref(), value)?);
        }
    }
    if values.is_empty() {
        return Ok(state);
    }
    Ok(PyTuple::pack(thread, [state, values.into_value()])?.into_value())
}

/// Whether instances hold what no attribute says: they are larger than an object with these slots.
fn has_more_than_slots(class: &PyTypeObject, slots: usize) -> bool {
    let mut size = statics::OBJECT.basic_size() + 8 * slots;
    let (dict, weakrefs) = class.offsets();
    size += if dict > 0 { 8 } else { 0 } + if weakrefs > 0 { 8 } else { 0 };
    class.basic_size() > size
}

/// The names of `__slots__` of a class and of its bases, as `copyreg` finds them.
fn slot_names(thread: &Thread, class: &PyTypeObject) -> PyResult<Vec<Value>> {
    if !class.has_flag(flags::HEAPTYPE) {
        return Ok(Vec::new());
    }
    let known = match class.dict().map(Owned::new_ref) {
        Some(dict) => dict.get_str(thread, names::__slotnames__.get())?,
        None => None,
    };
    let adds_slots = |ty: Ref<'_>| ty.get::<PyTypeObject>().is_some_and(|ty| ty.member_count() > 0);
    let listed = match known {
        Some(known) => known,
        // without slots there are no names, and copyreg is left alone
        None if !class.mro().is_some_and(|mro| mro.iter().any(adds_slots)) => return Ok(Vec::new()),
        None => {
            let function = of_copyreg(thread, names::_slotnames.get())?;
            protocol::call(thread, function.as_ref(), &[as_ref(class).to_value()], None)?
        }
    };
    if listed.as_ref().is_none() { Ok(Vec::new()) } else { crate::iterate::collect(thread, listed.as_ref()) }
}
