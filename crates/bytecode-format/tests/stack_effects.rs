//! The opcode table beside what the reference says of its instructions.
//!
//! `fixtures/bytecode/stack_effects.txt` is made by `tests/parity/reference/stack_effects.py`.

use std::collections::BTreeSet;
use std::path::Path;
use taipan_bytecode_format::Opcode;

struct Effect {
    opcode: Opcode,
    arg: u32,
    effects: [i64; 2],
    popped: u32,
    pushed: u32,
    raises: bool,
}

fn effects() -> Vec<Effect> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/bytecode/stack_effects.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let effect = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, arg, stays, jumps, popped, pushed, raises] = words[..] else { panic!("{line}") };
        let opcode = Opcode::from_name(name).unwrap_or_else(|| panic!("{name}"));
        let number = |word: &str| word.parse().unwrap();
        let effects = [stays.parse().unwrap(), jumps.parse().unwrap()];
        Effect {
            opcode,
            arg: number(arg),
            effects,
            popped: number(popped),
            pushed: number(pushed),
            raises: raises == "1",
        }
    };
    text.lines().map(effect).collect()
}

#[test]
fn every_opcode_is_compared() {
    let seen: BTreeSet<_> = effects().iter().map(|effect| effect.opcode).collect();
    let missing: Vec<_> = Opcode::ALL.iter().filter(|opcode| !seen.contains(opcode)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn stack_effects_are_the_reference_s() {
    for Effect { opcode, arg, effects, popped, pushed, .. } in effects() {
        // the reference counts what the caller gets
        let returned = u32::from(opcode == Opcode::ReturnValue);
        let (pops, pushes) = (opcode.pops(arg), opcode.pushes(arg) + returned);
        assert_eq!((pops, pushes), (popped, pushed), "{opcode:?} {arg}");
        assert_eq!([i64::from(pushes) - i64::from(pops); 2], effects, "{opcode:?} {arg}");
    }
}

#[test]
fn what_is_kept_stands_lowest_in_what_is_taken_and_in_what_is_left() {
    for Effect { opcode, arg, .. } in effects() {
        assert!(opcode.keeps(arg) <= opcode.pops(arg).min(opcode.pushes(arg)), "{opcode:?} {arg}");
    }
}

#[test]
fn what_may_raise_there_may_raise_here() {
    for Effect { opcode, raises, .. } in effects() {
        // the verifier's documentation says why a cell is always made
        assert!(!raises || opcode.reaches_handlers() || opcode == Opcode::MakeCell, "{opcode:?}");
    }
}
