//! Runs what the command line says.

use crate::options::{Command, HELP, Program, Settings, USAGE};
use std::ffi::OsString;
use std::io::{Read, Write};
use taipan::sys::Facts;
use taipan::{Interpreter, Options};
use taipan_host::{Entropy, Environment, Terminal};
use taipan_host_native::NativeHost;

/// Does what was asked for; the status to exit with.
pub fn run(command: Command, stack: usize) -> u8 {
    let (program, arguments, settings) = match command {
        Command::Version => {
            say("Python 3.14.0 (Taipan)\n");
            return 0;
        }
        Command::Help => {
            say(&format!("{USAGE}\n{HELP}\n"));
            return 0;
        }
        Command::Run { program, arguments, settings } => (program, arguments, settings),
    };
    let (source, filename, first) = match read(&program) {
        Ok(read) => read,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "taipan: {message}");
            return 2;
        }
    };
    let source = if settings.skip_first_line { without_first_line(&source) } else { &source };
    let interpreter = match Interpreter::new(options(&first, arguments, &settings, stack)) {
        Ok(interpreter) => interpreter,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "taipan: {error}");
            return 1;
        }
    };
    let status = interpreter.run_main(source, &filename);
    // the process ends: nobody needs the memory back
    std::mem::forget(interpreter);
    status
}

fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// The source, its file name, and `sys.argv[0]`.
fn read(program: &Program) -> Result<(Vec<u8>, String, String), String> {
    match program {
        Program::Text(text) => Ok((dedented(text).into_bytes(), "<string>".to_owned(), "-c".to_owned())),
        Program::Input => {
            let mut source = Vec::new();
            let read = std::io::stdin().read_to_end(&mut source);
            read.map_err(|error| format!("can't read stdin: {error}"))?;
            Ok((source, "<stdin>".to_owned(), "-".to_owned()))
        }
        Program::File(file) => {
            let name = file.to_string_lossy().into_owned();
            let source = std::fs::read(file).map_err(|error| {
                let number = error.raw_os_error().unwrap_or(0);
                let text = error.to_string();
                let text = text.split(" (os error").next().unwrap_or_default().to_owned();
                format!("can't open file '{}': [Errno {number}] {text}", absolute(&name))
            })?;
            Ok((source, absolute(&name), name))
        }
    }
}

fn absolute(name: &str) -> String {
    std::path::absolute(name).map_or_else(|_| name.to_owned(), |path| path.to_string_lossy().into_owned())
}

fn without_first_line(source: &[u8]) -> &[u8] {
    let end = source.iter().position(|&byte| byte == b'\n').unwrap_or(source.len());
    source.get(end..).unwrap_or_default()
}

/// The text of `-c` without the margin that all its lines share.
fn dedented(text: &str) -> String {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let margin = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let first = lines().next().map_or("", |line| line.get(..margin(line)).unwrap_or_default());
    let common = lines().fold(first, |common, line| {
        let same = common.bytes().zip(line.bytes()).take_while(|(a, b)| a == b).count();
        common.get(..same).unwrap_or_default()
    });
    if common.is_empty() {
        return text.to_owned();
    }
    text.split_inclusive('\n').map(|line| line.strip_prefix(common).unwrap_or(line.trim_start())).collect()
}

fn options(first: &str, arguments: Vec<OsString>, settings: &Settings, stack: usize) -> Options {
    let host = NativeHost;
    let variable = |name: &str| {
        if settings.flags.ignore_environment { None } else { std::env::var(name).ok() }
    };
    let mut flags = settings.flags;
    let seed = variable("PYTHONHASHSEED").and_then(|seed| seed.parse::<u32>().ok());
    flags.hash_randomization = seed != Some(0);
    flags.dont_write_bytecode |= variable("PYTHONDONTWRITEBYTECODE").is_some_and(|value| !value.is_empty());
    let mut random = [0; 16];
    let _ = host.fill(&mut random);
    let [low, high] = [0, 8].map(|at| random.get(at..at + 8).and_then(|word| word.try_into().ok()));
    let word = |word: Option<[u8; 8]>| word.map_or(0, u64::from_le_bytes);
    let mut argv = vec![first.to_owned()];
    argv.extend(arguments.iter().map(|argument| argument.to_string_lossy().into_owned()));
    let executable =
        std::env::current_exe().map_or_else(|_| String::new(), |path| path.to_string_lossy().into_owned());
    let prefix = std::path::Path::new(&executable).parent().and_then(std::path::Path::parent);
    let prefix = prefix.map_or_else(|| "/usr".to_owned(), |prefix| prefix.to_string_lossy().into_owned());
    let mut path = Vec::new();
    if !flags.safe_path {
        path.push(match first {
            "-c" | "-" => String::new(),
            file => std::path::Path::new(&absolute(file))
                .parent()
                .map_or_else(String::new, |folder| folder.to_string_lossy().into_owned()),
        });
    }
    path.extend(variable("PYTHONPATH").iter().flat_map(|value| value.split(':')).map(str::to_owned));
    let orig_argv =
        host.arguments().iter().map(|argument| String::from_utf8_lossy(argument).into_owned()).collect();
    let facts =
        Facts { argv, orig_argv, path, executable, prefix, warn_options: settings.warnings.clone(), flags };
    Options {
        facts,
        unbuffered: settings.unbuffered
            || variable("PYTHONUNBUFFERED").is_some_and(|value| !value.is_empty()),
        terminals: [0, 1, 2].map(|fd| host.is_terminal(fd)),
        hash_seed: seed,
        random: [word(low), word(high)],
        stack,
        host: Box::new(host),
    }
}
