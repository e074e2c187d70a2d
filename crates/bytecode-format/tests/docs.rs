//! `docs/bytecode.md` is what the tables say. `TAIPAN_ACCEPT=1` renews it.

use std::path::Path;
use taipan_bytecode_format::doc;

#[test]
fn the_documentation_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/bytecode.md");
    let wanted = doc::markdown();
    if std::env::var_os("TAIPAN_ACCEPT").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/bytecode.md is stale: run this test with TAIPAN_ACCEPT=1");
}
