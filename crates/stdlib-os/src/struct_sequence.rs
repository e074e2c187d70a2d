//! Tuples with named fields (`os.stat_result`, `time.struct_time`, …): what Python sees of them. The objects
//! themselves are those of [`taipan_object::struct_sequence`].

use taipan_object::builtin::MethodDef;
use taipan_object::descriptor::PyMemberDescr;
use taipan_object::descriptor::table::{add_entries, add_methods};
use taipan_object::dict::PyDict;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::struct_sequence::{field, member};
use taipan_object::tuple::{PyTuple, TupleBuilder};
use taipan_object::types::PyTypeObject;
use taipan_object::types::contents::insert;
use taipan_object::types::slots::Slots;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use crate::{accounts, posix, time};
use taipan_object::declare::method_table;

/// What there is to say about a type of such tuples.
pub struct SequenceDef {
    /// The type.
    pub ty: fn() -> &'static PyTypeObject,
    /// Makes an object of all fields.
    pub make: fn(&Thread, Vec<Value>) -> PyResult<Value>,
    /// The names of the fields; none for one without a name.
    pub fields: &'static [Option<&'static str>],
    /// How many of them are items of the tuple.
    pub visible: usize,
}

/// All of them.
static ALL: [&SequenceDef; 10] = [
    &posix::STAT_RESULT,
    &posix::STATVFS_RESULT,
    &posix::SCHED_PARAM,
    &posix::WAITID_RESULT,
    &posix::TERMINAL_SIZE,
    &posix::TIMES_RESULT,
    &posix::UNAME_RESULT,
    &time::STRUCT_TIME,
    &accounts::PASSWD,
    &accounts::GROUP,
];

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"The type, and what it is to be called with.";
    Instance Keywords c"__replace__" "($self, /, **changes)" replace, c"A copy with other values in some fields.";
}

/// The slots of such a type.
pub(crate) const fn slots() -> Slots {
    let mut slots = Slots::empty();
    slots.new = std::cell::Cell::new(Some(new));
    slots.repr = std::cell::Cell::new(Some(repr));
    slots
}

/// Makes the types ready, and gives them their fields and methods.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    for definition in ALL {
        let ty = (definition.ty)();
        taipan_object::types::ready::ready_more(thread, &[ty])?;
        add_methods(thread, ty, &METHODS as &'static [MethodDef])?;
        add_entries(thread, ty, |thread, dict| fields(thread, dict, definition))?;
    }
    Ok(())
}

/// What the dict of a type holds: its fields, how many there are, and those that a pattern takes by position.
fn fields(thread: &Thread, dict: &PyDict, definition: &SequenceDef) -> PyResult<()> {
    let mut named = Vec::new();
    for (at, name) in definition.fields.iter().enumerate() {
        let Some(name) = name else { continue };
        let text = intern_text(thread, name)?;
        let value = PyMemberDescr::new(thread, (definition.ty)(), &text, member(at))?.into_value();
        insert(thread, dict, name, value)?;
        if at < definition.visible {
            named.push(text.into_value());
        }
    }
    let unnamed = definition.fields.iter().filter(|name| name.is_none()).count();
    let counts = [
        ("n_sequence_fields", definition.visible),
        ("n_fields", definition.fields.len()),
        ("n_unnamed_fields", unnamed),
    ];
    for (name, count) in counts {
        insert(thread, dict, name, Value::int(thread, count as i64)?)?;
    }
    insert(thread, dict, "__match_args__", PyTuple::from_values(thread, named)?.into_value())
}

fn definition(thread: &Thread, ty: &PyTypeObject) -> PyResult<&'static SequenceDef> {
    let found = ALL.into_iter().find(|definition| std::ptr::eq((definition.ty)(), ty));
    found.ok_or_else(|| raise!(thread, TYPE_ERROR, "'{}' is no struct sequence", ty.name()))
}

