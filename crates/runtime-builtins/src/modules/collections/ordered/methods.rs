//! Methods of `OrderedDict`.

use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::derived::{ORDERED_DICT, PyOrderedDict};
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::exception::KEY_ERROR;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, instance, protocol, raise};

use super::{changing, check_known, mutated, receiver, update, value_of, views};
use crate::arguments::{Parameters, check_count};
use crate::install;
use crate::iterate::for_each;
use crate::iterators::DictPart;
use crate::methods::method_table;

method_table! { METHODS:
    Class Keywords c"fromkeys" "($type, /, iterable, value=None)" fromkeys, c"An OrderedDict of these keys, all with one value.";
    Instance Keywords c"pop" "($self, /, key, default=<unrepresentable>)" pop, c"Removes the key and returns its value, or the default.";
    Instance Keywords c"popitem" "($self, /, last=True)" popitem, c"Removes the last or the first pair and returns it.";
    Instance Keywords c"setdefault" "($self, /, key, default=None)" setdefault, c"The value of the key, which is set to the default if it is not there.";
    Instance Keywords c"move_to_end" "($self, /, key, last=True)" move_to_end, c"Moves a key to the end or to the beginning.";
    Instance Keywords c"update" "([other], **kwargs)" update, c"Sets keys to the values that a mapping, pairs and keyword arguments have.";
    Instance None c"clear" "($self, /)" clear, c"Removes all pairs.";
    Instance None c"copy" "($self, /)" copy, c"An OrderedDict of the same pairs.";
    Instance None c"keys" "($self, /)" |thread, this| views::view(thread, this, DictPart::Keys), c"A view of the keys.";
    Instance None c"values" "($self, /)" |thread, this| views::view(thread, this, DictPart::Values), c"A view of the values.";
    Instance None c"items" "($self, /)" |thread, this| views::view(thread, this, DictPart::Items), c"A view of the pairs.";
    Instance None c"__reversed__" "($self, /)" |thread, this| views::walk(thread, this, DictPart::Keys, true), c"An iterator over the keys from the last on.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the OrderedDict again from.";
}

static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "__dict__",
    get: |thread, this| match this.head() {
        Some(head) => Ok(instance::dict(thread, head)?.into_value()),
        None => Ok(Value::none()),
    },
    set: None,
    doc: "the attributes of the instance",
}];

/// Puts methods and attributes into the type.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &ORDERED_DICT, &METHODS)?;
    install::attributes(thread, &ORDERED_DICT, &ATTRIBUTES)
}

type Names<'a> = Option<&'a PyTuple>;

const fn parameters(function: &'static str, names: [&'static str; 2]) -> Parameters<2> {
    Parameters { function, names, positional_only: 0, positional: 2, required: 1 }
}

fn fromkeys(thread: &Thread, class: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [iterable, value] = parameters("fromkeys", ["iterable", "value"]).bind(thread, arguments, names)?;
    let value = value.map_or_else(Value::none, Ref::to_value);
    let made = protocol::call(thread, class, &[], None)?;
    for_each(thread, iterable.unwrap_or(class), |key| {
        protocol::set_subscript(thread, made.as_ref(), key.as_ref(), Some(value.clone())).map(|()| true)
    })?;
    Ok(made)
}

fn pop(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [key, default] = parameters("pop", ["key", "default"]).bind(thread, arguments, names)?;
    let key = key.unwrap_or(this);
    protocol::hash(thread, key)?;
    let ordered = receiver(thread, this)?;
    let removed = changing(this, || ordered.remove(thread, key))?;
    match removed.map(|(_, value)| value).or(default.map(Ref::to_value)) {
        Some(value) => Ok(value),
        None => Err(thread.raise_value(&KEY_ERROR, key.to_value())),
    }
}

const POPITEM: Parameters<1> =
    Parameters { function: "popitem", names: ["last"], positional_only: 0, positional: 1, required: 0 };

