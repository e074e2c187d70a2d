//! Writes code objects as text.

use super::listing::Listing;
use super::{MARK, NO_COLUMN};
use crate::artifact::{WriteError, children_first};
use crate::code::{Code, Const};
use crate::tables::positions;
use std::collections::HashMap;
use taipan_artifact::Kind;
use taipan_artifact::text::TextWriter;

/// The text of a code object and of all in its constants.
///
/// # Errors
/// What the notation cannot hold: see [`WriteError`].
pub fn write(code: &Code) -> Result<String, WriteError> {
    let mut out = TextWriter::new();
    out.word(MARK.trim_end()).number(Kind::Code.format_version());
    let mut numbers = HashMap::new();
    for (number, code) in children_first(code)?.into_iter().enumerate() {
        one(&mut out, code, &numbers);
        numbers.insert(std::ptr::from_ref(code), number);
    }
    Ok(out.finish())
}

type Numbers = HashMap<*const Code, usize>;

fn one(out: &mut TextWriter, code: &Code, numbers: &Numbers) {
    out.line().open("code").line();
    out.open("names");
    for name in [&code.filename, &code.name, &code.qualname] {
        out.text(name.as_wtf8());
    }
    out.close().open("numbers");
    for number in [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags.0] {
        out.number(number);
    }
    out.number(code.firstlineno).close().line().open("globals");
    for name in &code.names {
        out.text(name.as_wtf8());
    }
    out.close().line().open("locals");
    for (name, kind) in code.localsplusnames.iter().zip(&code.localspluskinds) {
        out.open_bare().text(name.as_wtf8()).number(kind.0).close();
    }
    out.close().line().open("constants");
    constants(out, &code.consts, numbers);
    out.close().line();
    let listing = Listing::new(code);
    listing.write_code(out);
    out.line();
    listing.write_handlers(out);
    out.line();
    position_table(out, code);
    out.close();
}

fn constants(out: &mut TextWriter, consts: &[Const], numbers: &Numbers) {
    let mut pending = vec![consts.iter()];
    while let Some(items) = pending.last_mut() {
        let Some(item) = items.next() else {
            pending.pop();
            if !pending.is_empty() {
                out.close();
            }
            continue;
        };
        match item {
            Const::None => out.word("None"),
            Const::Bool(true) => out.word("True"),
            Const::Bool(false) => out.word("False"),
            Const::Ellipsis => out.word("Ellipsis"),
            Const::Int(value) => out.open("int").number(value).close(),
            Const::Float(value) => float(out.open("float"), *value).close(),
            Const::Complex(real, imaginary) => {
                float(out.open("complex"), *real);
                float(out, *imaginary).close()
            }
            Const::Str(text) => out.text(text.as_wtf8()),
            Const::Bytes(bytes) => out.bytes(bytes),
            Const::Code(code) => {
                let number = numbers.get(&std::ptr::from_ref(&**code)).copied().unwrap_or_default();
                out.open("code").number(number).close()
            }
            Const::Tuple(items) => {
                pending.push(items.iter());
                out.open("tuple")
            }
            Const::FrozenSet(items) => {
                pending.push(items.iter());
                out.open("frozenset")
            }
            Const::Slice(parts) => {
                pending.push(parts.iter());
                out.open("slice")
            }
        };
    }
}

/// A float in digits that read back; not-a-numbers by their bits.
fn float(out: &mut TextWriter, value: f64) -> &mut TextWriter {
    if value.is_nan() {
        out.word("bits").number(value.to_bits())
    } else {
        out.number(format_args!("{value:?}"))
    }
}

fn position_table(out: &mut TextWriter, code: &Code) {
    let entries: Result<Vec<_>, _> = positions::decode(&code.linetable, code.firstlineno).collect();
    match entries {
        Ok(entries) if positions::encode(code.firstlineno, entries.iter().copied()) == code.linetable => {
            out.open("positions");
            for entry in entries {
                out.open_bare().number(entry.units);
                if let Some(at) = entry.location {
                    out.number(at.line).number(at.end_line);
                    for column in [at.column, at.end_column] {
                        match column {
                            Some(column) => out.number(column),
                            None => out.word(NO_COLUMN),
                        };
                    }
                }
                out.close();
            }
        }
        _ => {
            out.open("bytes").bytes(&code.linetable);
        }
    }
    out.close();
}
