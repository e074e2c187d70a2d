//! The attributes of `code`.

use super::{of, program_of};
use crate::load::interned;
use taipan_bytecode_format::LocalKind;
use taipan_object::bytes::PyBytes;
use taipan_object::declare::attribute_table;
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

/// Attributes that are numbers or bytes of the format's code object.
macro_rules! plain {
    ($($number:ident $field:ident;)* ; $($bytes:ident $table:ident;)*) => {
        $(fn $number(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
            Value::int(thread, i64::from(program_of(thread, this)?.source.$field))
        })*
        $(fn $bytes(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
            Ok(PyBytes::new(thread, &program_of(thread, this)?.source.$table)?.into_value())
        })*
    };
}

plain! {
    argcount argcount; posonlyargcount posonlyargcount; kwonlyargcount kwonlyargcount; stacksize stacksize;
    firstlineno firstlineno;
    ;
    code code; linetable linetable; exceptiontable exceptiontable;
}

attribute_table! { ATTRIBUTES:
    "co_argcount" argcount, None, "how many parameters take positional arguments";
    "co_posonlyargcount" posonlyargcount, None, "how many of them take nothing else";
    "co_kwonlyargcount" kwonlyargcount, None, "how many parameters take keyword arguments only";
    "co_nlocals" nlocals, None, "how many locals there are";
    "co_stacksize" stacksize, None, "how many slots the stack needs";
    "co_flags" flags, None, "flags of inspect.CO_*";
    "co_firstlineno" firstlineno, None, "the first line";
    "co_name" |thread, this| Ok(of(thread, this)?.co_name.get().unwrap_or_else(Value::none)), None, "the name";
    "co_qualname" |thread, this| Ok(of(thread, this)?.co_qualname.get().unwrap_or_else(Value::none)), None, "the qualified name";
    "co_filename" |thread, this| Ok(of(thread, this)?.co_filename.get().unwrap_or_else(Value::none)), None, "the name of the source";
    "co_code" code, None, "the bytecode";
    "_co_code_adaptive" code, None, "the bytecode; nothing of it adapts";
    "co_consts" consts, None, "the constants";
    "co_names" names, None, "the names of globals and attributes";
    "co_varnames" |thread, this| local_names(thread, this, LocalKind::LOCAL), None, "the names of locals, parameters first";
    "co_cellvars" |thread, this| local_names(thread, this, LocalKind::CELL), None, "the names of locals that inner functions see";
    "co_freevars" |thread, this| local_names(thread, this, LocalKind::FREE), None, "the names of outer functions' locals";
    "co_linetable" linetable, None, "the position table";
    "co_exceptiontable" exceptiontable, None, "the exception table";
    "co_lnotab" lnotab, None, "a table of lines as it was before 3.10";
}

fn flags(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, i64::from(program_of(thread, this)?.source.flags.0))
}

fn nlocals(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let kinds = &program_of(thread, this)?.source.localspluskinds;
    Value::int(thread, kinds.iter().filter(|kind| kind.has(LocalKind::LOCAL)).count() as i64)
}

fn consts(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let values = program_of(thread, this)?.constants(thread)?.to_vec();
    Ok(PyTuple::from_values(thread, values)?.into_value())
}

fn names(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let names = &program_of(thread, this)?.source.names;
    let names: PyResult<Vec<Value>> =
        names.iter().map(|name| interned(thread, name).map(taipan_object::Owned::into_value)).collect();
    Ok(PyTuple::from_values(thread, names?)?.into_value())
}

fn local_names(thread: &Thread, this: Ref<'_>, kind: u8) -> PyResult<Value> {
    let source = &program_of(thread, this)?.source;
    let mut names = Vec::new();
    for (name, own) in source.localsplusnames.iter().zip(&source.localspluskinds) {
        if own.has(kind) {
            names.push(interned(thread, name)?.into_value());
        }
    }
    Ok(PyTuple::from_values(thread, names)?.into_value())
}

/// `_varname_from_oparg`.
pub(super) fn name_of_place(thread: &Thread, this: Ref<'_>, place: Ref<'_>) -> PyResult<Value> {
    let place = protocol::number::index_size(thread, place)?;
    let names = &program_of(thread, this)?.source.localsplusnames;
    match usize::try_from(place).ok().and_then(|place| names.get(place)) {
        Some(name) => Ok(interned(thread, name)?.into_value()),
        None => Err(raise!(thread, INDEX_ERROR, "tuple index out of range")),
    }
}

/// The table of before 3.10: pairs of bytes, a distance in the code and one in lines.
fn lnotab(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let message = "co_lnotab is deprecated, use co_lines instead.";
    (crate::hooks::of(thread).warn)(thread, &DEPRECATION_WARNING, message)?;
    let source = &program_of(thread, this)?.source;
    let mut table = Vec::new();
    let (mut line, mut at) = (source.firstlineno, 0);
    for range in super::lines::ranges(thread, source)? {
        let Some(next) = range.line.filter(|next| *next != line) else { continue };
        let (mut code, mut lines) = (range.start - at, next - line);
        while code > 255 {
            table.extend([255, 0]);
            code -= 255;
        }
        while !(-128..128).contains(&lines) {
            let step = if lines < 0 { -128 } else { 127 };
            table.extend([code as u8, step as i8 as u8]);
            (code, lines) = (0, lines - step);
        }
        table.extend([code as u8, lines as i8 as u8]);
        (line, at) = (next, range.start);
    }
    Ok(PyBytes::new(thread, &table)?.into_value())
}
