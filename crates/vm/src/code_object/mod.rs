//! `code`: what Python sees of a code object. `attributes.rs` reads it, `lines.rs` walks its tables, `replace.rs` makes
//! a code object of parts. Invariant: a code object of given parts is data; whether it can run is said by the verifier
//! when it first does.

mod attributes;
mod lines;
mod replace;

use crate::load::{Program, program};
use taipan_object::code::{CODE, PyCode};
use taipan_object::declare::method_table;
use taipan_object::descriptor::table;
use taipan_object::str::PyStr;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

method_table! { METHODS:
    Instance None c"co_lines" "($self, /)" lines::co_lines, c"An iterator over (start, end, line) for the ranges of code of one line.";
    Instance None c"co_positions" "($self, /)" lines::co_positions, c"An iterator over (line, end line, column, end column) for each code unit.";
    Instance None c"co_branches" "($self, /)" lines::co_branches, c"An iterator over (from, not taken, taken) for each branch, as offsets.";
    Instance Keywords c"replace" "($self, /, **changes)" replace::replace, c"A copy with some parts changed.";
    Instance Keywords c"__replace__" "($self, /, **changes)" replace::replace, c"The same as replace().";
    Instance One c"_varname_from_oparg" "($self, /, oparg)" attributes::name_of_place, c"The name of the local, cell or free variable at a place.";
}

/// Puts methods, attributes and slots into the type.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    CODE.slots().richcompare.set(Some(compare));
    CODE.slots().hash.set(Some(hash));
    CODE.slots().repr.set(Some(repr));
    CODE.slots().new.set(Some(replace::new));
    table::add_methods(thread, &CODE, &METHODS)?;
    table::add_attributes(thread, &CODE, &attributes::ATTRIBUTES)
}

fn of<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyCode> {
    this.get::<PyCode>().ok_or_else(|| {
        let got = this.ty().short_name();
        raise!(thread, TYPE_ERROR, "descriptor requires a 'code' object but received a '{got}'")
    })
}

/// What hangs off the receiver of a method.
fn program_of<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Program> {
    of(thread, this).map(program)
}

fn compare(_: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(left), Some(right)) = (a.get::<PyCode>(), b.get::<PyCode>()) else {
        return Ok(Value::not_implemented());
    };
    let equal = std::ptr::eq(left, right) || program(left).source.same(&program(right).source);
    Ok(match op {
        CompareOp::Eq => Value::bool(equal),
        CompareOp::Ne => Value::bool(!equal),
        _ => Value::not_implemented(),
    })
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let code = of(thread, this)?;
    let text = |value: Option<Value>| {
        value
            .and_then(|value| Some(value.as_ref().get::<PyStr>()?.to_text_lossy()))
            .unwrap_or_else(|| "???".to_owned())
    };
    let (name, file) = (text(code.co_name.get()), text(code.co_filename.get()));
    let (at, line) = (this.word().bits(), program(code).source.firstlineno);
    let line = if line == 0 { -1 } else { line };
    let text = format!("<code object {name} at {at:#x}, file \"{file}\", line {line}>");
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

/// Of what equal code objects have alike.
fn hash(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let source = &program_of(thread, this)?.source;
    let mut hash = taipan_object::hash::of_bytes(&source.code);
    for name in [&source.name].into_iter().chain(&source.names).chain(&source.localsplusnames) {
        hash = hash.wrapping_mul(1_000_003) ^ taipan_object::hash::of_bytes(name.as_wtf8().as_bytes());
    }
    let counts = [source.argcount, source.posonlyargcount, source.kwonlyargcount].map(i64::from);
    for number in counts.into_iter().chain([i64::from(source.flags.0), i64::from(source.firstlineno)]) {
        hash = hash.wrapping_mul(31).wrapping_add(number);
    }
    Ok(if hash == -1 { -2 } else { hash })
}
