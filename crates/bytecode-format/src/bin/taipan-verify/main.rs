//! `taipan-verify`: says of `.pyc` files whether they are safe to run.
//! Invariant: exit 0 if all inputs are, 1 if one is refused, 2 for a wrong command line, 70 for a bug of
//! this program.
#![forbid(unsafe_code)]

use lexopt::prelude::*;
use std::error::Error;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use taipan_artifact::Limits;
use taipan_bytecode_format::{assembly, pyc, verify};

const USAGE: &str = "\
usage: taipan-verify [-q] FILE...

Verifies Python 3.14 bytecode. FILE is a .pyc of Taipan or its assembly text; - is standard input.

  -q, --quiet             say nothing of inputs that are fine
  --version, --help

Exit status: 0 all inputs are fine, 1 one is refused, 2 wrong usage.
";

/// `EX_SOFTWARE` of sysexits.h.
const INTERNAL_ERROR: i32 = 70;

struct Options {
    inputs: Vec<PathBuf>,
    quiet: bool,
    say: Option<String>,
}

fn parse() -> Result<Options, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let mut options = Options { inputs: Vec::new(), quiet: false, say: None };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('q') | Long("quiet") => options.quiet = true,
            Long("version") | Short('V') => {
                options.say = Some(format!("taipan-verify {}\n", env!("CARGO_PKG_VERSION")));
            }
            Long("help") | Short('h') => options.say = Some(USAGE.to_owned()),
            Value(value) => options.inputs.push(PathBuf::from(value)),
            _ => return Err(argument.unexpected()),
        }
    }
    if options.inputs.is_empty() && options.say.is_none() {
        return Err("no input".into());
    }
    Ok(options)
}

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        let _ = writeln!(io::stderr(), "taipan-verify: internal error{place}; please report it");
        std::process::exit(INTERNAL_ERROR);
    }));
    let options = match parse() {
        Ok(options) => options,
        Err(error) => {
            let _ = write!(io::stderr(), "taipan-verify: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if let Some(text) = options.say {
        let _ = io::stdout().write_all(text.as_bytes());
        return ExitCode::SUCCESS;
    }
    let mut failed = false;
    for input in &options.inputs {
        match check(input) {
            Ok(()) if options.quiet => {}
            Ok(()) => drop(writeln!(io::stdout(), "{}: fine", input.display())),
            Err(error) => {
                let _ = writeln!(io::stderr(), "taipan-verify: {}: {error}", input.display());
                failed = true;
            }
        }
    }
    if failed { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn check(input: &Path) -> Result<(), Box<dyn Error>> {
    let mut bytes = Vec::new();
    if input == Path::new("-") {
        io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(input)?;
    }
    if bytes.starts_with(assembly::MARK.as_bytes()) {
        verify::verify_all(&assembly::read(std::str::from_utf8(&bytes)?)?)?;
    } else {
        pyc::read(&bytes, Limits::default())?;
    }
    Ok(())
}
