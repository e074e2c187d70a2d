//! The programs of `fixtures/programs`, run by `taipan`: what they print is what the reference printed. Standard error
//! counts for the programs `traceback_*` and `stderr_*`. `PROGRAM=name` runs one of them.

use std::path::Path;
use taipan_parity::program;

#[test]
fn programs_print_what_the_reference_printed() {
    let folder = program::folder().unwrap();
    let only = std::env::var("PROGRAM").ok();
    let mut names = program::names(&folder).unwrap();
    names.retain(|name| only.as_ref().is_none_or(|only| only == name));
    assert!(only.is_some() || names.len() >= 240, "the programs are not there");
    let taipan = Path::new(env!("CARGO_BIN_EXE_taipan"));
    let wrong = program::wrong(&folder, names, |name| program::output(taipan, &folder, name)).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