/// `type(sequence, dict={})`.
fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    const PARAMETERS: taipan_runtime_builtins::arguments::Parameters<2> =
        crate::arguments::any("structseq", ["sequence", "dict"], 1);
    let [sequence, more] = PARAMETERS.bind(thread, arguments, names)?;
    let definition = definition(thread, class)?;
    let Some(sequence) = sequence else { return Ok(Value::none()) };
    let Some(mut values) = items(thread, sequence)? else {
        return Err(raise!(thread, TYPE_ERROR, "constructor requires a sequence"));
    };
    let more = more.filter(|more| !more.is_none());
    let more = match more.map(|more| more.get::<PyDict>().map(Owned::new_ref)) {
        Some(None) => {
            let name = class.name();
            return Err(raise!(thread, TYPE_ERROR, "{name}() takes a dict as second arg, if any"));
        }
        more => more.flatten(),
    };
    check_len(thread, class, definition, values.len())?;
    let mut used = 0;
    while let Some(name) = definition.fields.get(values.len()) {
        let known = match (&more, name) {
            (Some(more), Some(name)) => more.get_str(thread, &*intern_text(thread, name)?)?,
            _ => None,
        };
        used += usize::from(known.is_some());
        values.push(known.unwrap_or_else(Value::none));
    }
    if more.is_some_and(|more| more.len() > used) {
        let name = class.name();
        return Err(raise!(thread, TYPE_ERROR, "{name}() got duplicate or unexpected field name(s)"));
    }
    (definition.make)(thread, values)
}

/// The items of a sequence; none if it cannot be iterated.
fn items(thread: &Thread, sequence: Ref<'_>) -> PyResult<Option<Vec<Value>>> {
    let slots = sequence.ty().slots();
    if slots.iter.get().is_none() && slots.item.get().is_none() {
        return Ok(None);
    }
    let iterator = protocol::iter(thread, sequence)?;
    let mut values = Vec::new();
    while let Some(value) = protocol::next(thread, iterator.as_ref())? {
        if values.try_reserve(1).is_err() {
            return Err(thread.raise_memory_error());
        }
        values.push(value);
    }
    Ok(Some(values))
}

fn check_len(thread: &Thread, class: &PyTypeObject, definition: &SequenceDef, len: usize) -> PyResult<()> {
    let (least, most, name) = (definition.visible, definition.fields.len(), class.name());
    if (least..=most).contains(&len) {
        return Ok(());
    }
    let (how, bound) = match len < least {
        _ if least == most => ("a", least),
        true => ("an at least", least),
        false => ("an at most", most),
    };
    Err(raise!(thread, TYPE_ERROR, "{name}() takes {how} {bound}-sequence ({len}-sequence given)"))
}

/// `name(field=value, …)`, of the fields that are items.
fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let definition = definition(thread, this.ty())?;
    let _guard = thread.recurse(" while getting the repr of an object")?;
    let mut parts = Vec::new();
    for (at, name) in definition.fields.iter().enumerate().take(definition.visible) {
        let value = field(this, at).unwrap_or_else(Value::none);
        let value = taipan_runtime_builtins::text::repr(thread, value.as_ref())?.to_wtf8();
        // a field without a name goes by that of the hidden one that has its value
        let name = name.or_else(|| second_name(definition, at)).unwrap_or("?");
        parts.push((name, value));
    }
    let mut text = taipan_object::str::StrBuilder::new();
    text.push_str(thread, &format!("{}(", this.ty().name()))?;
    for (at, (name, value)) in parts.iter().enumerate() {
        text.push_str(thread, if at > 0 { ", " } else { "" })?;
        text.push_str(thread, &format!("{name}="))?;
        text.push(thread, &*PyStr::from_wtf8(thread, value.as_wtf8())?)?;
    }
    text.push_str(thread, ")")?;
    Ok(text.finish(thread)?.into_value())
}

