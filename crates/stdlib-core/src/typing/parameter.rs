//! `TypeVar`, `ParamSpec` and `TypeVarTuple`: what they hold, and how they are made.

use std::cell::Cell;
use std::ops::Deref;

use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::positional_count;

use super::{caller, generic, typing, union};
use crate::call;

/// What a type parameter holds. Where a value is computed when it is first asked for, the function stands beside it.
#[derive(Default)]
pub(super) struct Parameter {
    pub(super) name: Slot,
    pub(super) bound: Slot,
    pub(super) evaluate_bound: Slot,
    pub(super) constraints: Slot,
    pub(super) evaluate_constraints: Slot,
    pub(super) default: Slot,
    pub(super) evaluate_default: Slot,
    pub(super) covariant: Cell<bool>,
    pub(super) contravariant: Cell<bool>,
    pub(super) infer_variance: Cell<bool>,
}

impl Parameter {
    fn slots(&self) -> [&Slot; 7] {
        [
            &self.name,
            &self.bound,
            &self.evaluate_bound,
            &self.constraints,
            &self.evaluate_constraints,
            &self.default,
            &self.evaluate_default,
        ]
    }

    /// A parameter that the compiler makes.
    pub(super) fn named(name: Value) -> Parameter {
        Parameter { name: Slot::new(name), infer_variance: Cell::new(true), ..Parameter::default() }
    }
}

macro_rules! parameter {
    ($(#[$doc:meta])* $ty:ident $static:ident $name:literal: $($slot:ident: $function:expr),*) => {
        $(#[$doc])*
        #[derive(Default)]
        pub(super) struct $ty(pub(super) Parameter);

        native_type! {
            $(#[$doc])*
            pub(super) static $static: $ty = $name, flags 0, dict true, weak true,
            does { $($slot: $function),* }
        }

        impl Deref for $ty {
            type Target = Parameter;

            fn deref(&self) -> &Parameter {
                &self.0
            }
        }

        impl NativeType for $ty {
            fn definition() -> &'static NativeStatic<$ty> {
                &$static
            }

            fn traverse(&self, visitor: &mut Visitor) {
                self.0.slots().into_iter().for_each(|slot| visitor.slot(slot));
            }

            fn clear(&self) {
                self.0.slots().into_iter().for_each(|slot| drop(slot.take()));
            }
        }
    };
}

parameter! {
    /// `TypeVar`.
    TypeVar TYPE_VAR "typing.TypeVar": new: new_type_var, repr: repr, or: union
}
parameter! {
    /// `ParamSpec`.
    ParamSpec PARAM_SPEC "typing.ParamSpec": new: new_param_spec, repr: repr, or: union
}
parameter! {
    /// `TypeVarTuple`.
    TypeVarTuple TYPE_VAR_TUPLE "typing.TypeVarTuple": new: new_tuple, repr: repr, iter: iterate
}

/// The parameter that an object is.
pub(super) fn of(value: Ref<'_>) -> Option<&Parameter> {
    if let Some(found) = value.get::<Native<TypeVar>>() {
        return Some(found);
    }
    if let Some(found) = value.get::<Native<ParamSpec>>() {
        return Some(found);
    }
    value.get::<Native<TypeVarTuple>>().map(|found| &found.0)
}

/// The same; `TypeError` for other objects.
pub(super) fn receiver<'a>(thread: &Thread, value: Ref<'a>) -> PyResult<&'a Parameter> {
    of(value).ok_or_else(|| {
        let ty = value.ty().name();
        raise!(thread, TYPE_ERROR, "descriptor requires a type parameter but received a '{ty}'")
    })
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parameter = receiver(thread, this)?;
    let name = parameter.name.get();
    let name = name.as_ref().and_then(|name| name.as_ref().get::<PyStr>());
    let name = name.map_or_else(String::new, PyStr::to_text_lossy);
    let sign = if this.get::<Native<TypeVarTuple>>().is_some() || parameter.infer_variance.get() {
        ""
    } else if parameter.covariant.get() {
        "+"
    } else if parameter.contravariant.get() {
        "-"
    } else {
        "~"
    };
    call::text(thread, &format!("{sign}{name}"))
}

/// `*Ts`: the one item is `Unpack[Ts]`.
fn iterate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let items = PyTuple::pack(thread, [unpacked(thread, this)?])?;
    protocol::iter(thread, items.as_ref())
}

/// `Unpack[Ts]`.
pub(super) fn unpacked(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = taipan_object::str::intern::intern_text(thread, "typing")?;
    let typing = crate::import::import_module(thread, &name)?;
    let unpack = call::attribute(thread, typing.as_ref(), "Unpack")?;
    protocol::subscript(thread, unpack.as_ref(), this)
}

/// A type that was given for a bound.
fn checked(thread: &Thread, value: Ref<'_>, message: &str) -> PyResult<Value> {
    typing(thread, "_type_check", &[value.to_value(), call::text(thread, message)?])
}

/// The arguments of a constructor: positional ones, then those of the names it knows.
struct Given<'a> {
    positional: &'a [Value],
    named: Vec<(String, &'a Value)>,
}

