//! The methods of parsers.

use taipan_object::buffer::{bytes_of, is_bytes_like};
use taipan_object::bytes::PyBytes;
use taipan_object::declare::{method_table, receiver};
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::check_count;
use taipan_runtime_builtins::install;
use taipan_xml::{Error, ErrorCode, ParameterEntities};

use crate::error::raise_error;
use crate::handlers::{dispatch, flush};
use crate::parser::{XML_PARSER, XmlParser};

method_table! { METHODS:
    Instance Positional c"Parse" "($self, data, isfinal=False, /)" parse, c"Parses more of the document.";
    Instance One c"ParseFile" "($self, file, /)" parse_file, c"Parses a document from a file.";
    Instance One c"SetBase" "($self, base, /)" set_base, c"Sets what relative addresses belong to.";
    Instance None c"GetBase" "($self, /)" |thread, this| Ok(receiver::<XmlParser>(thread, this)?.base.get().unwrap_or_else(Value::none)), c"What relative addresses belong to.";
    Instance None c"GetInputContext" "($self, /)" input_context, c"The text from the event on.";
    Instance Positional c"ExternalEntityParserCreate" "($self, context, encoding=<unrepresentable>,\n                           /)" external, c"A parser for an external entity.";
    Instance One c"SetParamEntityParsing" "($self, flag, /)" set_parameter_entities, c"Sets which parameter entities are asked for.";
    Instance Positional c"UseForeignDTD" "($self, flag=True, /)" use_foreign, c"Lets there be an external subset.";
    Instance One c"SetReparseDeferralEnabled" "($self, enabled, /)" set_deferral, c"Sets whether tokens wait for more text.";
    Instance None c"GetReparseDeferralEnabled" "($self, /)" |thread, this| Ok(Value::bool(receiver::<XmlParser>(thread, this)?.defers.get())), c"Whether tokens wait for more text.";
    Instance One c"SetBillionLaughsAttackProtectionMaximumAmplification" "($self, max_factor,\n                                                     /)" |thread, this, factor| limit(thread, this, factor, true), c"How much entities may expand.";
    Instance One c"SetBillionLaughsAttackProtectionActivationThreshold" "($self, threshold, /)" |thread, this, bytes| limit(thread, this, bytes, false), c"From how much text on that counts.";
    Instance One c"SetAllocTrackerMaximumAmplification" "($self, max_factor, /)" |thread, this, factor| limit_memory(thread, this, factor, true), c"How much memory a document may take.";
    Instance One c"SetAllocTrackerActivationThreshold" "($self, threshold, /)" |thread, this, bytes| limit_memory(thread, this, bytes, false), c"From how much memory on that counts.";
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &XML_PARSER, &METHODS)
}

/// Bytes that are read from a file at once.
const CHUNK: i32 = 2048;

fn parse(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "Parse", arguments.len(), 1, 2)?;
    let parser = receiver::<XmlParser>(thread, this)?;
    let Some(data) = arguments.first() else { return Ok(Value::none()) };
    let is_final = match arguments.get(1) {
        Some(is_final) => protocol::truth(thread, is_final.as_ref())?,
        None => false,
    };
    let data = data.as_ref();
    if let Some(text) = data.get::<PyStr>() {
        let Some(text) = text.as_utf8(thread)? else {
            // lone surrogates: encoding says so
            let encode = protocol::get_attribute(thread, data, &*intern_text(thread, "encode")?)?;
            return protocol::call(thread, encode.as_ref(), &[], None);
        };
        begin(thread, parser, "Parse")?;
        parser.with(|inner| inner.feed_text(text, is_final));
    } else if is_bytes_like(data) {
        let bytes = bytes_of(thread, data)?;
        begin(thread, parser, "Parse")?;
        parser.with(|inner| inner.feed(&bytes, is_final));
    } else {
        let ty = data.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "a bytes-like object is required, not '{ty}'"));
    }
    run(thread, parser)
}

