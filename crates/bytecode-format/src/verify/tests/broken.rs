//! A case for every rule: code that breaks it and no other.

use super::*;
use crate::tables::positions::{self, PositionEntry};
use std::collections::BTreeSet;

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
        (Rule::CodeLength, 0, raw(&[LoadConst as u8, 0, ReturnValue as u8, 0, Nop as u8])),
        (Rule::UnknownOpcode { number: 200 }, 0, raw(&[200, 0])),
        (Rule::UnknownOpcode { number: 234 }, 2, raw(&[Nop as u8, 0, 234, 0])),
        (Rule::PrivateOpcode { opcode: InterpreterExit }, 0, with_end(&[(InterpreterExit, 0)])),
        (Rule::PrivateOpcode { opcode: ExitInitCheck }, 0, with_end(&[(ExitInitCheck, 0)])),
        (Rule::PrivateOpcode { opcode: Cache }, 0, with_end(&[(Cache, 0)])),
        (Rule::PrivateOpcode { opcode: Reserved }, 0, with_end(&[(Reserved, 0)])),
        (Rule::Prefix { opcode: Nop }, 0, raw(&[extended, 0, Nop as u8, 0])),
        (Rule::Prefix { opcode: Resume }, 2, raw(&[Nop as u8, 0, extended, 0, Resume as u8, 0])),
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
        (Rule::Prologue, 2, with_end(&[(MakeCell, 2), (JumpBackward, 3)])),
        (Rule::Prologue, 0, handled(&[(MakeCell, 2), (Nop, 0), (PopTop, 0)], &[(0, 1, 2, 0, false)])),
        (Rule::Prologue, 2, handled(&[(MakeCell, 2), (Nop, 0), (PopTop, 0)], &[(1, 2, 0, 0, false)])),
        (Rule::ExceptionEntry, 0, with_end(&[(LoadConst, 0), (PushExcInfo, 0)])),
        (Rule::ExceptionEntry, 2, with_end(&[(LoadConst, 0), (JumpForward, 1), (Nop, 0), (PushExcInfo, 0)])),
        (Rule::FallsOffEnd, 0, function(&[(Nop, 0)])),
        (Rule::FallsOffEnd, 0, function(&[(MakeCell, 2)])),
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
        (
            Rule::YieldResume,
            4,
            generator(&[(ReturnGenerator, 0), (YieldValue, 0), (LoadFast, 1), (ReturnValue, 0)]),
        ),
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
    let value = (LoadConst, 0);
    let deep = vec![value; 9];
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
            10,
            handled(
                &[(RaiseVarargs, 0), (Nop, 0), (Nop, 0), (PushExcInfo, 0), (PopTop, 0), (PopTop, 0)],
                &[(0, 1, 3, 0, false)],
            ),
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
        (kind(1, Slot::Null), 4, with_end(&[(LoadConst, 0), (PushNull, 0), (ListAppend, 1)])),
        (kind(0, Slot::Null), 2, with_end(&[(PushNull, 0), (LoadAttr, 0)])),
        (kind(1, Slot::Null), 10, with_end(&[(LoadGlobal, 1), (BuildTuple, 1)])),
        (kind(1, Slot::SelfOrNull), 4, with_end(&[(LoadConst, 0), (LoadSpecial, 0), (BuildTuple, 1)])),
        (
            kind(3, Slot::MaybeUnbound),
            8,
            with_end(&[
                (LoadConst, 0),
                (PushNull, 0),
                (LoadConst, 0),
                (LoadFastAndClear, 0),
                (CallFunctionEx, 0),
            ]),
        ),
        // callable and dictionary of merged keywords
        (kind(0, Slot::Null), 10, with_end(&[(PushNull, 0), value, value, value, value, (DictMerge, 1)])),
        (kind(3, Slot::Null), 10, with_end(&[value, value, value, (PushNull, 0), value, (DictMerge, 1)])),
        (
            Rule::StackUnderflow { height: 4, needed: 5 },
            8,
            with_end(&[value, value, value, value, (DictMerge, 1)]),
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
            with_end(&[(MakeCell, 2), (LoadFastAndClear, 2), (LoadConst, 0), (LoadDeref, 2)]),
        ),
        // another value or none in the cell's place
        (
            Rule::NotACell { local: 2 },
            6,
            with_end(&[(MakeCell, 2), (LoadConst, 0), (StoreFast, 2), (DeleteDeref, 2)]),
        ),
        (Rule::NotACell { local: 2 }, 4, with_end(&[(MakeCell, 2), (DeleteFast, 2), (DeleteDeref, 2)])),
        (
            Rule::NotACell { local: 2 },
            8,
            with_end(&[
                (MakeCell, 2),
                (LoadConst, 0),
                (LoadConst, 0),
                (StoreFastStoreFast, 0x02),
                (DeleteDeref, 2),
            ]),
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
        (
            Rule::NotDeclaredCell { local: 1 },
            4,
            with_end(&[(MakeCell, 2), (LoadFastAndClear, 2), (StoreFast, 1)]),
        ),
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
        (
            Rule::ExceptionRange { start: 2, end: 10 },
            2,
            handled(&[(LoadGlobal, 0), (ReturnValue, 0)], &[(1, 5, 5, 0, false)]),
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
