//! `partial`: a callable with some of its arguments. A `Placeholder` among them is filled by the call.

use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::instance;
use taipan_object::method::PyMethod;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::protocol;
use taipan_object::slot::Slot;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags, rebase};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, raise};

use crate::format::template::names_as_dict;
use crate::install;
use crate::iterate::collect;
use crate::iterators::instance_state;
use crate::methods::method_table;
use crate::text;
use taipan_object::declare::{native_state, receiver};

type Names<'a> = Option<&'a PyTuple>;

/// The callable, a tuple of arguments, a dict of those by name.
#[derive(Default)]
pub(super) struct Partial {
    function: Slot,
    arguments: Slot,
    named: Slot,
}

native_type! {
    /// `partial`.
    pub(super) static PARTIAL: Partial = "functools.partial", flags flags::BASETYPE, dict true, weak true,
    does { new: new, call: call, repr: repr, descr_get: bind }
}

native_state!(Partial in PARTIAL: function, arguments, named);

/// Stands for an argument that the call gives.
#[derive(Default)]
pub(super) struct Placeholder;

native_type! {
    /// The type of `Placeholder`.
    pub(super) static PLACEHOLDER: Placeholder = "functools._PlaceholderType", flags 0, dict false, weak false,
    does { new: new_placeholder, repr: |thread, _| Ok(PyStr::from_text(thread, "Placeholder")?.into_value()) }
}

impl NativeType for Placeholder {
    fn definition() -> &'static NativeStatic<Placeholder> {
        &PLACEHOLDER
    }

    fn traverse(&self, _: &mut Visitor) {}

    fn clear(&self) {}
}

fn new_placeholder(thread: &Thread, _: &PyTypeObject, arguments: &[Value], _: Names<'_>) -> PyResult<Value> {
    match arguments.is_empty() {
        true => placeholder(thread),
        false => Err(raise!(thread, TYPE_ERROR, "PlaceholderType takes no arguments")),
    }
}

/// The one placeholder.
pub(super) fn placeholder(thread: &Thread) -> PyResult<Value> {
    let slot = &thread.interp().placeholder;
    if let Some(known) = slot.get() {
        return Ok(known);
    }
    let made = Native::new(thread, Placeholder)?.into_value();
    drop(slot.replace(Some(made.clone())));
    Ok(made)
}

fn is_placeholder(value: Ref<'_>) -> bool {
    value.get::<Native<Placeholder>>().is_some()
}

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the partial again from.";
    Instance One c"__setstate__" "($self, state, /)" setstate, c"Sets callable, arguments and attributes.";
}

method_table! { PLACEHOLDER_METHODS:
    Instance None c"__reduce__" "($self, /)" |thread, _| Ok(PyStr::from_text(thread, "Placeholder")?.into_value()), c"The name.";
}

static ATTRIBUTES: [GetSetDef; 4] = [
    GetSetDef {
        name: "func",
        get: |thread, this| part(thread, this, |p| &p.function),
        set: None,
        doc: "the callable",
    },
    GetSetDef {
        name: "args",
        get: |thread, this| part(thread, this, |p| &p.arguments),
        set: None,
        doc: "its arguments",
    },
    GetSetDef {
        name: "keywords",
        get: |thread, this| part(thread, this, |p| &p.named),
        set: None,
        doc: "its arguments by name",
    },
    GetSetDef {
        name: "__dict__",
        get: |thread, this| match this.head() {
            Some(head) => Ok(instance::dict(thread, head)?.into_value()),
            None => Ok(Value::none()),
        },
        set: Some(|thread, this, value| match value {
            Some(value) => crate::objects::set_dict(thread, this, Some(value)),
            None => Err(raise!(thread, TYPE_ERROR, "cannot delete __dict__")),
        }),
        doc: "the attributes of the instance",
    },
];

/// Puts methods and attributes into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &PARTIAL, &METHODS)?;
    crate::generics::make_generic(thread, &PARTIAL)?;
    install::methods(thread, &PLACEHOLDER, &PLACEHOLDER_METHODS)?;
    install::attributes(thread, &PARTIAL, &ATTRIBUTES)
}

fn part(thread: &Thread, this: Ref<'_>, slot: fn(&Partial) -> &Slot) -> PyResult<Value> {
    let partial = receiver::<Partial>(thread, this)?;
    Ok(slot(partial).get().unwrap_or_else(Value::none))
}

