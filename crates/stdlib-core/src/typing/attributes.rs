//! Attributes and methods of type parameters.

use taipan_object::descriptor::GetSetDef;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::{install, text};

use super::parameter::{self, PARAM_SPEC, ParamSpec, TYPE_VAR, TYPE_VAR_TUPLE, TypeVar, receiver};
use super::{arguments, evaluator, generic, typing};
use crate::call;
use taipan_object::declare::method_table;

method_table! { METHODS:
    Instance One c"__typing_subst__" "($self, arg, /)" substitute, c"What stands for the parameter.";
    Instance Two c"__typing_prepare_subst__" "($self, alias, args, /)" prepare, c"The arguments as they are put in.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle needs.";
    Instance None c"has_default" "($self, /)" has_default, c"Whether there is a default.";
    Instance One c"__mro_entries__" "($self, object, /)" mro_entries, c"Parameters cannot be derived from.";
}

macro_rules! attribute {
    ($name:literal, $get:expr, $doc:literal) => {
        GetSetDef { name: $name, get: $get, set: None, doc: $doc }
    };
}

static COMMON: [GetSetDef; 4] = [
    attribute!("__name__", |thread, this| Ok(receiver(thread, this)?.name.get_or_none()), "The name."),
    attribute!("__default__", default, "The default, or NoDefault."),
    attribute!("evaluate_default", evaluate_default, "The function that gives the default."),
    attribute!("__dict__", dict, "The other attributes."),
];

static VARIANCE: [GetSetDef; 3] = [
    attribute!(
        "__covariant__",
        |thread, this| Ok(Value::bool(receiver(thread, this)?.covariant.get())),
        "Whether subtypes give subtypes."
    ),
    attribute!(
        "__contravariant__",
        |thread, this| Ok(Value::bool(receiver(thread, this)?.contravariant.get())),
        "Whether supertypes give subtypes."
    ),
    attribute!(
        "__infer_variance__",
        |thread, this| Ok(Value::bool(receiver(thread, this)?.infer_variance.get())),
        "Whether a type checker finds the variance out."
    ),
];

static OF_VARIABLE: [GetSetDef; 4] = [
    attribute!("__bound__", bound, "The bound, or None."),
    attribute!("__constraints__", constraints, "The constraints."),
    attribute!("evaluate_bound", evaluate_bound, "The function that gives the bound."),
    attribute!("evaluate_constraints", evaluate_constraints, "The function that gives the constraints."),
];

static OF_SPECIFICATION: [GetSetDef; 3] = [
    attribute!("__bound__", bound, "The bound, or None."),
    attribute!("args", |thread, this| arguments::positional(thread, this), "The type of *args."),
    attribute!("kwargs", |thread, this| arguments::named(thread, this), "The type of **kwargs."),
];

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let types: [&'static PyTypeObject; 3] = [&TYPE_VAR, &PARAM_SPEC, &TYPE_VAR_TUPLE];
    for ty in types {
        install::methods(thread, ty, &METHODS)?;
        install::attributes(thread, ty, &COMMON)?;
    }
    install::attributes(thread, &TYPE_VAR, &VARIANCE)?;
    install::attributes(thread, &PARAM_SPEC, &VARIANCE)?;
    install::attributes(thread, &TYPE_VAR, &OF_VARIABLE)?;
    install::attributes(thread, &PARAM_SPEC, &OF_SPECIFICATION)
}

fn dict(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(taipan_object::types::rebase::dict_of(thread, this)?.unwrap_or_else(Value::none))
}

/// What a slot holds, or what the function beside it gives, which is kept.
pub(super) fn computed(thread: &Thread, value: &Slot, evaluate: &Slot) -> PyResult<Option<Value>> {
    if let Some(known) = value.get() {
        return Ok(Some(known));
    }
    let Some(function) = evaluate.get() else { return Ok(None) };
    let made = protocol::call(thread, function.as_ref(), &[Value::small(evaluator::VALUE)], None)?;
    let old = value.replace(Some(made.clone()));
    drop(old);
    Ok(Some(made))
}

