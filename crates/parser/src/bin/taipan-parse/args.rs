//! The command line.

use lexopt::prelude::*;
use std::ffi::OsString;
use std::io::IsTerminal;
use taipan_parser::front::InputKind;
use taipan_parser::{Mode, ParseOptions};

/// What the command line asks for.
#[derive(Debug)]
pub enum Action {
    /// The help.
    Help,
    /// The version.
    Version,
    /// Parsing.
    Run(Box<Request>),
}

/// What to parse, and how.
#[derive(Debug)]
pub struct Request {
    /// The files in order; `-` is standard input.
    pub files: Vec<OsString>,
    /// Where to write.
    pub output: Option<OsString>,
    /// What to write.
    pub format: Format,
    /// What the files are; without it, told by what they hold.
    pub input: Option<InputKind>,
    /// How to parse.
    pub options: ParseOptions,
    /// Whether to leave the source out of artifacts.
    pub strip_source: bool,
    /// Whether to leave the positions out of artifacts.
    pub strip_positions: bool,
    /// Whether diagnostics are JSON.
    pub json_errors: bool,
}

/// What to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// The artifact's binary form.
    Bin,
    /// Its text form.
    Text,
    /// Its JSON form.
    Json,
    /// What `ast.dump` gives.
    Dump,
}

/// Reads the command line.
pub fn parse_args(mut parser: lexopt::Parser) -> Result<Action, lexopt::Error> {
    let mut format = None;
    let mut request = Request {
        files: Vec::new(),
        output: None,
        format: Format::Bin,
        input: None,
        options: ParseOptions::default(),
        strip_source: false,
        strip_positions: false,
        json_errors: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Action::Help),
            Short('V') | Long("version") => return Ok(Action::Version),
            Short('o') | Long("output") => request.output = Some(parser.value()?),
            Long("format") => format = Some(read_format(&parser.value()?.string()?)?),
            Long("input") => request.input = Some(input(&parser.value()?.string()?)?),
            Long("mode") => request.options.mode = mode(&parser.value()?.string()?)?,
            Long("type-comments") => request.options.type_comments = true,
            Long("feature-version") => request.options.feature_version = minor(&parser.value()?.string()?)?,
            Long("optimize") => request.options.optimize = optimize(parser.value()?.parse()?)?,
            Long("strip") => match parser.value()?.string()?.as_str() {
                "source" => request.strip_source = true,
                "positions" => request.strip_positions = true,
                other => return Err(format!("unknown section {other:?}").into()),
            },
            Long("error-format") => match parser.value()?.string()?.as_str() {
                "cpython" => request.json_errors = false,
                "json" => request.json_errors = true,
                other => return Err(format!("unknown error format {other:?}").into()),
            },
            Value(file) => request.files.push(file),
            other => return Err(other.unexpected()),
        }
    }
    if request.files.is_empty() {
        return Err("no files".into());
    }
    if request.output.is_some() && request.files.len() > 1 {
        return Err("--output takes the tree of one file".into());
    }
    let terminal = request.output.is_none() && std::io::stdout().is_terminal();
    request.format = format.unwrap_or(if terminal { Format::Text } else { Format::Bin });
    if request.format == Format::Bin && request.files.len() > 1 {
        return Err("the format bin takes one file".into());
    }
    Ok(Action::Run(Box::new(request)))
}

fn read_format(word: &str) -> Result<Format, lexopt::Error> {
    match word {
        "bin" => Ok(Format::Bin),
        "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        "dump" => Ok(Format::Dump),
        other => Err(format!("unknown format {other:?}").into()),
    }
}

fn input(word: &str) -> Result<InputKind, lexopt::Error> {
    match word {
        "source" => Ok(InputKind::Source),
        "tok" => Ok(InputKind::Tokens),
        "ast" => Ok(InputKind::Tree),
        other => Err(format!("unknown kind of input {other:?}").into()),
    }
}

fn mode(word: &str) -> Result<Mode, lexopt::Error> {
    match word {
        "exec" => Ok(Mode::Exec),
        "single" => Ok(Mode::Single),
        "eval" => Ok(Mode::Eval),
        "func_type" => Ok(Mode::FuncType),
        other => Err(format!("unknown mode {other:?}").into()),
    }
}

/// A minor version, alone or behind `3.`.
fn minor(word: &str) -> Result<u8, lexopt::Error> {
    let minor = word.strip_prefix("3.").unwrap_or(word).parse();
    minor.map_err(|_| format!("not a version of Python 3: {word:?}").into())
}

fn optimize(level: i8) -> Result<i8, lexopt::Error> {
    if (-1..=2).contains(&level) { Ok(level) } else { Err(format!("no such level: {level}").into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Action, lexopt::Error> {
        parse_args(lexopt::Parser::from_args(words.split_whitespace()))
    }

    fn request(words: &str) -> Request {
        match parse(words) {
            Ok(Action::Run(request)) => *request,
            other => panic!("{words}: {other:?}"),
        }
    }

    #[test]
    fn options_may_stand_anywhere() {
        let request = request("a.py --mode=eval -o x.ast --feature-version 3.8 --optimize=2 --type-comments");
        assert_eq!(request.files, ["a.py"]);
        assert_eq!(request.output.as_deref(), Some("x.ast".as_ref()));
        assert_eq!((request.options.mode, request.options.feature_version), (Mode::Eval, 8));
        assert_eq!((request.options.optimize, request.options.type_comments), (2, true));
    }

    #[test]
    fn a_dash_is_a_file() {
        assert_eq!(request("- --format dump").files, ["-"]);
    }

    #[test]
    fn bad_command_lines_are_refused() {
        for words in [
            "",
            "x --format png",
            "x --optimize 3",
            "x --mode all",
            "-o y a b",
            "x --feature-version 4.0",
            "x -q",
        ] {
            assert!(parse(words).is_err(), "{words}");
        }
        assert!(matches!(parse("--help"), Ok(Action::Help)));
    }
}
