//! `taipan-codegen`: from source text, tokens or a tree to bytecode.
//! Invariant: exits with 0 if every input was compiled, 1 if one has errors or is damaged, 2 if the
//! command line is wrong or a file can't be opened, 70 if this program is.
#![forbid(unsafe_code)]

mod args;
mod run;
mod scopes;

use args::{Action, parse_args};
use std::io::Write;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
usage: taipan-codegen [option] FILE...

Compiles Python 3.14 to bytecode. FILE is a source or an artifact of tokens or of a
tree; `-` is standard input.

options:
  -o, --output FILE      write to FILE; without it to standard output
  --format FORMAT        bin (a .pyc), text (assembly that reads back) or json (the
                         tree of code objects); without it bin, on a terminal text
  --symtable             write the symbol table instead: text or json
  --input KIND           source, tok or ast; without it, told by what FILE holds
  --mode MODE            exec (default), single or eval, for a source
  --optimize N           0 (default), 1: no assert, 2: no docstrings either
  --top-level-await      `await` may stand at the top
  --invalidation KIND    how the .pyc is held to its source: unchecked-hash
                         (default), checked-hash or timestamp
  --remap FROM=TO        file names that begin with FROM begin with TO in the code
  --error-format FORMAT  cpython (default) or json
  -h, --help             show this
  -V, --version          show the version

Exit status: 0 fine, 1 an input has errors, 2 wrong usage or a file that cannot be
opened.
";

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        let _ = writeln!(std::io::stderr(), "taipan-codegen: internal error: {info}");
        std::process::exit(70);
    }));
    let stdout = |text: &str| match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(1),
    };
    match parse_args(lexopt::Parser::from_env()) {
        Ok(Action::Help) => stdout(HELP),
        Ok(Action::Version) => stdout(concat!("taipan-codegen ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Action::Run(request)) => ExitCode::from(run::run(&request)),
        Err(error) => {
            run::complain(&format!("{error}\nTry `taipan-codegen --help` for more information."));
            ExitCode::from(2)
        }
    }
}
