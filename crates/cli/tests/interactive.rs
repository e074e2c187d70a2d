//! The interactive loop: at a terminal, and with lines that come from elsewhere.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn taipan(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taipan"));
    command.args(arguments);
    for name in ["PYTHONSTARTUP", "PYTHONINSPECT", "PYTHON_HISTORY"] {
        command.env_remove(name);
    }
    command
}

/// Runs the command with these lines on standard input.
fn with_input(command: &mut Command, input: &str) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[track_caller]
fn check(command: &mut Command, input: &str, out: &str, errors: &str, status: i32) {
    let output = with_input(command, input);
    assert_eq!(String::from_utf8_lossy(&output.stdout), out);
    assert_eq!(String::from_utf8_lossy(&output.stderr), errors);
    assert_eq!(output.status.code(), Some(status));
}

/// A file of this process's own.
fn temporary(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("taipan-interactive-{}-{name}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn values_are_shown_and_blocks_end_with_an_empty_line() {
    let input = "1 + 1\nNone\n_\nif _:\n  print('yes')\n\n(1,\n2)\n'''a\nb'''\nclass A:\n  pass\n\n";
    let prompts = ">>> >>> >>> >>> ... ... >>> ... >>> ... >>> ... ... >>> \n";
    check(&mut taipan(&["-iq"]), input, "2\n2\nyes\n(1, 2)\n'a\\nb'\n", prompts, 0);
}

#[test]
fn errors_are_reported_and_the_loop_goes_on() {
    let input = "def f():\n    return 1/0\n\nf()\nx x\nif 1:\n  a\nb\nprint('on')\n";
    let errors = ">>> ... ... >>> Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\n    \
                  f()\n    ~^^\n  File \"<stdin>\", line 2, in f\n    return 1/0\n           ~^~\n\
                  ZeroDivisionError: division by zero\n>>>   File \"<stdin>\", line 1\n    x x\n      ^\n\
                  SyntaxError: invalid syntax\n>>> ... ...   File \"<stdin>\", line 3\n    b\n    ^\n\
                  SyntaxError: invalid syntax\n>>> >>> \n";
    check(&mut taipan(&["-iq"]), input, "on\n", errors, 0);
}

#[test]
fn what_is_no_line_yet_ends_with_the_input() {
    check(&mut taipan(&["-iq"]), "print(2)", "2\n", ">>> ... \n>>> \n", 0);
    check(&mut taipan(&["-iq"]), "if 1:\n  3", "3\n", ">>> ... ... \n>>> \n", 0);
}

#[test]
fn prompts_and_hooks_are_the_programs() {
    let input =
        "import sys\nsys.ps1 = 5\nsys.displayhook = lambda value: print('value', value)\n3\nexit(4)\n";
    check(&mut taipan(&["-iq"]), input, "value 3\n", ">>> >>> 555", 4);
}

#[test]
fn it_follows_a_program_and_its_error() {
    let errors = "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\n    x = 1; 1/0\n           \
                  ~^~\nZeroDivisionError: division by zero\n>>> >>> >>> \n";
    let input = "x\nimport sys; type(sys.last_exc)\n";
    let out = "1\n<class 'ZeroDivisionError'>\n";
    check(&mut taipan(&["-i", "-c", "x = 1; 1/0"]), input, out, errors, 0);
    // without a terminal, `-i` alone asks for it
    check(taipan(&["-c", "pass"]).env("PYTHONINSPECT", "1"), "print(1)\n", "", "", 0);
}

#[test]
fn the_file_of_the_environment_runs_first() {
    let startup = temporary("startup", "known = 'from the start'\n");
    let input = "known\n'__file__' in dir()\n";
    check(
        taipan(&["-iq"]).env("PYTHONSTARTUP", &startup),
        input,
        "'from the start'\nFalse\n",
        ">>> >>> >>> \n",
        0,
    );
    let ignored = with_input(taipan(&["-iqE"]).env("PYTHONSTARTUP", &startup), "'known' in dir()\n");
    assert_eq!(String::from_utf8_lossy(&ignored.stdout), "False\n");
    std::fs::remove_file(startup).unwrap();
}

#[test]
fn without_option_standard_input_is_a_program() {
    check(&mut taipan(&[]), "import sys\nprint(sys.argv, __name__)\n5\n", "[''] __main__\n", "", 0);
}

#[test]
fn at_a_terminal() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/terminal/conversation.py");
    let history = temporary("history", "");
    let output = taipan(&[]).arg(script).env("PYTHON_HISTORY", &history).output().unwrap();
    std::fs::remove_file(history).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let out = "statements 7\ninterrupts 0\nremembered 0\ninspected 0\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), out, "{errors}");
}
