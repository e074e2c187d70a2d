//! `cargo bench --bench bytecode`: what it costs to decode and to verify the code objects of the standard
//! library of the interpreter that `PYTHON` names (default `python3.14`), in one thread. With the
//! argument `once` all is decoded and verified once and nothing is timed, for a profiler.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use taipan_artifact::Limits;
use taipan_bench::code::{self, Module};
use taipan_bytecode_format::instruction::instructions;
use taipan_bytecode_format::{pyc, verify};

/// As in the programs, and in the benchmark of the compiler that this one is compared with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 15;

fn main() {
    let python = PathBuf::from(std::env::var_os("PYTHON").unwrap_or_else(|| "python3.14".into()));
    let modules = match code::standard_library(&python) {
        Ok(modules) => modules,
        Err(error) => {
            eprintln!("no corpus, set PYTHON to a Python 3.14: {error}");
            return;
        }
    };
    let codes: Vec<_> = modules.iter().flat_map(|module| code::tree(&module.code)).collect();
    let steps: usize = codes.iter().map(|code| instructions(&code.code).count()).sum();
    let units: usize = codes.iter().map(|code| code.code.len() / 2).sum();
    let bytes: usize = modules.iter().map(|module| module.file.len()).sum();
    println!(
        "corpus: {} modules, {} code objects, {steps} instructions in {units} code units, {:.1} MB of files",
        modules.len(),
        codes.len(),
        bytes as f64 / 1e6
    );
    if std::env::args().any(|argument| argument == "once") {
        black_box(each(&modules, |file| pyc::read(file, Limits::default()).is_ok()));
        return;
    }
    let decode = measure(|| each(&modules, |file| pyc::read_unverified(file, Limits::default()).is_ok()));
    let verify = measure(|| codes.iter().filter(|code| verify::verify(black_box(code)).is_ok()).count());
    let both = measure(|| each(&modules, |file| pyc::read(file, Limits::default()).is_ok()));
    let row = |name: &str, (done, time): (usize, Duration)| {
        let seconds = time.as_secs_f64();
        println!(
            "{name:18} {:8.1} ms  {:7.1} MB/s  {:6.1} ns an instruction  {:6.1} us a module  ({done} fine)",
            seconds * 1e3,
            bytes as f64 / 1e6 / seconds,
            seconds * 1e9 / steps as f64,
            seconds * 1e6 / modules.len() as f64,
        );
    };
    row("decode", decode);
    row("verify", verify);
    row("decode and verify", both);
    slowest(&modules);
}

fn each(modules: &[Module], work: impl Fn(&[u8]) -> bool) -> usize {
    modules.iter().filter(|module| work(black_box(&module.file))).count()
}

/// The result and the shortest of the times: what else the machine does only adds.
fn measure(work: impl Fn() -> usize) -> (usize, Duration) {
    let (mut result, mut best) = (0, Duration::MAX);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        result = work();
        best = best.min(start.elapsed());
    }
    (result, best)
}

/// The files that take longest for their size.
fn slowest(modules: &[Module]) {
    let mut rates = Vec::new();
    for module in modules {
        let (_, time) = measure(|| pyc::read(&module.file, Limits::default()).is_ok().into());
        rates.push((time.as_secs_f64() * 1e9 / module.file.len() as f64, module));
    }
    rates.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (rate, module) in rates.iter().take(3) {
        println!("  {rate:6.1} ns a byte  {} bytes  {}", module.file.len(), module.path);
    }
}
