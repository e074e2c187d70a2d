//! `object()` and what classes without a constructor of their own inherit. Arguments are an error unless the class
//! has the other of `__new__` and `__init__`, which will have read them.

use taipan_object::list::PyList;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::{Init, New};
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, instance, raise};

fn has_own_new(class: &PyTypeObject) -> bool {
    !class.slots().new.get().is_some_and(|known| std::ptr::fn_addr_eq(known, new as New))
}

fn has_own_init(class: &PyTypeObject) -> bool {
    !class.slots().init.get().is_some_and(|known| std::ptr::fn_addr_eq(known, init as Init))
}

/// `object.__new__`
pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    _: Option<&PyTuple>,
) -> PyResult<Value> {
    if !arguments.is_empty() {
        if has_own_new(class) {
            let message = "object.__new__() takes exactly one argument (the type to instantiate)";
            return Err(raise!(thread, TYPE_ERROR, "{message}"));
        }
        if !has_own_init(class) {
            return Err(raise!(thread, TYPE_ERROR, "{}() takes no arguments", class.name()));
        }
    }
    if class.has_flag(flags::IS_ABSTRACT) {
        return Err(abstract_class(thread, class));
    }
    instance::new(thread, class)
}

/// `object.__init__`
pub(super) fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], _: Option<&PyTuple>) -> PyResult<()> {
    if arguments.is_empty() {
        return Ok(());
    }
    let class = this.ty();
    let what = "takes exactly one argument (the instance to initialize)";
    if has_own_init(class) {
        return Err(raise!(thread, TYPE_ERROR, "object.__init__() {what}"));
    }
    if !has_own_new(class) {
        return Err(raise!(thread, TYPE_ERROR, "{}.__init__() {what}", class.name()));
    }
    Ok(())
}

#[cold]
fn abstract_class(thread: &Thread, class: &PyTypeObject) -> Raised {
    match missing_methods(thread, class) {
        Ok(methods) => {
            let (name, plural) = (class.name(), if methods.len() > 1 { "s" } else { "" });
            let methods = methods.join(", ");
            raise!(
                thread,
                TYPE_ERROR,
                "Can't instantiate abstract class {name} without an implementation for abstract method{plural} {methods}"
            )
        }
        Err(raised) => raised,
    }
}

/// The names of the abstract methods in quotes, sorted.
fn missing_methods(thread: &Thread, class: &PyTypeObject) -> PyResult<Vec<String>> {
    let methods =
        taipan_object::protocol::get_attribute(thread, as_ref(class), names::__abstractmethods__.get())?;
    let list = PyList::from_values(thread, crate::iterate::collect(thread, methods.as_ref())?)?;
    let sort = taipan_object::str::intern::intern_text(thread, "sort")?;
    let sort = taipan_object::protocol::get_attribute(thread, list.as_ref(), &sort)?;
    drop(taipan_object::protocol::call(thread, sort.as_ref(), &[], None)?);
    let sorted = crate::iterate::collect(thread, list.as_ref())?;
    sorted
        .iter()
        .map(|name| match name.as_ref().get::<PyStr>() {
            Some(name) => Ok(format!("'{}'", name.to_text_lossy())),
            None => {
                let ty = name.as_ref().ty().name();
                Err(raise!(thread, TYPE_ERROR, "sequence item 0: expected str instance, {ty} found"))
            }
        })
        .collect()
}
