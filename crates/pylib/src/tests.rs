//! What the archive holds.

use taipan_artifact::Limits;
use taipan_bytecode_format::artifact::decode_code;
use taipan_bytecode_format::{CodeRef, Const, Opcode, Verified};

#[test]
fn every_module_is_found_decodes_and_verifies() {
    let mut last = "";
    for entry in super::entries() {
        assert!(last < entry.name(), "{last} stands before {}", entry.name());
        last = entry.name();
        let found = super::find(entry.name()).map(|found| found.file());
        assert_eq!(found, Some(entry.file()));
        let code = entry.code().unwrap_or_else(|error| panic!("{}: {error}", entry.name()));
        let file = format!("<frozen {}>", entry.name());
        assert_eq!(code.filename.as_wtf8().as_str(), Some(file.as_str()));
        let whole = decode_code(entry.code_bytes(), Limits::default());
        let whole = whole.unwrap_or_else(|error| panic!("{}: {error}", entry.name())).1.into();
        compare(&code, &whole);
        Verified::new_tree(code.whole().clone()).unwrap_or_else(|error| panic!("{}: {error}", entry.name()));
    }
    assert!(super::len() > 400, "{} modules", super::len());
    assert!(super::find("nonesuch").is_none() && super::find("").is_none());
}

/// What is decoded piece by piece is what is decoded at once, and says beforehand what it says then.
fn compare(stored: &CodeRef, whole: &CodeRef) {
    let name = whole.qualname.as_wtf8();
    assert!(matches!(stored, CodeRef::Stored(_)) && matches!(whole, CodeRef::Whole(_)));
    assert_eq!(stored.head(), whole.head());
    assert_eq!(stored.whole().head(), whole.head());
    assert_eq!(stored.consts.len(), whole.consts.len(), "{name:?}");
    for (stored, whole) in stored.consts.iter().zip(&whole.consts) {
        if let (Const::Code(stored), Const::Code(whole)) = (stored, whole) {
            compare(stored, whole);
        }
    }
    assert!(stored.same(whole), "{name:?}");
}

#[test]
fn packages_are_told_from_modules() {
    let is_package = |name| super::find(name).map(|entry| entry.is_package());
    assert_eq!(is_package("importlib"), Some(true));
    assert_eq!(is_package("importlib._bootstrap"), Some(false));
    for left_out in ["test", "tkinter", "idlelib.run", "_dummy_thread", "ensurepip._bundled"] {
        assert_eq!(is_package(left_out), None);
    }
}

#[test]
fn no_source_names_another_interpreter() {
    for entry in super::entries() {
        let source = String::from_utf8_lossy(entry.source());
        assert!(!source.contains("RustPython"), "{}", entry.file());
        assert!(!source.contains("rustpython"), "{}", entry.file());
    }
}

#[test]
fn the_library_knows_our_opcodes() {
    let source = super::find("_opcode_metadata").map(|entry| entry.source()).unwrap_or_default();
    let source = String::from_utf8_lossy(source);
    for opcode in Opcode::ALL {
        let row = format!("    \"{}\": {},", opcode.name(), *opcode as u8);
        let other = format!("    '{}': {},", opcode.name(), *opcode as u8);
        assert!(source.contains(&row) || source.contains(&other), "{row}");
    }
}
