//! What the verifier says of hand-assembled code: `broken.rs` has a case for every rule, `attacks.rs` what
//! an interpreter that trusts the claims would not survive; here stands what must be fine.

mod attacks;
mod broken;

use super::{Rule, Slot, VerifyError, verify, verify_all};
use crate::code::{Code, CodeFlags, Const, LocalKind};
use crate::instruction::emit;
use crate::opcode::Opcode::{self, *};
use crate::tables::exceptions::{self, ExceptionEntry};
use taipan_wtf8::Wtf8Buf;

fn text(text: &str) -> Wtf8Buf {
    let mut buffer = Wtf8Buf::new();
    buffer.push_str(text);
    buffer
}

fn bytes(code: &[(Opcode, u32)]) -> Vec<u8> {
    let mut out = Vec::new();
    code.iter().for_each(|&(opcode, arg)| emit(&mut out, opcode, arg));
    out
}

/// A function with one constant, one name, two plain locals, a cell, and room for eight values.
pub(super) fn function(code: &[(Opcode, u32)]) -> Code {
    let local = LocalKind(LocalKind::LOCAL);
    Code {
        argcount: 1,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 8,
        flags: CodeFlags(CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS),
        code: bytes(code),
        consts: vec![Const::None],
        names: vec![text("name")],
        localsplusnames: vec![text("a"), text("b"), text("c")],
        localspluskinds: vec![local, local, LocalKind(LocalKind::CELL)],
        filename: text("file"),
        name: text("f"),
        qualname: text("f"),
        firstlineno: 1,
        linetable: Vec::new(),
        exceptiontable: Vec::new(),
    }
}

const END: [(Opcode, u32); 2] = [(LoadConst, 0), (ReturnValue, 0)];

fn with_end(code: &[(Opcode, u32)]) -> Code {
    function(&[code, &END].concat())
}

fn handled(code: &[(Opcode, u32)], entries: &[(u32, u32, u32, u32, bool)]) -> Code {
    let entries: Vec<_> = entries
        .iter()
        .map(|&(start, end, target, depth, lasti)| ExceptionEntry { start, end, target, depth, lasti })
        .collect();
    Code { exceptiontable: exceptions::encode(&entries), ..function(code) }
}

fn generator(code: &[(Opcode, u32)]) -> Code {
    Code { flags: CodeFlags(CodeFlags::GENERATOR), ..function(code) }
}

#[test]
fn code_within_code_has_a_limit() {
    let mut code = with_end(&[]);
    for _ in 0..crate::artifact::MAX_CODE_DEPTH {
        code = Code { consts: vec![Const::Code(code.into())], ..with_end(&[]) };
    }
    assert_eq!(verify_all(&code).map_err(|error| error.rule), Err(Rule::CodeDepth));
    let Some(Const::Code(inner)) = code.consts.first() else { panic!() };
    assert_eq!(verify_all(inner), Ok(()));
}

#[test]
fn code_that_keeps_the_verifier_busy_is_refused() {
    let mut code = vec![(PushNull, 0); 60_000];
    code.push((LoadConst, 0));
    code.extend(vec![(Swap, 60_000); 60_000]);
    let code = Code { stacksize: 65_535, ..with_end(&code) };
    let start = std::time::Instant::now();
    assert_eq!(verify(&code).map_err(|error| error.rule).err(), Some(Rule::Work));
    assert!(start.elapsed().as_secs() < 5);
}

#[test]
fn code_within_code_is_verified_too() {
    let inner = Const::Code(function(&[(PushNull, 0), (ReturnValue, 0)]).into());
    for constant in [inner.clone(), Const::Tuple(vec![Const::None, Const::Tuple(vec![inner])])] {
        let code = Code { consts: vec![constant], ..with_end(&[]) };
        accept(&code);
        let rule = Rule::SlotKind { slot: 0, found: Slot::Null };
        assert_eq!(verify_all(&code).map_err(|error| error.rule), Err(rule));
    }
}

fn accept(code: &Code) {
    if let Err(error) = verify(code) {
        panic!("{error}");
    }
}

