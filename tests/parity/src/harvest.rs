//! The sources that CPython's own tests compile, with what CPython answers: the file that
//! `harvest.py` writes, one JSON object a line.

use serde::Deserialize;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// One source.
#[derive(Deserialize)]
pub struct Sample {
    /// Its text.
    pub source: String,
    /// `exec`, `eval` or `single`.
    pub mode: String,
    /// The flags of `compile`.
    pub flags: u32,
    /// The error, if there is one.
    pub error: Option<SampleError>,
    /// The warnings: category, message, line.
    pub warnings: Vec<(String, String, i64)>,
    /// The test that it is from.
    pub from: String,
}

/// An error as CPython raises it.
#[derive(Deserialize)]
pub struct SampleError {
    /// `parse` if the tree alone fails, `compile` if only a later stage does.
    pub stage: String,
    /// The exception's class.
    #[serde(rename = "type")]
    pub class: String,
    /// Its message.
    pub msg: String,
    /// Line, from 1.
    pub lineno: Option<i64>,
    /// Column, from 1, in characters.
    pub offset: Option<i64>,
    /// Line of the end.
    pub end_lineno: Option<i64>,
    /// Column of the end.
    pub end_offset: Option<i64>,
    /// The line.
    pub text: Option<String>,
}

/// The samples of a file, and how many hold lone surrogates, which no source text has.
pub fn read(path: &Path) -> io::Result<(Vec<Sample>, usize)> {
    let mut samples = Vec::new();
    let mut surrogates = 0;
    for line in BufReader::new(std::fs::File::open(path)?).lines() {
        let line = line?;
        match serde_json::from_str(&line) {
            Ok(sample) => samples.push(sample),
            Err(_) if line.contains("\\ud") => surrogates += 1,
            Err(error) => return Err(io::Error::other(error)),
        }
    }
    Ok((samples, surrogates))
}
