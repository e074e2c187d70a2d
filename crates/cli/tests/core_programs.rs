//! Programs that use imports and the modules of `stdlib-core` print what the reference printed:
//! `fixtures/programs/core_*.py` and the `.txt` beside each, which `python3.14 core_NAME.py > core_NAME.txt` writes.

use std::path::{Path, PathBuf};
use std::process::Command;

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/programs");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("core_") && name.ends_with(".py")
    };
    let mut found: Vec<PathBuf> = all.filter(is_ours).collect();
    found.sort();
    found
}

#[test]
fn programs_print_what_the_reference_prints() {
    let mut failed = Vec::new();
    let programs = programs();
    assert!(programs.len() >= 9);
    for path in programs {
        let run = Command::new(env!("CARGO_BIN_EXE_taipan")).arg(&path).output().unwrap();
        let printed = String::from_utf8_lossy(&run.stdout).into_owned();
        let wanted = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        if printed != wanted || !run.status.success() {
            let pairs = printed.lines().zip(wanted.lines());
            let first = pairs.enumerate().find(|(_, (own, reference))| own != reference);
            let errors = String::from_utf8_lossy(&run.stderr).into_owned();
            failed.push(format!("{}: {first:?}\n{errors}", path.display()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
