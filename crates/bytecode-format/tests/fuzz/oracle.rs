//! The oracles of these tests can fail: on code that breaks the claims, and on memory.

use crate::artifacts::codes;
use crate::heap::{held, peak_of};
use crate::machine::run;
use taipan_artifact::probe;
use taipan_bytecode_format::{Code, assembly, verify};

/// Code that the verifier refuses and that an interpreter which trusts it would not survive.
const ATTACKS: &[(&str, &str)] = &[
    ("underflow", "(POP_TOP 0)"),
    ("overflow", "L1: (LOAD_CONST 0) (JUMP_BACKWARD L1)"),
    ("null for a value", "(PUSH_NULL 0) (RETURN_VALUE 0)"),
    ("null in a local", "(PUSH_NULL 0) (STORE_FAST 0) (LOAD_CONST 0) (RETURN_VALUE 0)"),
    ("off the end", "(NOP 0)"),
    ("into a cache", "(JUMP_FORWARD 1) (LOAD_GLOBAL 0) (RETURN_VALUE 0)"),
    ("no cell", "(LOAD_DEREF 1) (RETURN_VALUE 0)"),
    ("a yield outside", "(LOAD_CONST 0) (YIELD_VALUE 0) (RESUME 1) (RETURN_VALUE 0)"),
    ("something left", "(LOAD_CONST 0) (LOAD_CONST 0) (RETURN_VALUE 0)"),
    (
        "no exception",
        "(LOAD_CONST 0) (PUSH_EXC_INFO 0) (POP_TOP 0) (POP_EXCEPT 0) (LOAD_CONST 0) (RETURN_VALUE 0)",
    ),
    ("no lasti", "(LOAD_CONST 0) (LOAD_CONST 0) (RERAISE 1)"),
    (
        "a wide END_FOR",
        "L1: (LOAD_CONST 0) (GET_ITER 0) (FOR_ITER L2) (POP_TOP 0) (POP_TOP 0) (JUMP_BACKWARD L1)
        L2: (END_FOR 0 1) (POP_ITER 0) (LOAD_CONST 0) (RETURN_VALUE 0)",
    ),
    (
        "a cell in a plain local",
        "(MAKE_CELL 1) (LOAD_FAST_AND_CLEAR 1) (STORE_FAST 0) (LOAD_CONST 0) (RETURN_VALUE 0)",
    ),
];

const GENERATORS: &[(&str, &str)] = &[
    ("made twice", "L1: (RETURN_GENERATOR 0) (POP_TOP 0) (JUMP_BACKWARD L1)"),
    (
        "nothing to delegate to",
        "(RETURN_GENERATOR 0) (POP_TOP 0) (LOAD_CONST 0) (YIELD_VALUE 1) (RESUME 2) (RETURN_VALUE 0)",
    ),
    ("no resume", "(RETURN_GENERATOR 0) (YIELD_VALUE 0) (RETURN_VALUE 0)"),
];

fn attack(flags: u32, instructions: &str) -> Code {
    let text = format!(
        "taipan-code 1 (code (names \"f\" \"f\" \"f\") (numbers 0 0 0 3 {flags} 1) (globals \"x\")
         (locals (\"a\" 32) (\"b\" 64)) (constants None) (instructions {instructions}) (handlers) (positions))"
    );
    assembly::read(&text).unwrap()
}

#[test]
fn the_machine_fails_on_what_the_verifier_is_there_for() {
    let plain = ATTACKS.iter().map(|(name, code)| (name, attack(3, code)));
    let generators = GENERATORS.iter().map(|(name, code)| (name, attack(0x23, code)));
    for (name, code) in plain.chain(generators) {
        assert!(verify::verify(&code).is_err(), "{name} is accepted");
        assert!((0..200).any(|seed| run(&code, seed).is_err()), "{name}: the machine does not mind");
    }
}

#[test]
fn the_machine_runs_what_is_fine() {
    for code in codes() {
        for seed in 0..20 {
            assert_eq!(run(&code, seed), Ok(()));
        }
    }
}

#[test]
fn the_allocator_sees_what_is_too_large() {
    let take = |bytes: usize| std::hint::black_box(Vec::<u8>::with_capacity(bytes)).capacity();
    probe::note(1000);
    assert_eq!(held(16, || take(16_000)), Ok(16_000));
    assert!(held(16, || take(16_001)).is_err());
    let (_, peak) = peak_of(|| (take(50_000), take(70_000)));
    assert!((70_000..80_000).contains(&peak), "{peak}");
}

/// Bytes that the verifier takes at most for a byte of code and for half a local, beside [`SPARE`], as its
/// documentation has it.
const FACTOR: usize = 256;

/// Bytes that it may take for any code.
const SPARE: usize = 2 << 20;

/// Code made of these instructions so many times.
fn repeated(maker: &str, count: usize, locals: usize) -> Code {
    let mut code = attack(3, &format!("(NOP 0) {} (LOAD_CONST 0) (RETURN_VALUE 0)", maker.repeat(count)));
    let (name, kind) = (code.localsplusnames[1].clone(), code.localspluskinds[1]);
    code.localsplusnames.resize(locals, name);
    code.localspluskinds.resize(locals, kind);
    code
}

#[test]
fn the_verifier_s_memory_is_linear() {
    let measure = |code: &Code| peak_of(|| verify::verify(code).map(drop)).1;
    for code in codes() {
        let peak = measure(&code);
        assert!(peak <= 48 * code.code.len() + 4096, "{peak} bytes for {} of code", code.code.len());
    }
    // as much as a code can make it take: special slots made, moved and met, and sets of cells
    let makers = [
        ("(PUSH_NULL 0) (POP_TOP 0)", 2),
        ("(PUSH_NULL 0) (PUSH_NULL 0) (LOAD_CONST 0) (SWAP 3) (POP_TOP 0) (POP_TOP 0) (POP_TOP 0)", 2),
        ("(LOAD_CONST 0) (POP_JUMP_IF_NONE 2) (PUSH_NULL 0) (POP_TOP 0)", 2),
        ("(MAKE_CELL 1) (DELETE_FAST 1)", 2),
        ("(MAKE_CELL 1) (DELETE_FAST 1)", 500),
        ("(MAKE_CELL 1) (DELETE_FAST 1)", 5000),
    ];
    for (maker, locals) in makers {
        let mut last = 0;
        for count in [5_000, 10_000, 20_000] {
            let code = repeated(maker, count, locals);
            let (size, peak) = (code.code.len() + 2 * locals, measure(&code));
            assert!(peak <= FACTOR * size + SPARE, "{maker}, {locals} locals: {peak} for {size}");
            assert!(last == 0 || peak <= 3 * last, "{maker}, {locals} locals: {last}, then {peak}");
            last = peak;
        }
    }
}
