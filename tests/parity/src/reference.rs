//! The reference interpreter as a process that answers in frames.
//! Invariant: one process serves all files; a frame is read whole.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// The reference's answer about one file.
pub struct Frame {
    /// The first word of the frame's header.
    pub kind: String,
    /// The file.
    pub path: PathBuf,
    /// What it says.
    pub text: Vec<u8>,
}

/// A script that runs under the reference interpreter.
pub struct Reference {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Reference {
    /// Starts `script` of the folder `reference` with these arguments.
    pub fn start(python: &Path, script: &str, arguments: &[impl AsRef<OsStr>]) -> io::Result<Reference> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference").join(script);
        let mut child = Command::new(python).arg(script).args(arguments).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no standard output"))?;
        Ok(Reference { child, output: BufReader::with_capacity(1 << 20, output) })
    }

    /// The next frame; none at the end.
    pub fn next_frame(&mut self) -> io::Result<Option<Frame>> {
        let mut header = String::new();
        if self.output.read_line(&mut header)? == 0 {
            let status = self.child.wait()?;
            if status.success() {
                return Ok(None);
            }
            return Err(io::Error::other(format!("the reference stopped with {status}")));
        }
        let mut words = header.trim_end_matches('\n').splitn(3, ' ');
        let (Some(kind), Some(length), Some(path)) = (words.next(), words.next(), words.next()) else {
            return Err(io::Error::other(format!("not a frame: {header:?}")));
        };
        let length: usize = length.parse().map_err(io::Error::other)?;
        let mut text = vec![0; length];
        self.output.read_exact(&mut text)?;
        Ok(Some(Frame { kind: kind.to_owned(), path: PathBuf::from(path), text }))
    }
}
