//! The command line.

use lexopt::prelude::*;
use std::io::IsTerminal;
use std::path::PathBuf;
use taipan_lexer::{LexOptions, Mode};

/// One line for errors of usage.
pub const USAGE: &str = "usage: taipan-lex [OPTION...] FILE...  (--help says more)";

const HELP: &str = "\
usage: taipan-lex [OPTION...] FILE...

Splits Python 3.14 source into tokens. FILE is source or a token file in any of its forms; - is standard
input.

  -o FILE                 write to FILE instead of standard output
  --format FORMAT         bin, text, json, or tokenize for what `python -m tokenize -e` prints;
                          bin if none is given, on a terminal text
  --mode MODE             exec, single, eval or func_type: what the source is to be read as
  --type-comments         make `# type:` comments tokens
  --error-format FORMAT   cpython or json: how errors are written to standard error
  --version, --help

Exit status: 0 fine, 1 an input has errors (its tokens are written up to there), 2 wrong usage.
";

/// How tokens are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The container of all artifacts.
    Binary,
    /// The notation for people.
    Text,
    /// JSON.
    Json,
    /// The listing of Python's `tokenize` program.
    Tokenize,
}

/// How errors are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ErrorFormat {
    /// As CPython prints them.
    Cpython,
    /// One JSON object a line.
    Json,
}

/// What to do.
pub struct Options {
    pub inputs: Vec<PathBuf>,
    pub output: Option<PathBuf>,
    pub format: Format,
    pub error_format: ErrorFormat,
    pub lex: LexOptions,
}

/// What the command line asks for.
pub enum Command {
    Run(Options),
    Say(String),
}

/// Reads the command line.
pub fn parse() -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut inputs, mut output, mut format) = (Vec::new(), None, None);
    let mut error_format = ErrorFormat::Cpython;
    let mut lex = LexOptions::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('o') | Long("output") => output = Some(PathBuf::from(parser.value()?)),
            Long("format") => format = Some(parser.value()?.parse_with(read_format)?),
            Long("mode") => lex.mode = parser.value()?.parse_with(mode)?,
            Long("type-comments") => lex.type_comments = true,
            Long("error-format") => error_format = parser.value()?.parse_with(read_error_format)?,
            Long("version") | Short('V') => {
                return Ok(Command::Say(format!("taipan-lex {}\n", env!("CARGO_PKG_VERSION"))));
            }
            Long("help") | Short('h') => return Ok(Command::Say(HELP.to_owned())),
            Value(value) => inputs.push(PathBuf::from(value)),
            _ => return Err(argument.unexpected()),
        }
    }
    let terminal = output.is_none() && std::io::stdout().is_terminal();
    let format = format.unwrap_or(if terminal { Format::Text } else { Format::Binary });
    if inputs.is_empty() {
        return Err("a file is missing".into());
    }
    if inputs.len() > 1 && format == Format::Binary {
        return Err("the format bin takes one file".into());
    }
    Ok(Command::Run(Options { inputs, output, format, error_format, lex }))
}

fn read_format(text: &str) -> Result<Format, &'static str> {
    Ok(match text {
        "bin" => Format::Binary,
        "text" => Format::Text,
        "json" => Format::Json,
        "tokenize" => Format::Tokenize,
        _ => return Err("expected bin, text, json or tokenize"),
    })
}

fn read_error_format(text: &str) -> Result<ErrorFormat, &'static str> {
    match text {
        "cpython" => Ok(ErrorFormat::Cpython),
        "json" => Ok(ErrorFormat::Json),
        _ => Err("expected cpython or json"),
    }
}

fn mode(text: &str) -> Result<Mode, &'static str> {
    Ok(match text {
        "exec" => Mode::Exec,
        "single" => Mode::Single,
        "eval" => Mode::Eval,
        "func_type" => Mode::FuncType,
        _ => return Err("expected exec, single, eval or func_type"),
    })
}
