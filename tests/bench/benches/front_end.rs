//! `cargo bench`: lexer and parser over the standard library of the interpreter that `PYTHON` names
//! (default `python3.14`), against ruff's parser in the same run, against `ast.parse` in user time,
//! and the peak of the heap.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use taipan_bench::{clock, corpus, heap, stages};

#[global_allocator]
static ALLOCATOR: heap::Counting = heap::Counting;

const ROUNDS: usize = 9;

/// Times the parser of the interpreter over the same files, in user time.
const REFERENCE: &str = r#"
import ast, os, resource, sys, warnings
warnings.simplefilter("ignore")
sources = [open(path, "rb").read() for path in sys.stdin.read().splitlines()]
before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
for source in sources:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_utime - before)
"#;

fn main() {
    let python = PathBuf::from(std::env::var_os("PYTHON").unwrap_or_else(|| "python3.14".into()));
    let files = match corpus::standard_library(&python) {
        Ok(files) => files,
        Err(error) => {
            eprintln!("no corpus, set PYTHON to a Python 3.14: {error}");
            return;
        }
    };
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    println!("corpus: {} files, {:.1} MB", files.len(), bytes as f64 / 1e6);
    speed(&files, bytes);
    reference(&python, &files);
    memory(&files, bytes);
}

fn speed(files: &[corpus::File], bytes: usize) {
    let texts: Vec<&str> = files.iter().filter_map(|file| std::str::from_utf8(&file.bytes).ok()).collect();
    let ruff_bytes: usize = texts.iter().map(|text| text.len()).sum();
    let mut times: [Vec<Duration>; 3] = Default::default();
    let mut accepted = [0; 3];
    for _ in 0..ROUNDS {
        let work: [&dyn Fn() -> usize; 3] = [
            &|| files.iter().filter(|file| stages::lex_file(&file.bytes).is_some()).count(),
            &|| files.iter().filter(|file| stages::parse_file(&file.bytes)).count(),
            &|| texts.iter().filter(|text| stages::parse_file_with_ruff(text)).count(),
        ];
        for (index, work) in work.iter().enumerate() {
            let start = Instant::now();
            accepted[index] = work();
            times[index].push(start.elapsed());
        }
    }
    let rate = |index: usize, bytes: usize| bytes as f64 / 1e6 / median(&times[index]).as_secs_f64();
    println!("lexer            {:8.1} MB/s  ({} files decoded)", rate(0, bytes), accepted[0]);
    println!("lexer + parser   {:8.1} MB/s  ({} files accepted)", rate(1, bytes), accepted[1]);
    println!("ruff             {:8.1} MB/s  ({} files accepted)", rate(2, ruff_bytes), accepted[2]);
    println!("against ruff     {:8.2} times", rate(1, bytes) / rate(2, ruff_bytes));
}

fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2]
}

fn reference(python: &Path, files: &[corpus::File]) {
    let start = clock::user_time();
    let accepted = files.iter().filter(|file| stages::parse_file(&file.bytes)).count();
    let ours = clock::user_time().saturating_sub(start);
    let Some(theirs) = clock::of_reference(python, REFERENCE, files) else { return };
    println!(
        "ast.parse        {theirs:8.2} s of user time, ours {:.2} s: {:.1} times ({accepted} files)",
        ours.as_secs_f64(),
        theirs / ours.as_secs_f64()
    );
}

fn memory(files: &[corpus::File], bytes: usize) {
    let mut total = 0;
    let mut worst: Vec<(f64, &corpus::File)> = Vec::new();
    for file in files.iter().filter(|file| !file.bytes.is_empty()) {
        let (_, peak) = heap::peak_of(|| stages::parse_file(&file.bytes));
        total += peak;
        worst.push((peak as f64 / file.bytes.len() as f64, file));
    }
    worst.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("peak heap        {:8.2} times the source, summed", total as f64 / bytes as f64);
    for (ratio, file) in worst.iter().take(5) {
        println!("  {ratio:6.1} times  {} bytes  {}", file.bytes.len(), file.path.display());
    }
}
