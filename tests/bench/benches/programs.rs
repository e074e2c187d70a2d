//! `cargo bench --bench programs`: the programs of `fixtures/bench`, each on one thing that the interpreter does, run by
//! `taipan` and by the interpreter that `PYTHON` names (default `python3.14`), one after the other: how much of its user
//! time ours takes, the median of seven rounds. `TAIPAN` names another program than `target/release/taipan`.

use std::path::{Path, PathBuf};
use std::process::Command;

const ROUNDS: usize = 7;
const PROGRAMS: [&str; 6] = ["fib", "int_loop", "mandelbrot", "objects", "sieve", "dict_loop"];

/// Runs a program and prints its user time, without the start of the interpreter.
const TIMED: &str = r#"
import resource, sys
path = sys.argv[1]
with open(path) as file:
    code = compile(file.read(), path, "exec")
before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
exec(code, {"__name__": "__main__"})
print(resource.getrusage(resource.RUSAGE_SELF).ru_utime - before)
"#;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = |variable: &str, other: PathBuf| std::env::var_os(variable).map_or(other, PathBuf::from);
    let python = named("PYTHON", "python3.14".into());
    let taipan = named("TAIPAN", root.join("target/release/taipan"));
    for name in PROGRAMS {
        let program = root.join(format!("fixtures/bench/{name}.py"));
        // one after the other, so that what else the machine does meets both
        let rounds = (0..ROUNDS).map(|_| Some(seconds(&taipan, &program)? / seconds(&python, &program)?));
        let Some(mut ratios) = rounds.collect::<Option<Vec<f64>>>() else {
            eprintln!("{name} does not run: build taipan with --release, and set PYTHON to a Python 3.14");
            return;
        };
        ratios.sort_by(f64::total_cmp);
        println!("{name:12} {:.2} of the reference's user time", ratios[ROUNDS / 2]);
    }
}

fn seconds(interpreter: &Path, program: &Path) -> Option<f64> {
    let output = Command::new(interpreter).args(["-I", "-c", TIMED]).arg(program).output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}
