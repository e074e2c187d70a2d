//! The programs of `fixtures/programs`, run by `taipan`: what they print is what the reference printed. Standard error
//! counts for the programs `traceback_*` and `stderr_*`. `PROGRAM=name` runs one of them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/programs");
    folder.canonicalize().unwrap()
}

/// What a program prints, without the folder that it stands in.
fn output(folder: &Path, name: &str) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_taipan"))
        .arg(format!("{name}.py"))
        .current_dir(folder)
        .env("PYTHONHASHSEED", "0")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let mut text = String::from_utf8_lossy(&run.stdout).into_owned();
    if name.starts_with("traceback_") || name.starts_with("stderr_") {
        text += &String::from_utf8_lossy(&run.stderr);
    }
    text.replace(&format!("{}/", folder.display()), "")
}

#[test]
fn programs_print_what_the_reference_printed() {
    let folder = folder();
    let only = std::env::var("PROGRAM").ok();
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().into_string().ok()?.strip_suffix(".py").map(str::to_owned)
        })
        .filter(|name| only.as_ref().is_none_or(|only| only == name))
        .collect();
    names.sort();
    assert!(only.is_some() || names.len() >= 200, "the programs are not there");
    let (waiting, wrong) = (Mutex::new(names), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(name) = waiting.lock().unwrap().pop() else { break };
                    let expected = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
                    let printed = output(&folder, &name);
                    if printed != expected {
                        let line = printed.lines().zip(expected.lines()).find(|(a, b)| a != b);
                        wrong.lock().unwrap().push(format!("{name}: {line:?}"));
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
