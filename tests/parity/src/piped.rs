//! Programs of `fixtures/programs` from stage to stage: each stage's program gets what the one before wrote, and
//! `taipan-vm` runs what comes out. Invariant: nothing but artifacts passes from one to the next.

use crate::program;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What stands in the first line of a program that compiles while it runs, which `taipan-vm` cannot.
const PRAGMA: &str = "# compiles while it runs";

/// Whether a program of a folder says that it compiles while it runs.
///
/// # Errors
/// The program cannot be read.
fn compiles(folder: &Path, name: &str) -> io::Result<bool> {
    let source = std::fs::read_to_string(folder.join(format!("{name}.py")))?;
    Ok(source.lines().next().is_some_and(|line| line.contains(PRAGMA)))
}

/// The programs that compile while they run, and the others.
///
/// # Errors
/// A program cannot be read.
pub fn compiling(folder: &Path, names: Vec<String>) -> io::Result<(Vec<String>, Vec<String>)> {
    let (mut compiling, mut rest) = (Vec::new(), Vec::new());
    for name in names {
        if compiles(folder, &name)? { &mut compiling } else { &mut rest }.push(name);
    }
    Ok((compiling, rest))
}

/// The programs of the stages.
pub struct Stages {
    /// The folder that they stand in.
    programs: PathBuf,
    /// Where artifacts are put.
    artifacts: PathBuf,
}

impl Stages {
    /// The programs that stand beside another one.
    ///
    /// # Errors
    /// One is not there, or there is no place for artifacts.
    pub fn beside(program: &Path) -> io::Result<Stages> {
        let programs = program.parent().unwrap_or(Path::new(".")).to_owned();
        for name in ["taipan-lex", "taipan-parse", "taipan-codegen", "taipan-vm"] {
            if !programs.join(name).exists() {
                return Err(io::Error::other(format!("{} is not built", programs.join(name).display())));
            }
        }
        let artifacts = std::env::temp_dir().join(format!("taipan-piped-{}", std::process::id()));
        std::fs::create_dir_all(&artifacts)?;
        Ok(Stages { programs, artifacts })
    }

    /// What a program of the folder prints when it comes through the stages: what [`program::output`] gives, or what a
    /// stage that refuses it says.
    ///
    /// # Errors
    /// A stage cannot be started.
    pub fn output(&self, folder: &Path, name: &str) -> io::Result<String> {
        let artifact = self.artifacts.join(format!("{name}.pyc"));
        let stage = |name: &str| {
            let mut command = Command::new(self.programs.join(name));
            command.current_dir(folder).stdout(Stdio::piped());
            command
        };
        let mut lex = stage("taipan-lex").arg(format!("{name}.py")).stdin(Stdio::null()).spawn()?;
        let tokens = lex.stdout.take().map_or_else(Stdio::null, Stdio::from);
        let mut parse = stage("taipan-parse").arg("-").stdin(tokens).stderr(Stdio::piped()).spawn()?;
        let tree = parse.stdout.take().map_or_else(Stdio::null, Stdio::from);
        let mut generate = stage("taipan-codegen");
        let generate =
            generate.args(["-", "-o"]).arg(&artifact).stdin(tree).stderr(Stdio::piped()).spawn()?;
        let (generated, parsed) = (generate.wait_with_output()?, parse.wait_with_output()?);
        lex.wait()?;
        for refused in [&parsed, &generated] {
            if !refused.status.success() {
                return Ok(String::from_utf8_lossy(&refused.stderr).into_owned());
            }
        }
        let vm = self.programs.join("taipan-vm");
        let printed = program::output_of(Command::new(vm).arg(&artifact), folder, name);
        std::fs::remove_file(&artifact)?;
        printed
    }
}

impl Drop for Stages {
    fn drop(&mut self) {
        // it stands among what is temporary anyway
        let _ = std::fs::remove_dir_all(&self.artifacts);
    }
}
