//! The command line.

use crate::Identity;
use lexopt::prelude::*;
use std::ffi::OsString;
use taipan_runtime::sys::Flags;

/// One line of help.
pub fn usage(identity: &Identity) -> String {
    let text = if identity.compiler.is_some() { "-c cmd | " } else { "" };
    format!("usage: {} [option] ... [{text}-m mod | file | -] [arg] ...", identity.name)
}

/// The whole help.
pub const HELP: &str = "\
Options:
-b     : issue warnings about comparing bytes with text; -bb: issue errors
-B     : don't write .pyc files on import
-c cmd : program passed in as string (terminates option list)
-E     : ignore PYTHON* environment variables
-h     : print this help message and exit (also -? or --help)
-i     : inspect interactively after running script
-I     : isolate from the user's environment (implies -E, -P and -s)
-m mod : run library module as a script (terminates option list)
-O     : remove assert and __debug__-dependent statements
-OO    : do -O changes and also discard docstrings
-P     : don't prepend a potentially unsafe path to sys.path
-q     : don't print version and copyright messages on interactive startup
-s     : don't add user site directory to sys.path
-S     : don't imply 'import site' on initialization
-u     : force the stdout and stderr streams to be unbuffered
-v     : trace import statements
-V     : print the Python version number and exit (also --version)
-W arg : warning control
-x     : skip first line of source
-X opt : set an implementation-specific option

Arguments:
file   : program read from script file, or one that was compiled (.pyc)
-      : program read from stdin
arg ...: arguments passed to program in sys.argv[1:]";

/// What is to be run.
#[derive(Debug)]
pub enum Program {
    /// The text behind `-c`.
    Text(String),
    /// The module behind `-m`.
    Module(String),
    /// A file, a folder or an archive with a `__main__`.
    File(OsString),
    /// Standard input.
    Input,
    /// Nothing was named: standard input, too.
    None,
}

/// What is to be done.
#[derive(Debug)]
pub enum Command {
    /// Print the version.
    Version,
    /// Print the help.
    Help,
    /// Run a program.
    Run {
        /// The program.
        program: Program,
        /// Its arguments.
        arguments: Vec<OsString>,
        /// What was said besides.
        settings: Box<Settings>,
    },
}

/// Settings of a run.
#[derive(Debug, Default)]
pub struct Settings {
    /// `sys.flags`.
    pub flags: Flags,
    /// `-u`
    pub unbuffered: bool,
    /// `-x`
    pub skip_first_line: bool,
    /// `-W`
    pub warnings: Vec<String>,
    /// `-X`: names and values.
    pub x_options: Vec<(String, Option<String>)>,
}

/// Reads the command line.
///
/// # Errors
/// What is wrong with it.
pub fn parse(identity: &Identity) -> Result<Command, String> {
    let command = parse_from(lexopt::Parser::from_env()).map_err(|error| error.to_string())?;
    match command {
        Command::Run { program: Program::Text(_), .. } if identity.compiler.is_none() => {
            Err(format!("-c: {} has no compiler", identity.name))
        }
        command => Ok(command),
    }
}

fn parse_from(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut settings = Box::<Settings>::default();
    let mut program = None;
    while let Some(argument) = parser.next()? {
        let flags = &mut settings.flags;
        match argument {
            Short('c') => {
                let text = parser.value()?.string()?;
                program = Some(Program::Text(text));
                break;
            }
            Short('m') => {
                program = Some(Program::Module(parser.value()?.string()?));
                break;
            }
            Short('V') | Long("version") => return Ok(Command::Version),
            Short('h' | '?') | Long("help") => return Ok(Command::Help),
            Short('b') => flags.bytes_warning += 1,
            Short('B') => flags.dont_write_bytecode = true,
            Short('E') => flags.ignore_environment = true,
            Short('i') => {
                flags.interactive = true;
                flags.inspect = true;
            }
            Short('I') => {
                flags.isolated = true;
                flags.ignore_environment = true;
                flags.no_user_site = true;
                flags.safe_path = true;
            }
            Short('O') => flags.optimize = (flags.optimize + 1).min(2),
            Short('P') => flags.safe_path = true,
            Short('q') => flags.quiet = true,
            Short('s') => flags.no_user_site = true,
            Short('S') => flags.no_site = true,
            Short('u') => settings.unbuffered = true,
            Short('v') => flags.verbose += 1,
            Short('W') => {
                let value = parser.value()?.string()?;
                settings.warnings.push(value);
            }
            Short('x') => settings.skip_first_line = true,
            Short('X') => {
                let value = parser.value()?.string()?;
                settings.x_options.push(match value.split_once('=') {
                    Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                    None => (value, None),
                });
            }
            Short('d' | 'R') => {}
            Value(file) => {
                program = Some(if file == "-" { Program::Input } else { Program::File(file) });
                break;
            }
            other => return Err(other.unexpected()),
        }
    }
    let arguments = parser.raw_args()?.collect();
    Ok(Command::Run { program: program.unwrap_or(Program::None), arguments, settings })
}

impl Settings {
    /// The value of the last `-X` option of a name; none inside if it has none.
    pub fn x_option(&self, name: &str) -> Option<Option<&str>> {
        let found = self.x_options.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arguments: &[&str]) -> (Program, Vec<OsString>, Box<Settings>) {
        match parse_from(lexopt::Parser::from_args(arguments)) {
            Ok(Command::Run { program, arguments, settings }) => (program, arguments, settings),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_follows_the_program_is_its_own() {
        let (program, arguments, settings) = run(&["-IOO", "-c", "pass", "-x", "--", "y"]);
        assert!(matches!(program, Program::Text(text) if text == "pass"));
        assert_eq!(arguments, ["-x", "--", "y"]);
        assert!(settings.flags.isolated && settings.flags.no_user_site && settings.flags.optimize == 2);
        let (program, arguments, _) = run(&["-B", "a.py", "-V"]);
        assert!(matches!(program, Program::File(file) if file == "a.py"));
        assert_eq!(arguments, ["-V"]);
        assert!(matches!(run(&["-", "x"]).0, Program::Input));
        assert!(parse_from(lexopt::Parser::from_args(["--nothing"])).is_err());
    }
}
