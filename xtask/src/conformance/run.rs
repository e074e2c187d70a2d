//! Runs a module of the test suite in an interpreter, and again past each test that ends or stalls it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// A test that says nothing for so long stalls.
const STALL: Duration = Duration::from_secs(120);
/// A module gets so long, all its runs together.
const LIMIT: Duration = Duration::from_secs(400);
/// Runs of a module.
const RUNS: usize = 20;

/// How a test ended.
#[derive(Clone, PartialEq, Eq)]
pub enum Ended {
    /// As it should.
    Passed,
    /// It left itself out, and why.
    Skipped(String),
    /// It failed, and why; or it ended or stalled the interpreter.
    Failed(String),
}

/// How the tests of a module ended.
#[derive(Default)]
pub struct Statuses {
    /// Each test by its name.
    pub tests: BTreeMap<String, Ended>,
    /// What is wrong with the module itself.
    pub broken: Vec<String>,
}

impl Statuses {
    /// Whether a test passed.
    pub fn passed(&self, test: &str) -> bool {
        self.tests.get(test) == Some(&Ended::Passed)
    }

    /// The tests that passed.
    pub fn passing(&self) -> impl Iterator<Item = &str> {
        self.tests.iter().filter(|(_, ended)| **ended == Ended::Passed).map(|(test, _)| test.as_str())
    }

    /// Why a test did not pass.
    pub fn how(&self, test: &str) -> String {
        match self.tests.get(test) {
            Some(Ended::Failed(reason)) => reason.clone(),
            Some(Ended::Skipped(reason)) => format!("skipped: {reason}"),
            Some(Ended::Passed) => "passed".to_owned(),
            None => self.broken.first().cloned().unwrap_or_else(|| "not run".to_owned()),
        }
    }
}

/// Where the tests are.
pub struct Runner {
    /// A folder with nothing but the package `test`, so that an interpreter keeps its own library.
    path: PathBuf,
}

impl Runner {
    /// For the package `test` of a folder.
    ///
    /// # Errors
    /// The folder has no such package, or there is no room for a link.
    pub fn new(tests: &Path) -> Result<Runner, String> {
        let package = tests.join("test");
        if !package.join("support").is_dir() {
            return Err(format!("{}: no package `test`", tests.display()));
        }
        let path = std::env::temp_dir().join(format!("conformance-{}", std::process::id()));
        let link = path.join("test");
        std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(&package, &link)
            .map_err(|error| format!("{}: {error}", link.display()))?;
        Ok(Runner { path })
    }

    /// How the tests of a module end, or those of them that are named.
    ///
    /// # Errors
    /// The interpreter cannot be started.
    pub fn module(&self, interpreter: &Path, module: &str, only: &[String]) -> Result<Statuses, String> {
        let mut statuses = Statuses::default();
        let work = self.path.join(format!("{module}-{}", only.len()));
        let began = Instant::now();
        for _ in 0..RUNS {
            if began.elapsed() > LIMIT {
                statuses.broken.push("the module takes too long".to_owned());
                break;
            }
            let before = statuses.tests.len();
            let finished = self.once(interpreter, module, only, &work, &mut statuses)?;
            if finished || statuses.tests.len() == before {
                break;
            }
        }
        let _ = std::fs::remove_dir_all(&work);
        Ok(statuses)
    }

    /// One run; whether it came to its end.
    fn once(
        &self,
        interpreter: &Path,
        module: &str,
        only: &[String],
        work: &Path,
        statuses: &mut Statuses,
    ) -> Result<bool, String> {
        let driver = crate::root().join("xtask/src/conformance/driver.py");
        let left_out = work.join("left-out");
        let names: Vec<&str> = statuses.tests.keys().map(String::as_str).collect();
        let prepared =
            std::fs::create_dir_all(work).and_then(|()| std::fs::write(&left_out, names.join("\n")));
        prepared.map_err(|error| format!("{}: {error}", work.display()))?;
        let mut child = Command::new(interpreter)
            .arg(driver)
            .args([module, &*left_out.to_string_lossy()])
            .args(only)
            .current_dir(work)
            .env("PYTHONPATH", &self.path)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("TMPDIR", work)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{}: {error}", interpreter.display()))?;
        let mut current = None;
        let ended = read(&lines_of(&mut child), statuses, &mut current);
        end_group(&child);
        let status = child.wait().map_err(|error| error.to_string())?;
        if ended == End::Done {
            return Ok(true);
        }
        let how = match status.signal() {
            _ if ended == End::Stalled => "it stalls".to_owned(),
            Some(signal) => format!("the interpreter is ended by signal {signal}"),
            None => format!("the interpreter ends with {}", status.code().unwrap_or(-1)),
        };
        match current {
            Some(test) => drop(statuses.tests.insert(test, Ended::Failed(how))),
            None => statuses.broken.push(how),
        }
        Ok(false)
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.path.join("test"));
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// How a run ended.
#[derive(PartialEq, Eq)]
enum End {
    Done,
    Early,
    Stalled,
}

/// The lines that a child writes, as they come.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut lines = BufReader::new(output).split(b'\n').map_while(Result::ok);
            while lines
                .next()
                .is_some_and(|line| sender.send(String::from_utf8_lossy(&line).into_owned()).is_ok())
            {
            }
        });
    }
    receiver
}

/// Reads what the driver writes; `current` is the test that began and did not end.
fn read(lines: &Receiver<String>, statuses: &mut Statuses, current: &mut Option<String>) -> End {
    loop {
        let line = match lines.recv_timeout(STALL) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => return End::Stalled,
            Err(RecvTimeoutError::Disconnected) => return End::Early,
        };
        match line.split('\t').collect::<Vec<_>>().as_slice() {
            ["begin", test] => *current = Some((*test).to_owned()),
            ["end", test, how, reason @ ..] => {
                *current = None;
                let ended = match *how {
                    "passed" => Ended::Passed,
                    "skipped" => Ended::Skipped(reason.join(" ")),
                    _ => Ended::Failed(reason.join(" ")),
                };
                statuses.tests.insert((*test).to_owned(), ended);
            }
            ["broken", what] => statuses.broken.push((*what).to_owned()),
            ["done"] => return End::Done,
            _ => {}
        }
    }
}

/// Ends a child and what it started.
fn end_group(child: &Child) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-9", "--", &group]).stderr(Stdio::null()).status();
}
