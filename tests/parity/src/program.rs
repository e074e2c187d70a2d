//! The programs of `fixtures/programs`: which there are, how one is run, and what of its output counts.
//! Invariant: every interpreter gets the same arguments, folder and environment.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// The folder of the programs.
pub fn folder() -> io::Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/programs").canonicalize()
}

/// The names of the programs of a folder, without their ending, in order.
pub fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        names.extend(name.to_str().and_then(|name| name.strip_suffix(".py")).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Whether standard error counts for a program.
pub fn errors_count(name: &str) -> bool {
    name.starts_with("traceback_") || name.starts_with("stderr_")
}

/// What a program of the folder prints under an interpreter, without the folder that it stands in.
pub fn output(interpreter: &Path, folder: &Path, name: &str) -> io::Result<String> {
    output_of(Command::new(interpreter).arg(format!("{name}.py")), folder, name)
}

/// What a command prints that runs a program of the folder.
pub fn output_of(command: &mut Command, folder: &Path, name: &str) -> io::Result<String> {
    let run = command.current_dir(folder).env("PYTHONHASHSEED", "0").stdin(Stdio::null()).output()?;
    let mut text = String::from_utf8_lossy(&run.stdout).into_owned();
    if errors_count(name) {
        text += &String::from_utf8_lossy(&run.stderr);
    }
    Ok(text.replace(&format!("{}/", folder.display()), ""))
}

/// The lines in which two outputs differ, each as it is printed and as it was expected.
pub fn differences(printed: &str, expected: &str) -> String {
    let (mut ours, mut theirs) = (printed.lines(), expected.lines());
    let mut found = String::new();
    for line in 1.. {
        match (ours.next(), theirs.next()) {
            (None, None) => break,
            (one, other) if one == other => {}
            (one, other) => {
                let [one, other] = [one, other].map(|text| text.unwrap_or("(no line)"));
                found.push_str(&format!("\n  line {line}: {one}\n  expected: {other}"));
            }
        }
    }
    found
}

/// The programs of a folder that `output` gives something else for than the reference printed, each with the lines that
/// differ; sorted.
///
/// # Errors
/// What the reference printed cannot be read; those of `output`.
pub fn wrong(
    folder: &Path,
    names: Vec<String>,
    output: impl Fn(&str) -> io::Result<String> + Sync,
) -> io::Result<Vec<String>> {
    let wrong = Mutex::new(Vec::new());
    each(names, |name| {
        let expected = std::fs::read_to_string(folder.join(format!("{name}.txt")))?;
        let printed = output(&name)?;
        if printed != expected {
            let lines = differences(&printed, &expected);
            wrong.lock().map_err(|_| panicked())?.push(format!("{name}:{lines}"));
        }
        Ok(())
    })?;
    let mut wrong = wrong.into_inner().map_err(|_| panicked())?;
    wrong.sort();
    Ok(wrong)
}

fn panicked() -> io::Error {
    io::Error::other("a thread panicked")
}

/// Calls `act` with each item, from as many threads as there are processors.
///
/// # Errors
/// The first error of `act`; the rest of the items is left.
pub fn each<T: Send>(items: Vec<T>, act: impl Fn(T) -> io::Result<()> + Sync) -> io::Result<()> {
    let waiting = Mutex::new(items.into_iter());
    let next = || waiting.lock().ok().and_then(|mut waiting| waiting.next());
    let work = || {
        while let Some(item) = next() {
            act(item)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(panicked())))
    })
}
