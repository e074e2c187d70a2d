//! `taipan-lex`: Python source to tokens, as a program. `options.rs` has the command line, `stage.rs`
//! what is done with one input.
//! Invariant: exit 0 if all is well, 1 if an input has errors (its tokens are still written), 2 for a
//! wrong command line, 70 for a bug of this program; a broken pipe is no error.
#![forbid(unsafe_code)]

mod options;
mod stage;

use options::{Command, Options};
use std::io::{self, Write};
use std::process::ExitCode;

/// `EX_SOFTWARE` of sysexits.h.
const INTERNAL_ERROR: i32 = 70;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        let _ = writeln!(io::stderr(), "taipan-lex: internal error{place}; please report it");
        std::process::exit(INTERNAL_ERROR);
    }));
    match options::parse() {
        Ok(Command::Run(options)) => run(&options),
        Ok(Command::Say(text)) => {
            let _ = io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "taipan-lex: {error}\n{}", options::USAGE);
            ExitCode::from(2)
        }
    }
}

/// Does all inputs, in order.
fn run(options: &Options) -> ExitCode {
    let mut out = Vec::new();
    let mut code = 0;
    for input in &options.inputs {
        match stage::run(options, input) {
            Ok(done) => {
                let _ = io::stderr().write_all(done.messages.as_bytes());
                out.extend_from_slice(&done.output);
                code = code.max(u8::from(done.failed));
            }
            Err(error) => {
                let _ = writeln!(io::stderr(), "taipan-lex: {}: {error}", input.display());
                // a file that cannot be opened is no input with errors
                code = code.max(if error.is::<io::Error>() { 2 } else { 1 });
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
        let _ = writeln!(io::stderr(), "taipan-lex: {error}");
        code = 2;
    }
    ExitCode::from(code)
}
