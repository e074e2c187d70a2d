//! Child processes with a deadline.

use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How a child ended and what it wrote.
pub struct Ended {
    /// Its status; none if the deadline passed and it was killed.
    pub status: Option<ExitStatus>,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

impl Ended {
    /// In a word, what is wrong with the end of an interpreter whatever it ran: it hung, was killed by a signal, or
    /// had an error of its own.
    pub fn failure(&self) -> Option<String> {
        let Some(status) = self.status else { return Some("deadline passed".to_owned()) };
        match status.code() {
            None => Some(format!("{status}")),
            Some(70) => Some(format!("internal error: {}", String::from_utf8_lossy(&self.stderr).trim())),
            Some(_) => None,
        }
    }
}

/// Runs a child without input to its end or to the deadline.
///
/// # Errors
/// The child cannot be started or waited for.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Ended> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        let stdout = scope.spawn(|| drain(out));
        let stderr = scope.spawn(|| drain(err));
        let end = Instant::now() + limit;
        let mut pause = Duration::from_millis(1);
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            if Instant::now() >= end {
                child.kill()?;
                child.wait()?;
                break None;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        };
        let (stdout, stderr) = (stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default());
        Ok(Ended { status, stdout, stderr })
    })
}

fn drain(stream: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        // what came until an error is what there is
        let _ = stream.read_to_end(&mut bytes);
    }
    bytes
}