fn popitem(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [last] = POPITEM.bind(thread, arguments, names)?;
    let last = last.map_or(Ok(true), |last| protocol::truth(thread, last))?;
    let ordered = receiver(thread, this)?;
    let take = || match last {
        true => ordered.pop_last(),
        false => {
            let mut cursor = DictCursor::start();
            let found = cursor.next(ordered).is_some();
            found.then(|| ordered.remove_at(cursor.position() - 1)).flatten()
        }
    };
    let taken = changing(this, || Ok(take()))?;
    match taken {
        Some((key, value)) => Ok(PyTuple::pack(thread, [key, value])?.into_value()),
        None => Err(raise!(thread, KEY_ERROR, "dictionary is empty")),
    }
}

fn setdefault(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [key, default] = parameters("setdefault", ["key", "default"]).bind(thread, arguments, names)?;
    let default = default.map_or_else(Value::none, Ref::to_value);
    let ordered = receiver(thread, this)?;
    changing(this, || ordered.get_or_insert(thread, key.unwrap_or(this), default))
}

fn move_to_end(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [key, last] = parameters("move_to_end", ["key", "last"]).bind(thread, arguments, names)?;
    let last = last.map_or(Ok(true), |last| protocol::truth(thread, last))?;
    let ordered = receiver(thread, this)?;
    let key = key.unwrap_or(this);
    let found = match ordered.is_empty() {
        true => None,
        false => ordered.find(thread, key, protocol::hash(thread, key)?)?,
    };
    let Some(number) = found else {
        return Err(thread.raise_value(&KEY_ERROR, key.to_value()));
    };
    if let Some(ordered) = this.get::<PyOrderedDict>() {
        ordered.note(ordered.known());
    }
    if last {
        ordered.move_to_end(thread, number)?;
        return Ok(Value::none());
    }
    let Some((key, value)) = ordered.remove_at(number) else { return Ok(Value::none()) };
    // the others come behind it again, in their order
    let rest = ordered.copy(thread)?;
    drop(ordered.take());
    drop(ordered.insert(thread, key.as_ref(), value)?);
    let mut cursor = DictCursor::start();
    while let Some((key, value)) = cursor.next(&rest) {
        drop(ordered.insert(thread, key.as_ref(), value)?);
    }
    Ok(Value::none())
}

fn clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let taken = receiver(thread, this)?.take();
    if let Some(ordered) = this.get::<PyOrderedDict>() {
        ordered.note(0);
    }
    drop(taken);
    Ok(Value::none())
}

fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ordered = receiver(thread, this)?;
    let state = || this.get::<PyOrderedDict>().map(PyOrderedDict::state);
    let before = state();
    let is_exact = std::ptr::eq(this.ty(), &raw const ORDERED_DICT);
    check_known(thread, this)?;
    let copy = protocol::call(thread, as_ref(this.ty()), &[], None)?;
    let mut cursor = DictCursor::start();
    while let Some((key, _)) = cursor.next(ordered) {
        let value = match is_exact {
            true => value_of(thread, ordered, &key)?,
            false => protocol::subscript(thread, this, key.as_ref())?,
        };
        protocol::set_subscript(thread, copy.as_ref(), key.as_ref(), Some(value))?;
        if state() != before {
            return Err(mutated(thread));
        }
    }
    if let (Some(dict), Some(head)) = (own_dict(this), copy.as_ref().head()) {
        instance::dict(thread, head)?.update(thread, &dict, true)?;
    }
    Ok(copy)
}

/// The attributes of the instance, if there are any.
fn own_dict(this: Ref<'_>) -> Option<Owned<PyDict>> {
    instance::existing_dict(this.head()?).filter(|dict| !dict.is_empty())
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    check_count(thread, "__reduce__", 0, 0, 0)?;
    let state = intern_text(thread, "__getstate__")?;
    let state = protocol::attribute::call_method(thread, this, &state, &[])?;
    let items = views::walk(thread, this, DictPart::Items, false)?;
    let parts = [as_ref(this.ty()).to_value(), PyTuple::empty().into_value(), state, Value::none(), items];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}
