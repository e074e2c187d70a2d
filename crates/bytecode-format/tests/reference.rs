//! The reference's own code objects: tables read and write back byte for byte, and the verifier refuses
//! none of them.
//!
//! `fixtures/bytecode/reference.bin` is made by `tests/parity/reference/bytecode.py --facts`.
//! `TAIPAN_REFERENCE_CODE` names a larger file, such as one of the reference's whole library.

mod common;

use common::{header, tree};
use std::fmt::Write;
use std::sync::Arc;
use taipan_artifact::Limits;
use taipan_bytecode_format::artifact::{decode_code, encode_code};
use taipan_bytecode_format::tables::{exceptions, positions};
use taipan_bytecode_format::{Code, Validation, pyc, verify};

struct Module {
    path: String,
    code: Arc<Code>,
    facts: String,
}

fn modules() -> Vec<Module> {
    let path = std::env::var_os("TAIPAN_REFERENCE_CODE").map_or(common::fixture("reference.bin"), Into::into);
    let modules = common::modules(&path).into_iter();
    modules.map(|module| Module { code: module.code(), path: module.path, facts: module.facts }).collect()
}

#[test]
fn the_tables_read_and_write_back() {
    let mut count = 0;
    for module in modules() {
        for code in tree(&module.code) {
            let entries = positions::decode(&code.linetable, code.firstlineno).map(Result::unwrap);
            assert_eq!(positions::encode(code.firstlineno, entries), code.linetable, "{}", module.path);
            let entries: Vec<_> = exceptions::decode(&code.exceptiontable).map(Result::unwrap).collect();
            assert_eq!(exceptions::encode(&entries), code.exceptiontable, "{}", module.path);
            count += 1;
        }
    }
    println!("{count} code objects");
}

/// The line that the script writes.
fn facts(code: &Code) -> String {
    let some = |number: Option<i64>| number.map_or("None".to_owned(), |n| n.to_string());
    let name = code.name.as_wtf8().as_str().unwrap().replace(' ', "");
    let mut out = format!("('{name}',[");
    let mut items = Vec::new();
    for entry in positions::decode(&code.linetable, code.firstlineno).map(Result::unwrap) {
        let at = entry.location;
        let parts = [
            at.map(|at| at.line.into()),
            at.map(|at| at.end_line.into()),
            at.and_then(|at| at.column.map(Into::into)),
            at.and_then(|at| at.end_column.map(Into::into)),
        ];
        let item = format!("({})", parts.map(some).join(","));
        items.extend(std::iter::repeat_n(item, entry.units as usize));
    }
    let _ = write!(out, "{}],[", items.join(","));
    let lines = positions::lines(&code.linetable, code.firstlineno).unwrap();
    let lines: Vec<_> = lines
        .iter()
        .map(|range| format!("({},{},{})", range.start, range.end, some(range.line.map(Into::into))))
        .collect();
    let _ = write!(out, "{}],[", lines.join(","));
    let handlers: Vec<_> = exceptions::decode(&code.exceptiontable)
        .map(Result::unwrap)
        .map(|e| {
            let lasti = if e.lasti { "True" } else { "False" };
            format!("({},{},{},{},{lasti})", e.start * 2, e.end * 2, e.target * 2, e.depth)
        })
        .collect();
    let _ = write!(out, "{}])", handlers.join(","));
    out
}

#[test]
fn positions_lines_and_handlers_are_the_reference_s() {
    for module in modules().iter().filter(|module| !module.facts.is_empty()) {
        let wanted: Vec<&str> = module.facts.lines().collect();
        let codes = tree(&module.code);
        assert_eq!(codes.len(), wanted.len());
        for (code, wanted) in codes.iter().zip(wanted) {
            assert_eq!(facts(code), wanted, "{}", module.path);
        }
    }
}

#[test]
fn nothing_of_the_reference_is_refused() {
    let (mut count, mut bytes, mut refused) = (0, 0, Vec::new());
    let modules = modules();
    let start = std::time::Instant::now();
    for module in &modules {
        for code in tree(&module.code) {
            count += 1;
            bytes += code.code.len();
            if let Err(error) = verify::verify(code) {
                refused.push(format!("{}: {error}", module.path));
            }
        }
    }
    println!("{count} code objects, {bytes} bytes of code, {:?}", start.elapsed());
    let shown: Vec<_> = refused.iter().take(30).cloned().collect();
    assert!(refused.is_empty(), "{} refused\n{}", refused.len(), shown.join("\n"));
}

#[test]
fn code_objects_read_back_from_a_pyc() {
    let header = header();
    for module in modules() {
        let bytes = encode_code(&module.code, &header).unwrap();
        let (_, code) = decode_code(&bytes, Limits::default()).unwrap();
        assert_eq!(encode_code(&code, &header).as_ref(), Ok(&bytes), "{}", module.path);
        assert_eq!(format!("{code:?}"), format!("{:?}", module.code), "{}", module.path);
        let validation = Validation::Hash { hash: *b"12345678", checked: false };
        let file = pyc::write(&code, &header, validation).unwrap();
        let read = pyc::read(&file, Limits::default());
        assert_eq!(read.map(|read| read.validation), Ok(validation), "{}", module.path);
    }
}

/// The golden is made by `tests/parity/reference/disassembly.py`.
#[test]
fn the_listing_is_that_of_dis() {
    let wanted = std::fs::read_to_string(common::fixture("constructs.dis")).unwrap();
    let modules = modules();
    let Some(module) = modules.iter().find(|module| module.path.ends_with("bytecode/constructs.py")) else {
        return;
    };
    let listing = taipan_bytecode_format::dis::text(&module.code);
    for (line, (found, wanted)) in listing.lines().zip(wanted.lines()).enumerate() {
        // sets print in the order of their hashes
        if !wanted.contains("frozenset") {
            assert_eq!(found, wanted, "line {}", line + 1);
        }
    }
    assert_eq!(listing.lines().count(), wanted.lines().count());
}

#[test]
fn the_assembly_reads_back() {
    use taipan_bytecode_format::assembly;
    for module in modules() {
        let text = assembly::write(&module.code).unwrap();
        let code = assembly::read(&text).unwrap_or_else(|error| panic!("{}: {error}", module.path));
        assert_eq!(format!("{code:?}"), format!("{:?}", module.code), "{}", module.path);
    }
}

#[test]
fn the_tree_of_code_objects_is_complete() {
    let count = |value: &serde_json::Value| {
        let mut pending = vec![value];
        let mut count = 0;
        while let Some(value) = pending.pop() {
            count += 1;
            let constants = value["constants"].as_array().unwrap();
            pending.extend(constants.iter().map(|c| &c["code"]).filter(|c| !c.is_null()));
        }
        count
    };
    for module in modules() {
        assert_eq!(count(&taipan_bytecode_format::dis::json(&module.code)), tree(&module.code).len());
    }
}
