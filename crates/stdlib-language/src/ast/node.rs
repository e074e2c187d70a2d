//! `ast.AST`: what all classes of nodes derive from, and how their objects are made.

use taipan_object::declare::{attribute_table, method_table, native_state};
use taipan_object::dict::PyDict;
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::set::PySet;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, instance, native_type, protocol, raise};
use taipan_runtime_builtins::generics::alias::GENERIC_ALIAS;
use taipan_runtime_builtins::generics::union::UNION;
use taipan_runtime_builtins::install;
use taipan_stdlib_core::warnings::warn;

use super::items::{attribute_name, collect, discard, find, names, set_of, shown};
use super::{Names, classes, replace, show};

/// A node: all that it has stands in its dict.
#[derive(Default)]
pub(crate) struct AstNode {}

native_type! {
    /// `ast.AST`.
    pub(crate) static AST: AstNode = "ast.AST", flags flags::BASETYPE, dict true, weak false,
    does { new: new, init: init, repr: show::repr }
}

native_state!(AstNode in AST:);

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the node again from.";
    Instance Keywords c"__replace__" "($self, /, **fields)" replace::replace, c"A copy with some fields changed.";
}

attribute_table! { ATTRIBUTES:
    "__dict__" attributes, Some(set_attributes), "The attributes.";
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &AST, &METHODS)?;
    install::attributes(thread, &AST, &ATTRIBUTES)?;
    install::entries(thread, &AST, |thread, dict| {
        install::insert(thread, dict, "__module__", intern_text(thread, "ast")?.into_value())?;
        ["_fields", "__match_args__", "_attributes"]
            .into_iter()
            .try_for_each(|name| install::insert(thread, dict, name, PyTuple::empty().into_value()))
    })
}

fn new(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Names<'_>) -> PyResult<Value> {
    Ok(Native::new_in(thread, class, AstNode::default())?.into_value())
}

/// `AST.__init__`: fields by position and by name; what is missing is empty where it may be.
fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], keywords: Names<'_>) -> PyResult<()> {
    let fields = find(thread, as_ref(this.ty()), "_fields")?;
    let count = match &fields {
        Some(fields) => protocol::length(thread, fields.as_ref())?,
        None => 0,
    };
    let fields = match &fields {
        Some(fields) => collect(thread, fields.as_ref())?,
        None => Vec::new(),
    };
    let given = arguments.len().saturating_sub(keywords.map_or(0, PyTuple::len));
    let (positional, named) = arguments.split_at(given.min(arguments.len()));
    if given > count {
        let (class, s) = (this.ty().short_name(), if count == 1 { "" } else { "s" });
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "{class} constructor takes at most {count} positional argument{s}"
        ));
    }
    let missing = set_of(thread, &fields)?;
    for (name, value) in fields.iter().zip(positional) {
        let name = attribute_name(thread, name.as_ref())?;
        protocol::set_attribute(thread, this, name, Some(value.clone()))?;
        discard(thread, &missing, as_ref(name))?;
    }
    for (at, value) in named.iter().enumerate() {
        if let Some(name) = keywords.and_then(|keywords| keywords.get(at)) {
            set_named(thread, this, &fields, &missing, name.as_ref())?;
            let name = attribute_name(thread, name.as_ref())?;
            protocol::set_attribute(thread, this, name, Some(value.clone()))?;
        }
    }
    fill_missing(thread, this, &collect(thread, missing.as_ref())?)
}

/// Checks the name of an argument.
fn set_named(
    thread: &Thread,
    this: Ref<'_>,
    fields: &[Value],
    missing: &PySet,
    name: Ref<'_>,
) -> PyResult<()> {
    let class = this.ty().name();
    if set_of(thread, fields)?.contains(thread, name)? {
        if discard(thread, missing, name)? {
            return Ok(());
        }
        let name = shown(thread, name)?;
        return Err(raise!(thread, TYPE_ERROR, "{class} got multiple values for argument {name}"));
    }
    let attributes = find(thread, as_ref(this.ty()), "_attributes")?;
    if let Some(attributes) = attributes
        && protocol::contains(thread, attributes.as_ref(), name)?
    {
        return Ok(());
    }
    let name = shown(thread, name)?;
    let message = format!(
        "{class}.__init__ got an unexpected keyword argument {name}. Support for arbitrary keyword arguments is \
         deprecated and will be removed in Python 3.15."
    );
    warn(thread, &DEPRECATION_WARNING, &message)
}

