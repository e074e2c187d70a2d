//! Virtual environments (PEP 405): a link to the program is known by the `pyvenv.cfg` above it.

use std::path::PathBuf;
use std::process::Command;

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(program: &std::path::Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).env_remove("PYTHONHOME").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    format!("{}{}", text(output.stdout), text(output.stderr))
}

#[test]
fn an_environment_has_a_prefix_and_packages_of_its_own() {
    let folder = Folder(std::env::temp_dir().join(format!("taipan-environment-{}", std::process::id())));
    let program = PathBuf::from(env!("CARGO_BIN_EXE_taipan"));
    let path = folder.0.to_string_lossy().into_owned();
    assert_eq!(run(&program, &["-m", "venv", "--without-pip", &path]), "");
    let packages = folder.0.join("lib/python3.14/site-packages");
    std::fs::write(packages.join("own.py"), "answer = 42\n").unwrap();
    let asked =
        "import sys, own; print(own.answer, sys.prefix, sys.prefix != sys.base_prefix, sys.executable)";
    let python = folder.0.join("bin/python");
    let expected = format!("42 {path} True {}\n", python.display());
    assert_eq!(run(&python, &["-c", asked]), expected);
    assert_eq!(run(&program, &["-c", "import sys; print(sys.prefix == sys.base_prefix)"]), "True\n");
}
