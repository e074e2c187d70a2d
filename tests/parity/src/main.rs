//! `taipan-parity`: each stage beside the reference interpreter, on the reference's own library.
//! Invariant: an answer counts as equal only if it is the reference's byte for byte.

mod ast;
mod bytecode;
mod errors;
mod forms;
mod front;
mod generated;
mod harvest;
mod oracle;
mod programs;
mod reference;
mod refusals;
mod report;
mod reproducible;
mod symtable;
mod tokens;

use lexopt::prelude::*;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: taipan-parity tokens --python PATH [--show N] [FILE...]
       taipan-parity symtable --python PATH [--show N] [--out FILE] [FILE...]
       taipan-parity bytecode --python PATH [--optimize N] [--show N] [--out FILE] [FILE...]
       taipan-parity ast|forms --python PATH [--harvest FILE] [--show N] [--out FILE] [FILE...]
                         [--optimize N] [--feature-version N] [--type-comments]
       taipan-parity refusals --python PATH --harvest FILE [--show N] [--out FILE]
       taipan-parity reproducible --python PATH [--show N] [FILE...]
       taipan-parity programs [--python PATH] [--piped|--stress] [--show N] [--out FILE] [NAME...]
       taipan-parity generated --python PATH [--seed N] [--count N] [--show N] [--out FOLDER] [FILE...]
       taipan-parity errors --python PATH --harvest FILE [--show N] [--out FILE]";

/// What the command line asks for.
struct Request {
    command: String,
    /// The reference; empty where none is needed.
    python: PathBuf,
    piped: bool,
    stress: bool,
    files: Vec<PathBuf>,
    harvest: Option<PathBuf>,
    out: Option<PathBuf>,
    show: usize,
    seed: Option<u64>,
    count: usize,
    variant: front::Variant,
}

fn parse() -> Result<Request, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut command, mut python, mut files, mut show) = (None, None, Vec::new(), 20);
    let (mut harvest, mut out, mut variant) = (None, None, front::Variant::default());
    let (mut seed, mut count) = (None, 2000);
    let (mut piped, mut stress) = (false, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("python") => python = Some(PathBuf::from(parser.value()?)),
            Long("harvest") => harvest = Some(PathBuf::from(parser.value()?)),
            Long("out") => out = Some(PathBuf::from(parser.value()?)),
            Long("optimize") => variant.optimize = parser.value()?.parse()?,
            Long("feature-version") => variant.feature_version = parser.value()?.parse()?,
            Long("piped") => piped = true,
            Long("stress") => stress = true,
            Long("type-comments") => variant.type_comments = true,
            Long("seed") => seed = Some(parser.value()?.parse()?),
            Long("count") => count = parser.value()?.parse()?,
            Long("show") => show = parser.value()?.parse()?,
            Value(value) if command.is_none() => command = Some(value.string()?),
            Value(value) => files.push(PathBuf::from(value)),
            _ => return Err(argument.unexpected()),
        }
    }
    let command = command.ok_or("a command is missing")?;
    if python.is_none() && command != "programs" {
        return Err("--python is missing".into());
    }
    let python = python.unwrap_or_default();
    Ok(Request { command, python, piped, stress, files, harvest, out, show, seed, count, variant })
}

fn main() -> ExitCode {
    let request = match parse() {
        Ok(request) => request,
        Err(error) => {
            eprintln!("taipan-parity: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let outcome = match request.command.as_str() {
        "tokens" => tokens::run(&request),
        "ast" => ast::run(&request),
        "forms" => forms::run(&request),
        "errors" => errors::run(&request),
        "symtable" => symtable::run(&request),
        "bytecode" => bytecode::run(&request),
        "refusals" => refusals::run(&request),
        "programs" => programs::run(&request),
        "generated" => generated::run(&request),
        "reproducible" => reproducible::run(&request),
        other => {
            eprintln!("taipan-parity: unknown command {other:?}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("taipan-parity: {error}");
            ExitCode::from(1)
        }
    }
}
