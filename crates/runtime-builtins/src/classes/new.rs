//! `type(name, bases, dict, **keywords)`: the metaclass, the layout, the namespace, then what the class's parents and
//! attributes are told.

use taipan_object::cell::PyCell;
use taipan_object::descriptor::{PyClassMethod, PyGetSetDescr, PyStaticMethod};
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::exception::{PyBaseException, RUNTIME_WARNING};
use taipan_object::function::PyFunction;
use taipan_object::str::{PyStr, intern, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::class::ClassSpec;
use taipan_object::types::{PyTypeObject, flags, statics};
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, Word, as_ref, protocol, raise};

use super::{order, slots};
use crate::arguments::positional_count;
use crate::special::{find_special, update_all};

/// `type.__new__`
pub(super) fn new(
    thread: &Thread,
    metatype: &PyTypeObject,
    arguments: &[Value],
    keywords: Option<&PyTuple>,
) -> PyResult<Value> {
    let (name, bases, dict) = read_arguments(thread, arguments, keywords)?;
    let mut types = Vec::new();
    for base in bases.iter() {
        match base.get::<PyTypeObject>() {
            Some(base) => types.push(Owned::new_ref(base)),
            None if find_special(thread, base, names::__mro_entries__.get())?.is_some() => {
                let message = "type() doesn't support MRO entry resolution; use types.new_class()";
                return Err(raise!(thread, TYPE_ERROR, "{message}"));
            }
            None => {}
        }
    }
    let winner = metaclass_of(thread, metatype, bases)?;
    if !std::ptr::eq(&raw const *winner, metatype)
        && let Some(own) = winner.slots().new.get()
        && !std::ptr::fn_addr_eq(own, new as taipan_object::types::slots::New)
    {
        return own(thread, &winner, arguments, keywords);
    }
    if types.len() < bases.len() {
        return Err(raise!(thread, TYPE_ERROR, "bases must be types"));
    }
    if types.is_empty() {
        types.push(Owned::new_ref(&statics::OBJECT));
    }
    let dict = dict.copy(thread)?;
    let class = make(thread, &winner, name, &types, &dict)?;
    call_set_name(thread, &class)?;
    let positional = positional_count(arguments, keywords);
    call_init_subclass(thread, &class, arguments.get(positional..).unwrap_or_default(), keywords)?;
    Ok(class.into_value())
}

fn read_arguments<'a>(
    thread: &Thread,
    arguments: &'a [Value],
    keywords: Option<&PyTuple>,
) -> PyResult<(&'a PyStr, &'a PyTuple, &'a PyDict)> {
    let given = positional_count(arguments, keywords);
    let (3, [name, bases, dict, ..]) = (given, arguments) else {
        return Err(raise!(thread, TYPE_ERROR, "type.__new__() takes exactly 3 arguments ({given} given)"));
    };
    let wrong = |at: usize, wanted: &str, got: &Value| -> Raised {
        let got = got.as_ref().ty().name();
        raise!(thread, TYPE_ERROR, "type.__new__() argument {at} must be {wanted}, not {got}")
    };
    let name = name.as_ref().get::<PyStr>().ok_or_else(|| wrong(1, "str", name))?;
    let bases = bases.as_ref().get::<PyTuple>().ok_or_else(|| wrong(2, "tuple", bases))?;
    let dict = dict.as_ref().get::<PyDict>().ok_or_else(|| wrong(3, "dict", dict))?;
    Ok((name, bases, dict))
}

/// The most derived of a metaclass and the types of the bases.
pub fn metaclass_of(
    thread: &Thread,
    metatype: &PyTypeObject,
    bases: &PyTuple,
) -> PyResult<Owned<PyTypeObject>> {
    let mut winner = Owned::new_ref(metatype);
    for base in bases.iter() {
        let ty = base.ty();
        if winner.is_subtype(ty) {
            continue;
        }
        if !ty.is_subtype(&winner) {
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the \
                 metaclasses of all its bases"
            ));
        }
        winner = Owned::new_ref(ty);
    }
    Ok(winner)
}

/// Refuses surrogates in what C would read as UTF-8.
pub(super) fn check_encodable(thread: &Thread, text: &PyStr) -> PyResult<()> {
    match text.is_ascii() {
        true => Ok(()),
        false => crate::codecs::encode(thread, text, "utf-8", "strict").map(drop),
    }
}