impl<'a> Given<'a> {
    fn new(arguments: &'a [Value], names: Option<&PyTuple>) -> Given<'a> {
        let (positional, rest) = arguments.split_at(positional_count(arguments, names).min(arguments.len()));
        let name = |at| {
            let name = names.and_then(|names| names.borrow(at)).and_then(|name| name.get::<PyStr>());
            name.map_or_else(String::new, PyStr::to_text_lossy)
        };
        Given { positional, named: rest.iter().enumerate().map(|(at, value)| (name(at), value)).collect() }
    }

    fn take(&mut self, name: &str) -> Option<&'a Value> {
        let at = self.named.iter().position(|(known, _)| known == name)?;
        Some(self.named.remove(at).1)
    }

    /// The name of the parameter, and the arguments behind it.
    fn name(&mut self, thread: &Thread, function: &str) -> PyResult<(Value, &'a [Value])> {
        let (name, rest) = match self.positional.split_first() {
            Some((name, rest)) => (name, rest),
            None => match self.take("name") {
                Some(name) => (name, self.positional),
                None => {
                    return Err(raise!(
                        thread,
                        TYPE_ERROR,
                        "{function}() missing required argument 'name' (pos 1)"
                    ));
                }
            },
        };
        call::str_argument(thread, function, "argument 'name'", name.as_ref())?;
        Ok((name.clone(), rest))
    }

    fn flag(&mut self, thread: &Thread, name: &str) -> PyResult<bool> {
        self.take(name).map_or(Ok(false), |value| protocol::truth(thread, value.as_ref()))
    }

    fn finish(&self, thread: &Thread, function: &str) -> PyResult<()> {
        match self.named.first() {
            None => Ok(()),
            Some((name, _)) => {
                Err(raise!(thread, TYPE_ERROR, "{function}() got an unexpected keyword argument '{name}'"))
            }
        }
    }

    /// The variance; the messages are those of the constructor.
    fn variance(&mut self, thread: &Thread, parameter: &Parameter) -> PyResult<()> {
        let covariant = self.flag(thread, "covariant")?;
        let contravariant = self.flag(thread, "contravariant")?;
        let infer = self.flag(thread, "infer_variance")?;
        if covariant && contravariant {
            return Err(raise!(thread, VALUE_ERROR, "Bivariant types are not supported."));
        }
        if infer && (covariant || contravariant) {
            return Err(raise!(thread, VALUE_ERROR, "Variance cannot be specified with infer_variance."));
        }
        parameter.covariant.set(covariant);
        parameter.contravariant.set(contravariant);
        parameter.infer_variance.set(infer);
        Ok(())
    }

    /// The default, if one is given.
    fn default(&mut self, parameter: &Parameter) {
        let default = self.take("default").filter(|value| !generic::is_no_default(value.as_ref()));
        drop(parameter.default.replace(default.cloned()));
    }
}

/// Says in which module a parameter was made.
fn placed(thread: &Thread, parameter: Value) -> PyResult<Value> {
    let module = caller(thread)?.unwrap_or_else(Value::none);
    let name = taipan_object::str::intern::intern_text(thread, "__module__")?;
    protocol::set_attribute(thread, parameter.as_ref(), &name, Some(module))?;
    Ok(parameter)
}

fn new_type_var(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let mut given = Given::new(arguments, names);
    let (name, constraints) = given.name(thread, "typevar")?;
    let parameter = Parameter { name: Slot::new(name), ..Parameter::default() };
    let bound = given.take("bound").filter(|bound| !bound.as_ref().is_none());
    given.default(&parameter);
    given.variance(thread, &parameter)?;
    given.finish(thread, "typevar")?;
    if let Some(bound) = bound {
        let bound = checked(thread, bound.as_ref(), "Bound must be a type.")?;
        drop(parameter.bound.replace(Some(bound)));
    }
    match constraints {
        [] => {}
        [_] => return Err(raise!(thread, TYPE_ERROR, "A single constraint is not allowed")),
        _ if bound.is_some() => {
            return Err(raise!(thread, TYPE_ERROR, "Constraints cannot be combined with bound=..."));
        }
        several => {
            let tuple = PyTuple::from_values(thread, several.iter().cloned())?.into_value();
            drop(parameter.constraints.replace(Some(tuple)));
        }
    }
    placed(thread, Native::new(thread, TypeVar(parameter))?.into_value())
}

fn new_param_spec(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let mut given = Given::new(arguments, names);
    let (name, rest) = given.name(thread, "paramspec")?;
    if !rest.is_empty() {
        let count = rest.len() + 1;
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "paramspec() takes exactly 1 positional argument ({count} given)"
        ));
    }
    let parameter = Parameter { name: Slot::new(name), ..Parameter::default() };
    let bound = given.take("bound").filter(|bound| !bound.as_ref().is_none());
    given.default(&parameter);
    given.variance(thread, &parameter)?;
    given.finish(thread, "paramspec")?;
    if let Some(bound) = bound {
        drop(parameter.bound.replace(Some(bound.clone())));
    }
    placed(thread, Native::new(thread, ParamSpec(parameter))?.into_value())
}

fn new_tuple(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let mut given = Given::new(arguments, names);
    let (name, rest) = given.name(thread, "typevartuple")?;
    if !rest.is_empty() {
        let count = rest.len() + 1;
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "typevartuple() takes exactly 1 positional argument ({count} given)"
        ));
    }
    let parameter = Parameter { name: Slot::new(name), ..Parameter::default() };
    given.default(&parameter);
    given.finish(thread, "typevartuple")?;
    placed(thread, Native::new(thread, TypeVarTuple(parameter))?.into_value())
}
