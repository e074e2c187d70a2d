//! `TypeAliasType`: what a `type` statement makes.

use taipan_object::descriptor::GetSetDef;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::generics::alias;
use taipan_runtime_builtins::install;

use super::attributes::{computed, function_of};
use super::{caller, parameter, union};
use crate::call;
use taipan_object::declare::{method_table, native_state, receiver};

/// What an alias holds; the value may be computed when it is first asked for.
#[derive(Default)]
pub(super) struct TypeAlias {
    name: Slot,
    parameters: Slot,
    value: Slot,
    evaluate: Slot,
    module: Slot,
}

native_type! {
    /// `TypeAliasType`.
    pub(super) static TYPE_ALIAS: TypeAlias = "typing.TypeAliasType", flags 0, dict false, weak false,
    does { new: new, repr: repr, or: union, subscript: subscript, iter: iterate }
}

native_state!(TypeAlias in TYPE_ALIAS: name, parameters, value, evaluate, module);

method_table! { METHODS:
    Instance None c"__reduce__" "" |thread, this| Ok(receiver::<TypeAlias>(thread, this)?.name.get_or_none()), c"What pickle needs.";
}

macro_rules! attribute {
    ($name:literal, $get:expr, $doc:literal) => {
        GetSetDef { name: $name, get: $get, set: None, doc: $doc }
    };
}

static ATTRIBUTES: [GetSetDef; 6] = [
    attribute!(
        "__name__",
        |thread, this| Ok(receiver::<TypeAlias>(thread, this)?.name.get_or_none()),
        "The name."
    ),
    attribute!("__type_params__", type_parameters, "The type parameters."),
    attribute!("__parameters__", parameters, "The type parameters, those of tuples unpacked."),
    attribute!("__value__", value, "What the alias stands for."),
    attribute!("evaluate_value", evaluate_value, "The function that gives the value."),
    attribute!("__module__", module, "The module that it was made in."),
];

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &TYPE_ALIAS, &METHODS)?;
    install::attributes(thread, &TYPE_ALIAS, &ATTRIBUTES)
}

/// The alias of a `type` statement.
pub(super) fn lazy(thread: &Thread, name: Value, parameters: Value, evaluate: Value) -> PyResult<Value> {
    let parameters = Some(parameters).filter(|parameters| !parameters.as_ref().is_none());
    let state = TypeAlias {
        name: Slot::new(name),
        parameters: Slot::from_option(parameters),
        evaluate: Slot::new(evaluate),
        module: Slot::from_option(caller(thread)?),
        ..TypeAlias::default()
    };
    Ok(Native::new(thread, state)?.into_value())
}

const PARAMETERS: Parameters<3> = Parameters {
    function: "typealias",
    names: ["name", "value", "type_params"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [name, value, parameters] = PARAMETERS.bind(thread, arguments, names)?;
    let (Some(name), Some(value)) = (name, value) else { return Ok(Value::none()) };
    call::str_argument(thread, "typealias", "argument 'name'", name)?;
    if parameters.is_some_and(|parameters| parameters.get::<PyTuple>().is_none()) {
        return Err(raise!(thread, TYPE_ERROR, "type_params must be a tuple"));
    }
    let parameters = parameters.filter(|given| given.get::<PyTuple>().is_some_and(|given| !given.is_empty()));
    let state = TypeAlias {
        name: Slot::new(name.to_value()),
        parameters: Slot::from_option(parameters.map(Ref::to_value)),
        value: Slot::new(value.to_value()),
        module: Slot::from_option(caller(thread)?),
        ..TypeAlias::default()
    };
    Ok(Native::new(thread, state)?.into_value())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = receiver::<TypeAlias>(thread, this)?.name.get_or_none();
    let name = name.as_ref().get::<PyStr>().map_or_else(String::new, PyStr::to_text_lossy);
    call::text(thread, &name)
}

fn type_parameters(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parameters = receiver::<TypeAlias>(thread, this)?.parameters.get();
    Ok(parameters.unwrap_or_else(|| PyTuple::empty().into_value()))
}

fn parameters(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let all = type_parameters(thread, this)?;
    unpack_all(thread, all.as_ref())
}

/// Parameters with `Unpack[Ts]` for each `TypeVarTuple`.
pub(super) fn unpack_all(thread: &Thread, parameters: Ref<'_>) -> PyResult<Value> {
    let Some(items) = parameters.get::<PyTuple>() else { return Ok(parameters.to_value()) };
    let mut all = Vec::with_capacity(items.len());
    for item in items.iter() {
        all.push(match item.get::<Native<parameter::TypeVarTuple>>() {
            Some(_) => parameter::unpacked(thread, item)?,
            None => item.to_value(),
        });
    }
    Ok(PyTuple::from_values(thread, all)?.into_value())
}

fn value(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let alias = receiver::<TypeAlias>(thread, this)?;
    Ok(computed(thread, &alias.value, &alias.evaluate)?.unwrap_or_else(Value::none))
}

fn evaluate_value(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let alias = receiver::<TypeAlias>(thread, this)?;
    function_of(thread, &alias.value, &alias.evaluate)
}

fn module(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(receiver::<TypeAlias>(thread, this)?.module.get_or_none())
}

fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    if receiver::<TypeAlias>(thread, this)?.parameters.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "Only generic type aliases are subscriptable"));
    }
    alias::of(thread, this.to_value(), key.to_value())
}

/// `*Alias`: the one item is `Unpack[Alias]`.
fn iterate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let items = PyTuple::pack(thread, [parameter::unpacked(thread, this)?])?;
    protocol::iter(thread, items.as_ref())
}
