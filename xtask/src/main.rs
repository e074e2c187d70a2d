//! Chores of the project: `cargo xtask <command>`.

mod aliases;
mod asan;
mod charsets;
mod codegen;
mod conformance;
mod sequences;
mod tidy;
mod unicode;
mod unicode_database;

use std::process::{Command, ExitCode};

const USAGE: &str = "\
usage: cargo xtask codegen [--check]      write the generated files, or say which are stale
       cargo xtask tidy                   check the conventions
       cargo xtask parity WHAT OPTIONS    compare with a reference interpreter: tokens, ast, errors,
                                          symtable, bytecode, refusals, reproducible,
                                          programs (straight, --piped or --stress), generated, abi
       cargo xtask conformance            run a sample of CPython's tests, and fail on what passed before
       cargo xtask bench [OPTIONS]        run the benchmarks
       cargo xtask robust                 ask for more in the tests of robustness than they ask for by themselves
       cargo xtask asan                   run the tests of `object` under AddressSanitizer (needs a nightly)
       cargo xtask unicode --python PATH  derive the Unicode tables from a Python of the right version
       cargo xtask charsets --python PATH derive the tables of East Asian encodings from the same
       cargo xtask aliases FILE           derive the aliases of character names from NameAliases.txt
       cargo xtask sequences FILE         derive the named sequences from NamedSequences.txt
       cargo xtask fuzz [ROUNDS [CRATE]]  try so many mutants in each fuzz target (of one crate), by default
                                          10,000,000, and say what became of them";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["codegen"] => codegen::run(false),
        ["codegen", "--check"] => codegen::run(true),
        ["tidy"] => tidy::run(),
        // debug assertions and the heap checker look on
        ["parity", "abi", rest @ ..] => cargo(&["run", "--quiet", "-p", "taipan-abi", "--"], rest, &[]),
        ["parity", rest @ ..] => {
            // what is compared is a program
            let program = match rest.first() {
                Some(&"reproducible") => Some("taipan-codegen"),
                Some(&("programs" | "generated")) => Some("taipan-cli"),
                _ => None,
            };
            let mut programs: Vec<&str> = program.into_iter().collect();
            if rest.contains(&"--piped") {
                programs.extend(["taipan-lexer", "taipan-parser", "taipan-codegen", "taipan-launch"]);
            }
            // stress is what only a debug build is put under
            let profile = if rest.contains(&"--stress") { "dev" } else { "release" };
            for program in programs {
                let build = ["build", "--quiet", "--profile", profile, "-p", program];
                if let Err(error) = cargo(&build, &[], &[]) {
                    eprintln!("xtask: {error}");
                    return ExitCode::FAILURE;
                }
            }
            cargo(&["run", "--quiet", "--profile", profile, "-p", "taipan-parity", "--"], rest, &[])
        }
        ["conformance", rest @ ..] => conformance::run(rest),
        ["bench", rest @ ..] => cargo(&["bench", "-p", "taipan-bench"], rest, &[]),
        ["fuzz"] => fuzz("10000000", None),
        ["fuzz", rounds] => fuzz(rounds, None),
        ["fuzz", rounds, name] => fuzz(rounds, Some(name)),
        ["robust"] => robust(),
        ["asan"] => asan::run(),
        ["unicode", "--python", python] => unicode::run(python),
        ["charsets", "--python", python] => charsets::run(python),
        ["aliases", path] => aliases::run(path),
        ["sequences", path] => sequences::run(path),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The scripts of `fixtures/robustness` at the depth, and in the time, that they are meant for.
fn robust() -> Result<(), String> {
    let arguments = ["test", "--release", "-p", "taipan-cli", "--test", "robustness"];
    let mut variables = vec![
        ("TAIPAN_ROBUST_DEPTH", "100000"),
        ("TAIPAN_ROBUST_MILLISECONDS", "10"),
        ("TAIPAN_ROBUST_SHARE", "1"),
    ];
    // the reference's tests hold programs that crashed interpreters
    let tests = Command::new(root().join("scripts/reference")).arg("--tests").output();
    let tests = tests.ok().filter(|output| output.status.success());
    let tests = tests.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match &tests {
        Some(tests) => variables.push(("TAIPAN_ROBUST_TESTS", tests)),
        None => eprintln!("xtask: the reference's tests cannot be had: its crashers are not run"),
    }
    // one after the other, so that the times are those of requests
    cargo(&arguments, &["--", "--test-threads=1"], &variables)
}

/// The mutators run for a moment in every test run; here they go through more mutants.
fn fuzz(rounds: &str, name: Option<&str>) -> Result<(), String> {
    let package = name.map(|name| format!("taipan-{name}"));
    let mut arguments = vec!["test", "--release"];
    match &package {
        Some(package) => arguments.extend(["--package", package]),
        None => arguments.extend(["--workspace", "--exclude", "taipan-bench"]),
    }
    arguments.extend(["mutants", "--", "--nocapture"]);
    cargo(&arguments, &["--test-threads=2"], &[("TAIPAN_FUZZ_ROUNDS", rounds)])
}

fn cargo(arguments: &[&str], rest: &[&str], variables: &[(&str, &str)]) -> Result<(), String> {
    let status = Command::new(cargo_program())
        .current_dir(root())
        .args(arguments)
        .args(rest)
        .envs(variables.iter().copied())
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`cargo {}` failed", arguments.join(" "))) }
}

/// The cargo that runs this, if one does.
pub fn cargo_program() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The root of the workspace.
pub fn root() -> std::path::PathBuf {
    let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

#[cfg(test)]
mod tests {
    #[test]
    fn generated_files_are_not_stale() {
        assert_eq!(super::codegen::run(true), Ok(()));
    }
}
