//! `docs/bytecode.md` is what the tables say.

use std::path::Path;
use taipan_bytecode_format::doc;

#[test]
fn the_documentation_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/bytecode.md");
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == doc::markdown(), "docs/bytecode.md is stale: run `cargo xtask codegen`");
}
