//! The attributes of parsers: handlers, settings, places.

use taipan_object::declare::{attribute_table, receiver};
use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::PyDict;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::install;

use crate::handlers::{HANDLERS, Handler, NAMES, flush};
use crate::parser::{XML_PARSER, XmlParser};

attribute_table! { ATTRIBUTES:
    "ErrorCode" |thread, this| Ok(Value::small(receiver::<XmlParser>(thread, this)?.error.get())), None, "The number of the last error.";
    "ErrorLineNumber" line, None, "The line of the last error.";
    "ErrorColumnNumber" column, None, "The column of the last error.";
    "ErrorByteIndex" byte, None, "The byte of the last error.";
    "CurrentLineNumber" line, None, "The line of the event.";
    "CurrentColumnNumber" column, None, "The column of the event.";
    "CurrentByteIndex" byte, None, "The byte of the event.";
    "intern" intern, None, "The strings that names are made one of.";
    "buffer_used" |thread, this| Value::uint(thread, receiver::<XmlParser>(thread, this)?.buffer.borrow().len() as u64), None, "How much text waits.";
    "buffer_size" |thread, this| Value::uint(thread, receiver::<XmlParser>(thread, this)?.buffer_size.get() as u64), Some(set_buffer_size), "How much text may wait.";
    "buffer_text" |thread, this| Ok(Value::bool(receiver::<XmlParser>(thread, this)?.buffers_text.get())), Some(set_buffer_text), "Whether text waits for more of it.";
    "namespace_prefixes" |thread, this| Ok(Value::bool(receiver::<XmlParser>(thread, this)?.prefixes.get())), Some(set_prefixes), "Whether names end with their prefixes.";
    "ordered_attributes" |thread, this| Ok(Value::bool(receiver::<XmlParser>(thread, this)?.ordered_attributes.get())), Some(|thread, this, value| set(thread, this, value, |parser| &parser.ordered_attributes).map(drop)), "Whether attributes come as a list.";
    "specified_attributes" |thread, this| Ok(Value::bool(receiver::<XmlParser>(thread, this)?.specified_attributes.get())), Some(|thread, this, value| set(thread, this, value, |parser| &parser.specified_attributes).map(drop)), "Whether defaults of attributes are left out.";
}

/// The attribute of a handler.
const fn handler<const AT: usize>() -> GetSetDef {
    GetSetDef {
        name: NAMES[AT],
        get: get_handler::<AT>,
        set: Some(set_handler::<AT>),
        doc: "Is called for an event.",
    }
}

static HANDLER_ATTRIBUTES: [GetSetDef; HANDLERS] = [
    handler::<0>(),
    handler::<1>(),
    handler::<2>(),
    handler::<3>(),
    handler::<4>(),
    handler::<5>(),
    handler::<6>(),
    handler::<7>(),
    handler::<8>(),
    handler::<9>(),
    handler::<10>(),
    handler::<11>(),
    handler::<12>(),
    handler::<13>(),
    handler::<14>(),
    handler::<15>(),
    handler::<16>(),
    handler::<17>(),
    handler::<18>(),
    handler::<19>(),
    handler::<20>(),
    handler::<21>(),
];

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::attributes(thread, &XML_PARSER, &ATTRIBUTES)?;
    install::attributes(thread, &XML_PARSER, &HANDLER_ATTRIBUTES)
}

fn get_handler<const AT: usize>(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let slot = receiver::<XmlParser>(thread, this)?.handlers.get(AT);
    Ok(slot.and_then(|slot| slot.get()).unwrap_or_else(Value::none))
}

fn set_handler<const AT: usize>(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let parser = receiver::<XmlParser>(thread, this)?;
    let Some(value) = value else {
        return Err(raise!(thread, RUNTIME_ERROR, "Cannot delete attribute"));
    };
    if AT == Handler::Characters as usize {
        flush(thread, parser)?;
    }
    let value = Some(value).filter(|value| !value.as_ref().is_none());
    let is_set = value.is_some();
    let old = parser.handlers.get(AT).and_then(|slot| slot.replace(value));
    drop(old);
    if AT == Handler::StartElement as usize {
        parser.with(|inner| inner.split_empty(is_set));
    }
    let defaults = [Handler::Default, Handler::DefaultExpand];
    if defaults.iter().any(|handler| *handler as usize == AT) {
        let keeps = defaults.iter().any(|handler| parser.handler(*handler).is_some());
        parser.with(|inner| {
            inner.keep_raw(keeps);
            inner.expand_entities(!is_set || AT == Handler::DefaultExpand as usize);
        });
    }
    Ok(())
}

fn line(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::uint(thread, receiver::<XmlParser>(thread, this)?.position().line)
}

fn column(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::uint(thread, receiver::<XmlParser>(thread, this)?.position().column)
}

fn byte(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, receiver::<XmlParser>(thread, this)?.position().byte)
}

fn intern(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match receiver::<XmlParser>(thread, this)?.intern.get() {
        Some(dict) => Ok(dict),
        None => Ok(PyDict::new(thread)?.into_value()),
    }
}

fn truth(thread: &Thread, value: Option<Value>) -> PyResult<bool> {
    match value {
        Some(value) => protocol::truth(thread, value.as_ref()),
        None => Err(raise!(thread, RUNTIME_ERROR, "Cannot delete attribute")),
    }
}

fn set<'a>(
    thread: &Thread,
    this: Ref<'a>,
    value: Option<Value>,
    field: fn(&XmlParser) -> &std::cell::Cell<bool>,
) -> PyResult<bool> {
    let on = truth(thread, value)?;
    field(receiver::<XmlParser>(thread, this)?).set(on);
    Ok(on)
}

fn set_prefixes(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let on = set(thread, this, value, |parser| &parser.prefixes)?;
    receiver::<XmlParser>(thread, this)?.with(|parser| parser.set_prefixes(on));
    Ok(())
}

fn set_buffer_text(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let on = truth(thread, value)?;
    let parser = receiver::<XmlParser>(thread, this)?;
    if !on {
        flush(thread, parser)?;
    }
    parser.buffers_text.set(on);
    Ok(())
}

fn set_buffer_size(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let parser = receiver::<XmlParser>(thread, this)?;
    let Some(value) = value else {
        return Err(raise!(thread, RUNTIME_ERROR, "Cannot delete attribute"));
    };
    if !value.as_ref().is_int() {
        return Err(raise!(thread, TYPE_ERROR, "buffer_size must be an integer"));
    }
    let Some(size) = value.as_ref().to_i64() else {
        return Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long"));
    };
    if size <= 0 {
        return Err(raise!(thread, VALUE_ERROR, "buffer_size must be greater than zero"));
    }
    let Some(size) = usize::try_from(size).ok().filter(|size| *size <= i32::MAX as usize) else {
        return Err(raise!(thread, VALUE_ERROR, "buffer_size must not be greater than {}", i32::MAX));
    };
    flush(thread, parser)?;
    parser.buffer_size.set(size);
    Ok(())
}
