//! Runs what the command line says.

use crate::Identity;
use crate::options::{Command, HELP, Program, Settings, usage};
use std::ffi::OsString;
use std::io::{Read, Write};
use taipan_artifact::Limits;
use taipan_bytecode_format::{Verified, pyc};
use taipan_host::{Entropy, Environment, Terminal};
use taipan_host_native::NativeHost;
use taipan_runtime::sys::Facts;
use taipan_runtime::{Interpreter, Options, TextEncoding};

/// Does what was asked for; the status to exit with.
pub fn run(identity: &Identity, command: Command, stack: usize) -> u8 {
    let (program, arguments, settings) = match command {
        Command::Version => {
            say("Python 3.14.0 (Taipan)\n");
            return 0;
        }
        Command::Help => {
            say(&format!("{}\n{HELP}\n", usage(identity)));
            return 0;
        }
        Command::Run { program, arguments, settings } => (program, arguments, settings),
    };
    let main = match read(identity, program, settings.flags.interactive) {
        Ok(main) => main,
        Err(refusal) => {
            complain(identity, &refusal.message);
            return refusal.status;
        }
    };
    let options = Options { compiler: identity.compiler, ..options(&main, arguments, &settings, stack) };
    let ignores_environment = settings.flags.ignore_environment;
    let interpreter = match Interpreter::new(options) {
        Ok(interpreter) => interpreter,
        Err(error) => {
            complain(identity, &error.to_string());
            return 1;
        }
    };
    if let Some(editor) = crate::terminal::editor(ignores_environment) {
        interpreter.set_line_editor(editor);
    }
    let site = if settings.flags.no_site { Ok(()) } else { interpreter.import_site() };
    let site = site.and_then(|()| interpreter.put_first_path());
    let status = match (site, &main) {
        (Err(status), _) => status,
        (Ok(()), Main::Module(name)) => interpreter.run_module(name, true),
        (Ok(()), Main::Folder(_)) => interpreter.run_module("__main__", false),
        (Ok(()), Main::Source { text, filename, .. }) => {
            let text = if settings.skip_first_line { without_first_line(text) } else { text };
            interpreter.run_main(text, filename)
        }
        (Ok(()), Main::Artifact { code, filename, .. }) => interpreter.run_code(code, filename),
        (Ok(()), Main::Interactive { .. }) => {
            let name = std::env::var("PYTHONSTARTUP").ok();
            let name = name.filter(|name| !name.is_empty() && !ignores_environment);
            let text = name.as_ref().and_then(|name| std::fs::read(name).ok());
            interpreter.run_interactive(name.as_ref().map(|name| (name.as_str(), text.as_deref())))
        }
    };
    // the process ends: nobody needs the memory back
    std::mem::forget(interpreter);
    status
}

fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn complain(identity: &Identity, message: &str) {
    let _ = writeln!(std::io::stderr(), "{}: {message}", identity.name);
}

/// Why there is nothing to run.
struct Refusal {
    message: String,
    status: u8,
}

/// What runs as `__main__`.
enum Main {
    /// A source, its file name, and `sys.argv[0]`.
    Source { text: Vec<u8>, filename: String, first: String },
    /// Code that was compiled before, and the same.
    Artifact { code: Verified, filename: String, first: String },
    /// A module.
    Module(String),
    /// The module `__main__` of a folder or an archive.
    Folder(String),
    /// The interactive loop, and `sys.argv[0]`.
    Interactive { first: String },
}

impl Main {
    /// `sys.argv[0]`.
    fn first(&self) -> &str {
        match self {
            Main::Source { first, .. } | Main::Artifact { first, .. } | Main::Interactive { first } => first,
            Main::Module(_) => "-m",
            Main::Folder(name) => name,
        }
    }

    /// What stands first on the path.
    fn folder(&self) -> String {
        match self {
            Main::Module(_) => absolute("."),
            Main::Folder(name) => name.clone(),
            Main::Interactive { .. } => String::new(),
            Main::Source { first, .. } | Main::Artifact { first, .. }
                if ["-c", "-", ""].contains(&first.as_str()) =>
            {
                String::new()
            }
            Main::Source { filename, .. } | Main::Artifact { filename, .. } => {
                let file = std::fs::canonicalize(filename).unwrap_or_else(|_| absolute(filename).into());
                file.parent().map_or_else(String::new, |folder| folder.to_string_lossy().into_owned())
            }
        }
    }
}

