//! An interrupt from the keyboard stops natives that run for long: `KeyboardInterrupt` is there within a tenth of a
//! second, and the process ends by the signal. The limit is more than that, for a machine may be busy, with the other
//! tests of this file not least;
//! `TAIPAN_INTERRUPT_MILLISECONDS` sets another.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program runs before it is interrupted.
const BEFORE: Duration = Duration::from_millis(300);

fn limit() -> Duration {
    let given = std::env::var("TAIPAN_INTERRUPT_MILLISECONDS").ok();
    Duration::from_millis(given.and_then(|given| given.parse().ok()).unwrap_or(1000))
}

/// Starts a program; comes back when what is before the long work is done.
fn start(before: &str, long: &str) -> Child {
    let program = format!("{before}\nprint('ready', flush=True)\n{long}\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_taipan"));
    command.args(["-c", &program]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n", "{long}");
    child
}

/// Interrupts a program in its long work; gives how long it went on.
fn interrupted(before: &str, long: &str) -> Duration {
    let mut child = start(before, long);
    std::thread::sleep(BEFORE);
    assert!(child.try_wait().unwrap().is_none(), "it was not long: {long}");
    let begin = Instant::now();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    let status = child.wait().unwrap();
    let took = begin.elapsed();
    assert_eq!(status.signal(), Some(2), "{long}: {status}: {errors}");
    assert_eq!(errors.lines().last(), Some("KeyboardInterrupt"), "{long}: {errors}");
    took
}

fn check(programs: &[(&str, &str)]) {
    let slow: Vec<String> = programs
        .iter()
        .map(|(before, long)| (long, interrupted(before, long)))
        .filter(|(_, took)| *took > limit())
        .map(|(long, took)| format!("{long}: {took:?}"))
        .collect();
    assert!(slow.is_empty(), "{slow:#?}");
}

#[test]
fn regular_expressions() {
    check(&[
        ("import re", r"re.match(r'(x+x+)+y', 'x' * 40)"),
        ("import re", "re.search('[a-c]*[b-d]*[c-e]*z', 'c' * 10000)"),
        ("import re; text = 'ab ' * 3000000", "while True: re.findall('[a-z]', text)"),
        ("import re; text = 'ab ' * 3000000", "while True: re.sub('[a-z]', 'x', text)"),
    ]);
}

#[test]
fn long_numbers() {
    let unlimited = "import sys; sys.set_int_max_str_digits(0)";
    check(&[
        ("", "3 ** 200000000"),
        ("", "7 ** (7 ** 12)"),
        ("", "pow(3, 2 ** 100000 - 1, 2 ** 100000 - 3)"),
        ("x = (1 << 200000000) - 1", "while True: x * x"),
        ("x = (1 << 200000000) - 1; y = (1 << 100000000) - 3", "while True: x // y"),
        (unlimited, "str((1 << 200000000) - 1)"),
        (unlimited, "int('7' * 50000000)"),
        ("import math", "math.factorial(30000000)"),
        ("import math", "math.comb(100000000, 40000000)"),
        ("import math; x = 3 ** 3000000; y = 7 ** 1000000", "math.gcd(x, y)"),
        ("import math", "math.isqrt((1 << 400000000) - 1)"),
    ]);
}

#[test]
fn sorting() {
    let numbers = "import random; x = [random.random() for _ in range(100000)] * 20";
    check(&[
        (numbers, "while True: sorted(x)"),
        (numbers, "while True: sorted(x, key=abs)"),
        ("import random; x = [[1, random.random()] for _ in range(50000)] * 20", "while True: sorted(x)"),
    ]);
}

#[test]
fn compression_and_digests() {
    let noise = "import random; x = random.randbytes(1 << 20) * 30";
    check(&[
        (&format!("{noise}; import zlib"), "while True: zlib.compress(x, 9)"),
        (&format!("{noise}; import bz2"), "while True: bz2.compress(x)"),
        (&format!("{noise}; import lzma"), "while True: lzma.compress(x)"),
        (&format!("{noise}; import hashlib"), "while True: hashlib.sha3_512(x)"),
    ]);
}

#[test]
fn walks_through_iterators() {
    let tools = "import itertools, functools, operator, collections";
    check(&[
        ("", "sum(range(10 ** 12))"),
        ("", "max(range(10 ** 12))"),
        ("", "list(range(10 ** 7)) * 0 or list(iter(int, 1))"),
        ("", "set().update(iter(int, 1))"),
        ("", "5.5 in range(10 ** 12)"),
        (tools, "any(itertools.repeat(0))"),
        (tools, "-1 in itertools.count()"),
        (tools, "next(filter(None, itertools.repeat(0)))"),
        (tools, "collections.deque(itertools.count(), maxlen=0)"),
        (tools, "functools.reduce(operator.or_, itertools.repeat(1))"),
        (tools, "next(itertools.islice(itertools.count(), 10 ** 12, None))"),
        (tools, "collections.Counter(itertools.repeat(1))"),
    ]);
}

#[test]
fn deep_comparisons_and_texts() {
    let deep = "x, y = [1], [1]\nfor _ in range(40): x, y = [x, x], [y, y]";
    check(&[(deep, "x == y"), (deep, "repr(x)")]);
}

#[test]
fn a_list_whose_sorting_was_interrupted_is_whole() {
    let program = "import random\nx = [random.random() for _ in range(100000)] * 20\nbefore = sorted(x)\n\
                   print('ready', flush=True)\ntry:\n while True: x.sort(key=lambda v: -v); x.sort()\n\
                   except KeyboardInterrupt: pass\nprint(len(x), sorted(x) == before)";
    let mut command = Command::new(env!("CARGO_BIN_EXE_taipan"));
    command.args(["-c", program]).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    std::thread::sleep(BEFORE);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(lines.next().unwrap().unwrap(), "2000000 True");
    assert!(child.wait().unwrap().success());
}