/// That nobody parses already, and that the document did not end.
fn begin(thread: &Thread, parser: &Native<XmlParser>, method: &str) -> PyResult<()> {
    if parser.runs.get() {
        return Err(raise!(thread, RUNTIME_ERROR, "cannot call {method}() from within a handler"));
    }
    match parser.with(|inner| inner.is_done()) {
        Some(true) => {
            parser.error.set(ErrorCode::Finished as i32);
            Err(raise_error(thread, ErrorCode::Finished, parser.position()))
        }
        _ => Ok(()),
    }
}

/// Handles what there is.
fn run(thread: &Thread, parser: &Native<XmlParser>) -> PyResult<Value> {
    parser.runs.set(true);
    let result = events(thread, parser);
    parser.runs.set(false);
    if result.is_err() {
        // no handler is called from now on
        parser.with(|inner| inner.fail(ErrorCode::Aborted));
    }
    result?;
    Ok(Value::small(1))
}

fn events(thread: &Thread, parser: &Native<XmlParser>) -> PyResult<()> {
    loop {
        thread.check_interrupts()?;
        match parser.with(taipan_xml::Parser::next) {
            Some(Ok(Some(item))) => dispatch(thread, parser, &item)?,
            Some(Err(Error { code })) => {
                flush(thread, parser)?;
                parser.error.set(code as i32);
                return Err(raise_error(thread, code, parser.position()));
            }
            Some(Ok(None)) | None => return flush(thread, parser),
        }
    }
}

fn parse_file(thread: &Thread, this: Ref<'_>, file: Ref<'_>) -> PyResult<Value> {
    let parser = receiver::<XmlParser>(thread, this)?;
    let read = protocol::get_attribute(thread, file, &*intern_text(thread, "read")?);
    let read = match read {
        Ok(read) => read,
        Err(raised) => {
            drop(thread.catch(raised));
            return Err(raise!(thread, TYPE_ERROR, "argument must have 'read' attribute"));
        }
    };
    loop {
        let data = protocol::call(thread, read.as_ref(), &[Value::small(CHUNK)], None)?;
        if data.as_ref().get::<PyBytes>().is_none() && !is_bytes_like(data.as_ref()) {
            let ty = data.as_ref().ty().name();
            return Err(raise!(thread, TYPE_ERROR, "read() did not return a bytes object (type={ty})"));
        }
        let bytes = bytes_of(thread, data.as_ref())?.into_owned();
        if bytes.len() > CHUNK as usize {
            let got = bytes.len();
            return Err(raise!(
                thread,
                VALUE_ERROR,
                "read() returned too much data: {CHUNK} bytes requested, {got} returned"
            ));
        }
        begin(thread, parser, "ParseFile")?;
        parser.with(|inner| inner.feed(&bytes, bytes.is_empty()));
        let result = run(thread, parser)?;
        if bytes.is_empty() {
            return Ok(result);
        }
    }
}

fn set_base(thread: &Thread, this: Ref<'_>, base: Ref<'_>) -> PyResult<Value> {
    if base.get::<PyStr>().is_none() {
        let ty = base.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "SetBase() argument must be str, not {ty}"));
    }
    drop(receiver::<XmlParser>(thread, this)?.base.replace(Some(base.to_value())));
    Ok(Value::none())
}

fn input_context(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parser = receiver::<XmlParser>(thread, this)?;
    if !parser.runs.get() {
        return Ok(Value::none());
    }
    let context = parser.with(|inner| inner.context().as_bytes().to_vec()).unwrap_or_default();
    Ok(PyBytes::new(thread, &context)?.into_value())
}

