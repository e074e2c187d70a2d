//! Programs run by two interpreters, one after the other, and how much of the one's user time the other takes.

use std::path::{Path, PathBuf};
use std::process::Command;

const ROUNDS: usize = 7;

/// Runs a program and prints its user time, without the start of the interpreter; what it imports counts.
const TIMED: &str = r#"
import resource, sys

def timed(path):
    with open(path) as file:
        code = compile(file.read(), path, "exec")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    exec(code, globals())
    print(resource.getrusage(resource.RUSAGE_SELF).ru_utime - before)

timed(sys.argv[1])
"#;

/// Runs the programs of a folder by `taipan` and by the interpreter that `PYTHON` names (default `python3.14`), and
/// prints the median of the ratios of seven rounds, and the geometric mean of all. `TAIPAN` names another program than
/// `target/release/taipan`.
pub fn compare(folder: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = |variable: &str, other: PathBuf| std::env::var_os(variable).map_or(other, PathBuf::from);
    let python = named("PYTHON", "python3.14".into());
    let taipan = named("TAIPAN", root.join("target/release/taipan"));
    let mut logarithms = Vec::new();
    let mut failed = false;
    for program in programs(&root.join(folder)) {
        let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // one after the other, so that what else the machine does meets both
        let rounds = (0..ROUNDS).map(|_| Ok(seconds(&taipan, &program)? / seconds(&python, &program)?));
        match rounds.collect::<Result<Vec<f64>, String>>() {
            Ok(mut ratios) => {
                ratios.sort_by(f64::total_cmp);
                println!("{name:18} {:.2} of the reference's user time", ratios[ROUNDS / 2]);
                logarithms.push(ratios[ROUNDS / 2].ln());
            }
            Err(error) => {
                eprintln!("{name:18} fails: {error}");
                failed = true;
            }
        }
    }
    let mean = logarithms.iter().sum::<f64>() / logarithms.len().max(1) as f64;
    println!("{:18} {:.2}", "geometric mean", mean.exp());
    if failed {
        eprintln!("build taipan with --release, and let PYTHON name a Python 3.14");
        std::process::exit(1);
    }
}

/// The programs of a folder, by name.
fn programs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    found.sort();
    found
}

fn seconds(interpreter: &Path, program: &Path) -> Result<f64, String> {
    let output = Command::new(interpreter).args(["-I", "-c", TIMED]).arg(program).output();
    let output = output.map_err(|error| format!("{}: {error}", interpreter.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = || format!("{}: {}", interpreter.display(), String::from_utf8_lossy(&output.stderr));
    text.trim().parse().map_err(|_| errors())
}
