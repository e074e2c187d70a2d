//! The programs of `fixtures/programs`, run by `taipan`: what they print is what the reference printed. Standard error
//! counts for the programs `traceback_*` and `stderr_*`. `PROGRAM=name` runs one of them.

use std::path::Path;
use std::sync::Mutex;
use taipan_parity::program;

#[test]
fn programs_print_what_the_reference_printed() {
    let folder = program::folder().unwrap();
    let only = std::env::var("PROGRAM").ok();
    let mut names = program::names(&folder).unwrap();
    names.retain(|name| only.as_ref().is_none_or(|only| only == name));
    assert!(only.is_some() || names.len() >= 240, "the programs are not there");
    let wrong = Mutex::new(Vec::new());
    let taipan = Path::new(env!("CARGO_BIN_EXE_taipan"));
    program::each(names, |name| {
        let expected = std::fs::read_to_string(folder.join(format!("{name}.txt")))?;
        let printed = program::output(taipan, &folder, &name)?;
        if printed != expected {
            let lines = program::differences(&printed, &expected);
            wrong.lock().unwrap().push(format!("{name}:{lines}"));
        }
        Ok(())
    })
    .unwrap();
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