/// The class; its parents have not been told.
fn make(
    thread: &Thread,
    metatype: &PyTypeObject,
    name: &PyStr,
    bases: &[Owned<PyTypeObject>],
    dict: &Owned<PyDict>,
) -> PyResult<Owned<PyTypeObject>> {
    check_encodable(thread, name)?;
    if let Some(doc) = dict.get_str(thread, names::__doc__.get())?
        && let Some(doc) = doc.as_ref().get::<PyStr>()
    {
        check_encodable(thread, doc)?;
    }
    let base = PyTypeObject::layout_base(thread, bases)?;
    let layout = slots::read(thread, name, base, bases, dict)?;
    let qualname = prepare_namespace(thread, name, dict)?;
    let cells = [names::__classcell__.get(), names::__classdictcell__.get()];
    let [class_cell, dict_cell] = [take_cell(thread, dict, cells[0])?, take_cell(thread, dict, cells[1])?];
    let fields = layout.fields.as_deref().unwrap_or_default();
    let spec = ClassSpec {
        metatype,
        name,
        bases,
        dict: dict.clone(),
        members: fields.len(),
        add_dict: layout.add_dict,
        add_weakref: layout.add_weakref,
        expected_attributes: expected_attributes(thread, dict, bases)?,
    };
    let overridden = order::is_overridden(thread, metatype)?;
    let class = PyTypeObject::new_class_with_mro(
        thread,
        spec,
        overridden.then_some(&|thread, class| {
            class.set_qualified_name(qualname.clone());
            order::by_metaclass(thread, class)
        }),
    )?;
    class.set_qualified_name(qualname);
    slots::add_members(thread, &class, fields)?;
    finish_namespace(thread, &class, base, layout.add_dict, layout.add_weakref)?;
    if let Some(cell) = class_cell {
        drop(cell.slot().replace(Some(class.clone().into_value())));
    }
    if let Some(cell) = dict_cell {
        drop(cell.slot().replace(Some(dict.clone().into_value())));
    }
    class.modified(thread);
    update_all(thread, &class)?;
    if !has_only_str_keys(dict) {
        let message = format!("non-string key in the __dict__ of class {}", class.short_name());
        thread.warn(&RUNTIME_WARNING, &message)?;
    }
    Ok(class)
}

fn has_only_str_keys(dict: &PyDict) -> bool {
    // strings of derived classes are found only by looking
    if dict.has_strings_only() {
        return true;
    }
    let mut cursor = DictCursor::start();
    while let Some((key, _)) = cursor.next(dict) {
        if key.as_ref().get::<PyStr>().is_none() {
            return false;
        }
    }
    true
}

/// What the namespace is to have besides what the body of the class put there; takes `__qualname__` out.
fn prepare_namespace(thread: &Thread, name: &PyStr, dict: &PyDict) -> PyResult<Owned<PyStr>> {
    if !dict.contains(thread, as_ref(names::__module__.get()))?
        && let Some(globals) = (thread.interp().hooks.caller_globals.get())(thread)
        && let Some(module) = globals.get(thread, as_ref(names::__name__.get()))?
    {
        drop(dict.insert(thread, as_ref(names::__module__.get()), module)?);
    }
    let qualname = match dict.get(thread, as_ref(names::__qualname__.get()))? {
        Some(qualname) => qualname.downcast::<PyStr>().map_err(|other| {
            let ty = other.as_ref().ty().name();
            raise!(thread, TYPE_ERROR, "type __qualname__ must be a str, not {ty}")
        })?,
        None => Owned::new_ref(name),
    };
    drop(dict.remove(thread, as_ref(names::__qualname__.get()))?);
    wrap_function(thread, dict, names::__new__.get(), |thread, function| {
        Ok(PyStaticMethod::new(thread, function)?.into_value())
    })?;
    for name in [names::__init_subclass__.get(), names::__class_getitem__.get()] {
        wrap_function(thread, dict, name, |thread, function| {
            Ok(PyClassMethod::new(thread, function)?.into_value())
        })?;
    }
    Ok(qualname)
}

/// A plain function under one of these names is a static method or a class method.
fn wrap_function(
    thread: &Thread,
    dict: &PyDict,
    name: &'static PyStr,
    wrap: fn(&Thread, Value) -> PyResult<Value>,
) -> PyResult<()> {
    if let Some(found) = dict.get(thread, as_ref(name))?
        && found.as_ref().get_exact::<PyFunction>().is_some()
    {
        drop(dict.insert(thread, as_ref(name), wrap(thread, found)?)?);
    }
    Ok(())
}

fn take_cell(thread: &Thread, dict: &PyDict, name: &'static PyStr) -> PyResult<Option<Owned<PyCell>>> {
    let Some((_, cell)) = dict.remove(thread, as_ref(name))? else { return Ok(None) };
    cell.downcast::<PyCell>().map(Some).map_err(|other| {
        let (name, ty) = (name.to_text_lossy(), as_ref(other.as_ref().ty()));
        match crate::text::repr(thread, ty) {
            Ok(ty) => {
                let ty = ty.to_text_lossy();
                raise!(thread, TYPE_ERROR, "{name} must be a nonlocal cell, not {ty}")
            }
            Err(raised) => raised,
        }
    })
}

