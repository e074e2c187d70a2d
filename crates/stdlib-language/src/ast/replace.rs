//! `AST.__replace__`, for `copy.replace`: a node of the same class with some fields changed.

use taipan_object::dict::PyDict;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::generics::union::UNION;

use super::Names;
use super::items::{attribute_name, collect, discard, find, names, set_of, shown};
use super::node::dict_of;

/// `__replace__`
pub(super) fn replace(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    keywords: Names<'_>,
) -> PyResult<Value> {
    if arguments.len() > keywords.map_or(0, PyTuple::len) {
        return Err(raise!(thread, TYPE_ERROR, "__replace__() takes no positional arguments"));
    }
    let Some(own) = dict_of(thread, this)? else { return Ok(Value::none()) };
    let own = own.copy(thread)?;
    check(thread, this, &own, keywords)?;
    let all = PyDict::new(thread)?;
    for attribute in ["_fields", "_attributes"] {
        for name in names(thread, this, attribute)? {
            if let Some(value) = own.get(thread, name.as_ref())? {
                drop(all.insert(thread, name.as_ref(), value)?);
            }
        }
    }
    for (at, value) in arguments.iter().enumerate() {
        if let Some(name) = keywords.and_then(|keywords| keywords.get(at)) {
            drop(all.insert(thread, name.as_ref(), value.clone())?);
        }
    }
    let (mut values, mut names) = (Vec::new(), Vec::new());
    for name in collect(thread, all.as_ref())? {
        if let Some(value) = all.get(thread, name.as_ref())? {
            values.push(value);
            names.push(name);
        }
    }
    let names = PyTuple::from_values(thread, names)?;
    protocol::call(thread, as_ref(this.ty()), &values, Some(&names))
}

/// Every argument names a field or an attribute, and every field that is needed is given or there.
fn check(thread: &Thread, this: Ref<'_>, own: &PyDict, keywords: Names<'_>) -> PyResult<()> {
    let class = this.ty().name();
    let mut expected = names(thread, this, "_fields")?;
    let attributes = names(thread, this, "_attributes")?;
    expected.extend(attributes.iter().cloned());
    let expected = set_of(thread, &expected)?;
    for name in keywords.into_iter().flat_map(PyTuple::iter) {
        if !discard(thread, &expected, name)? {
            let name = shown(thread, name)?;
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "{class}.__replace__ got an unexpected keyword argument {name}."
            ));
        }
    }
    for name in attributes {
        discard(thread, &expected, name.as_ref())?;
    }
    let types = find(thread, as_ref(this.ty()), "_field_types")?;
    let types = types.as_ref().and_then(|types| types.as_ref().get::<PyDict>());
    let mut missing = Vec::new();
    for name in collect(thread, expected.as_ref())? {
        let optional = match types {
            Some(types) => {
                types.get(thread, name.as_ref())?.is_some_and(|ty| ty.as_ref().ty().is_subtype(&UNION))
            }
            None => false,
        };
        if !optional && own.get(thread, name.as_ref())?.is_none() {
            missing.push(shown(thread, as_ref(attribute_name(thread, name.as_ref())?))?);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort();
    let (count, s) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
    let missing = missing.join(", ");
    Err(raise!(thread, TYPE_ERROR, "{class}.__replace__ missing {count} keyword argument{s}: {missing}."))
}
