//! Code that nobody's compiler made: programs of `fixtures/programs` in which a code object was changed, run as far as some
//! fuel goes if the verifier accepts them. Whatever they do, the process ends by itself.
//!
//! `TAIPAN_FUZZ_ROUNDS` sets how many run, as `cargo xtask fuzz` does; the default takes seconds. They run in child
//! processes, which say which mutant is next, so that one that ends a process is known.

mod nowhere;
#[path = "../../../bytecode-format/tests/fuzz/tamper.rs"]
mod tamper;

use nowhere::Nowhere;
use std::io::Write;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use taipan::compile::compile;
use taipan::{Interpreter, Options};
use taipan_artifact::mutate::Random;
use taipan_bytecode_format::{Code, Const, Verified};
use taipan_object::dict::PyDict;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Thread, Value};
use taipan_parity::{children, program};
use taipan_parser::Mode;
use taipan_wtf8::Wtf8;

/// Safepoints that a mutant may pass.
const FUEL: u64 = 10_000;
/// Mutants that run in one interpreter.
const SHARE: u64 = 100;
/// Bytes of native stack of the thread that runs them.
const STACK: usize = 16 << 20;
/// How long one may take, on a machine that others use as well.
const PATIENCE: Duration = Duration::from_secs(60);

/// The environment variable that says which mutants a child runs: the first and how many.
const RANGE: &str = "TAIPAN_MUTANTS";

#[test]
fn mutants_that_the_verifier_accepts_end_by_themselves() {
    let rounds =
        std::env::var("TAIPAN_FUZZ_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000u64);
    let first = std::env::var("TAIPAN_FUZZ_FIRST").ok().and_then(|text| text.parse().ok()).unwrap_or(0u64);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let half = rounds.div_ceil(2);
        let child = |first: u64| scope.spawn(move || children_of(first, half));
        let children = [child(first), child(first + half)];
        children.into_iter().flat_map(|child| child.join().unwrap()).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Runs mutants in one child after the other, for one may not survive; gives what went wrong.
fn children_of(first: u64, count: u64) -> Vec<String> {
    let mut failures = Vec::new();
    let (mut next, end) = (first, first + count);
    while next < end && failures.len() < 20 {
        // memory that the system would promise without having it is refused
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -v 4000000 && exec \"$@\"", "sh"]).arg(std::env::current_exe().unwrap());
        command
            .args(["--ignored", "--exact", "run_mutants", "--nocapture"])
            .env(RANGE, format!("{next} {}", end - next));
        let ended =
            children::run(&mut command, Duration::from_secs(60) + PATIENCE * (end - next) as u32).unwrap();
        let output = String::from_utf8_lossy(&ended.stdout).into_owned();
        if ended.status.is_some_and(|status| status.success()) {
            println!("{}", output.lines().filter(|line| line.starts_with("mutants: ")).collect::<String>());
            break;
        }
        let last =
            output.lines().filter_map(|line| line.strip_prefix("mutant ")?.parse::<u64>().ok()).next_back();
        let errors = String::from_utf8_lossy(&ended.stderr).into_owned();
        let about: Vec<&str> = errors.lines().take(6).collect();
        failures.push(format!("mutant {last:?}: {:?} {}", ended.status, about.join(" / ")));
        let Some(last) = last else { break };
        next = last + 1;
    }
    failures
}

/// The mutant that runs, for who watches.
static RUNNING: AtomicU64 = AtomicU64::new(0);

#[test]
#[ignore = "run by the test above in a process of its own"]
fn run_mutants() {
    let Ok(range) = std::env::var(RANGE) else { return };
    let (first, count) = range.split_once(' ').unwrap();
    let (first, count): (u64, u64) = (first.parse().unwrap(), count.parse().unwrap());
    std::panic::set_hook(Box::new(|info| {
        eprintln!("{info}");
        std::process::exit(70);
    }));
    std::thread::spawn(watch);
    let run = move || run_range(first, count);
    std::thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap();
}

