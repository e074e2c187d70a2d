//! The small files under `fixtures/bytecode/small`, which the fuzz tests damage: together they hold every
//! opcode and every kind of constant.
//!
//! To renew them, let the reference compile the sources beside them,
//! `python tests/parity/reference/bytecode.py OUT fixtures/bytecode/small/*.py`, and run this test with
//! `TAIPAN_ACCEPT=1` and `TAIPAN_SMALL_CODE=OUT`.

mod common;

use common::{fixture, header, modules, small_files, tree};
use std::collections::BTreeSet;
use std::path::Path;
use taipan_artifact::Limits;
use taipan_bytecode_format::instruction::instructions;
use taipan_bytecode_format::{Const, Opcode, Validation, pyc};

/// Bytes that a file may have, so that all its flips can be tried.
const LARGEST: usize = 4096;

fn renew(compiled: &Path) {
    for module in modules(compiled) {
        let name = Path::new(&module.path).with_extension("pyc");
        let validation = Validation::Timestamp { mtime: 0x6789_ABCD, size: 0x0123 };
        let file = pyc::write(&module.code(), &header(), validation).unwrap();
        std::fs::write(fixture("small").join(name.file_name().unwrap()), file).unwrap();
    }
}

fn kind(constant: &Const, into: &mut BTreeSet<&'static str>) {
    let inner: &[Const] = match constant {
        Const::Tuple(items) | Const::FrozenSet(items) => items,
        Const::Slice(parts) => parts.as_slice(),
        _ => &[],
    };
    inner.iter().for_each(|constant| kind(constant, into));
    into.insert(match constant {
        Const::None => "None",
        Const::Bool(_) => "bool",
        Const::Ellipsis => "Ellipsis",
        Const::Int(_) => "int",
        Const::Float(_) => "float",
        Const::Complex(..) => "complex",
        Const::Str(_) => "str",
        Const::Bytes(_) => "bytes",
        Const::Tuple(_) => "tuple",
        Const::FrozenSet(_) => "frozenset",
        Const::Slice(_) => "slice",
        Const::Code(_) => "code",
    });
}

#[test]
fn the_small_files_hold_every_opcode_and_every_kind_of_constant() {
    if let (Some(_), Some(compiled)) =
        (std::env::var_os("TAIPAN_ACCEPT"), std::env::var_os("TAIPAN_SMALL_CODE"))
    {
        renew(Path::new(&compiled));
    }
    let (mut opcodes, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    let files = small_files();
    assert_eq!(files.len(), 50);
    for (name, file) in &files {
        assert!(file.len() <= LARGEST, "{name}: {} bytes", file.len());
        let read = pyc::read(file, Limits::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
        for code in tree(&read.code) {
            opcodes.extend(instructions(&code.code).map(|instruction| instruction.unwrap().opcode));
            if instructions(&code.code).any(|instruction| instruction.is_ok_and(|i| i.unit > i.start)) {
                opcodes.insert(Opcode::ExtendedArg);
            }
            code.consts.iter().for_each(|constant| kind(constant, &mut kinds));
        }
        assert_eq!(pyc::write(&read.code, &read.header, read.validation).as_ref(), Ok(file), "{name}");
    }
    let missing: Vec<_> =
        Opcode::ALL.iter().filter(|opcode| opcode.is_public() && !opcodes.contains(opcode)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(kinds.len(), 12, "{kinds:?}");
}
