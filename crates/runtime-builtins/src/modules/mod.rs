//! Native modules. One folder or file a module, with a [`ModuleDef`] that says everything about it, and one row in
//! [`ALL`].
//!
//! ```ignore
//! // modules/_answer.rs
//! method_table! { FUNCTIONS:
//!     Instance One c"half" "($module, number, /)" half, c"Half of a number.";
//! }
//!
//! /// `_answer`.
//! pub(super) static MODULE: ModuleDef =
//!     ModuleDef { name: "_answer", doc: Some("Numbers that answer."), functions: &FUNCTIONS, exec: Some(exec) };
//!
//! fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
//!     add(thread, module, "answer", Value::small(42))
//! }
//!
//! fn half(thread: &Thread, _module: Ref<'_>, number: Ref<'_>) -> PyResult<Value> { … }
//! ```
//!
//! Types of a module are declared by `native_type!` and stand in [`static_types`](crate::static_types), too.
//! Invariant: a definition is static and shared by all interpreters; what a module keeps stands in its dict.

mod builtins;
mod collections;
mod functools;
mod itertools;
mod math;
mod operator;

pub use operator::equal_digests;

use taipan_object::builtin::{MethodDef, PyCFunction};
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref};

/// What there is to say about a native module.
pub struct ModuleDef {
    /// The name by which it is imported.
    pub name: &'static str,
    /// `__doc__`.
    pub doc: Option<&'static str>,
    /// Its functions; the first argument of each is the module.
    pub functions: &'static [MethodDef],
    /// Adds types and constants.
    pub exec: Option<fn(&Thread, &PyModule) -> PyResult<()>>,
}

/// All native modules of this crate.
pub static ALL: [&ModuleDef; 6] = [
    &builtins::MODULE,
    &collections::MODULE,
    &functools::MODULE,
    &itertools::MODULE,
    &operator::MODULE,
    &math::MODULE,
];

/// The static types that native modules have, bases first.
pub(crate) fn types() -> impl Iterator<Item = &'static PyTypeObject> {
    builtins::types()
        .into_iter()
        .chain(itertools::types())
        .chain(operator::types())
        .chain(functools::types())
        .chain(collections::types())
}

/// Fills the slots of types of native modules that are declared below this crate.
pub(crate) fn install_slots() {
    collections::install_slots();
}

/// Puts the methods into the types of native modules.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    builtins::install(thread)?;
    itertools::install(thread)?;
    operator::install(thread)?;
    functools::install(thread)?;
    collections::install(thread)
}

/// The definition of the module of a name.
pub fn find(name: &str) -> Option<&'static ModuleDef> {
    ALL.into_iter().find(|definition| definition.name == name)
}

/// A new module: an entry for each function, then what `exec` adds.
pub fn create(thread: &Thread, definition: &'static ModuleDef) -> PyResult<Owned<PyModule>> {
    let name = intern_text(thread, definition.name)?;
    let module = PyModule::new(thread, &name)?;
    if let Some(doc) = definition.doc {
        add(thread, &module, "__doc__", PyStr::from_text(thread, doc)?.into_value())?;
    }
    add_functions(thread, &module, &name, module.as_ref(), definition.functions)?;
    if let Some(exec) = definition.exec {
        exec(thread, &module)?;
    }
    Ok(module)
}

/// Adds functions to the module of a name; the first argument of each is `this`.
pub fn add_functions(
    thread: &Thread,
    module: &PyModule,
    name: &PyStr,
    this: Ref<'_>,
    functions: &'static [MethodDef],
) -> PyResult<()> {
    for function in functions {
        let (this, name) = (Some(this.to_value()), Some(as_ref(name).to_value()));
        let value = PyCFunction::new(thread, function, this, name)?;
        add(thread, module, function.name(), value.into_value())?;
    }
    Ok(())
}

/// Sets an entry of a module.
pub fn add(thread: &Thread, module: &PyModule, name: &str, value: Value) -> PyResult<()> {
    let Some(dict) = module.dict() else { return Ok(()) };
    let name = intern_text(thread, name)?;
    drop(dict.insert(thread, name.as_ref(), value)?);
    Ok(())
}

/// Adds types under their own names.
pub fn add_types<'a>(
    thread: &Thread,
    module: &PyModule,
    types: impl IntoIterator<Item = &'a PyTypeObject>,
) -> PyResult<()> {
    types.into_iter().try_for_each(|ty| add(thread, module, ty.short_name(), as_ref(ty).to_value()))
}