/// The function beside a slot, or one that gives what the slot holds.
pub(super) fn function_of(thread: &Thread, value: &Slot, evaluate: &Slot) -> PyResult<Value> {
    if let Some(function) = evaluate.get() {
        return Ok(function);
    }
    match value.get() {
        Some(constant) => evaluator::of(thread, constant),
        None => Ok(Value::none()),
    }
}

fn default(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parameter = receiver(thread, this)?;
    match computed(thread, &parameter.default, &parameter.evaluate_default)? {
        Some(default) => Ok(default),
        None => generic::no_default(thread),
    }
}

fn evaluate_default(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parameter = receiver(thread, this)?;
    function_of(thread, &parameter.default, &parameter.evaluate_default)
}

fn bound(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parameter = receiver(thread, this)?;
    let bound = computed(thread, &parameter.bound, &parameter.evaluate_bound)?;
    Ok(bound.unwrap_or_else(Value::none))
}

fn evaluate_bound(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parameter = receiver(thread, this)?;
    function_of(thread, &parameter.bound, &parameter.evaluate_bound)
}

fn constraints(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parameter = receiver(thread, this)?;
    let constraints = computed(thread, &parameter.constraints, &parameter.evaluate_constraints)?;
    Ok(constraints.unwrap_or_else(|| PyTuple::empty().into_value()))
}

fn evaluate_constraints(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parameter = receiver(thread, this)?;
    function_of(thread, &parameter.constraints, &parameter.evaluate_constraints)
}

fn has_default(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parameter = receiver(thread, this)?;
    let has = parameter.default.get().is_some() || parameter.evaluate_default.get().is_some();
    Ok(Value::bool(has))
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(receiver(thread, this)?.name.get_or_none())
}

fn mro_entries(thread: &Thread, this: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    let ty = this.ty().short_name();
    Err(raise!(thread, TYPE_ERROR, "Cannot subclass an instance of {ty}"))
}

fn substitute(thread: &Thread, this: Ref<'_>, argument: Ref<'_>) -> PyResult<Value> {
    let function = if this.get::<Native<TypeVar>>().is_some() {
        "_typevar_subst"
    } else if this.get::<Native<ParamSpec>>().is_some() {
        "_paramspec_subst"
    } else {
        return Err(raise!(thread, TYPE_ERROR, "Substitution of bare TypeVarTuple is not supported"));
    };
    typing(thread, function, &[this.to_value(), argument.to_value()])
}

fn prepare(thread: &Thread, this: Ref<'_>, alias: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    let function = if this.get::<Native<ParamSpec>>().is_some() {
        "_paramspec_prepare_subst"
    } else if parameter::of(this).is_some() && this.get::<Native<TypeVar>>().is_none() {
        "_typevartuple_prepare_subst"
    } else {
        return prepare_variable(thread, this, alias, given);
    };
    typing(thread, function, &[this.to_value(), alias.to_value(), given.to_value()])
}

#[cold]
fn too_few(thread: &Thread, alias: Ref<'_>) -> PyResult<Raised> {
    let shown = text::str(thread, alias)?.to_text_lossy();
    Ok(raise!(thread, TYPE_ERROR, "Too few arguments for {shown}"))
}

/// Adds the default of a variable for which there is no argument.
fn prepare_variable(thread: &Thread, this: Ref<'_>, alias: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    let parameters = call::attribute(thread, alias, "__parameters__")?;
    let count = protocol::length(thread, given)?;
    let mut at = 0;
    let iterator = protocol::iter(thread, parameters.as_ref())?;
    while let Some(parameter) = protocol::next(thread, iterator.as_ref())? {
        if protocol::same_or_equal(thread, parameter.as_ref(), this)? {
            break;
        }
        at += 1;
    }
    if at < count {
        return Ok(given.to_value());
    }
    let default = default(thread, this)?;
    if at > count || generic::is_no_default(default.as_ref()) {
        return Err(too_few(thread, alias)?);
    }
    let added = PyTuple::pack(thread, [default])?;
    protocol::binary(thread, given, added.as_ref(), protocol::BinaryOp::Add)
}
