//! Type parameters of generics: which there are among the arguments, and putting others in their places. A type
//! parameter is what has `__typing_subst__`; Python code (`typing`) decides what it becomes.

use taipan_object::list::PyList;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};

use super::alias::GenericAlias;
use crate::objects::find_attribute;

fn is_parameter(thread: &Thread, value: Ref<'_>) -> PyResult<bool> {
    Ok(find_attribute(thread, value, names::__typing_subst__.get())?.is_some())
}

/// `__parameters__` of a value, if it is a tuple.
fn parameters_of(thread: &Thread, value: Ref<'_>) -> PyResult<Option<Owned<PyTuple>>> {
    let found = find_attribute(thread, value, names::__parameters__.get())?;
    Ok(found.and_then(|found| found.downcast::<PyTuple>().ok()))
}

fn add(all: &mut Vec<Value>, value: Ref<'_>) {
    if !all.iter().any(|known| known.as_ref().is(value)) {
        all.push(value.to_value());
    }
}

fn collect(thread: &Thread, args: &[Value], all: &mut Vec<Value>) -> PyResult<()> {
    let _guard = thread.recurse("")?;
    for arg in args {
        let arg = arg.as_ref();
        if arg.get::<PyTypeObject>().is_some() {
            continue;
        }
        if arg.get::<PyTuple>().is_some() || arg.get::<PyList>().is_some() {
            collect(thread, &crate::iterate::collect(thread, arg)?, all)?;
        } else if is_parameter(thread, arg)? {
            add(all, arg);
        } else if let Some(inner) = parameters_of(thread, arg)? {
            inner.iter().for_each(|parameter| add(all, parameter));
        }
    }
    Ok(())
}

/// The type parameters among the arguments, each once, in order.
pub(super) fn find(thread: &Thread, args: &PyTuple) -> PyResult<Owned<PyTuple>> {
    let args: Vec<Value> = args.iter().map(Ref::to_value).collect();
    let mut all = Vec::new();
    collect(thread, &args, &mut all)?;
    PyTuple::from_values(thread, all)
}

/// A substitution: which parameter becomes what.
struct Substitution<'a> {
    parameters: &'a PyTuple,
    values: Owned<PyTuple>,
}

impl Substitution<'_> {
    fn value_of(&self, parameter: Ref<'_>) -> Option<Value> {
        let at = self.parameters.iter().position(|known| known.is(parameter))?;
        self.values.get(at)
    }

    /// The arguments with the parameters replaced.
    fn apply(&self, thread: &Thread, args: &[Value]) -> PyResult<Vec<Value>> {
        let _guard = thread.recurse("")?;
        let mut new = Vec::new();
        for arg in args {
            let arg = arg.as_ref();
            if arg.get::<PyTypeObject>().is_some() {
                new.push(arg.to_value());
                continue;
            }
            if arg.get::<PyTuple>().is_some() {
                let inner = self.apply(thread, &crate::iterate::collect(thread, arg)?)?;
                new.push(PyTuple::from_values(thread, inner)?.into_value());
                continue;
            }
            if arg.get::<PyList>().is_some() {
                let inner = self.apply(thread, &crate::iterate::collect(thread, arg)?)?;
                new.push(PyList::from_values(thread, inner)?.into_value());
                continue;
            }
            let unpacks = is_unpacked(thread, arg)?;
            let replaced = match find_attribute(thread, arg, names::__typing_subst__.get())? {
                Some(substitute) => {
                    let value = self.value_of(arg).unwrap_or_else(|| arg.to_value());
                    protocol::call(thread, substitute.as_ref(), &[value], None)?
                }
                None => self.inside(thread, arg)?,
            };
            match replaced.as_ref().get::<PyTuple>().filter(|_| unpacks) {
                Some(several) => new.extend(several.iter().map(Ref::to_value)),
                None => new.push(replaced),
            }
        }
        Ok(new)
    }

    /// A generic among the arguments, with its own parameters replaced.
    fn inside(&self, thread: &Thread, arg: Ref<'_>) -> PyResult<Value> {
        let Some(inner) = parameters_of(thread, arg)?.filter(|inner| !inner.is_empty()) else {
            return Ok(arg.to_value());
        };
        let mut values = Vec::new();
        for parameter in inner.iter() {
            match self.value_of(parameter) {
                Some(value)
                    if value.as_ref().get::<PyTuple>().is_some()
                        && parameter.ty().slots().iter.get().is_some() =>
                {
                    values.extend(crate::iterate::collect(thread, value.as_ref())?);
                }
                Some(value) => values.push(value),
                None => values.push(parameter.to_value()),
            }
        }
        let key = PyTuple::from_values(thread, values)?;
        protocol::subscript(thread, arg, key.as_ref())
    }
}