/// Ends the process if a mutant takes too long.
fn watch() {
    let mut seen = RUNNING.load(Ordering::Relaxed);
    loop {
        std::thread::sleep(PATIENCE);
        let now = RUNNING.load(Ordering::Relaxed);
        if now == seen {
            eprintln!("it takes longer than {PATIENCE:?}");
            std::process::exit(3);
        }
        seen = now;
    }
}

fn run_range(first: u64, count: u64) {
    let sources = sources();
    let (mut tried, mut at) = (0u64, first);
    while at < first + count {
        let interpreter = interpreter();
        for _ in 0..SHARE.min(first + count - at) {
            let (mutant, attempts) = mutant(&sources, at);
            tried += attempts;
            println!("mutant {at}");
            std::io::stdout().flush().unwrap();
            RUNNING.store(at + 1, Ordering::Relaxed);
            interpreter.set_fuel(Some(FUEL));
            interpreter.enter(|thread| run(thread, &mutant));
            at += 1;
        }
        interpreter.set_fuel(Some(FUEL));
    }
    println!("mutants: {count} of {tried} were accepted, and ran");
}

/// The code of all programs.
fn sources() -> Vec<Arc<Code>> {
    let folder = program::folder().unwrap();
    let code = |name: &String| {
        let source = std::fs::read(folder.join(format!("{name}.py"))).unwrap();
        compile(&source, Wtf8::from_str("mutant.py"), Mode::Exec, Default::default()).code.ok()
    };
    let codes: Vec<_> = program::names(&folder).unwrap().iter().filter_map(code).collect();
    assert!(codes.len() > 100);
    codes
}

/// The mutant of a number, and how many were refused before.
fn mutant(sources: &[Arc<Code>], number: u64) -> (Verified, u64) {
    let mut random = Random(number.wrapping_mul(0x2545_F491_4F6C_DD1D));
    for attempt in 1.. {
        let source = &sources[random.below(sources.len())];
        let mut which = random.below(size(source));
        let changed = changed(source, &mut which, &mut random);
        if let Ok(code) = Verified::new_tree(changed) {
            return (code, attempt);
        }
    }
    unreachable!()
}

/// How many code objects there are in one.
fn size(code: &Code) -> usize {
    1 + code
        .consts
        .iter()
        .map(|constant| if let Const::Code(code) = constant { size(code) } else { 0 })
        .sum::<usize>()
}

/// The code with one of the code objects in it changed: the one that `which` counts down to.
fn changed(code: &Arc<Code>, which: &mut usize, random: &mut Random) -> Arc<Code> {
    let mut own = Code::clone(code);
    if *which == 0 {
        *which = usize::MAX;
        tamper::tamper(&mut own, random);
        return Arc::new(own);
    }
    *which -= 1;
    for constant in &mut own.consts {
        if let Const::Code(inner) = constant
            && *which != usize::MAX
        {
            *constant = Const::Code(changed(inner.whole(), which, random).into());
        }
    }
    Arc::new(own)
}

fn interpreter() -> Interpreter {
    let options = Options {
        stack: STACK - (1 << 20),
        compiler: Some(taipan::COMPILER),
        ..Options::new(Box::new(Nowhere))
    };
    Interpreter::new(options).unwrap()
}

/// Runs a mutant as a module; what it raises is let go.
fn run(thread: &Thread, code: &Verified) {
    let result = || -> PyResult<()> {
        let code = taipan_vm::code_object(thread, code.code().clone())?;
        let globals = PyDict::new(thread)?;
        let name = PyStr::from_text(thread, "__main__")?.into_value();
        drop(globals.insert(thread, intern_text(thread, "__name__")?.as_ref(), name)?);
        let builtins = taipan::evaluate::builtins_of(thread, &globals)?;
        let space: Value = globals.clone().into_value();
        taipan_vm::interp::run_code(thread, &code, &globals, &builtins, space, None).map(drop)
    };
    if let Err(raised) = result() {
        drop(thread.catch(raised));
    }
    taipan_object::gc::collect(thread, 2);
}
