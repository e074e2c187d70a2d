//! The reference interpreter as a process that answers one question after another.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What the reference says of a source.
pub enum Answer {
    /// The dump of its tree.
    Tree(String),
    /// The error that refuses it.
    Error(String),
    /// It has a tree that cannot be printed.
    Unprintable(String),
}

/// The reference, waiting for questions.
pub struct Oracle {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

fn script() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/trees.py")
}

/// The .py files of the reference's library.
pub fn library(python: &Path) -> io::Result<Vec<String>> {
    let output = Command::new(python).arg(script()).arg("list").stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("the reference stopped with {}", output.status)));
    }
    let text = String::from_utf8(output.stdout).map_err(io::Error::other)?;
    Ok(text.lines().map(str::to_owned).collect())
}

impl Oracle {
    /// Starts the reference.
    pub fn start(python: &Path) -> io::Result<Oracle> {
        let mut command = Command::new(python);
        command.arg(script()).arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let questions = child.stdin.take().ok_or_else(|| io::Error::other("no standard input"))?;
        let answers = child.stdout.take().ok_or_else(|| io::Error::other("no standard output"))?;
        Ok(Oracle { child, questions, answers: BufReader::with_capacity(1 << 20, answers) })
    }

    /// Asks; the answer comes by [`Oracle::answer`], so that both sides work at the same time.
    pub fn ask(&mut self, question: &serde_json::Value) -> io::Result<()> {
        writeln!(self.questions, "{question}")?;
        self.questions.flush()
    }

    /// The answer to the question asked last.
    pub fn answer(&mut self) -> io::Result<Answer> {
        let mut header = String::new();
        if self.answers.read_line(&mut header)? == 0 {
            let status = self.child.wait()?;
            return Err(io::Error::other(format!("the reference stopped with {status}")));
        }
        let bad = || io::Error::other(format!("not an answer: {header:?}"));
        let (kind, length) = header.trim_end().split_once(' ').ok_or_else(bad)?;
        let mut text = vec![0; length.parse().map_err(|_| bad())?];
        self.answers.read_exact(&mut text)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        match kind {
            "A" => Ok(Answer::Tree(text)),
            "E" => Ok(Answer::Error(text)),
            "S" => Ok(Answer::Unprintable(text)),
            _ => Err(bad()),
        }
    }
}