/// The name behind which a field without one stands in a text.
fn second_name(definition: &SequenceDef, at: usize) -> Option<&'static str> {
    let unnamed = definition.fields.iter().take(at).filter(|name| name.is_none()).count();
    definition.fields.get(definition.visible + unnamed).copied().flatten()
}

fn hidden(thread: &Thread, this: Ref<'_>, definition: &SequenceDef) -> PyResult<Owned<PyDict>> {
    let dict = PyDict::new(thread)?;
    for (at, name) in definition.fields.iter().enumerate().skip(definition.visible) {
        if let (Some(name), Some(value)) = (name, field(this, at)) {
            drop(dict.insert(thread, intern_text(thread, name)?.as_ref(), value)?);
        }
    }
    Ok(dict)
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let definition = definition(thread, this.ty())?;
    let mut visible = TupleBuilder::new(thread, definition.visible)?;
    (0..definition.visible).for_each(|at| visible.push(field(this, at).unwrap_or_else(Value::none)));
    let arguments = PyTuple::pack(
        thread,
        [visible.finish().into_value(), hidden(thread, this, definition)?.into_value()],
    )?;
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), arguments.into_value()])?.into_value())
}

fn replace(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let definition = definition(thread, this.ty())?;
    let count = names.map_or(0, PyTuple::len);
    if arguments.len() > count {
        return Err(raise!(thread, TYPE_ERROR, "__replace__() takes no positional arguments"));
    }
    if definition.fields.iter().any(Option::is_none) {
        let name = this.ty().name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "__replace__() is not supported for {name} because it has unnamed field(s)"
        ));
    }
    let mut values: Vec<Value> =
        (0..definition.fields.len()).map(|at| field(this, at).unwrap_or_else(Value::none)).collect();
    let mut unknown = Vec::new();
    for (at, value) in arguments.iter().enumerate() {
        let name = names.and_then(|names| names.borrow(at)).and_then(|name| name.get::<PyStr>());
        let Some(name) = name else { continue };
        let place =
            definition.fields.iter().position(|field| field.is_some_and(|field| name.equals_text(field)));
        match place.and_then(|place| values.get_mut(place)) {
            Some(place) => *place = value.clone(),
            None => unknown.push(as_ref(name).to_value()),
        }
    }
    if !unknown.is_empty() {
        let list = taipan_object::list::PyList::from_values(thread, unknown)?;
        let text = taipan_runtime_builtins::text::repr(thread, list.as_ref())?.to_text_lossy();
        return Err(raise!(thread, TYPE_ERROR, "Got unexpected field name(s): {text}"));
    }
    (definition.make)(thread, values)
}

/// `sequence!(STATIC, TYPE, CORE: name, N fields, visible; names…)`: a type of tuples with named fields.
macro_rules! sequence {
    ($(#[$doc:meta])* $static:ident $ty:ident $core:ident $name:literal, $count:literal, $visible:literal
        $(, new $new:path)?: $($field:expr),* $(,)?) => {
        $(#[$doc])*
        pub static $ty: taipan_object::struct_sequence::StructSequence<$count> =
            taipan_object::struct_sequence::StructSequence::new($name, &$core);
        static $core: taipan_object::types::TypeCore =
            taipan_object::types::TypeCore::new({
                #[allow(unused_mut, reason = "most types are called as all are")]
                let mut slots = $crate::struct_sequence::slots();
                $(slots.new = std::cell::Cell::new(Some($new));)?
                slots
            });
        $(#[$doc])*
        pub static $static: $crate::struct_sequence::SequenceDef = $crate::struct_sequence::SequenceDef {
            ty: || &$ty,
            make: |thread, values| $ty.make(thread, $visible, values),
            fields: const {
                const FIELDS: [Option<&str>; $count] = [$($field),*];
                &FIELDS
            },
            visible: $visible,
        };
    };
}
pub(crate) use sequence;