fn external(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "ExternalEntityParserCreate", arguments.len(), 1, 2)?;
    let parser = receiver::<XmlParser>(thread, this)?;
    let text = |at: usize| -> PyResult<Option<String>> {
        let Some(value) = arguments.get(at).filter(|value| !value.as_ref().is_none()) else {
            return Ok(None);
        };
        match value.as_ref().get::<PyStr>() {
            Some(text) => Ok(Some(text.to_text_lossy())),
            None => {
                let (number, ty) = (at + 1, value.as_ref().ty().name());
                let function = "ExternalEntityParserCreate()";
                Err(raise!(thread, TYPE_ERROR, "{function} argument {number} must be str or None, not {ty}"))
            }
        }
    };
    let (context, encoding) = (text(0)?, text(1)?);
    parser.external(thread, context.as_deref(), encoding)
}

fn set_parameter_entities(thread: &Thread, this: Ref<'_>, flag: Ref<'_>) -> PyResult<Value> {
    let parser = receiver::<XmlParser>(thread, this)?;
    let flag = protocol::number::index(thread, flag)?;
    let which = match flag.as_ref().to_i64() {
        Some(0) => ParameterEntities::Never,
        Some(1) => ParameterEntities::UnlessStandalone,
        Some(2) => ParameterEntities::Always,
        _ => return Ok(Value::small(0)),
    };
    let may = parser.with(|inner| {
        let may = !inner.has_begun();
        if may {
            inner.set_parameter_entities(which);
        }
        may
    });
    Ok(Value::small(i32::from(may.unwrap_or(false))))
}

fn use_foreign(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "UseForeignDTD", arguments.len(), 0, 1)?;
    let parser = receiver::<XmlParser>(thread, this)?;
    let flag = match arguments.first() {
        Some(flag) => protocol::truth(thread, flag.as_ref())?,
        None => true,
    };
    if parser.with(|inner| inner.has_begun()).unwrap_or(true) {
        let code = ErrorCode::CantChangeFeatureOnceParsing;
        return Err(raise_error(thread, code, parser.position()));
    }
    parser.with(|inner| inner.set_foreign_subset(flag));
    Ok(Value::none())
}

fn set_deferral(thread: &Thread, this: Ref<'_>, on: Ref<'_>) -> PyResult<Value> {
    let on = protocol::truth(thread, on)?;
    let parser = receiver::<XmlParser>(thread, this)?;
    parser.defers.set(on);
    parser.with(|inner| inner.defer(on));
    Ok(Value::none())
}

/// A factor, or a number of bytes.
fn limit_value(thread: &Thread, this: Ref<'_>, value: Ref<'_>, is_factor: bool) -> PyResult<f64> {
    let is_root = !receiver::<XmlParser>(thread, this)?.is_external.get();
    let refused = |message: &str| Err(crate::error::raise_message(thread, message));
    if !is_factor {
        let number = protocol::number::index(thread, value)?;
        return match number.as_ref().to_i64() {
            Some(_) if !is_root => refused("parser must be a root parser"),
            Some(bytes) if bytes >= 0 => Ok(bytes as f64),
            Some(_) => Err(raise!(thread, VALUE_ERROR, "value must be positive")),
            None => {
                Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C unsigned long long"))
            }
        };
    }
    let Some(factor) = value.to_f64() else {
        return Err(raise!(thread, TYPE_ERROR, "must be real number, not {}", value.ty().name()));
    };
    if factor.is_nan() || factor < 1.0 {
        return refused("'max_factor' must be at least 1.0");
    }
    if !is_root {
        return refused("parser must be a root parser");
    }
    Ok(factor)
}

fn limit(thread: &Thread, this: Ref<'_>, value: Ref<'_>, is_factor: bool) -> PyResult<Value> {
    let number = limit_value(thread, this, value, is_factor)?;
    let (factor, threshold) = if is_factor { (Some(number), None) } else { (None, Some(number)) };
    receiver::<XmlParser>(thread, this)?.with(|inner| inner.limit_expansion(factor, threshold));
    Ok(Value::none())
}

/// Memory is the interpreter's to limit.
fn limit_memory(thread: &Thread, this: Ref<'_>, value: Ref<'_>, is_factor: bool) -> PyResult<Value> {
    limit_value(thread, this, value, is_factor)?;
    Ok(Value::none())
}
