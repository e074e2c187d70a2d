//! The programs of `fixtures/programs`, run by the living reference and by `taipan`; without a reference, what they print
//! is compared with what it printed. `--piped` takes them from stage to stage, `--stress` lets the collector run at every
//! instruction.

use crate::Request;
use crate::report::Report;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use taipan_parity::piped::{self, Stages};
use taipan_parity::program;

/// Lines of a difference that are shown.
const SHOWN: usize = 8;

/// How a program is run.
enum Way {
    Straight(PathBuf),
    Stress(PathBuf),
    Piped(Stages),
}

impl Way {
    fn of(request: &Request) -> io::Result<Way> {
        let taipan = own_program()?;
        Ok(match (request.piped, request.stress) {
            (true, _) => Way::Piped(Stages::beside(&taipan)?),
            (_, true) => Way::Stress(taipan),
            _ => Way::Straight(taipan),
        })
    }

    fn output(&self, folder: &Path, name: &str) -> io::Result<String> {
        match self {
            Way::Straight(taipan) => program::output(taipan, folder, name),
            Way::Stress(taipan) => {
                let mut command = Command::new(taipan);
                command.arg(format!("{name}.py")).env("TAIPAN_STRESS", "1");
                program::output_of(&mut command, folder, name)
            }
            Way::Piped(stages) => stages.output(folder, name),
        }
    }
}

/// Compares all programs, or those that are named; true if all are equal.
pub fn run(request: &Request) -> io::Result<bool> {
    let report = Mutex::new(Report::new("programs", request.show, request.out.as_deref())?);
    let (way, folder) = (Way::of(request)?, program::folder()?);
    let mut names = match &*request.files {
        [] => program::names(&folder)?,
        named => named.iter().map(|name| name.display().to_string()).collect(),
    };
    if request.piped {
        let (compiling, rest) = piped::compiling(&folder, names)?;
        println!("programs: {} compile while they run and are left out", compiling.len());
        names = rest;
    }
    let python = match request.python.as_os_str().is_empty() {
        true => None,
        false => Some(std::path::absolute(&request.python)?),
    };
    program::each(names, |name| {
        let expected = match &python {
            Some(python) => program::output(python, &folder, &name)?,
            None => std::fs::read_to_string(folder.join(format!("{name}.txt")))?,
        };
        let own = way.output(&folder, &name)?;
        let mut report = report.lock().map_err(|_| io::Error::other("a thread panicked"))?;
        if expected == own {
            report.equal();
            return Ok(());
        }
        report.differs(&format!("{name}:\n{}", difference(&expected, &own)))
    })?;
    report.into_inner().map_err(|_| io::Error::other("a thread panicked"))?.finish()
}

/// The program `taipan` beside this one.
pub fn own_program() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("taipan");
    match program.exists() {
        true => Ok(program),
        false => Err(io::Error::other(format!("{} is not built", program.display()))),
    }
}

/// The first lines that differ, the reference's with `-`, ours with `+`.
pub fn difference(expected: &str, own: &str) -> String {
    let (mut expected, mut own): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), own.lines().collect());
    let same = expected.iter().zip(&own).take_while(|(a, b)| a == b).count();
    let (mut expected, mut own) = (expected.split_off(same), own.split_off(same));
    while expected.last().is_some_and(|last| own.last() == Some(last)) {
        expected.pop();
        own.pop();
    }
    let mut text = format!("  @@ line {}\n", same + 1);
    for (mark, lines) in [('-', expected), ('+', own)] {
        for line in lines.iter().take(SHOWN) {
            text += &format!("  {mark} {line}\n");
        }
        if lines.len() > SHOWN {
            text += &format!("  {mark} ... {} lines more\n", lines.len() - SHOWN);
        }
    }
    text
}
