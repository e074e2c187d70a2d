//! Trees beside those of the reference: the dump with attributes, byte for byte, of every file of its
//! library and every source of a harvest.
//! Invariant: counted are the sources that the reference has a tree of; one that only we accept is a
//! difference of `errors`, and named here.

use crate::Request;
use crate::front::{Input, dump_of};
use crate::harvest;
use crate::oracle::{Answer, Oracle, library};
use crate::report::Report;
use serde_json::json;
use std::io;

/// Compares all sources; true if all are equal.
pub fn run(request: &Request) -> io::Result<bool> {
    let mut oracle = Oracle::start(&request.python)?;
    let mut report = Report::new("ast", request.show, request.out.as_deref())?;
    let files = match request.files.is_empty() {
        true => library(&request.python)?,
        false => request.files.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
    };
    for path in files {
        oracle.ask(&question(request, json!({ "path": path })))?;
        let bytes = std::fs::read(&path)?;
        let own = dump_of(Input::Bytes(&bytes), "exec", 0, request.variant);
        compare(&mut report, &path, own, oracle.answer()?)?;
    }
    if let Some(path) = &request.harvest {
        let (samples, surrogates) = harvest::read(path)?;
        for (index, sample) in samples.iter().enumerate() {
            let (mode, flags) = (sample.mode.as_str(), sample.flags);
            let source = json!({ "source": sample.source, "mode": mode, "flags": flags });
            oracle.ask(&question(request, source))?;
            let own = dump_of(Input::Text(&sample.source), mode, flags, request.variant);
            let name = format!("{}#{index} {mode} {flags:#x} {:?}", sample.from, clip(&sample.source));
            compare(&mut report, &name, own, oracle.answer()?)?;
        }
        println!("passed over: {surrogates} sources with lone surrogates");
    }
    report.finish()
}

/// A question with what holds for all sources.
fn question(request: &Request, mut source: serde_json::Value) -> serde_json::Value {
    source["optimize"] = request.variant.optimize.into();
    source["feature_version"] = request.variant.feature_version.into();
    source["type_comments"] = request.variant.type_comments.into();
    source
}

/// The beginning of a text.
pub fn clip(text: &str) -> &str {
    text.char_indices().nth(120).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

fn compare(
    report: &mut Report,
    name: &str,
    own: Result<String, taipan_diagnostics::Diagnostic>,
    reference: Answer,
) -> io::Result<()> {
    match (own, reference) {
        (Ok(own), Answer::Tree(reference)) if own == reference => report.equal(),
        (Ok(own), Answer::Tree(reference)) => {
            report.differs(&format!("{name}: {}", difference(&own, &reference)))?;
        }
        (Err(error), Answer::Tree(_)) => {
            report.differs(&format!("{name}: refused: {}: {}", error.class.name(), error.message))?;
        }
        (Ok(_), Answer::Error(error)) => {
            report.note(&format!("{name}: accepted, the reference has {error}"))?;
        }
        (Err(_), Answer::Error(_)) => {}
        (_, Answer::Unprintable(why)) => report.note(&format!("{name}: passed over: {why}"))?,
    }
    Ok(())
}

/// The first line in which two dumps differ, and the last class named before it.
fn difference(own: &str, reference: &str) -> String {
    let mut lines = own.lines().zip(reference.lines()).enumerate();
    let Some((row, (own_line, reference_line))) = lines.find(|(_, (a, b))| a != b) else {
        return format!("{} lines for {}", own.lines().count(), reference.lines().count());
    };
    let before: Vec<&str> = reference.lines().take(row).collect();
    let class = before.iter().rev().find(|line| line.ends_with('(')).map_or("", |line| line.trim());
    format!(
        "row {} in {class}\n  reference: {}\n  taipan:    {}",
        row + 1,
        clip(reference_line.trim()),
        clip(own_line.trim())
    )
}
