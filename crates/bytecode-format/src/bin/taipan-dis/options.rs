//! The command line.

use lexopt::prelude::*;
use std::path::PathBuf;

/// One line for errors of usage.
pub const USAGE: &str = "usage: taipan-dis [OPTION...] FILE...  (--help says more)";

const HELP: &str = "\
usage: taipan-dis [OPTION...] FILE...

Shows Python 3.14 bytecode. FILE is a .pyc of Taipan or its assembly text; - is standard input.

  -o FILE                 write to FILE instead of standard output
  --format FORMAT         text for what `python -m dis` prints, json for a tree of code objects, asm for
                          text that reads back, bin for a .pyc; text if none is given
  --version, --help

Exit status: 0 fine, 1 an input is refused, 2 wrong usage.
";

/// How code is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As `dis` prints it.
    Text,
    /// JSON.
    Json,
    /// Text that reads back.
    Assembly,
    /// A `.pyc`.
    Binary,
}

/// What to do.
pub struct Options {
    pub inputs: Vec<PathBuf>,
    pub output: Option<PathBuf>,
    pub format: Format,
}

/// What the command line asks for.
pub enum Command {
    Run(Options),
    Say(String),
}

/// Reads the command line.
pub fn parse() -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut inputs, mut output, mut format) = (Vec::new(), None, Format::Text);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('o') | Long("output") => output = Some(PathBuf::from(parser.value()?)),
            Long("format") => format = parser.value()?.parse_with(read_format)?,
            Long("version") | Short('V') => {
                return Ok(Command::Say(format!("taipan-dis {}\n", env!("CARGO_PKG_VERSION"))));
            }
            Long("help") | Short('h') => return Ok(Command::Say(HELP.to_owned())),
            Value(value) => inputs.push(PathBuf::from(value)),
            _ => return Err(argument.unexpected()),
        }
    }
    if inputs.is_empty() {
        return Err("no input".into());
    }
    Ok(Command::Run(Options { inputs, output, format }))
}

fn read_format(text: &str) -> Result<Format, &'static str> {
    match text {
        "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        "asm" => Ok(Format::Assembly),
        "bin" => Ok(Format::Binary),
        _ => Err("a format is text, json, asm or bin"),
    }
}
