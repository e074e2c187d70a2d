//! The scripts of `fixtures/robustness`: whatever they ask for, the process ends by itself, with an answer for each of
//! their cases. `TAIPAN_ROBUST_DEPTH` says how deep they go, `TAIPAN_ROBUST_MILLISECONDS` how long a request may take
//! that is to be refused at once: `cargo xtask robust` asks for more than an ordinary test run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use taipan_parity::children::{self, Ended};

/// For one script.
const LIMIT: Duration = Duration::from_secs(300);

fn variable(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/robustness")
}

fn run(script: &str, arguments: &[&str]) -> Ended {
    // memory that the system would promise without having it is refused
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 6000000 && exec \"$@\"", "sh", env!("CARGO_BIN_EXE_taipan")]);
    command.arg(folder().join(script)).args(arguments).env("PYTHONHASHSEED", "0");
    children::run(&mut command, LIMIT).unwrap()
}

/// Runs a script; gives the lines of its cases.
fn answers(script: &str, argument: &str) -> Vec<String> {
    let ended = run(script, &[argument]);
    let text = String::from_utf8_lossy(&ended.stdout).into_owned();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let errors = String::from_utf8_lossy(&ended.stderr).into_owned();
    let errors: Vec<&str> = errors.lines().rev().take(5).collect();
    let last = lines.pop().unwrap_or_default();
    assert!(
        ended.failure().is_none() && last == "all",
        "{script}: {:?} behind {last:?}: {errors:?}",
        ended.failure()
    );
    lines
}

#[test]
fn deep_sources_end_in_an_error_or_in_none() {
    let lines = answers("nesting.py", &variable("TAIPAN_ROBUST_DEPTH", "5000"));
    assert!(lines.len() > 60, "{}", lines.len());
}

#[test]
fn deep_recursion_ends_in_an_error_or_in_none() {
    let lines = answers("recursion.py", &variable("TAIPAN_ROBUST_DEPTH", "5000"));
    assert!(lines.len() > 200, "{}", lines.len());
    let inexact: Vec<&String> = lines.iter().filter(|line| line.contains("DEPTH")).collect();
    assert!(inexact.is_empty(), "the depth is not counted exactly behind {inexact:?}");
}

#[test]
fn what_cannot_fit_is_refused_at_once() {
    let lines = answers("sizes.py", &variable("TAIPAN_ROBUST_MILLISECONDS", "500"));
    assert!(lines.len() > 60, "{}", lines.len());
    let wrong: Vec<&String> = lines.iter().filter(|line| line.contains("TOO ")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn functions_nest_as_deep_as_is_promised() {
    let lines = answers("floors.py", "0");
    let short: Vec<&String> = lines.iter().filter(|line| line.contains("TOO FEW")).collect();
    assert!(short.is_empty(), "{short:#?}");
}

#[test]
fn what_callbacks_change_under_a_container_does_no_harm() {
    let lines = answers("reentrancy.py", &variable("TAIPAN_ROBUST_SHARE", "20"));
    assert!(!lines.is_empty());
}

#[test]
fn the_collector_finds_cycles_of_all_shapes() {
    let lines = answers("cycles.py", "");
    assert!(lines.len() >= 60, "{}", lines.len());
    // a shape that goes without the collector proves nothing
    let proven = |line: &&String| line.starts_with("gone ") && !line.ends_with("without the collector");
    let kept: Vec<&String> = lines.iter().filter(|line| !proven(line)).collect();
    assert!(kept.is_empty(), "{kept:?}");
}

/// What runs outside of the interpreter as well, or changes it for good: processes, signals, modules of the system.
const NOT_REPEATED: [&str; 5] = ["core_", "exec_shutdown", "io_", "net_", "stderr_"];

/// Programs that keep something of every run, and why.
const KEEPS: [(&str, &str); 2] = [
    ("functions_code_replaced", "code that was replaced while frames run goes when none does"),
    ("import_finders", "its finders stay on sys.meta_path"),
];

#[test]
fn programs_that_run_again_keep_nothing_more() {
    let folder = taipan_parity::program::folder().unwrap();
    let share = variable("TAIPAN_ROBUST_SHARE", "12").parse().unwrap_or(1);
    let mut names = taipan_parity::program::names(&folder).unwrap();
    names.retain(|name| !NOT_REPEATED.iter().any(|area| name.starts_with(area)));
    let names: Vec<&str> = names.iter().map(String::as_str).step_by(share).collect();
    let mut arguments = vec![folder.to_str().unwrap()];
    arguments.extend(&names);
    let ended = run("leaks.py", &arguments);
    let text = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(ended.failure().is_none() && text.ends_with("all\n"), "{:?} behind {text}", ended.failure());
    let known = |line: &&str| KEEPS.iter().any(|(name, _)| line.split(' ').nth(1) == Some(name));
    let leaks: Vec<&str> =
        text.lines().filter(|line| line.starts_with("LEAKS")).filter(|line| !known(line)).collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
    // a program may write to the descriptor itself
    let told = |line: &&str| line.starts_with("LEAKS ") || line.starts_with("keeps ");
    assert_eq!(text.lines().filter(told).count(), names.len());
}

/// CPython's collection of programs that crashed an interpreter, where its tests are at hand (`TAIPAN_ROBUST_TESTS`).
#[test]
fn what_crashed_interpreters_ends_by_itself() {
    let Some(tests) = std::env::var_os("TAIPAN_ROBUST_TESTS") else { return };
    let folder = Path::new(&tests).join("test/crashers");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "py") {
            let mut command = Command::new("sh");
            command
                .args(["-c", "ulimit -v 6000000 && exec \"$@\"", "sh", env!("CARGO_BIN_EXE_taipan")])
                .arg(&file);
            let ended = children::run(&mut command, Duration::from_secs(60)).unwrap();
            assert!(ended.failure().is_none(), "{}: {:?}", file.display(), ended.failure());
            seen += 1;
        }
    }
    assert!(seen > 4, "{seen} crashers");
}