fn tuple_of(slot: &Slot) -> Owned<PyTuple> {
    slot.get().and_then(|tuple| tuple.downcast::<PyTuple>().ok()).unwrap_or_else(PyTuple::empty)
}

fn dict_of(slot: &Slot) -> Option<Owned<PyDict>> {
    slot.get()?.downcast::<PyDict>().ok()
}

/// The arguments of a partial with its placeholders filled, and those behind; none if some stay empty.
fn filled(own: &PyTuple, given: &[Value]) -> Option<Vec<Value>> {
    let mut given = given.iter().cloned();
    let mut all = Vec::with_capacity(own.len() + given.len());
    for argument in own.iter() {
        all.push(if is_placeholder(argument) { given.next()? } else { argument.to_value() });
    }
    all.extend(given);
    Some(all)
}

/// Whether instances of a class are called as those of `partial` are.
fn calls_as_partial(class: &PyTypeObject) -> bool {
    match (class.slots().call.get(), PARTIAL.slots().call.get()) {
        (Some(own), Some(of_partial)) => std::ptr::fn_addr_eq(own, of_partial),
        _ => false,
    }
}

fn new(thread: &Thread, class: &PyTypeObject, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    let Some((function, rest)) = positional.split_first() else {
        return Err(raise!(thread, TYPE_ERROR, "type 'partial' takes at least one argument"));
    };
    if function.as_ref().ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "the first argument must be callable"));
    }
    if rest.last().is_some_and(|last| is_placeholder(last.as_ref())) {
        return Err(raise!(thread, TYPE_ERROR, "trailing Placeholders are not allowed"));
    }
    if named.iter().any(|value| is_placeholder(value.as_ref())) {
        return Err(raise!(thread, TYPE_ERROR, "Placeholder cannot be passed as a keyword argument"));
    }
    let mut function = function.clone();
    let mut all = rest.to_vec();
    let mut dict = names_as_dict(thread, named, names)?;
    // a partial of a partial is one of what that is of
    let inner = function.clone();
    if let Some(inner) = inner.as_ref().get::<Native<Partial>>()
        && calls_as_partial(inner.head().ty())
        && taipan_object::instance::existing_dict(inner.head()).is_none_or(|dict| dict.is_empty())
    {
        all = merged(&tuple_of(&inner.arguments), &all);
        if let Some(own) = dict_of(&inner.named) {
            let union = own.copy(thread)?;
            if let Some(more) = &dict {
                union.update(thread, more, true)?;
            }
            dict = Some(union);
        }
        function = inner.function.get().unwrap_or_else(Value::none);
    }
    let dict = match dict {
        Some(dict) => dict,
        None => PyDict::new(thread)?,
    };
    let state = Partial {
        function: Slot::new(function),
        arguments: Slot::new(PyTuple::from_values(thread, all)?.into_value()),
        named: Slot::new(dict.into_value()),
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

/// The arguments of a partial with as many placeholders filled as there are values, and the values that are left.
fn merged(own: &PyTuple, given: &[Value]) -> Vec<Value> {
    let mut given = given.iter().cloned();
    let mut all = Vec::with_capacity(own.len() + given.len());
    for argument in own.iter() {
        let filling = if is_placeholder(argument) { given.next() } else { None };
        all.push(filling.unwrap_or_else(|| argument.to_value()));
    }
    all.extend(given);
    all
}

fn call(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let partial = receiver::<Partial>(thread, this)?;
    let by_name = names.map_or(0, PyTuple::len);
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    let Some(function) = partial.function.get() else { return Ok(Value::none()) };
    let own = tuple_of(&partial.arguments);
    let Some(mut all) = filled(&own, positional) else {
        let (wanted, given) = (own.iter().filter(|a| is_placeholder(*a)).count(), positional.len());
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "missing positional arguments in 'partial' call; expected at least {wanted}, got {given}"
        ));
    };
    let Some(own_named) = dict_of(&partial.named).filter(|own| !own.is_empty()) else {
        all.extend(named.iter().cloned());
        return protocol::call(thread, function.as_ref(), &all, names);
    };
    let all_named = match names_as_dict(thread, named, names)? {
        None => own_named,
        Some(more) => {
            let union = own_named.copy(thread)?;
            union.update(thread, &more, true)?;
            union
        }
    };
    let mut all_names = Vec::new();
    let mut cursor = DictCursor::start();
    while let Some((name, value)) = cursor.next(&all_named) {
        all_names.push(name);
        all.push(value);
    }
    let all_names = PyTuple::from_values(thread, all_names)?;
    protocol::call(thread, function.as_ref(), &all, Some(&all_names))
}

