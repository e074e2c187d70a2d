//! A code object as JSON: an object with its fields, the instructions and, among the constants, the code
//! objects in it. A constant is its kind and Python's `repr`.

use super::listing::{Line, Listing};
use crate::artifact::MAX_CODE_DEPTH;
use crate::code::{Code, Const};
use crate::repr::{kind, plain, repr};
use serde_json::{Value, json as object};
use taipan_wtf8::Wtf8Buf;

/// The JSON of a code object. Code objects nested deeper than any reader allows are left out.
pub fn json(code: &Code) -> Value {
    tree(code, MAX_CODE_DEPTH)
}

fn tree(code: &Code, depth: u32) -> Value {
    let listing = Listing::new(code);
    let names = |names: &[Wtf8Buf]| names.iter().map(|name| plain(name.as_wtf8())).collect::<Vec<_>>();
    let locals: Vec<_> = code
        .localsplusnames
        .iter()
        .zip(&code.localspluskinds)
        .map(|(name, kind)| object!({"name": plain(name.as_wtf8()), "kind": kind.0}))
        .collect();
    let handlers: Vec<_> = listing
        .handlers
        .iter()
        .map(|e| object!({"start": e.start, "end": e.end, "target": e.target, "depth": e.depth, "lasti": e.lasti}))
        .collect();
    let constants: Vec<_> = code.consts.iter().map(|constant| one_constant(constant, depth)).collect();
    let instructions: Vec<_> = listing.lines.iter().map(instruction).collect();
    object!({
        "name": plain(code.name.as_wtf8()),
        "qualname": plain(code.qualname.as_wtf8()),
        "filename": plain(code.filename.as_wtf8()),
        "firstlineno": code.firstlineno,
        "argcount": code.argcount,
        "posonlyargcount": code.posonlyargcount,
        "kwonlyargcount": code.kwonlyargcount,
        "stacksize": code.stacksize,
        "flags": code.flags.0,
        "names": names(&code.names),
        "locals": locals,
        "constants": constants,
        "exception_table": handlers,
        "instructions": instructions,
    })
}

fn one_constant(constant: &Const, depth: u32) -> Value {
    match (constant, depth.checked_sub(1)) {
        (Const::Code(code), Some(depth)) => {
            object!({"kind": "code", "repr": repr(constant), "code": tree(code, depth)})
        }
        _ => object!({"kind": kind(constant), "repr": repr(constant)}),
    }
}

fn instruction(line: &Line) -> Value {
    object!({
        "offset": line.offset,
        "name": line.opcode.map_or_else(|| format!("<{}>", line.number), |opcode| opcode.name().to_owned()),
        "argument": line.arg,
        "detail": line.detail,
        "line": line.location.map(|at| at.line),
        "end_line": line.location.map(|at| at.end_line),
        "column": line.location.and_then(|at| at.column),
        "end_column": line.location.and_then(|at| at.end_column),
    })
}
