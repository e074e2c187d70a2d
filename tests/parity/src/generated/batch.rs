//! Many programs in one process of each interpreter.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use taipan_parity::children;

/// Before each program's output stands this and the program's number, at the end this alone.
const MARK: &str = "\u{1}program";
/// For one process.
const LIMIT: Duration = Duration::from_secs(20);

/// What became of a program.
#[derive(PartialEq, Eq)]
pub enum Answer {
    /// It ended; what it printed.
    Printed(String),
    /// The process ended in the midst of it; how, and what was printed before.
    Died(String),
}

impl Answer {
    /// What is to be shown of it.
    pub fn text(&self) -> String {
        let (Answer::Printed(text) | Answer::Died(text)) = self;
        text.clone()
    }
}

/// The two interpreters.
pub struct Pair {
    /// The reference.
    pub python: PathBuf,
    /// Ours.
    pub taipan: PathBuf,
}

impl Pair {
    /// The answers of the reference and ours about some programs.
    pub fn answers(&self, files: &[PathBuf]) -> io::Result<(Vec<Answer>, Vec<Answer>)> {
        Ok((answers(&self.python, files)?, answers(&self.taipan, files)?))
    }

    /// Whether the interpreters differ over a program that runs alone.
    pub fn differs(&self, file: &Path) -> io::Result<bool> {
        let (expected, own) = self.answers(&[file.to_path_buf()])?;
        Ok(expected.first().is_some_and(|answer| matches!(answer, Answer::Printed(_))) && expected != own)
    }
}

/// One interpreter's answers. Where a process ends too early, another one goes on behind the program.
fn answers(interpreter: &Path, files: &[PathBuf]) -> io::Result<Vec<Answer>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/run_each.py");
    let mut answers = Vec::new();
    while answers.len() < files.len() {
        let rest = files.get(answers.len()..).unwrap_or_default();
        let mut command = Command::new(interpreter);
        command.arg("-Wignore").arg(&script).args(rest).env("PYTHONHASHSEED", "0");
        let ended = children::run(&mut command, LIMIT)?;
        let text = without_addresses(&String::from_utf8_lossy(&ended.stdout));
        let mut parts: Vec<&str> = text.split(MARK).skip(1).collect();
        let last = parts.pop().unwrap_or_default();
        answers.extend(parts.into_iter().map(|part| Answer::Printed(part_text(part).to_owned())));
        if answers.len() < files.len() {
            let how = ended.failure().unwrap_or_else(|| "it ended".to_owned());
            let printed = part_text(last);
            answers.push(Answer::Died(format!("{printed}\n(the process: {how})")));
        }
    }
    Ok(answers)
}

/// The output behind the line of a mark.
fn part_text(part: &str) -> &str {
    part.split_once('\n').map_or("", |(_, text)| text)
}

/// The text with all addresses of objects alike.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split(" at 0x");
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        result += " at ADDRESS";
        result += part.trim_start_matches(|digit: char| digit.is_ascii_hexdigit());
    }
    result
}