#[test]
fn what_is_fine_is_accepted() {
    accept(&with_end(&[]));
    // f(x), a method call, a call of a local
    accept(&with_end(&[(LoadGlobal, 1), (LoadFast, 0), (Call, 1), (LoadAttr, 1), (Call, 0), (PopTop, 0)]));
    // a loop
    accept(&with_end(&[
        (LoadFast, 0),
        (GetIter, 0),
        (ForIter, 3),
        (StoreFast, 1),
        (JumpBackward, 5),
        (EndFor, 0),
        (PopIter, 0),
    ]));
    // a local saved, made a cell, used, and put back
    accept(&with_end(&[
        (LoadFastAndClear, 2),
        (MakeCell, 2),
        (LoadConst, 0),
        (StoreDeref, 2),
        (StoreFast, 2),
        (MakeCell, 2),
        (DeleteDeref, 2),
    ]));
    // a cell saved and put back is one again
    accept(&with_end(&[(MakeCell, 2), (LoadFastAndClear, 2), (StoreFast, 2), (DeleteDeref, 2)]));
    // unreachable code is not followed
    accept(&function(&[(LoadConst, 0), (ReturnValue, 0), (PopTop, 0)]));
}

#[test]
fn a_handler_sees_the_stack_of_its_range() {
    let code = handled(
        &[
            (LoadConst, 0),
            (LoadGlobal, 0),
            (PopTop, 0),
            (ReturnValue, 0),
            (PushExcInfo, 0),
            (PopTop, 0),
            (PopExcept, 0),
            (PopTop, 0),
            (ReturnValue, 0),
        ],
        &[(1, 7, 8, 1, true)],
    );
    let flow = verify(&code).unwrap();
    let special = |unit| flow.special_slots(unit).collect::<Vec<_>>();
    assert_eq!(flow.height(8), Some(3));
    assert_eq!(special(8), [(1, Slot::Lasti)]);
    assert_eq!(special(9), [(2, Slot::PreviousException), (1, Slot::Lasti)]);
    let slots: Vec<_> = (0..5).map(|slot| flow.slot(9, slot)).collect();
    let wanted = [Slot::Value, Slot::Lasti, Slot::PreviousException, Slot::Value].map(Some);
    assert_eq!(slots, [&wanted[..], &[None]].concat());
    assert_eq!(flow.height(2), None);
}

/// What handles the handling begins at the handler itself, one slot deeper than where that begins.
#[test]
fn the_start_of_a_handler_may_be_covered_by_another() {
    let code = handled(
        &[
            (LoadGlobal, 0),
            (ReturnValue, 0),
            (PushExcInfo, 0),
            (LoadGlobal, 0),
            (PopTop, 0),
            (PopTop, 0),
            (PopExcept, 0),
            (LoadConst, 0),
            (ReturnValue, 0),
            (Copy, 3),
            (PopExcept, 0),
            (Reraise, 1),
        ],
        &[(0, 5, 6, 0, false), (6, 14, 17, 1, true)],
    );
    accept(&code);
}

#[test]
fn every_handler_learns_of_all_that_leads_to_it() {
    let end = [(PopTop, 0), (LoadConst, 0), (ReturnValue, 0)];
    let start = [(LoadName, 0), (PopTop, 0), (LoadName, 0), (PopTop, 0), (LoadConst, 0), (ReturnValue, 0)];
    let code = handled(&[&start[..], &end, &end].concat(), &[(0, 2, 6, 0, false), (2, 4, 9, 0, false)]);
    let flow = verify(&code).unwrap();
    assert_eq!((flow.height(6), flow.height(9)), (Some(1), Some(1)));
    // the second way to one handler has no cell any more
    let cells =
        [(MakeCell, 2), (LoadName, 0), (StoreFast, 2), (LoadName, 0), (ReturnValue, 0), (DeleteDeref, 2)];
    let code = handled(&[&cells[..], &end].concat(), &[(1, 4, 5, 0, false)]);
    assert_eq!(verify(&code).map_err(|error| error.rule).err(), Some(Rule::NotACell { local: 2 }));
}

#[test]
fn cells_are_known_where_they_are_made() {
    let flow = verify(&with_end(&[(MakeCell, 2), (LoadDeref, 2), (PopTop, 0)])).unwrap();
    assert!(!flow.is_cell(0, 2) && flow.is_cell(1, 2) && !flow.is_cell(1, 1));
}