/// A partial is bound as a function is.
fn bind(thread: &Thread, this: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    match object.filter(|object| !object.is_none()) {
        Some(object) => Ok(PyMethod::new(thread, this.to_value(), object.to_value())?.into_value()),
        None => Ok(this.to_value()),
    }
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let partial = receiver::<Partial>(thread, this)?;
    let name = match this.ty().has_flag(flags::HEAPTYPE) {
        true => text::qualified_name(thread, this.ty())?,
        false => "functools.partial".to_owned(),
    };
    let Some(_guard) = text::Printing::enter(thread, this) else {
        return Ok(PyStr::from_text(thread, "...")?.into_value());
    };
    let mut builder = StrBuilder::new();
    builder.push_str(thread, &format!("{name}("))?;
    // as they are now: what is called may set others
    let function = partial.function.get().unwrap_or_else(Value::none);
    let (arguments, named) = (tuple_of(&partial.arguments), dict_of(&partial.named));
    let function = text::repr(thread, function.as_ref())?;
    builder.push(thread, &function)?;
    for argument in arguments.iter() {
        builder.push_str(thread, ", ")?;
        let argument = text::repr(thread, argument)?;
        builder.push(thread, &argument)?;
    }
    let mut cursor = DictCursor::start();
    while let Some((name, value)) = named.as_ref().and_then(|named| cursor.next(named)) {
        builder.push_str(thread, ", ")?;
        let name = text::str(thread, name.as_ref())?;
        builder.push(thread, &name)?;
        builder.push_str(thread, "=")?;
        let value = text::repr(thread, value.as_ref())?;
        builder.push(thread, &value)?;
    }
    builder.push_str(thread, ")")?;
    Ok(builder.finish(thread)?.into_value())
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let partial = receiver::<Partial>(thread, this)?;
    let held = |slot: &Slot| slot.get().unwrap_or_else(Value::none);
    let function = held(&partial.function);
    let arguments = PyTuple::pack(thread, [function.clone()])?.into_value();
    let dict = instance_state(thread, this)?;
    let state = [function, held(&partial.arguments), held(&partial.named), dict];
    let state = PyTuple::pack(thread, state)?.into_value();
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), arguments, state])?.into_value())
}

fn setstate(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let invalid = || raise!(thread, TYPE_ERROR, "invalid partial state");
    let parts = match state.get::<PyTuple>() {
        Some(_) => collect(thread, state)?,
        None => return Err(invalid()),
    };
    let Ok([function, arguments, named, dict]) = <[Value; 4]>::try_from(parts) else { return Err(invalid()) };
    let is_valid = function.as_ref().ty().slots().call.get().is_some()
        && arguments.as_ref().get::<PyTuple>().is_some()
        && (named.as_ref().is_none() || named.as_ref().get::<PyDict>().is_some())
        && (dict.as_ref().is_none() || dict.as_ref().get::<PyDict>().is_some());
    if !is_valid {
        return Err(invalid());
    }
    let named = match named.as_ref().get::<PyDict>() {
        Some(_) if named.as_ref().get_exact::<PyDict>().is_some() => named,
        Some(derived) => derived.copy(thread)?.into_value(),
        None => PyDict::new(thread)?.into_value(),
    };
    let arguments = match arguments.as_ref().get_exact::<PyTuple>() {
        Some(_) => arguments,
        None => PyTuple::from_values(thread, collect(thread, arguments.as_ref())?)?.into_value(),
    };
    let last = arguments.as_ref().get::<PyTuple>().and_then(|all| all.get(all.len().checked_sub(1)?));
    if last.is_some_and(|last| is_placeholder(last.as_ref())) {
        return Err(raise!(thread, TYPE_ERROR, "trailing Placeholders are not allowed"));
    }
    let partial = receiver::<Partial>(thread, this)?;
    rebase::set_dict(thread, this, dict.downcast::<PyDict>().ok())?;
    let old = (
        partial.function.replace(Some(function)),
        partial.arguments.replace(Some(arguments)),
        partial.named.replace(Some(named)),
    );
    drop(old);
    Ok(Value::none())
}
