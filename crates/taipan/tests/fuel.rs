//! Fuel ends any program, and what catches its exception gains nothing.

#[path = "mutants/nowhere.rs"]
mod nowhere;

use nowhere::Nowhere;
use taipan::compile::compile;
use taipan::{Interpreter, Options, evaluate};
use taipan_object::dict::PyDict;
use taipan_parser::Mode;
use taipan_wtf8::Wtf8;

fn interpreter() -> Interpreter {
    let options = Options { compiler: Some(taipan::COMPILER), ..Options::new(Box::new(Nowhere)) };
    Interpreter::new(options).unwrap()
}

/// Runs a program; the name of what it raises, and its fuel.
fn run(source: &str, fuel: u64) -> (Option<String>, Option<u64>) {
    let code =
        compile(source.as_bytes(), Wtf8::from_str("fuel.py"), Mode::Exec, Default::default()).code.unwrap();
    let interpreter = interpreter();
    interpreter.set_fuel(Some(fuel));
    let raised = interpreter.enter(|thread| {
        let code = taipan_vm::code_object(thread, code).unwrap();
        let globals = PyDict::new(thread).unwrap();
        let builtins = evaluate::builtins_of(thread, &globals).unwrap();
        let space = globals.clone().into_value();
        let result = taipan_vm::interp::run_code(thread, &code, &globals, &builtins, space, None);
        let raised = result.err().map(|raised| thread.catch(raised));
        raised.map(|exception| exception.as_ref().ty().name().to_owned())
    });
    (raised, interpreter.fuel())
}

#[test]
fn programs_without_end_come_to_one() {
    let out_of_fuel = Some("taipan.OutOfFuel".to_owned());
    for source in [
        "while True: pass",
        "while True:\n try:\n  while True: pass\n except BaseException: pass",
        "def f():\n try: f()\n except BaseException: pass\n try: f()\n finally: f()\nf()",
        "def f(*a, **k):\n try: f(*a, **k)\n except RecursionError: pass\n f(*a, **k)\nf(1, b=2)",
        "def f(x=0):\n try: f(x=1)\n except RecursionError: pass\n f(x=2)\nf()",
        "class A:\n def __add__(self, other):\n  try: self + other\n  except RecursionError: pass\n  return self + other\nA() + A()",
        "class A:\n @property\n def p(self):\n  try: self.p\n  except RecursionError: pass\n  return self.p\nA().p",
        "def f(x):\n try: sorted([1, 2], key=f)\n except RecursionError: pass\n sorted([1, 2], key=f)\nf(0)",
        "def g():\n while True: yield\nfor _ in g(): pass",
        "import itertools\nfor _ in itertools.count(): pass",
        "[0 for _ in iter(int, 1)]",
    ] {
        assert_eq!(run(source, 20_000), (out_of_fuel.clone(), Some(0)), "{source}");
    }
}

#[test]
fn a_program_that_ends_has_fuel_left() {
    let (raised, left) = run("for i in range(100): pass", 1_000);
    assert_eq!(raised, None);
    assert!(left.is_some_and(|left| (800..900).contains(&left)), "{left:?}");
    let interpreter = interpreter();
    assert_eq!(interpreter.fuel(), None);
    interpreter.set_fuel(Some(1));
    interpreter.set_fuel(None);
    assert_eq!(interpreter.fuel(), None);
}
