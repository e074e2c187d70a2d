//! Chores of the project: `cargo xtask <command>`.

mod aliases;
mod codegen;
mod parity;
mod unicode;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask codegen [--check]
       cargo xtask unicode --python PATH
       cargo xtask aliases NAMEALIASES.TXT";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["codegen"] => codegen::run(false),
        ["codegen", "--check"] => codegen::run(true),
        ["parity", arguments @ ..] => parity::run(arguments),
        ["unicode", "--python", python] => unicode::run(python),
        ["aliases", path] => aliases::run(path),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
pub fn root() -> std::path::PathBuf {
    let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

#[cfg(test)]
mod tests {
    #[test]
    fn generated_files_are_not_stale() {
        assert_eq!(super::codegen::run(true), Ok(()));
    }
}
