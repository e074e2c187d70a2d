//! What the archive holds.

use taipan_bytecode_format::{Opcode, Verified};

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
        Verified::new_tree(code).unwrap_or_else(|error| panic!("{}: {error}", entry.name()));
    }
    assert!(super::len() > 400, "{} modules", super::len());
    assert!(super::find("nonesuch").is_none() && super::find("").is_none());
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
