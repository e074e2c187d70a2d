//! Exceptions: how they are made, their attributes and methods. One file a family. Invariant: the fields of an
//! exception hold what C could read, and its `args` are a tuple.

mod attributes;
mod base;
mod fields;
pub mod group;
mod os_error;
mod split;
mod syntax_error;
#[cfg(test)]
mod tests;
pub mod unicode;

use taipan_object::exception::{self as types, PyBaseException};
use taipan_object::items::to_c;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::Init;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

use crate::install;

/// Fills the slots that make exceptions; those of a base go on to what derives from it.
pub(crate) fn install_slots() {
    types::BASE_EXCEPTION.slots().new.set(Some(base::new));
    types::OS_ERROR.slots().new.set(Some(os_error::new));
    types::BASE_EXCEPTION_GROUP.slots().new.set(Some(group::new));
    let inits: [(&'static PyTypeObject, Init); _] = [
        (&types::BASE_EXCEPTION, base::init),
        (&types::STOP_ITERATION, fields::stop_iteration),
        (&types::SYSTEM_EXIT, fields::system_exit),
        (&types::IMPORT_ERROR, fields::import_error),
        (&types::NAME_ERROR, fields::name_error),
        (&types::ATTRIBUTE_ERROR, fields::attribute_error),
        (&types::OS_ERROR, os_error::init),
        (&types::SYNTAX_ERROR, syntax_error::init),
        (&types::UNICODE_DECODE_ERROR, unicode::init),
        (&types::UNICODE_ENCODE_ERROR, unicode::init),
        (&types::UNICODE_TRANSLATE_ERROR, unicode::init),
        (&types::BASE_EXCEPTION_GROUP, group::init),
    ];
    for (ty, init) in inits {
        ty.slots().init.set(Some(init));
    }
    types::BASE_EXCEPTION_GROUP.slots().repr.set(Some(group::repr));
}

/// Puts attributes and methods into the types.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    attributes::install(thread)?;
    install::methods(thread, &types::BASE_EXCEPTION, &base::METHODS)?;
    install::methods(thread, &types::OS_ERROR, &os_error::METHODS)?;
    install::methods(thread, &types::IMPORT_ERROR, &fields::IMPORT_METHODS)?;
    install::methods(thread, &types::ATTRIBUTE_ERROR, &fields::ATTRIBUTE_METHODS)?;
    install::methods(thread, &types::BASE_EXCEPTION_GROUP, &group::METHODS)
}

/// The receiver of a method or the object of an attribute.
fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyBaseException> {
    this.get::<PyBaseException>().ok_or_else(|| {
        let got = this.ty().name();
        raise!(thread, TYPE_ERROR, "descriptor requires a 'BaseException' object but received a '{got}'")
    })
}

/// `args`.
fn args_of(exception: &PyBaseException) -> Owned<PyTuple> {
    let args = exception.args().and_then(|args| args.downcast::<PyTuple>().ok());
    args.unwrap_or_else(PyTuple::empty)
}

/// Sets a field; none where there is nothing to be held.
fn set_field(thread: &Thread, exception: &PyBaseException, at: usize, value: Option<Value>) -> PyResult<()> {
    let value = value.map(|value| to_c(thread, value)).transpose()?;
    drop(exception.set_field(at, value));
    Ok(())
}

/// The arguments by position, and those by name.
fn split_names<'a>(arguments: &'a [Value], names: Option<&PyTuple>) -> (&'a [Value], &'a [Value]) {
    arguments.split_at(arguments.len().saturating_sub(names.map_or(0, PyTuple::len)))
}