/// How many names the compiler saw set on `self`, in methods of the class and of those that it derives from.
fn expected_attributes(thread: &Thread, dict: &PyDict, bases: &[Owned<PyTypeObject>]) -> PyResult<usize> {
    let mut seen: Vec<Word> = Vec::new();
    let mut add = |dict: &PyDict| -> PyResult<()> {
        let found = dict.get(thread, as_ref(names::__static_attributes__.get()))?;
        if let Some(names) = found.as_ref().and_then(|names| names.as_ref().get::<PyTuple>()) {
            for name in names.words().iter().flatten() {
                if !seen.contains(name) {
                    seen.push(*name);
                }
            }
        }
        Ok(())
    };
    add(dict)?;
    for class in bases.iter().filter_map(|base| base.mro()).flat_map(PyTuple::iter) {
        // those of built-in types have none
        if let Some(class) = class.get::<PyTypeObject>().filter(|class| class.has_flag(flags::HEAPTYPE))
            && let Some(dict) = class.dict()
        {
            add(dict)?;
        }
    }
    Ok(seen.len())
}

/// The entries that stand last: `__dict__`, `__weakref__`, `__doc__`, and no hash beside an `__eq__`.
fn finish_namespace(
    thread: &Thread,
    class: &PyTypeObject,
    base: &PyTypeObject,
    add_dict: bool,
    add_weakref: bool,
) -> PyResult<()> {
    let Some(dict) = class.dict().map(Owned::new_ref) else { return Ok(()) };
    let mut added = Vec::new();
    if add_dict && !base.instances_have_dict() {
        added.push(&crate::objects::DICT_ATTRIBUTE);
    }
    if add_weakref && !base.instances_have_weakrefs() {
        added.push(&crate::objects::WEAKREF_ATTRIBUTE);
    }
    for attribute in added {
        let name = intern::intern_text(thread, attribute.name)?;
        if !dict.contains(thread, name.as_ref())? {
            let value = PyGetSetDescr::new(thread, class, attribute)?.into_value();
            drop(dict.insert(thread, name.as_ref(), value)?);
        }
    }
    if !dict.contains(thread, as_ref(names::__doc__.get()))? {
        drop(dict.insert(thread, as_ref(names::__doc__.get()), Value::none())?);
    }
    if dict.contains(thread, as_ref(names::__eq__.get()))?
        && !dict.contains(thread, as_ref(names::__hash__.get()))?
    {
        drop(dict.insert(thread, as_ref(names::__hash__.get()), Value::none())?);
    }
    Ok(())
}

/// Tells the attributes of a new class what they are called.
fn call_set_name(thread: &Thread, class: &Owned<PyTypeObject>) -> PyResult<()> {
    let Some(dict) = class.dict() else { return Ok(()) };
    let snapshot = dict.copy(thread)?;
    let mut cursor = DictCursor::start();
    while let Some((name, value)) = cursor.next(&snapshot) {
        let Some(set_name) = find_special(thread, value.as_ref(), names::__set_name__.get())? else {
            continue;
        };
        let arguments = [class.clone().into_value(), name.clone()];
        if let Err(raised) = protocol::call(thread, set_name.as_ref(), &arguments, None) {
            return Err(with_note(thread, raised, value.as_ref(), name.as_ref(), class));
        }
    }
    Ok(())
}

#[cold]
fn with_note(thread: &Thread, raised: Raised, value: Ref<'_>, name: Ref<'_>, class: &PyTypeObject) -> Raised {
    let exception = thread.catch(raised);
    let note = || {
        let name = crate::text::repr(thread, name)?.to_text_lossy();
        let (ty, class) = (value.ty().short_name(), class.short_name());
        let note = format!("Error calling __set_name__ on '{ty}' instance {name} in '{class}'");
        let note = PyStr::from_text(thread, &note)?;
        if let Some(exception) = exception.as_ref().get::<PyBaseException>() {
            crate::notes::add_note(thread, exception, note.into_value())?;
        }
        Ok(())
    };
    match note() {
        Ok(()) => thread.raise(exception),
        Err(raised) => raised,
    }
}

/// `super(class, class).__init_subclass__(**keywords)`
fn call_init_subclass(
    thread: &Thread,
    class: &Owned<PyTypeObject>,
    values: &[Value],
    keywords: Option<&PyTuple>,
) -> PyResult<()> {
    let name = names::__init_subclass__.get();
    // a metaclass's mro() may have left the class itself out
    if !class.mro().is_some_and(|mro| mro.iter().any(|ty| ty.is(as_ref(&**class)))) {
        let name = class.short_name();
        let message = format!("obj (type {name}) is not an instance or subtype of type ({name}).");
        return Err(raise!(thread, TYPE_ERROR, "super(type, obj): {message}"));
    }
    let method = crate::descriptors::super_attribute(thread, as_ref(&**class), as_ref(&**class), name)?;
    protocol::call(thread, method.as_ref(), values, keywords).map(drop)
}