/// Fields that were not given: optional ones keep the class's `None`, sequences are empty, contexts are `Load()`.
fn fill_missing(thread: &Thread, this: Ref<'_>, missing: &[Value]) -> PyResult<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let Some(types) = find(thread, as_ref(this.ty()), "_field_types")? else { return Ok(()) };
    let class = this.ty().name();
    let all = classes::all(thread)?;
    for name in missing {
        let ty = match types.as_ref().get::<PyDict>() {
            Some(types) => types.get(thread, name.as_ref())?,
            None => Some(protocol::subscript(thread, types.as_ref(), name.as_ref())?),
        };
        let Some(ty) = ty else {
            let name = shown(thread, name.as_ref())?;
            let message = format!(
                "Field {name} is missing from {class}._field_types. This will become an error in Python 3.15."
            );
            warn(thread, &DEPRECATION_WARNING, &message)?;
            continue;
        };
        let (ty, contexts) = (ty.as_ref(), classes::of_symbols(taipan_ast::SymbolType::ExprContext));
        let value = if ty.ty().is_subtype(&UNION) {
            continue;
        } else if std::ptr::eq(ty.ty(), &*GENERIC_ALIAS as &PyTypeObject) {
            PyList::new(thread)?.into_value()
        } else if all.borrow(contexts).is_some_and(|contexts| ty.is(contexts)) {
            let load = classes::object_of(taipan_ast::Symbol::ExprContext(taipan_ast::ExprContext::Load));
            all.get(load).unwrap_or_else(Value::none)
        } else {
            let name = shown(thread, name.as_ref())?;
            let message = format!(
                "{class}.__init__ missing 1 required positional argument: {name}. This will become an error in Python \
                 3.15."
            );
            warn(thread, &DEPRECATION_WARNING, &message)?;
            continue;
        };
        let name = attribute_name(thread, name.as_ref())?;
        protocol::set_attribute(thread, this, name, Some(value))?;
    }
    Ok(())
}

fn attributes(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(dict_of(thread, this)?.map_or_else(Value::none, |dict| dict.into_value()))
}

fn set_attributes(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(raise!(thread, TYPE_ERROR, "cannot delete __dict__"));
    };
    let Ok(dict) = value.clone().downcast::<PyDict>() else {
        let ty = value.as_ref().ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "__dict__ must be set to a dictionary, not a '{ty}'"));
    };
    if let Some(slot) = this.head().and_then(instance::dict_slot) {
        drop(slot.replace(Some(dict.into_value())));
    }
    Ok(())
}

/// The dict of a node.
pub(super) fn dict_of(thread: &Thread, this: Ref<'_>) -> PyResult<Option<taipan_object::Owned<PyDict>>> {
    this.head().map(|head| instance::dict(thread, head)).transpose()
}

/// `__reduce__`: a call with a `None` for each of the first fields that are there, then the dict.
fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some(dict) = dict_of(thread, this)? else { return Ok(Value::none()) };
    let dict = dict.copy(thread)?;
    let mut present = Vec::new();
    for name in names(thread, this, "_fields")? {
        let found = match name.as_ref().get::<PyStr>() {
            Some(name) => dict.get_str(thread, name)?,
            None => None,
        };
        if found.is_none() {
            break;
        }
        present.push(Value::none());
    }
    let arguments = PyTuple::from_values(thread, present)?.into_value();
    let class = as_ref(this.ty()).to_value();
    Ok(PyTuple::pack(thread, [class, arguments, dict.into_value()])?.into_value())
}
