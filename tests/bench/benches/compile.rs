//! `cargo bench --bench compile`: from source to `.pyc` over the standard library of the interpreter that
//! `PYTHON` names (default `python3.14`), stage by stage, and in user time against its `compile`. With the
//! argument `once` all files are compiled once and nothing is timed, for a profiler.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use taipan_bench::stages::{Stage, run_to};
use taipan_bench::{clock, corpus};

/// As in the programs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 7;

/// Compiles the same files by the interpreter, in user time.
const REFERENCE: &str = r#"
import marshal, resource, sys, warnings
warnings.simplefilter("ignore")
paths = sys.stdin.read().splitlines()
sources = [open(path, "rb").read() for path in paths]
before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
for path, source in zip(paths, sources):
    try:
        marshal.dumps(compile(source, path, "exec", dont_inherit=True, optimize=0))
    except (SyntaxError, ValueError, RecursionError):
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
    if std::env::args().any(|argument| argument == "once") {
        time(&files, Stage::File);
        return;
    }
    let mut before = Duration::ZERO;
    for stage in Stage::ALL {
        let mut times: Vec<Duration> = (0..ROUNDS).map(|_| time(&files, stage)).collect();
        times.sort();
        let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
        println!(
            "to {:14} {:8.1} ms  {:7.1} MB/s  this stage {:7.1} ms",
            stage.name(),
            median.as_secs_f64() * 1e3,
            bytes as f64 / 1e6 / median.as_secs_f64(),
            median.saturating_sub(before).as_secs_f64() * 1e3,
        );
        before = median;
    }
    against_reference(&python, &files);
}

fn time(files: &[corpus::File], stage: Stage) -> Duration {
    let start = Instant::now();
    let done = files.iter().filter(|file| run_to(stage, file)).count();
    std::hint::black_box(done);
    start.elapsed()
}

fn against_reference(python: &Path, files: &[corpus::File]) {
    // one after the other, so that what else the machine does meets both
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let start = clock::user_time();
        let accepted = files.iter().filter(|file| run_to(Stage::File, file)).count();
        let ours = clock::user_time().saturating_sub(start).as_secs_f64();
        let Some(theirs) = clock::of_reference(python, REFERENCE, files) else { return };
        println!("compile          {theirs:8.2} s of user time, ours {ours:.2} s ({accepted} files)");
        ratios.push(theirs / ours);
    }
    ratios.sort_by(f64::total_cmp);
    if let (Some(least), Some(median)) = (ratios.first(), ratios.get(ROUNDS / 2)) {
        println!("compile          {median:8.2} times as fast in user time, at least {least:.2}");
    }
}
