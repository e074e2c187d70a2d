//! The programs of `fixtures/programs` from stage to stage (`taipan_parity::piped`): what they print is what the reference
//! printed. Those that compile while they run say so in their first line, and are few.

use std::path::Path;
use std::process::Command;
use taipan_parity::piped::{Stages, compiling};
use taipan_parity::program;

/// Builds the programs of the stages beside that of the virtual machine.
fn build(vm: &Path) {
    let target = vm.parent().and_then(Path::parent).unwrap();
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--offline", "--bins", "--target-dir"]).arg(target);
    command.args(["--package", "taipan-lexer", "--package", "taipan-parser", "--package", "taipan-codegen"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    assert!(command.status().unwrap().success(), "the stages are not built");
}

#[test]
fn programs_print_the_same_through_all_stages() {
    let folder = program::folder().unwrap();
    let names = program::names(&folder).unwrap();
    let all = names.len();
    let (compiling, names) = compiling(&folder, names).unwrap();
    assert!(!compiling.is_empty() && compiling.len() * 10 <= all, "{} of {all} compile", compiling.len());
    let vm = Path::new(env!("CARGO_BIN_EXE_taipan-vm"));
    build(vm);
    let stages = Stages::beside(vm).unwrap();
    let wrong = program::wrong(&folder, names, |name| stages.output(&folder, name)).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
