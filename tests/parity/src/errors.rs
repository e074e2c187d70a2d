//! Errors beside those of the reference: class, message, line, columns, end and text of every source
//! of a harvest that the reference's parser refuses.

use crate::Request;
use crate::ast::clip;
use crate::front::{Input, Variant, dump_of};
use crate::harvest::{self, SampleError};
use crate::report::Report;
use std::io;
use taipan_diagnostics::Diagnostic;

/// Compares all sources; true if all are equal.
pub fn run(request: &Request) -> io::Result<bool> {
    let path = request.harvest.as_deref().ok_or_else(|| io::Error::other("--harvest is missing"))?;
    let mut report = Report::new("errors", request.show, request.out.as_deref())?;
    let (samples, surrogates) = harvest::read(path)?;
    for (index, sample) in samples.iter().enumerate() {
        let own = dump_of(Input::Text(&sample.source), &sample.mode, sample.flags, Variant::default());
        let expected = sample.error.as_ref().filter(|error| error.stage == "parse");
        let what = match (own, expected) {
            (Ok(_), None) => continue,
            (Err(own), Some(expected)) => match difference(&own, expected) {
                None => {
                    report.equal();
                    continue;
                }
                Some(difference) => difference,
            },
            (Ok(_), Some(expected)) => format!("accepted\n  reference: {}", summary(expected)),
            (Err(own), None) => format!("refused: {}: {}", own.class.name(), own.message),
        };
        let name = format!("{}#{index} {} {:#x}", sample.from, sample.mode, sample.flags);
        report.differs(&format!("{name} {:?}: {what}", clip(&sample.source)))?;
    }
    println!("passed over: {surrogates} sources with lone surrogates");
    report.finish()
}

fn summary(error: &SampleError) -> String {
    let place = [error.lineno, error.offset, error.end_lineno, error.end_offset];
    let place: Vec<String> = place.iter().map(|n| n.map_or("-".to_owned(), |n| n.to_string())).collect();
    format!("{}: {} [{}]", error.class, error.msg, place.join(" "))
}

fn difference(own: &Diagnostic, expected: &SampleError) -> Option<String> {
    let place = own.location.as_ref();
    let numbers = |pick: fn(&taipan_diagnostics::Location) -> i64| place.map(pick);
    let actual = SampleError {
        stage: String::new(),
        class: own.class.name().to_owned(),
        msg: own.message.clone(),
        lineno: numbers(|at| at.lineno),
        offset: numbers(|at| at.offset),
        end_lineno: numbers(|at| at.end_lineno),
        end_offset: numbers(|at| at.end_offset),
        text: place.and_then(|at| at.text.clone()),
    };
    let (reference, own) = (summary(expected), summary(&actual));
    if reference != own {
        return Some(format!("\n  reference: {reference}\n  taipan:    {own}"));
    }
    if actual.text != expected.text {
        return Some(format!("{own}\n  reference: {:?}\n  taipan:    {:?}", expected.text, actual.text));
    }
    None
}
