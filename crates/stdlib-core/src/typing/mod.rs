//! The module `_typing`: type parameters (`parameter.rs`, `attributes.rs`), what stands for the arguments of a
//! `ParamSpec` (`arguments.rs`), type aliases (`alias.rs`), `Generic` and `NoDefault` (`generic.rs`), functions that give
//! a constant (`evaluator.rs`), and what the compiler asks for (`intrinsics.rs`). How parameters are replaced is the
//! business of the module `typing`, which is called.

mod alias;
mod arguments;
mod attributes;
mod evaluator;
mod generic;
mod intrinsics;
mod parameter;

pub(crate) use intrinsics::{one, two};

use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref};
use taipan_runtime_builtins::generics::union::UNION;
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::call;
use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance One c"_idfunc" "($module, x, /)" same, c"The argument.";
}

/// `_typing`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_typing",
    doc: Some("What the module typing is made of."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

fn same(_: &Thread, _: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    Ok(value.to_value())
}

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let types: [(&str, &'static PyTypeObject); 8] = [
        ("TypeVar", &parameter::TYPE_VAR),
        ("ParamSpec", &parameter::PARAM_SPEC),
        ("TypeVarTuple", &parameter::TYPE_VAR_TUPLE),
        ("ParamSpecArgs", &arguments::ARGS),
        ("ParamSpecKwargs", &arguments::KWARGS),
        ("TypeAliasType", &alias::TYPE_ALIAS),
        ("Generic", &generic::GENERIC),
        ("Union", &UNION),
    ];
    for (name, ty) in types {
        add(thread, module, name, as_ref(ty).to_value())?;
    }
    add(thread, module, "NoDefault", generic::no_default(thread)?)
}

/// The static types of this module.
pub(crate) fn types() -> [&'static PyTypeObject; 9] {
    [
        &parameter::TYPE_VAR,
        &parameter::PARAM_SPEC,
        &parameter::TYPE_VAR_TUPLE,
        &arguments::ARGS,
        &arguments::KWARGS,
        &alias::TYPE_ALIAS,
        &generic::GENERIC,
        &generic::NO_DEFAULT,
        &evaluator::EVALUATOR,
    ]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    // an instance says by its class where it comes from, unless it knows better
    for ty in types().into_iter().filter(|ty| ty.name().starts_with("typing.")) {
        install::entries(thread, ty, |thread, dict| {
            install::insert(thread, dict, "__module__", intern_text(thread, "typing")?.into_value())
        })?;
    }
    attributes::install(thread)?;
    arguments::install(thread)?;
    alias::install(thread)?;
    install::methods(thread, &generic::GENERIC, &generic::CLASS_METHODS)?;
    generic::install(thread)
}

/// Completes slots.
pub(crate) fn finish() {
    generic::finish();
}

/// A function of the module `typing`.
fn typing(thread: &Thread, function: &str, arguments: &[Value]) -> PyResult<Value> {
    let typing = crate::import::import_module(thread, &*intern_text(thread, "typing")?)?;
    call::method(thread, typing.as_ref(), function, arguments)
}

/// `left | right`.
fn union(thread: &Thread, left: Ref<'_>, right: Ref<'_>) -> PyResult<Value> {
    use taipan_runtime_builtins::generics::union;
    union::of(thread, &[union::meant(thread, left)?, union::meant(thread, right)?])
}

/// The name of the module whose code runs.
fn caller(thread: &Thread) -> PyResult<Option<Value>> {
    match taipan_vm::interp::current_globals(thread) {
        Some(globals) => globals.get_str(thread, &*intern_text(thread, "__name__")?),
        None => Ok(None),
    }
}
