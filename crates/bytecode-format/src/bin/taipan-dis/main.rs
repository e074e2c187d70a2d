//! `taipan-dis`: shows `.pyc` files, and assembles them from text. `options.rs` has the command line.
//! Invariant: exit 0 if all is well, 1 if an input is refused, 2 for a wrong command line, 70 for a bug of
//! this program; a broken pipe is no error. What is shown need not be verified.
#![forbid(unsafe_code)]

mod options;

use options::{Command, Format, Options};
use std::error::Error;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use taipan_artifact::{Header, Limits, PRODUCER, SourceHash};
use taipan_bytecode_format::{Code, Validation, assembly, dis, pyc};

/// `EX_SOFTWARE` of sysexits.h.
const INTERNAL_ERROR: i32 = 70;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        let _ = writeln!(io::stderr(), "taipan-dis: internal error{place}; please report it");
        std::process::exit(INTERNAL_ERROR);
    }));
    match options::parse() {
        Ok(Command::Run(options)) => run(&options),
        Ok(Command::Say(text)) => {
            let _ = io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "taipan-dis: {error}\n{}", options::USAGE);
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> ExitCode {
    let mut failed = false;
    let mut out = Vec::new();
    for input in &options.inputs {
        match show(input, options) {
            Ok(bytes) => out.extend_from_slice(&bytes),
            Err(error) => {
                let _ = writeln!(io::stderr(), "taipan-dis: {}: {error}", input.display());
                failed = true;
            }
        }
    }
    let written = match &options.output {
        Some(path) => std::fs::write(path, &out).map_err(|error| format!("{}: {error}", path.display())),
        None => match io::stdout().write_all(&out).and_then(|()| io::stdout().flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result.map_err(|error| format!("standard output: {error}")),
        },
    };
    if let Err(error) = written {
        let _ = writeln!(io::stderr(), "taipan-dis: {error}");
        failed = true;
    }
    if failed { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn show(input: &Path, options: &Options) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut bytes = Vec::new();
    if input == Path::new("-") {
        io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(input)?;
    }
    let (validation, header, code) = read(&bytes)?;
    Ok(match options.format {
        Format::Text => dis::text(&code).into_bytes(),
        Format::Json => format!("{}\n", dis::json(&code)).into_bytes(),
        Format::Assembly => assembly::write(&code)?.into_bytes(),
        Format::Binary if options.output.is_none() && io::stdout().is_terminal() => {
            return Err("no binary output to a terminal".into());
        }
        Format::Binary => pyc::write(&code, &header, validation)?,
    })
}

/// Reads a `.pyc` or assembly text.
fn read(bytes: &[u8]) -> Result<(Validation, Header, Code), Box<dyn Error>> {
    if !bytes.starts_with(assembly::MARK.as_bytes()) {
        return Ok(pyc::read_unverified(bytes, Limits::default())?);
    }
    let code = assembly::read(std::str::from_utf8(bytes)?)?;
    let header = Header {
        producer: PRODUCER,
        options: Vec::new(),
        source_name: code.filename.clone(),
        source_hash: SourceHash::default(),
    };
    Ok((Validation::Hash { hash: [0; 8], checked: false }, header, code))
}
