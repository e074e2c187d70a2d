//! `cargo xtask conformance`: the reference's own test suite, run by Taipan.
//!
//! By itself it runs a sample of the core modules and fails on a test that the record (`fixtures/conformance/sample.txt`)
//! says has passed before and that fails now, twice. With `--report` it runs all core modules, by the reference too, and
//! writes `docs/conformance.md`. `driver.py` is what an interpreter runs.

mod record;
mod report;
mod run;

use run::{Runner, Statuses};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

const USAGE: &str = "usage: cargo xtask conformance [--tests FOLDER] [--interp PATH] [--jobs N] [--record] [MODULE...]
       cargo xtask conformance --report --python PATH [--tests FOLDER] [--interp PATH] [--jobs N] [MODULE...]";

/// What is asked for.
#[derive(Default)]
struct Request {
    /// The folder of the package `test`.
    tests: Option<PathBuf>,
    interpreter: Option<PathBuf>,
    reference: Option<PathBuf>,
    jobs: usize,
    records: bool,
    reports: bool,
    modules: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// What cannot be run, and what passed before and fails now.
pub fn run(words: &[&str]) -> Result<(), String> {
    let mut request = Request::read(words)?;
    let section = if request.reports { "core" } else { "sample" };
    if request.modules.is_empty() {
        request.modules = modules(section)?;
    }
    let interpreter = match &request.interpreter {
        Some(path) => path.clone(),
        None => build(request.reports)?,
    };
    let tests = match &request.tests {
        Some(path) => path.clone(),
        None => ask_for_tests()?,
    };
    let runner = Runner::new(&tests)?;
    let found = run_all(&runner, &interpreter, &request)?;
    if request.reports {
        let Some(reference) = &request.reference else { return Err(USAGE.to_owned()) };
        return report::write(&found, &run_all(&runner, reference, &request)?);
    }
    if request.records {
        return record::write(&found);
    }
    check(&runner, &interpreter, &found)
}

impl Request {
    fn read(words: &[&str]) -> Result<Request, String> {
        let mut request = Request { jobs: 2, ..Request::default() };
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            let mut value = || words.next().copied().ok_or_else(|| USAGE.to_owned());
            match word {
                "--tests" => request.tests = Some(value()?.into()),
                "--interp" => request.interpreter = Some(value()?.into()),
                "--python" => request.reference = Some(value()?.into()),
                "--jobs" => request.jobs = value()?.parse().map_err(|_| USAGE.to_owned())?,
                "--record" => request.records = true,
                "--report" => request.reports = true,
                option if option.starts_with('-') => return Err(USAGE.to_owned()),
                module => request.modules.push(module.to_owned()),
            }
        }
        Ok(request)
    }
}

/// The modules of a section of `fixtures/conformance/modules.txt`.
fn modules(section: &str) -> Result<Vec<String>, String> {
    let path = crate::root().join("fixtures/conformance/modules.txt");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (mut found, mut inside) = (Vec::new(), false);
    for line in text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => inside = name == section,
            None if inside => found.extend(line.split_whitespace().map(str::to_owned)),
            None => {}
        }
    }
    Ok(found)
}

/// Builds the program; gives its path.
fn build(optimized: bool) -> Result<PathBuf, String> {
    let mut arguments = vec!["build", "--quiet", "-p", "taipan-cli"];
    arguments.extend(optimized.then_some("--release"));
    crate::cargo(&arguments, &[], &[])?;
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| crate::root().join("target"), |path| crate::root().join(path));
    Ok(target.join(if optimized { "release/taipan" } else { "debug/taipan" }))
}

fn ask_for_tests() -> Result<PathBuf, String> {
    let script = crate::root().join("scripts/reference");
    let asked = Command::new(script)
        .arg("--tests")
        .output()
        .map_err(|error| format!("scripts/reference: {error}"))?;
    let path = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    match asked.status.success() && !path.is_empty() {
        true => Ok(path.into()),
        false => Err(format!("scripts/reference: {}", String::from_utf8_lossy(&asked.stderr))),
    }
}

/// What became of the tests of the modules.
fn run_all(
    runner: &Runner,
    interpreter: &Path,
    request: &Request,
) -> Result<BTreeMap<String, Statuses>, String> {
    let (waiting, found) = (Mutex::new(request.modules.iter()), Mutex::new(BTreeMap::new()));
    let next = || waiting.lock().ok().and_then(|mut waiting| waiting.next());
    let work = || -> Result<(), String> {
        while let Some(module) = next() {
            let statuses = runner.module(interpreter, module, &[])?;
            if let Ok(mut found) = found.lock() {
                found.insert(module.clone(), statuses);
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..request.jobs.max(1)).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".into())))
    })?;
    found.into_inner().map_err(|error| error.to_string())
}

/// Whether a test that passed does not pass; one that the tests at hand do not have is not lost.
fn is_lost(statuses: &Statuses, test: &str) -> bool {
    let is_there = statuses.tests.contains_key(test) || !statuses.broken.is_empty();
    is_there && !statuses.passed(test)
}

/// Compares with the record; what is worse gets another run of it alone.
fn check(runner: &Runner, interpreter: &Path, found: &BTreeMap<String, Statuses>) -> Result<(), String> {
    let before = record::read()?;
    let (mut passed, mut lost) = (0, Vec::new());
    for (module, statuses) in found {
        let worse: Vec<String> = before
            .get(module)
            .into_iter()
            .flatten()
            .filter(|test| is_lost(statuses, test))
            .cloned()
            .collect();
        passed += statuses.passing().count();
        if !worse.is_empty() {
            let again = runner.module(interpreter, module, &worse)?;
            lost.extend(
                worse
                    .iter()
                    .filter(|test| !again.passed(test))
                    .map(|test| format!("{test}: {}", again.how(test))),
            );
        }
    }
    println!("conformance: {passed} tests of {} modules pass", found.len());
    if lost.is_empty() {
        return Ok(());
    }
    Err(format!("{} tests passed before:\n{}", lost.len(), lost.join("\n")))
}
