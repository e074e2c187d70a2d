//! Programs made at random (`reference/generate`), run by the living reference and by `taipan`. Programs that differ
//! are made as small as they can be while they still do, and saved.
//! Invariant: a seed gives the same programs again; where either side has no answer in time, none counts.

mod batch;
mod shrink;

use crate::Request;
use crate::programs::{difference, own_program};
use crate::report::Report;
use batch::{Answer, Pair};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};
use taipan_parity::program::each;

/// Programs of one process.
const BATCH: usize = 25;

/// Compares new programs, or those of the files; true if all are equal.
pub fn run(request: &Request) -> io::Result<bool> {
    let pair = Pair { python: std::path::absolute(&request.python)?, taipan: own_program()? };
    let folder = request.out.clone().unwrap_or_else(|| std::env::temp_dir().join("taipan-generated"));
    std::fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    let files = match &*request.files {
        [] => make(request, &pair, &folder)?,
        named => named.iter().map(std::path::absolute).collect::<io::Result<_>>()?,
    };
    let report = Mutex::new(Report::new("generated", request.show, None)?);
    let passed_over = Mutex::new(Vec::new());
    each(files.chunks(BATCH).map(<[PathBuf]>::to_vec).collect(), |files| {
        let (expected, own) = pair.answers(&files)?;
        for ((file, expected), own) in files.iter().zip(&expected).zip(&own) {
            let shrinks = report.lock().map_err(|_| io::Error::other("a thread panicked"))?.shows_more();
            let outcome = judge(&pair, &folder, file, expected, own, shrinks)?;
            let mut report = report.lock().map_err(|_| io::Error::other("a thread panicked"))?;
            match outcome {
                Outcome::Equal => report.equal(),
                Outcome::Unanswered => passed_over
                    .lock()
                    .map_err(|_| io::Error::other("a thread panicked"))?
                    .push(file.display().to_string()),
                Outcome::Differs(how) => report.differs(&how)?,
            }
        }
        Ok(())
    })?;
    let passed_over = passed_over.into_inner().map_err(|_| io::Error::other("a thread panicked"))?;
    if !passed_over.is_empty() {
        println!("passed over, for the reference did not end: {}", passed_over.join(" "));
    }
    report.into_inner().map_err(|_| io::Error::other("a thread panicked"))?.finish()
}

/// Makes the programs that were asked for, and says from which seed.
fn make(request: &Request, pair: &Pair, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    let seed = request.seed.unwrap_or(u64::from(now.subsec_nanos()) << 16 | now.as_secs() & 0xffff);
    println!("generated: seed {seed}, programs and what differs in {}", folder.display());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/generate");
    let status = Command::new(&pair.python)
        .arg(script)
        .arg(folder)
        .args([seed.to_string(), request.count.to_string()])
        .status()?;
    if !status.success() {
        return Err(io::Error::other(format!("the programs were not made: {status}")));
    }
    let count = request.count as u64;
    Ok((seed..seed + count).map(|seed| folder.join(format!("{seed}.py"))).collect())
}

enum Outcome {
    Equal,
    Unanswered,
    Differs(String),
}

/// Looks at one program closer if its answers differ. A program that is equal is not kept.
fn judge(
    pair: &Pair,
    folder: &Path,
    file: &Path,
    expected: &Answer,
    own: &Answer,
    shrinks: bool,
) -> io::Result<Outcome> {
    let Answer::Printed(text) = expected else { return Ok(Outcome::Unanswered) };
    if expected == own {
        if file.parent() == Some(folder) {
            std::fs::remove_file(file)?;
        }
        return Ok(Outcome::Equal);
    }
    if !pair.differs(file)? {
        let how = difference(text, &own.text());
        return Ok(Outcome::Differs(format!("{}: only behind other programs:\n{how}", file.display())));
    }
    if !shrinks {
        return Ok(Outcome::Differs(file.display().to_string()));
    }
    let small = folder.join(format!("{}.small.py", file.file_stem().unwrap_or_default().display()));
    shrink::shrink(&std::fs::read_to_string(file)?, &small, |candidate| pair.differs(candidate))?;
    let (expected, own) = pair.answers(std::slice::from_ref(&small))?;
    let texts = expected.iter().zip(&own).map(|(expected, own)| difference(&expected.text(), &own.text()));
    Ok(Outcome::Differs(format!("{}:\n{}", small.display(), texts.collect::<String>())))
}
