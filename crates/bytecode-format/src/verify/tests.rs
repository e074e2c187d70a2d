//! A hand-assembled case for every rule, and cases that must be fine.

use super::{Rule, Slot, VerifyError, verify, verify_all};
use crate::code::{Code, CodeFlags, Const, LocalKind};
use crate::instruction::emit;
use crate::opcode::Opcode::{self, *};
use crate::tables::exceptions::{self, ExceptionEntry};
use crate::tables::positions::{self, PositionEntry};
use std::collections::BTreeSet;
use std::sync::Arc;
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
fn function(code: &[(Opcode, u32)]) -> Code {
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

/// The code that each rule refuses, and the offset that it names.
fn broken() -> Vec<(Rule, u32, Code)> {
    let mut cases = broken_instructions();
    cases.extend(broken_flow());
    cases.extend(broken_slots());
    cases.extend(broken_locals());
    cases.extend(broken_tables());
    cases
}

fn broken_instructions() -> Vec<(Rule, u32, Code)> {
    let operand = |opcode, arg| (Rule::Operand { opcode, arg }, 0, with_end(&[(opcode, arg)]));
    let raw = |code: &[u8]| Code { code: code.to_vec(), ..function(&[]) };
    let extended = ExtendedArg as u8;
    let mut cached = function(&[(LoadGlobal, 0), (ReturnValue, 0)]);
    cached.code[5] = 1;
    let mut cases = vec![
        (Rule::CodeLength, 0, function(&[])),
        (Rule::CodeLength, 0, raw(&[ReturnValue as u8])),
        (Rule::UnknownOpcode { number: 200 }, 0, raw(&[200, 0])),
        (Rule::UnknownOpcode { number: 234 }, 2, raw(&[Nop as u8, 0, 234, 0])),
        (Rule::PrivateOpcode { opcode: InterpreterExit }, 0, with_end(&[(InterpreterExit, 0)])),
        (Rule::PrivateOpcode { opcode: ExitInitCheck }, 0, with_end(&[(ExitInitCheck, 0)])),
        (Rule::PrivateOpcode { opcode: Cache }, 0, with_end(&[(Cache, 0)])),
        (Rule::PrivateOpcode { opcode: Reserved }, 0, with_end(&[(Reserved, 0)])),
        (Rule::LongPrefix, 0, raw(&[extended, 0, extended, 0, extended, 0, extended, 0, Nop as u8, 0])),
        (Rule::CutInstruction, 0, raw(&[extended, 0])),
        (Rule::CutInstruction, 0, raw(&[LoadGlobal as u8, 0, 0, 0])),
        (Rule::CacheContent, 0, cached),
        (Rule::ConstIndex { index: 1, count: 1 }, 0, with_end(&[(LoadConst, 1)])),
        (Rule::NameIndex { index: 1, count: 1 }, 0, with_end(&[(LoadName, 1)])),
        (Rule::NameIndex { index: 1, count: 1 }, 0, with_end(&[(LoadGlobal, 2)])),
        (Rule::NameIndex { index: 1, count: 1 }, 0, with_end(&[(LoadSuperAttr, 4)])),
        (Rule::LocalIndex { index: 3, count: 3 }, 0, with_end(&[(LoadFast, 3)])),
        (Rule::LocalIndex { index: 3, count: 3 }, 0, with_end(&[(LoadFastLoadFast, 0x13)])),
        (Rule::LocalIndex { index: 15, count: 3 }, 0, with_end(&[(LoadFastLoadFast, 0xF0)])),
    ];
    let arguments = [
        (Nop, 1),
        (BuildSlice, 1),
        (BuildSlice, 4),
        (RaiseVarargs, 3),
        (Copy, 0),
        (Swap, 1),
        (ListAppend, 0),
        (LoadFastLoadFast, 0x100),
        (BuildList, 1 << 24),
        (DictMerge, u32::MAX),
        (BuildMap, u32::MAX),
        (BinaryOp, 27),
        (CompareOp, 6 << 5),
        (IsOp, 2),
        (ContainsOp, 2),
        (ConvertValue, 0),
        (ConvertValue, 4),
        (BuildInterpolation, 16),
        (CallIntrinsic1, 0),
        (CallIntrinsic1, 12),
        (CallIntrinsic2, 0),
        (CallIntrinsic2, 6),
        (LoadCommonConstant, 5),
        (LoadSpecial, 4),
        (SetFunctionAttribute, 3),
        (SetFunctionAttribute, 0),
        (LoadSmallInt, 256),
        (UnpackEx, 1 << 24),
        (YieldValue, 2),
        (Resume, 8),
        (GetAwaitable, 3),
    ];
    cases.extend(arguments.map(|(opcode, arg)| operand(opcode, arg)));
    cases
}

fn broken_flow() -> Vec<(Rule, u32, Code)> {
    let returned = [(LoadConst, 0), (ReturnValue, 0)];
    vec![
        (Rule::JumpTarget { target: 200 }, 0, with_end(&[(JumpForward, 99)])),
        (Rule::JumpTarget { target: -4 }, 0, with_end(&[(JumpBackwardNoInterrupt, 3)])),
        // into the caches of LOAD_GLOBAL
        (Rule::JumpTarget { target: 6 }, 0, with_end(&[(JumpForward, 2), (LoadGlobal, 0), (PopTop, 0)])),
        // between a prefix and its instruction
        (Rule::JumpTarget { target: 4 }, 0, with_end(&[(JumpForward, 1), (JumpForward, 256)])),
        // behind the end
        (Rule::JumpTarget { target: 6 }, 0, with_end(&[(JumpForward, 2)])),
        (Rule::JumpTarget { target: -2 }, 0, with_end(&[(EndAsyncFor, 2)])),
        (
            Rule::LoopEnd,
            2,
            function(&[(LoadConst, 0), (ForIter, 1), (PopTop, 0), (PopTop, 0), (ReturnValue, 0)]),
        ),
        (Rule::FallsOffEnd, 0, function(&[(Nop, 0)])),
        (
            Rule::FallsOffEnd,
            10,
            function(&[(LoadConst, 0), (PopJumpIfNone, 2), (LoadConst, 0), (ReturnValue, 0), (Nop, 0)]),
        ),
        (
            Rule::GeneratorStart,
            2,
            Code { flags: CodeFlags(CodeFlags::COROUTINE), ..with_end(&[(Nop, 0), (ReturnGenerator, 0)]) },
        ),
        (Rule::GeneratorStart, 0, with_end(&[(ReturnGenerator, 0), (PopTop, 0)])),
        (Rule::GeneratorStart, 0, generator(&returned)),
        (
            Rule::GeneratorStart,
            2,
            generator(&[(ReturnGenerator, 0), (ReturnGenerator, 0), (PopTop, 0), (ReturnValue, 0)]),
        ),
        (Rule::YieldOutside, 2, function(&[(LoadConst, 0), (YieldValue, 0), (Resume, 1), (ReturnValue, 0)])),
        (Rule::YieldResume, 4, generator(&[(ReturnGenerator, 0), (YieldValue, 0), (ReturnValue, 0)])),
        (
            Rule::YieldResume,
            4,
            generator(&[(ReturnGenerator, 0), (YieldValue, 0), (Resume, 0), (ReturnValue, 0)]),
        ),
        (Rule::YieldResume, 2, generator(&[(ReturnGenerator, 0), (YieldValue, 0)])),
        (Rule::Flags { flags: 0xA0 }, 0, Code { flags: CodeFlags(0xA0), ..generator(&returned) }),
        (Rule::Flags { flags: 0x100 }, 0, Code { flags: CodeFlags(0x100), ..generator(&returned) }),
        (
            Rule::Docstring,
            0,
            Code { consts: Vec::new(), flags: CodeFlags(CodeFlags::HAS_DOCSTRING), ..function(&returned) },
        ),
    ]
}

fn broken_slots() -> Vec<(Rule, u32, Code)> {
    let kind = |slot, found| Rule::SlotKind { slot, found };
    let deep = vec![(LoadConst, 0); 9];
    vec![
        (Rule::StackUnderflow { height: 0, needed: 1 }, 0, with_end(&[(PopTop, 0)])),
        (Rule::StackUnderflow { height: 1, needed: 2 }, 2, with_end(&[(LoadConst, 0), (Swap, 2)])),
        (Rule::StackUnderflow { height: 1, needed: 2 }, 2, with_end(&[(LoadConst, 0), (Copy, 2)])),
        (Rule::StackUnderflow { height: 1, needed: 2 }, 2, with_end(&[(LoadConst, 0), (ListAppend, 1)])),
        (Rule::StackUnderflow { height: 1, needed: 4 }, 2, with_end(&[(LoadConst, 0), (BuildMap, 2)])),
        (Rule::StackUnderflow { height: 1, needed: 5 }, 2, with_end(&[(LoadConst, 0), (WithExceptStart, 0)])),
        (Rule::StackOverflow { height: 9, declared: 8 }, 16, with_end(&deep)),
        (Rule::StackSize { size: 65536 }, 0, Code { stacksize: 65536, ..with_end(&[]) }),
        (
            Rule::HeightMismatch { one: 0, other: 1 },
            6,
            with_end(&[(LoadConst, 0), (PopJumpIfNone, 1), (LoadConst, 0)]),
        ),
        (
            Rule::SlotMismatch { height: 0 },
            10,
            function(&[
                (LoadConst, 0),
                (PopJumpIfNone, 2),
                (PushNull, 0),
                (JumpForward, 1),
                (LoadConst, 0),
                (PopTop, 0),
                (LoadConst, 0),
                (ReturnValue, 0),
            ]),
        ),
        (kind(0, Slot::Null), 2, function(&[(PushNull, 0), (ReturnValue, 0)])),
        (kind(0, Slot::Null), 2, with_end(&[(PushNull, 0), (StoreFast, 0)])),
        (kind(1, Slot::SelfOrNull), 22, with_end(&[(LoadConst, 0), (LoadAttr, 1), (PopIter, 0)])),
        (kind(0, Slot::MaybeUnbound), 2, with_end(&[(LoadFastAndClear, 0), (PopTop, 0)])),
        (kind(0, Slot::Null), 4, with_end(&[(PushNull, 0), (LoadConst, 0), (ListAppend, 1)])),
        (kind(2, Slot::Null), 6, with_end(&[(LoadConst, 0), (PushNull, 0), (PushNull, 0), (Call, 1)])),
        (kind(0, Slot::Null), 4, with_end(&[(PushNull, 0), (PushNull, 0), (Call, 0)])),
        (kind(1, Slot::MaybeUnbound), 4, with_end(&[(LoadConst, 0), (LoadFastAndClear, 0), (Call, 0)])),
        (
            kind(0, Slot::PreviousException),
            6,
            with_end(&[(LoadConst, 0), (PushExcInfo, 0), (PopTop, 0), (PopTop, 0)]),
        ),
        (kind(0, Slot::Value), 2, with_end(&[(LoadConst, 0), (PopExcept, 0)])),
        (kind(0, Slot::Value), 4, with_end(&[(LoadConst, 0), (LoadConst, 0), (Reraise, 1)])),
        (
            kind(3, Slot::Value),
            10,
            with_end(&[
                (LoadConst, 0),
                (LoadConst, 0),
                (LoadConst, 0),
                (LoadConst, 0),
                (LoadConst, 0),
                (WithExceptStart, 0),
            ]),
        ),
        (Rule::ReturnHeight { height: 1 }, 4, function(&[(LoadConst, 0), (LoadConst, 0), (ReturnValue, 0)])),
    ]
}

fn broken_locals() -> Vec<(Rule, u32, Code)> {
    let local = LocalKind::LOCAL;
    let kinds = |kinds: [u8; 3]| Code { localspluskinds: kinds.map(LocalKind).to_vec(), ..with_end(&[]) };
    let bad = |at, bits| (Rule::LocalKinds { local: at }, 0, kinds(bits));
    let free = |code: &[(Opcode, u32)]| Code {
        localspluskinds: vec![LocalKind(local), LocalKind(local), LocalKind(LocalKind::FREE)],
        ..with_end(code)
    };
    let free_rule = Rule::FreeVariables { declared: 1 };
    vec![
        (
            Rule::LocalCount { names: 3, kinds: 2 },
            0,
            Code { localspluskinds: vec![LocalKind(local); 2], ..with_end(&[]) },
        ),
        bad(0, [0, local, local]),
        bad(1, [local, LocalKind::FREE | local, local]),
        bad(2, [local, LocalKind::CELL, local]),
        bad(2, [local, LocalKind::FREE, LocalKind::CELL]),
        bad(2, [local, local, LocalKind::CELL | LocalKind::FREE]),
        bad(2, [local, local, LocalKind::CELL | LocalKind::POSITIONAL]),
        bad(0, [local | 1, local, local]),
        (Rule::ArgumentCount { arguments: 3, locals: 2 }, 0, Code { argcount: 3, ..with_end(&[]) }),
        (
            Rule::ArgumentCount { arguments: 4, locals: 2 },
            0,
            Code {
                kwonlyargcount: 1,
                flags: CodeFlags(CodeFlags::VARARGS | CodeFlags::VARKEYWORDS),
                ..with_end(&[])
            },
        ),
        (
            Rule::ArgumentCount { arguments: 0x1_0000_0000, locals: 2 },
            0,
            Code { kwonlyargcount: u32::MAX, ..with_end(&[]) },
        ),
        (Rule::PositionalOnly { posonly: 2, positional: 1 }, 0, Code { posonlyargcount: 2, ..with_end(&[]) }),
        (Rule::NotACell { local: 2 }, 0, with_end(&[(LoadDeref, 2), (PopTop, 0)])),
        (Rule::NotACell { local: 0 }, 0, with_end(&[(DeleteDeref, 0)])),
        (Rule::NotACell { local: 2 }, 2, with_end(&[(LoadConst, 0), (StoreDeref, 2)])),
        (Rule::NotACell { local: 2 }, 2, with_end(&[(LoadConst, 0), (LoadFromDictOrDeref, 2), (PopTop, 0)])),
        // taken out and not put back
        (
            Rule::NotACell { local: 2 },
            6,
            with_end(&[(MakeCell, 2), (LoadFastAndClear, 2), (StoreFast, 0), (LoadDeref, 2)]),
        ),
        // a cell on one way only
        (
            Rule::NotACell { local: 2 },
            8,
            with_end(&[(LoadConst, 0), (PopJumpIfNone, 1), (MakeCell, 2), (DeleteDeref, 2)]),
        ),
        (
            Rule::MaybeACell { local: 2 },
            8,
            with_end(&[(LoadConst, 0), (PopJumpIfNone, 1), (MakeCell, 2), (LoadFastAndClear, 2)]),
        ),
        (Rule::NotDeclaredCell { local: 1 }, 0, with_end(&[(MakeCell, 1)])),
        (free_rule, 0, free(&[])),
        (free_rule, 0, free(&[(CopyFreeVars, 2)])),
        (free_rule, 2, free(&[(CopyFreeVars, 1), (CopyFreeVars, 1)])),
        (Rule::FreeVariables { declared: 0 }, 0, with_end(&[(CopyFreeVars, 0)])),
    ]
}

fn broken_tables() -> Vec<(Rule, u32, Code)> {
    let body = [(Nop, 0), (LoadConst, 0), (ReturnValue, 0), (PushExcInfo, 0), (Reraise, 0)];
    let range = |start, end, offset, entries: &[(u32, u32, u32, u32, bool)]| {
        (Rule::ExceptionRange { start, end }, offset, handled(&body, entries))
    };
    let positions = |units| {
        let entry = PositionEntry { units, location: None };
        Code { linetable: positions::encode(1, [entry]), ..function(&body) }
    };
    let mut nested = Const::None;
    for _ in 0..201 {
        nested = Const::Tuple(vec![nested]);
    }
    vec![
        (
            Rule::ExceptionTable { error: crate::TableError::UnexpectedEnd { offset: 1 } },
            0,
            Code { exceptiontable: vec![0x80], ..function(&body) },
        ),
        range(0, 0, 0, &[(0, 0, 3, 0, false)]),
        range(0, 12, 0, &[(0, 6, 3, 0, false)]),
        range(2, 4, 2, &[(0, 2, 3, 0, false), (1, 2, 3, 0, false)]),
        (
            Rule::ExceptionRange { start: 0, end: 4 },
            0,
            handled(&[(LoadGlobal, 0), (ReturnValue, 0)], &[(0, 2, 0, 0, false)]),
        ),
        (Rule::HandlerTarget { target: 18 }, 0, handled(&body, &[(0, 1, 9, 0, false)])),
        (Rule::StackOverflow { height: 9, declared: 8 }, 6, handled(&body, &[(0, 1, 3, 7, true)])),
        (Rule::HandlerDepth { depth: 1, height: 0 }, 0, handled(&body, &[(0, 1, 3, 1, false)])),
        // the handler would keep what the instruction takes
        (
            Rule::HandlerDepth { depth: 1, height: 0 },
            2,
            handled(
                &[(LoadConst, 0), (GetIter, 0), (ReturnValue, 0), (ReturnValue, 0)],
                &[(1, 2, 3, 1, false)],
            ),
        ),
        (
            Rule::PositionTable { error: crate::TableError::EntryStart { offset: 0 } },
            0,
            Code { linetable: vec![0], ..function(&body) },
        ),
        (Rule::PositionCount { table: 4, code: 5 }, 0, positions(4)),
        (Rule::PositionCount { table: 6, code: 5 }, 0, positions(6)),
        (Rule::ConstDepth, 0, Code { consts: vec![nested], ..function(&body) }),
    ]
}

#[test]
fn every_rule_has_a_case_that_breaks_it_and_no_other() {
    let mut seen = BTreeSet::new();
    for (rule, offset, code) in broken() {
        let wanted = VerifyError { rule, offset, code: text("f") };
        match verify(&code) {
            Err(error) => assert_eq!(error, wanted),
            Ok(_) => panic!("{rule:?} is not enforced"),
        }
        seen.insert(rule.name());
    }
    // these two have tests of their own below
    seen.extend(["CodeDepth", "Work"]);
    let missing: Vec<_> = Rule::NAMES.iter().filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn code_within_code_has_a_limit() {
    let mut code = with_end(&[]);
    for _ in 0..crate::artifact::MAX_CODE_DEPTH {
        code = Code { consts: vec![Const::Code(Arc::new(code))], ..with_end(&[]) };
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
    assert_eq!(flow.height(8), Some(3));
    assert_eq!(flow.special_slots(8), [(1, Slot::Lasti)]);
    assert_eq!(flow.special_slots(9), [(2, Slot::PreviousException), (1, Slot::Lasti)]);
    assert_eq!(flow.height(2), None);
}

#[test]
fn cells_are_known_where_they_are_made() {
    let flow = verify(&with_end(&[(MakeCell, 2), (LoadDeref, 2), (PopTop, 0)])).unwrap();
    assert!(!flow.is_cell(0, 2) && flow.is_cell(1, 2) && !flow.is_cell(1, 1));
}
