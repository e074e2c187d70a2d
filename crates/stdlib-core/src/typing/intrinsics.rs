//! What the compiler asks for: the intrinsic functions that make type parameters and aliases, by their numbers.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Thread, Value, as_ref, raise};

use super::parameter::{self, ParamSpec, Parameter, TypeVar, TypeVarTuple};
use super::{alias, generic, typing};

/// Those of one argument.
pub(crate) fn one(thread: &Thread, number: usize, value: Value) -> PyResult<Value> {
    // `NoDefault` stands in the module, and is one
    drop(crate::import::native(thread, "_typing")?);
    match number {
        7 => Ok(Native::new(thread, TypeVar(Parameter::named(value)))?.into_value()),
        8 => Ok(Native::new(thread, ParamSpec(Parameter::named(value)))?.into_value()),
        9 => {
            let plain = Parameter { infer_variance: Cell::new(false), ..Parameter::named(value) };
            Ok(Native::new(thread, TypeVarTuple(plain))?.into_value())
        }
        10 => {
            let parameters = alias::unpack_all(thread, value.as_ref())?;
            let generic: &taipan_object::PyTypeObject = &generic::GENERIC;
            typing(thread, "_GenericAlias", &[as_ref(generic).to_value(), parameters])
        }
        11 => {
            let parts = value.as_ref().get::<PyTuple>();
            match parts.and_then(|parts| Some((parts.get(0)?, parts.get(1)?, parts.get(2)?))) {
                Some((name, parameters, evaluate)) => alias::lazy(thread, name, parameters, evaluate),
                None => Err(raise!(thread, SYSTEM_ERROR, "a type alias is made of three parts")),
            }
        }
        _ => Err(raise!(thread, SYSTEM_ERROR, "unknown intrinsic function {number}")),
    }
}

/// Those of two arguments.
pub(crate) fn two(thread: &Thread, number: usize, left: Value, right: Value) -> PyResult<Value> {
    drop(crate::import::native(thread, "_typing")?);
    match number {
        2 => {
            let state = Parameter { evaluate_bound: Slot::new(right), ..Parameter::named(left) };
            Ok(Native::new(thread, TypeVar(state))?.into_value())
        }
        3 => {
            let state = Parameter { evaluate_constraints: Slot::new(right), ..Parameter::named(left) };
            Ok(Native::new(thread, TypeVar(state))?.into_value())
        }
        5 => {
            if let Some(parameter) = parameter::of(left.as_ref()) {
                let old = parameter.evaluate_default.replace(Some(right));
                drop(old);
            }
            Ok(left)
        }
        _ => Err(raise!(thread, SYSTEM_ERROR, "unknown intrinsic function {number}")),
    }
}