fn read(identity: &Identity, program: Program, interactive: bool) -> Result<Main, Refusal> {
    let unread = |message| Refusal { message, status: 2 };
    match program {
        Program::Text(text) => {
            let (filename, first) = ("<string>".to_owned(), "-c".to_owned());
            Ok(Main::Source { text: dedented(&text).into_bytes(), filename, first })
        }
        Program::Input | Program::None => {
            let first = if matches!(program, Program::None) { String::new() } else { "-".to_owned() };
            if identity.compiler.is_some() && (interactive || NativeHost.is_terminal(0)) {
                return Ok(Main::Interactive { first });
            }
            let mut text = Vec::new();
            let read = std::io::stdin().read_to_end(&mut text);
            read.map_err(|error| unread(format!("can't read stdin: {error}")))?;
            of_bytes(identity, text, "<stdin>".to_owned(), first)
        }
        Program::Module(name) => Ok(Main::Module(name)),
        Program::File(file) => {
            let name = file.to_string_lossy().into_owned();
            if std::path::Path::new(&file).is_dir() {
                return Ok(Main::Folder(name));
            }
            let text = std::fs::read(&file).map_err(|error| {
                let number = error.raw_os_error().unwrap_or(0);
                let text = error.to_string();
                let text = text.split(" (os error").next().unwrap_or_default().to_owned();
                unread(format!("can't open file '{}': [Errno {number}] {text}", absolute(&name)))
            })?;
            if text.starts_with(ARCHIVE) {
                return Ok(Main::Folder(name));
            }
            of_bytes(identity, text, absolute(&name), name)
        }
    }
}

/// What is in a file: code, if it begins as such, its name says so, or nothing else could run.
fn of_bytes(identity: &Identity, text: Vec<u8>, filename: String, first: String) -> Result<Main, Refusal> {
    let is_code = text.starts_with(&pyc::MAGIC) || first.ends_with(".pyc") || identity.compiler.is_none();
    if !is_code {
        return Ok(Main::Source { text, filename, first });
    }
    match pyc::read(&text, Limits::default()) {
        Ok(read) => Ok(Main::Artifact { code: read.code, filename, first }),
        Err(error) => Err(Refusal { message: format!("{filename}: {error}"), status: 1 }),
    }
}

/// What a zip archive begins with.
const ARCHIVE: &[u8] = b"PK\x03\x04";

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

/// Whether it is told how long imports take, and of those that are there already.
fn import_times(settings: &Settings, variable: &dyn Fn(&str) -> Option<String>) -> Option<bool> {
    let said = match settings.x_option("importtime") {
        Some(value) => Some(value.unwrap_or("1").to_owned()),
        None => variable("PYTHONPROFILEIMPORTTIME").filter(|value| !value.is_empty()),
    };
    said.map(|said| said == "2")
}

/// Whether UTF-8 is used whatever the locale says (PEP 540), and how the standard streams read and write text.
fn text_encoding(settings: &Settings, variable: &dyn Fn(&str) -> Option<String>) -> (bool, TextEncoding) {
    let said = |value: &str| value != "0";
    let mode = match settings.x_option("utf8") {
        Some(value) => value.is_none_or(said),
        None => variable("PYTHONUTF8").filter(|value| !value.is_empty()).is_some_and(|value| said(&value)),
    };
    let mut text = TextEncoding::default();
    // the locale is the user's even where variables of Python are not asked
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    if mode
        || locale.is_none_or(|locale| ["C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"].contains(&locale.as_str()))
    {
        text.errors = "surrogateescape".to_owned();
    }
    if let Some(said) = variable("PYTHONIOENCODING").filter(|said| !said.is_empty()) {
        let (encoding, errors) = said.split_once(':').unwrap_or((&said, ""));
        if !encoding.is_empty() {
            text = TextEncoding { encoding: encoding.to_owned(), ..TextEncoding::default() };
        }
        if !errors.is_empty() {
            text.errors = errors.to_owned();
        }
    }
    (mode, text)
}

