//! User time, of this process and of a reference interpreter.

use crate::corpus::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The user time of this process so far, where the system tells it.
pub fn user_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or("");
    let ticks: u64 = after_name.split_whitespace().nth(11).and_then(|field| field.parse().ok()).unwrap_or(0);
    Duration::from_millis(ticks * 10)
}

/// What `script` prints, which gets the paths of the files on its standard input: seconds.
pub fn of_reference(python: &Path, script: &str, files: &[File]) -> Option<f64> {
    let mut child = Command::new(python)
        .args(["-I", "-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    for file in files {
        let _ = writeln!(stdin, "{}", file.path.display());
    }
    drop(stdin);
    let output = child.wait_with_output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}
