//! `taipan-parse`: from source text or tokens to the syntax tree.
//! Invariant: exits with 0 if every input was parsed, 1 if one has errors or is damaged, 2 if the command
//! line is wrong or a file can't be opened, 70 if this program is.

mod args;
mod report;
mod run;

use args::{Action, parse_args};
use std::io::Write;
use std::process::ExitCode;

const HELP: &str = "\
usage: taipan-parse [option] FILE...

Parses Python 3.14 and writes the syntax tree. FILE is a source or an artifact of
tokens or of a tree; `-` is standard input.

options:
  -o, --output FILE      write to FILE; without it to standard output
  --format FORMAT        bin, text, json, or dump: what Python's ast.dump(tree,
                         include_attributes=True, indent=1) gives; without it bin,
                         on a terminal text
  --input KIND           source, tok or ast; without it, told by what FILE holds
  --mode MODE            exec (default), single, eval or func_type
  --type-comments        put type comments into the tree
  --feature-version N    parse as Python 3.N does
  --optimize N           level of optimization: -1, 0, 1 or 2
  --strip SECTION        leave out of a binary artifact: source or positions
  --error-format FORMAT  cpython (default) or json
  -h, --help             show this
  -V, --version          show the version

Tokens are parsed under the options that they were made with. Exit status: 0 fine,
1 an input has errors, 2 wrong usage or a file that cannot be opened.
";

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        let _ = writeln!(std::io::stderr(), "taipan-parse: internal error: {info}");
        std::process::exit(70);
    }));
    let stdout = |text: &str| match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(1),
    };
    match parse_args(lexopt::Parser::from_env()) {
        Ok(Action::Help) => stdout(HELP),
        Ok(Action::Version) => stdout(concat!("taipan-parse ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Action::Run(request)) => ExitCode::from(run::run(&request)),
        Err(error) => {
            report::complain(&format!("{error}\nTry `taipan-parse --help` for more information."));
            ExitCode::from(2)
        }
    }
}
