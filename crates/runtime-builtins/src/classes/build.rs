//! `__build_class__`, which the class statement calls: the bases, the metaclass, the namespace, the body, the class.

use taipan_object::builtin::{Binding, MethodDef, Native};
use taipan_object::cell::PyCell;
use taipan_object::dict::PyDict;
use taipan_object::function::PyFunction;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use super::new::metaclass_of;
use crate::arguments::positional_count;
use crate::objects::find_attribute;

/// The built-in function `__build_class__`.
pub static BUILD_CLASS: MethodDef = MethodDef::new(
    c"__build_class__",
    Binding::Instance,
    Native::Keywords(build_class),
    "(func, name, /, *bases, [metaclass], **kwds) -> class",
    c"What the class statement calls.",
);

/// What a class statement says, apart from its body.
struct Statement {
    name: Value,
    bases: Owned<PyTuple>,
    /// The bases as they were written, if entries were resolved.
    written_bases: Option<Owned<PyTuple>>,
    metaclass: Value,
    /// Keywords other than `metaclass`: their names and their values.
    keywords: Owned<PyTuple>,
    values: Vec<Value>,
}

fn build_class(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    keywords: Option<&PyTuple>,
) -> PyResult<Value> {
    let positional = positional_count(arguments, keywords);
    let (given, named) = arguments.split_at(positional.min(arguments.len()));
    let [function, name, bases @ ..] = given else {
        return Err(raise!(thread, TYPE_ERROR, "__build_class__: not enough arguments"));
    };
    if function.as_ref().get::<PyFunction>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "__build_class__: func must be a function"));
    }
    if name.as_ref().get::<PyStr>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "__build_class__: name is not a string"));
    }
    let statement = read_statement(thread, name.clone(), bases, named, keywords)?;
    let namespace = prepare(thread, &statement)?;
    let cell = (thread.interp().hooks.run_class_body.get())(thread, function.as_ref(), namespace.as_ref())?;
    if let Some(written) = &statement.written_bases {
        let key = taipan_object::str::intern::intern_text(thread, "__orig_bases__")?;
        protocol::set_subscript(
            thread,
            namespace.as_ref(),
            key.as_ref(),
            Some(written.clone().into_value()),
        )?;
    }
    let mut all = vec![statement.name.clone(), statement.bases.clone().into_value(), namespace];
    all.extend(statement.values.iter().cloned());
    let class = protocol::call(thread, statement.metaclass.as_ref(), &all, Some(&statement.keywords))?;
    check_cell(thread, &statement, class.as_ref(), &cell)?;
    Ok(class)
}

fn read_statement(
    thread: &Thread,
    name: Value,
    bases: &[Value],
    named: &[Value],
    keywords: Option<&PyTuple>,
) -> PyResult<Statement> {
    let written = PyTuple::from_values(thread, bases.to_vec())?;
    let resolved = resolve_bases(thread, &written)?;
    let (mut names_left, mut values, mut metaclass) = (Vec::new(), Vec::new(), None);
    for (name, value) in keywords.into_iter().flat_map(PyTuple::iter).zip(named) {
        if name.get::<PyStr>().is_some_and(|name| name.equals_text("metaclass")) {
            metaclass = Some(value.clone());
        } else {
            names_left.push(name.to_value());
            values.push(value.clone());
        }
    }
    let (bases, written_bases) = match resolved {
        Some(resolved) => (resolved, Some(written)),
        None => (written, None),
    };
    let metaclass = metaclass.unwrap_or_else(|| match bases.borrow(0) {
        Some(first) => as_ref(first.ty()).to_value(),
        None => as_ref(&statics::TYPE).to_value(),
    });
    let metaclass = match metaclass.as_ref().get::<PyTypeObject>() {
        Some(given) => metaclass_of(thread, given, &bases)?.into_value(),
        None => metaclass,
    };
    let keywords = PyTuple::from_values(thread, names_left)?;
    Ok(Statement { name, bases, written_bases, metaclass, keywords, values })
}

/// Bases that are no types but have `__mro_entries__` give way to what that says; none if there are no such.
pub fn resolve_bases(thread: &Thread, bases: &Owned<PyTuple>) -> PyResult<Option<Owned<PyTuple>>> {
    let mut resolved = Vec::new();
    let mut changed = false;
    for base in bases.iter() {
        let entries = match base.get::<PyTypeObject>() {
            Some(_) => None,
            None => find_attribute(thread, base, names::__mro_entries__.get())?,
        };
        let Some(entries) = entries else {
            resolved.push(base.to_value());
            continue;
        };
        let result = protocol::call(thread, entries.as_ref(), &[bases.clone().into_value()], None)?;
        let Some(result) = result.as_ref().get::<PyTuple>() else {
            return Err(raise!(thread, TYPE_ERROR, "__mro_entries__ must return a tuple"));
        };
        resolved.extend(result.iter().map(Ref::to_value));
        changed = true;
    }
    if changed { PyTuple::from_values(thread, resolved).map(Some) } else { Ok(None) }
}

/// The namespace: what `__prepare__` gives, or a new dict.
fn prepare(thread: &Thread, statement: &Statement) -> PyResult<Value> {
    let metaclass = statement.metaclass.as_ref();
    let Some(prepare) = find_attribute(thread, metaclass, names::__prepare__.get())? else {
        return Ok(PyDict::new(thread)?.into_value());
    };
    let mut all = vec![statement.name.clone(), statement.bases.clone().into_value()];
    all.extend(statement.values.iter().cloned());
    let namespace = protocol::call(thread, prepare.as_ref(), &all, Some(&statement.keywords))?;
    if namespace.as_ref().ty().slots().subscript.get().is_none() {
        let name = match metaclass.get::<PyTypeObject>() {
            Some(metaclass) => metaclass.short_name().to_owned(),
            None => "<metaclass>".to_owned(),
        };
        let ty = namespace.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "{name}.__prepare__() must return a mapping, not {ty}"));
    }
    Ok(namespace)
}

/// `__class__` of the methods must be the class that was made.
fn check_cell(thread: &Thread, statement: &Statement, class: Ref<'_>, cell: &Value) -> PyResult<()> {
    let Some(cell) = cell.as_ref().get::<PyCell>().filter(|_| class.get::<PyTypeObject>().is_some()) else {
        return Ok(());
    };
    let held = cell.slot().get();
    if held.as_ref().is_some_and(|held| held.as_ref().is(class)) {
        return Ok(());
    }
    let name = crate::text::repr(thread, statement.name.as_ref())?.to_text_lossy();
    let shown = crate::text::repr(thread, class)?.to_text_lossy();
    Err(match held {
        None => raise!(
            thread,
            RUNTIME_ERROR,
            "__class__ not set defining {name} as {shown}. Was __classcell__ propagated to type.__new__?"
        ),
        Some(held) => {
            let held = crate::text::repr(thread, held.as_ref())?.to_text_lossy();
            raise!(thread, TYPE_ERROR, "__class__ set to {held} defining {name} as {shown}")
        }
    })
}
