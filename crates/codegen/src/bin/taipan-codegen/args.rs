//! The command line.

use lexopt::prelude::*;
use std::ffi::OsString;
use std::io::IsTerminal;
use taipan_codegen::CompileOptions;
use taipan_lexer::Mode;
use taipan_parser::ParseOptions;
use taipan_parser::front::InputKind;

/// What the command line asks for.
#[derive(Debug)]
pub enum Action {
    /// The help.
    Help,
    /// The version.
    Version,
    /// Compiling.
    Run(Box<Request>),
}

/// What to compile, and how.
#[derive(Debug)]
pub struct Request {
    /// The files in order; `-` is standard input.
    pub files: Vec<OsString>,
    /// Where to write.
    pub output: Option<OsString>,
    /// What to write.
    pub format: Format,
    /// Write the symbol table.
    pub symtable: bool,
    /// What the files are; without it, told by what they hold.
    pub input: Option<InputKind>,
    /// How to parse.
    pub parse: ParseOptions,
    /// How to compile.
    pub compile: CompileOptions,
    /// How a `.pyc` is held to its source.
    pub invalidation: Invalidation,
    /// What file names begin with, and what they are to begin with.
    pub remap: Vec<(String, String)>,
    /// Whether diagnostics are JSON.
    pub json_errors: bool,
}

/// What to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// A `.pyc`.
    Bin,
    /// Assembly text.
    Text,
    /// JSON.
    Json,
}

/// The kinds of PEP 552.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Invalidation {
    /// The source's hash, which is not looked at.
    UncheckedHash,
    /// The source's hash, which is looked at.
    CheckedHash,
    /// The source's time of modification and size.
    Timestamp,
}

/// Reads the command line.
pub fn parse_args(mut parser: lexopt::Parser) -> Result<Action, lexopt::Error> {
    let mut format = None;
    let mut request = Request {
        files: Vec::new(),
        output: None,
        format: Format::Bin,
        symtable: false,
        input: None,
        parse: ParseOptions::default(),
        compile: CompileOptions::default(),
        invalidation: Invalidation::UncheckedHash,
        remap: Vec::new(),
        json_errors: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Action::Help),
            Short('V') | Long("version") => return Ok(Action::Version),
            Short('o') | Long("output") => request.output = Some(parser.value()?),
            Long("format") => format = Some(word(&mut parser, read_format)?),
            Long("symtable") => request.symtable = true,
            Long("input") => request.input = Some(word(&mut parser, read_input)?),
            Long("mode") => request.parse.mode = word(&mut parser, read_mode)?,
            Long("optimize") => request.compile.optimize = word(&mut parser, read_level)?,
            Long("top-level-await") => request.compile.top_level_await = true,
            Long("invalidation") => request.invalidation = word(&mut parser, read_invalidation)?,
            Long("remap") => request.remap.push(word(&mut parser, read_remap)?),
            Long("error-format") => request.json_errors = word(&mut parser, read_error_format)?,
            Value(file) => request.files.push(file),
            other => return Err(other.unexpected()),
        }
    }
    check(request, format)
}

/// What must hold of the options together.
fn check(mut request: Request, format: Option<Format>) -> Result<Action, lexopt::Error> {
    if request.files.is_empty() {
        return Err("no files".into());
    }
    if request.output.is_some() && request.files.len() > 1 {
        return Err("--output takes the code of one file".into());
    }
    let terminal = request.output.is_none() && std::io::stdout().is_terminal();
    let default = if terminal || request.symtable { Format::Text } else { Format::Bin };
    request.format = format.unwrap_or(default);
    if request.format == Format::Bin && request.symtable {
        return Err("a symbol table is written as text or json".into());
    }
    if request.format == Format::Bin && request.files.len() > 1 {
        return Err("the format bin takes one file".into());
    }
    Ok(Action::Run(Box::new(request)))
}

/// The value of an option, if `read` knows it.
fn word<T>(parser: &mut lexopt::Parser, read: impl Fn(&str) -> Option<T>) -> Result<T, lexopt::Error> {
    let value = parser.value()?.string()?;
    read(&value).ok_or_else(|| format!("not a value of this option: {value:?}").into())
}

fn read_format(word: &str) -> Option<Format> {
    Some(match word {
        "bin" => Format::Bin,
        "text" => Format::Text,
        "json" => Format::Json,
        _ => return None,
    })
}

fn read_input(word: &str) -> Option<InputKind> {
    Some(match word {
        "source" => InputKind::Source,
        "tok" => InputKind::Tokens,
        "ast" => InputKind::Tree,
        _ => return None,
    })
}

fn read_mode(word: &str) -> Option<Mode> {
    Some(match word {
        "exec" => Mode::Exec,
        "single" => Mode::Single,
        "eval" => Mode::Eval,
        _ => return None,
    })
}

fn read_level(word: &str) -> Option<u8> {
    word.parse().ok().filter(|level| *level <= 2)
}

fn read_invalidation(word: &str) -> Option<Invalidation> {
    Some(match word {
        "unchecked-hash" => Invalidation::UncheckedHash,
        "checked-hash" => Invalidation::CheckedHash,
        "timestamp" => Invalidation::Timestamp,
        _ => return None,
    })
}

fn read_remap(word: &str) -> Option<(String, String)> {
    word.split_once('=').map(|(from, to)| (from.to_owned(), to.to_owned()))
}

fn read_error_format(word: &str) -> Option<bool> {
    match word {
        "cpython" => Some(false),
        "json" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Action, lexopt::Error> {
        parse_args(lexopt::Parser::from_args(words.split_whitespace()))
    }

    #[test]
    fn options_may_stand_anywhere() {
        let words = "a.py --mode=eval -o x.pyc --optimize 2 --invalidation checked-hash --remap /a=/b";
        let Ok(Action::Run(request)) = parse(words) else { panic!("refused") };
        assert_eq!((request.parse.mode, request.compile.optimize), (Mode::Eval, 2));
        assert_eq!(request.invalidation, Invalidation::CheckedHash);
        assert_eq!(request.remap, [("/a".to_owned(), "/b".to_owned())]);
    }

    #[test]
    fn bad_command_lines_are_refused() {
        let bad = [
            "",
            "x --format png",
            "x --optimize 3",
            "x --mode func_type",
            "-o y a b",
            "x --remap y",
            "x --symtable --format bin",
            "x y --format bin",
            "x -q",
        ];
        for words in bad {
            assert!(parse(words).is_err(), "{words}");
        }
        assert!(matches!(parse("--help"), Ok(Action::Help)));
    }
}