/// Whether an argument is a `TypeVarTuple` with a star.
fn is_unpacked(thread: &Thread, arg: Ref<'_>) -> PyResult<bool> {
    let name = names::__typing_is_unpacked_typevartuple__.get();
    match find_attribute(thread, arg, name)? {
        Some(value) => protocol::truth(thread, value.as_ref()),
        None => Ok(false),
    }
}

/// What stands in the brackets, with starred tuple types spread out.
fn spread(thread: &Thread, key: Ref<'_>) -> PyResult<Vec<Value>> {
    let items = match key.get::<PyTuple>() {
        Some(items) => items.iter().map(Ref::to_value).collect(),
        None => vec![key.to_value()],
    };
    let mut all = Vec::new();
    for item in items {
        match unpacked_args(thread, item.as_ref())? {
            Some(inner) if !ends_in_ellipsis(&inner) => all.extend(inner.iter().map(Ref::to_value)),
            _ => all.push(item),
        }
    }
    Ok(all)
}

/// The arguments of a tuple type with a star, or of what says that it is one.
fn unpacked_args(thread: &Thread, item: Ref<'_>) -> PyResult<Option<Owned<PyTuple>>> {
    if item.get::<PyTypeObject>().is_some() {
        return Ok(None);
    }
    if GenericAlias::of(item).is_some() {
        return Ok(GenericAlias::unpacked_args(item));
    }
    let name = taipan_object::str::intern::intern_text(thread, "__typing_unpacked_tuple_args__")?;
    Ok(find_attribute(thread, item, &name)?.and_then(|args| args.downcast::<PyTuple>().ok()))
}

fn ends_in_ellipsis(args: &PyTuple) -> bool {
    let last = args.len().checked_sub(1).and_then(|at| args.borrow(at));
    last.is_some_and(|last| last.is(Value::ellipsis().as_ref()))
}

/// `generic[key]`: the arguments with its parameters replaced.
pub(super) fn substitute(
    thread: &Thread,
    generic: Ref<'_>,
    args: &PyTuple,
    parameters: &PyTuple,
    key: Ref<'_>,
) -> PyResult<Owned<PyTuple>> {
    if parameters.is_empty() {
        let shown = crate::text::repr(thread, generic)?.to_text_lossy();
        return Err(raise!(thread, TYPE_ERROR, "{shown} is not a generic class"));
    }
    let mut values = PyTuple::from_values(thread, spread(thread, key)?)?;
    for parameter in parameters.iter() {
        let prepare = find_attribute(thread, parameter, names::__typing_prepare_subst__.get())?;
        let Some(prepare) = prepare.filter(|prepare| !prepare.as_ref().is_none()) else { continue };
        let arguments = [generic.to_value(), values.into_value()];
        let prepared = protocol::call(thread, prepare.as_ref(), &arguments, None)?;
        values = match prepared.downcast::<PyTuple>() {
            Ok(tuple) => tuple,
            Err(other) => PyTuple::pack(thread, [other])?,
        };
    }
    let (given, wanted) = (values.len(), parameters.len());
    if given != wanted {
        let how = if given > wanted { "many" } else { "few" };
        let shown = crate::text::repr(thread, generic)?.to_text_lossy();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "Too {how} arguments for {shown}; actual {given}, expected {wanted}"
        ));
    }
    let old: Vec<Value> = args.iter().map(Ref::to_value).collect();
    let new = Substitution { parameters, values }.apply(thread, &old)?;
    PyTuple::from_values(thread, new)
}
