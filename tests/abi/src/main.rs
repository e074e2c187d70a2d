//! `taipan-abi`: what compiled extensions see of objects. A C file that is compiled against the reference's headers looks at
//! objects and changes them by CPython's own macros (`probe.c`), once inside of the reference, which loads it by ctypes
//! (`reference.py`), and once here. `objects.txt` says of which objects, as expressions. Invariant: what counts as equal is
//! the reference's answer byte for byte.

mod ours;
mod probe;

use lexopt::prelude::*;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const USAGE: &str = "usage: taipan-abi --python PATH [--include FOLDER]";

/// What the command line asks for.
struct Request {
    python: PathBuf,
    include: Option<PathBuf>,
}

fn parse() -> Result<Request, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut python, mut include) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("python") => python = Some(PathBuf::from(parser.value()?)),
            Long("include") => include = Some(PathBuf::from(parser.value()?)),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Request { python: python.ok_or("--python is missing")?, include })
}

/// A file of this package.
fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The folder with the reference's `Python.h`: beside the reference, where it stands with all its files.
fn headers(request: &Request) -> Result<PathBuf, String> {
    if let Some(include) = &request.include {
        return Ok(include.clone());
    }
    let real = std::fs::canonicalize(&request.python).map_err(|error| format!("the reference: {error}"))?;
    let beside = real.parent().and_then(Path::parent).map(|prefix| prefix.join("include/python3.14"));
    match beside.filter(|folder| folder.join("Python.h").exists()) {
        Some(folder) => Ok(folder),
        None => Err("no Python.h beside the reference: say --include".to_owned()),
    }
}

/// Compiles the probe.
fn compile(request: &Request, to: &Path) -> Result<(), String> {
    let include = headers(request)?;
    let above = include.parent().unwrap_or(&include);
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let status = Command::new(compiler)
        .args(["-shared", "-fPIC", "-O2", "-Wall", "-Wno-unused-variable", "-o"])
        .arg(to)
        .arg("-I")
        .arg(&include)
        // a Debian's header names that of the machine from the folder above
        .arg("-I")
        .arg(above)
        .arg(own("probe.c"))
        .status()
        .map_err(|error| format!("cc: {error}"))?;
    if status.success() { Ok(()) } else { Err("the probe does not compile".to_owned()) }
}

/// The reference's answers.
fn theirs(request: &Request, probe: &Path) -> Result<String, String> {
    let output = Command::new(&request.python)
        .args([&own("reference.py"), probe, &own("objects.txt")])
        .env("PYTHONHASHSEED", "0")
        .output()
        .map_err(|error| format!("the reference: {error}"))?;
    if !output.status.success() {
        return Err(format!("the reference: {}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

/// The answers to each expression, which stands before those to it.
fn sections(answers: &str) -> Vec<Vec<&str>> {
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for line in answers.lines() {
        match sections.last_mut() {
            Some(last) if line.starts_with("  ") => last.push(line),
            _ => sections.push(vec![line]),
        }
    }
    sections
}

/// Whether a line tells which slots a type has: they are there for who asks, but until there is a C API to call them by
/// nothing depends on their number.
fn tells_slots(line: &str) -> bool {
    line.starts_with("  slots:")
}

/// Prints the differences; how many objects there are, how many of them differ, and of how many only the slots do.
fn compare(ours: &str, theirs: &str) -> (usize, usize, usize) {
    let (ours, theirs) = (sections(ours), sections(theirs));
    let (mut wrong, mut slots) = (usize::from(ours.len() != theirs.len()), 0);
    for (own, expected) in ours.iter().zip(&theirs).filter(|(own, expected)| own != expected) {
        let length = own.len().max(expected.len());
        let lines = (0..length).map(|at| (own.get(at), expected.get(at)));
        let different: Vec<_> = lines.filter(|(own, expected)| own != expected).collect();
        if different.iter().all(|(own, _)| own.is_some_and(|line| tells_slots(line))) {
            slots += 1;
            continue;
        }
        wrong += 1;
        println!("{}", expected.first().copied().unwrap_or_default());
        for (own, expected) in different {
            println!("  - {}", expected.map_or("", |line| line.trim()));
            println!("  + {}", own.map_or("", |line| line.trim()));
        }
    }
    (theirs.len(), wrong, slots)
}

fn run(request: &Request) -> Result<bool, String> {
    let file = std::env::temp_dir().join(format!("taipan-abi-{}.so", std::process::id()));
    compile(request, &file)?;
    let theirs = theirs(request, &file);
    let probe = probe::Probe::load(&file);
    // both have it by now
    std::fs::remove_file(&file).map_err(|error| error.to_string())?;
    let ours = ours::answers(&probe?, &own("objects.txt"))?;
    let (all, wrong, slots) = compare(&ours, &theirs?);
    println!("abi: {all} objects, {wrong} differ; of {slots} more the type has other slots");
    Ok(wrong == 0)
}

fn main() -> ExitCode {
    let request = match parse() {
        Ok(request) => request,
        Err(error) => {
            eprintln!("taipan-abi: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&request) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("taipan-abi: {error}");
            ExitCode::from(1)
        }
    }
}
