//! The programs of `fixtures/programs`, run by the living reference and by `taipan`.

use crate::Request;
use crate::report::Report;
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use taipan_parity::program;

/// Lines of a difference that are shown.
const SHOWN: usize = 8;

/// Compares all programs, or those that are named; true if all are equal.
pub fn run(request: &Request) -> io::Result<bool> {
    let report = Mutex::new(Report::new("programs", request.show, request.out.as_deref())?);
    let (taipan, folder) = (own_program()?, program::folder()?);
    let names = match &*request.files {
        [] => program::names(&folder)?,
        named => named.iter().map(|name| name.display().to_string()).collect(),
    };
    let python = std::path::absolute(&request.python)?;
    program::each(names, |name| {
        let expected = program::output(&python, &folder, &name)?;
        let own = program::output(&taipan, &folder, &name)?;
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