fn options(main: &Main, arguments: Vec<OsString>, settings: &Settings, stack: usize) -> Options {
    let host = NativeHost;
    let variable = |name: &str| {
        if settings.flags.ignore_environment { None } else { std::env::var(name).ok() }
    };
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let mut flags = settings.flags;
    flags.dev_mode |= settings.x_option("dev").is_some() || is_set("PYTHONDEVMODE");
    flags.safe_path |= is_set("PYTHONSAFEPATH");
    flags.no_user_site |= is_set("PYTHONNOUSERSITE");
    flags.inspect |= is_set("PYTHONINSPECT");
    flags.warn_default_encoding |=
        settings.x_option("warn_default_encoding").is_some() || is_set("PYTHONWARNDEFAULTENCODING");
    let level = |name: &str| match variable(name).filter(|value| !value.is_empty()) {
        Some(value) => value.parse::<u8>().unwrap_or(1).max(1),
        None => 0,
    };
    flags.optimize = flags.optimize.max(level("PYTHONOPTIMIZE").min(2));
    flags.verbose = flags.verbose.max(level("PYTHONVERBOSE"));
    let (utf8_mode, text) = text_encoding(settings, &variable);
    flags.utf8_mode = utf8_mode;
    let seed = variable("PYTHONHASHSEED").and_then(|seed| seed.parse::<u32>().ok());
    flags.hash_randomization = seed != Some(0);
    flags.dont_write_bytecode |= variable("PYTHONDONTWRITEBYTECODE").is_some_and(|value| !value.is_empty());
    let mut random = [0; 16];
    let _ = host.fill(&mut random);
    let [low, high] = [0, 8].map(|at| random.get(at..at + 8).and_then(|word| word.try_into().ok()));
    let word = |word: Option<[u8; 8]>| word.map_or(0, u64::from_le_bytes);
    let mut argv = vec![main.first().to_owned()];
    argv.extend(arguments.iter().map(|argument| argument.to_string_lossy().into_owned()));
    let real =
        std::env::current_exe().map_or_else(|_| String::new(), |path| path.to_string_lossy().into_owned());
    let home = variable("PYTHONHOME").filter(|home| !home.is_empty());
    let place = crate::library::find(home.as_deref(), &real);
    let executable = crate::library::called_as().unwrap_or_else(|| real.clone());
    let environment = crate::library::environment(&executable);
    let mut path = Vec::new();
    path.extend(variable("PYTHONPATH").iter().flat_map(|value| value.split(':')).map(str::to_owned));
    path.push(place.library.clone());
    let mut warn_options: Vec<String> = if flags.dev_mode { vec!["default".to_owned()] } else { Vec::new() };
    let given = variable("PYTHONWARNINGS").unwrap_or_default();
    warn_options.extend(given.split(',').filter(|option| !option.is_empty()).map(str::to_owned));
    warn_options.extend(settings.warnings.iter().cloned());
    match flags.bytes_warning {
        0 => {}
        1 => warn_options.push("default::BytesWarning".to_owned()),
        _ => warn_options.push("error::BytesWarning".to_owned()),
    }
    let orig_argv =
        host.arguments().iter().map(|argument| String::from_utf8_lossy(argument).into_owned()).collect();
    let (base_prefix, library) = (place.prefix, place.library);
    let prefix = environment.unwrap_or_else(|| base_prefix.clone());
    let pycache_prefix = match settings.x_option("pycache_prefix") {
        Some(prefix) => prefix.map(str::to_owned),
        None => variable("PYTHONPYCACHEPREFIX"),
    };
    let pycache_prefix = pycache_prefix.filter(|prefix| !prefix.is_empty());
    let facts = Facts {
        argv,
        orig_argv,
        path,
        first_path: (!flags.safe_path).then(|| main.folder()),
        executable,
        base_executable: real,
        prefix,
        base_prefix,
        library,
        x_options: settings.x_options.clone(),
        pycache_prefix,
        warn_options,
        flags,
    };
    let digits = settings.x_option("int_max_str_digits").flatten().map(str::to_owned);
    let digits = digits.or_else(|| variable("PYTHONINTMAXSTRDIGITS"));
    Options {
        facts,
        text,
        max_str_digits: digits.and_then(|digits| digits.parse().ok()),
        import_times: import_times(settings, &variable),
        no_debug_ranges: settings.x_option("no_debug_ranges").is_some() || is_set("PYTHONNODEBUGRANGES"),
        unbuffered: settings.unbuffered
            || variable("PYTHONUNBUFFERED").is_some_and(|value| !value.is_empty()),
        terminals: [0, 1, 2].map(|fd| host.is_terminal(fd)),
        hash_seed: seed,
        random: [word(low), word(high)],
        stack,
        handle_signals: true,
        ends_process: true,
        stress: cfg!(debug_assertions) && is_set("TAIPAN_STRESS"),
        host: Box::new(host),
        compiler: None,
    }
}
