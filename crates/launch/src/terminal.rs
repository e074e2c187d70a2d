//! Lines that are edited at a terminal, and the file that keeps them. Invariant: what the file cannot be asked or told
//! is no error.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use rustyline::error::ReadlineError;
use rustyline::history::MemHistory;
use rustyline::{Config, Editor};
use taipan_host::Terminal as _;
use taipan_host_native::NativeHost;
use taipan_runtime::{Line, LineEditor};

/// So many lines of the file are remembered.
const REMEMBERED: usize = 1000;

/// A terminal whose lines can be edited.
struct Terminal {
    editor: Editor<(), MemHistory>,
    /// Where lines are kept.
    file: Option<PathBuf>,
    /// The last line that was kept.
    last: String,
}

/// What edits lines, if standard input and output are a terminal.
pub(crate) fn editor(ignores_environment: bool) -> Option<Box<dyn LineEditor>> {
    if !NativeHost.is_terminal(0) || !NativeHost.is_terminal(1) {
        return None;
    }
    Some(Box::new(Late { ignores_environment, terminal: None }))
}

/// A terminal that is made ready when a line is first wanted: most programs want none.
struct Late {
    ignores_environment: bool,
    terminal: Option<Terminal>,
}

impl LineEditor for Late {
    fn read(&mut self, prompt: &str) -> Line {
        if self.terminal.is_none() {
            self.terminal = Terminal::new(history_file(self.ignores_environment));
        }
        self.terminal.as_mut().map_or(Line::End, |terminal| terminal.read(prompt))
    }
}

/// `PYTHON_HISTORY`, or `.python_history` at home.
fn history_file(ignores_environment: bool) -> Option<PathBuf> {
    let given = std::env::var_os("PYTHON_HISTORY").filter(|given| !given.is_empty() && !ignores_environment);
    let home = || std::env::var_os("HOME").filter(|home| !home.is_empty());
    given.map(PathBuf::from).or_else(|| Some(PathBuf::from(home()?).join(".python_history")))
}

impl Terminal {
    fn new(file: Option<PathBuf>) -> Option<Terminal> {
        let config = Config::builder().max_history_size(REMEMBERED).ok()?.auto_add_history(false).build();
        let history = MemHistory::with_config(&config);
        let mut editor = Editor::<(), MemHistory>::with_history(config, history).ok()?;
        let kept = file.as_ref().and_then(|file| std::fs::read(file).ok()).unwrap_or_default();
        let kept = String::from_utf8_lossy(&kept);
        let lines: Vec<&str> = kept.lines().filter(|line| !line.is_empty()).collect();
        for line in lines.iter().skip(lines.len().saturating_sub(REMEMBERED)) {
            let _ = editor.add_history_entry(*line);
        }
        let last = lines.last().copied().unwrap_or_default().to_owned();
        Some(Terminal { editor, file, last })
    }

    /// Keeps a line, unless it is empty or the same again.
    fn keep(&mut self, line: &str) {
        if line.trim().is_empty() || line == self.last {
            return;
        }
        line.clone_into(&mut self.last);
        let _ = self.editor.add_history_entry(line);
        let Some(file) = &self.file else { return };
        if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(file) {
            let _ = file.write_all(format!("{line}\n").as_bytes());
        }
    }
}

impl LineEditor for Terminal {
    fn read(&mut self, prompt: &str) -> Line {
        match self.editor.readline(prompt) {
            Ok(line) => {
                self.keep(&line);
                Line::Text(line)
            }
            Err(ReadlineError::Interrupted) => Line::Interrupted,
            Err(_) => Line::End,
        }
    }
}
