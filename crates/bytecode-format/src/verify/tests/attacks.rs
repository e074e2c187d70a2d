//! Code that would break an interpreter which trusts the verifier, were it accepted.

use super::*;

fn refused(code: &Code) -> Rule {
    match verify(code) {
        Err(error) => error.rule,
        Ok(_) => panic!("accepted"),
    }
}

fn handled_generator(code: &[(Opcode, u32)], entries: &[(u32, u32, u32, u32, bool)]) -> Code {
    Code { flags: CodeFlags(CodeFlags::GENERATOR), ..handled(code, entries) }
}

#[test]
fn a_generator_cannot_jump_back_to_where_it_is_made() {
    let code = generator(&[(ReturnGenerator, 0), (PopTop, 0), (JumpBackward, 4)]);
    assert_eq!(refused(&code), Rule::Prologue);
    let code = generator(&[(MakeCell, 2), (ReturnGenerator, 0), (PopTop, 0), (JumpBackward, 5)]);
    assert_eq!(refused(&code), Rule::Prologue);
}

#[test]
fn a_handler_cannot_run_a_generator_that_is_not_made_yet() {
    let body = [
        (MakeCell, 2),
        (ReturnGenerator, 0),
        (PopTop, 0),
        (LoadConst, 0),
        (ReturnValue, 0),
        (YieldValue, 0),
        (Resume, 1),
        (ReturnValue, 0),
    ];
    assert_eq!(refused(&handled_generator(&body, &[(0, 1, 5, 0, false)])), Rule::Prologue);
    assert_eq!(refused(&handled_generator(&body, &[(1, 3, 5, 0, false)])), Rule::Prologue);
    accept(&handled_generator(&body, &[(2, 3, 5, 0, false)]));
}

/// What is thrown into a generator before it starts is raised at `RETURN_GENERATOR`, with no cells known.
#[test]
fn a_handler_cannot_begin_in_the_prologue() {
    let body = [(ReturnGenerator, 0), (PopTop, 0), (LoadConst, 0), (ReturnValue, 0)];
    assert_eq!(refused(&handled_generator(&body, &[(1, 3, 0, 0, false)])), Rule::Prologue);
}

#[test]
fn a_loop_ends_exactly_at_its_end_for() {
    let mut code = with_end(&[(LoadConst, 0), (GetIter, 0), (ForIter, 2), (PopTop, 0), (JumpBackward, 5)]);
    let tail = [ExtendedArg as u8, 0, EndFor as u8, 0, PopIter as u8, 0];
    let end = code.code.len() - 4;
    code.code.splice(end..end, tail);
    // an interpreter that goes on one unit behind the target would run END_FOR
    assert_eq!(refused(&code), Rule::Prefix { opcode: EndFor });
}

#[test]
fn a_yield_is_followed_by_a_bare_resume_of_its_kind() {
    let around = |middle: &[(Opcode, u32)]| {
        let start = [(ReturnGenerator, 0), (PopTop, 0), (LoadConst, 0), (LoadConst, 0)];
        let end = [(EndSend, 0), (ReturnValue, 0)];
        generator(&[&start, middle, &end].concat())
    };
    accept(&around(&[(YieldValue, 0), (Resume, 1)]));
    accept(&around(&[(YieldValue, 1), (Resume, 2)]));
    accept(&around(&[(YieldValue, 1), (Resume, 3)]));
    for wrong in [(0, 2), (0, 3), (0, 0), (1, 1), (1, 0), (1, 4)] {
        assert_eq!(refused(&around(&[(YieldValue, wrong.0), (Resume, wrong.1)])), Rule::YieldResume);
    }
    let mut code = around(&[(YieldValue, 0), (Resume, 1)]);
    code.code.splice(10..10, [ExtendedArg as u8, 0]);
    assert_eq!(refused(&code), Rule::Prefix { opcode: Resume });
}

/// Throwing into a generator looks for what it delegates to below what it yielded.
#[test]
fn a_delegating_yield_has_something_to_delegate_to() {
    let start = [(ReturnGenerator, 0), (PopTop, 0)];
    let end = [(LoadConst, 0), (YieldValue, 1), (Resume, 2), (ReturnValue, 0)];
    let code = generator(&[&start[..], &end].concat());
    assert_eq!(refused(&code), Rule::StackUnderflow { height: 1, needed: 2 });
    let code = generator(&[&start[..], &[(PushNull, 0)], &end].concat());
    assert_eq!(refused(&code), Rule::SlotKind { slot: 0, found: Slot::Null });
}

/// An exception is thrown in where a generator yields, not only when tracing: the handler knows its cells.
#[test]
fn a_handler_of_a_yield_knows_its_cells() {
    let body = [
        (ReturnGenerator, 0),
        (PopTop, 0),
        (LoadConst, 0),
        (YieldValue, 0),
        (Resume, 1),
        (ReturnValue, 0),
        (StoreFast, 1),
        (LoadDeref, 2),
        (ReturnValue, 0),
    ];
    assert_eq!(refused(&handled_generator(&body, &[(3, 4, 6, 0, false)])), Rule::NotACell { local: 2 });
}

/// A check at run time raises an exception that the code itself handles.
#[test]
fn a_handler_cannot_keep_what_a_checked_instruction_takes() {
    for (opcode, arg) in [(PopJumpIfTrue, 1), (UnaryNot, 0), (BuildString, 1), (BuildList, 1)] {
        let body =
            [(LoadConst, 0), (opcode, arg), (LoadConst, 0), (ReturnValue, 0), (PopTop, 0), (ReturnValue, 0)];
        let at = |unit| unit + opcode.caches() as u32;
        let code = handled(&body, &[(1, at(2), at(4), 1, false)]);
        assert_eq!(refused(&code), Rule::HandlerDepth { depth: 1, height: 0 }, "{opcode:?}");
    }
}

/// The handler is reached by what raises, whatever only tracing would do elsewhere.
#[test]
fn a_handler_of_a_checked_instruction_knows_its_cells() {
    let body = [
        (LoadFast, 0),
        (PopTop, 0),
        (LoadConst, 0),
        (ReturnValue, 0),
        (PushExcInfo, 0),
        (DeleteDeref, 2),
        (PopTop, 0),
        (PopExcept, 0),
        (LoadConst, 0),
        (ReturnValue, 0),
    ];
    assert_eq!(refused(&handled(&body, &[(0, 1, 4, 0, false)])), Rule::NotACell { local: 2 });
    // only tracing raises here, and traced code checks its cells
    accept(&handled(&body, &[(1, 2, 4, 0, false)]));
}

/// `PUSH_EXC_INFO` has no way to the handler around it: it must not have to raise.
#[test]
fn only_exceptions_are_handled() {
    let rest = [(PopTop, 0), (PopExcept, 0), (LoadConst, 0), (ReturnValue, 0)];
    let code = function(&[&[(LoadConst, 0), (PushExcInfo, 0)], &rest[..]].concat());
    assert_eq!(refused(&code), Rule::ExceptionEntry);
    let jump = [(LoadConst, 0), (JumpForward, 1), (ReturnValue, 0), (PushExcInfo, 0)];
    assert_eq!(refused(&function(&[&jump, &rest[..]].concat())), Rule::ExceptionEntry);
    let back =
        [(LoadConst, 0), (Nop, 0), (ReturnValue, 0), (PushExcInfo, 0), (PopExcept, 0), (JumpBackward, 4)];
    assert_eq!(refused(&handled(&back, &[(1, 2, 3, 0, false)])), Rule::ExceptionEntry);
}

#[test]
fn a_plain_local_never_holds_a_cell() {
    let code = with_end(&[(MakeCell, 2), (LoadFastAndClear, 2), (StoreFast, 0)]);
    assert_eq!(refused(&code), Rule::NotDeclaredCell { local: 0 });
}

#[test]
fn a_call_with_unpacked_arguments_has_no_self() {
    let code =
        with_end(&[(LoadConst, 0), (LoadConst, 0), (LoadConst, 0), (PushNull, 0), (CallFunctionEx, 0)]);
    assert_eq!(refused(&code), Rule::SlotKind { slot: 1, found: Slot::Value });
}

#[test]
fn a_docstring_is_text() {
    let flags = CodeFlags(CodeFlags::HAS_DOCSTRING);
    assert_eq!(refused(&Code { flags, ..with_end(&[]) }), Rule::Docstring);
    accept(&Code { flags, consts: vec![Const::Str(text("doc"))], ..with_end(&[]) });
}

#[test]
fn special_slots_reach_no_instruction_that_builds_or_stores() {
    let makers: [(&[(Opcode, u32)], Slot); 4] = [
        (&[(PushNull, 0)], Slot::Null),
        (&[(LoadFastAndClear, 0)], Slot::MaybeUnbound),
        (&[(MakeCell, 2), (LoadFastAndClear, 2)], Slot::MaybeCell),
        (&[(LoadConst, 0), (LoadAttr, 1), (Swap, 2), (PopTop, 0)], Slot::SelfOrNull),
    ];
    let users = [
        (BuildTuple, 1),
        (BuildList, 1),
        (UnpackSequence, 1),
        (RaiseVarargs, 1),
        (StoreName, 0),
        (StoreGlobal, 0),
        (GetIter, 0),
        (ToBool, 0),
        (MakeFunction, 0),
        (CallIntrinsic1, 1),
        (PopIter, 0),
        (PopJumpIfNone, 0),
        (ImportFrom, 0),
        (ReturnValue, 0),
    ];
    for (maker, slot) in makers {
        for user in users {
            // copied first: the copy is of the same kind
            let code = with_end(&[maker, &[(Copy, 1), user]].concat());
            assert_eq!(refused(&code), Rule::SlotKind { slot: 1, found: slot }, "{user:?}");
        }
    }
}

#[test]
fn a_swap_carries_the_kinds_of_both_slots() {
    let code = with_end(&[(PushNull, 0), (LoadConst, 0), (LoadConst, 0), (Swap, 3), (BuildTuple, 1)]);
    assert_eq!(refused(&code), Rule::SlotKind { slot: 2, found: Slot::Null });
    accept(&with_end(&[
        (PushNull, 0),
        (LoadConst, 0),
        (LoadConst, 0),
        (Swap, 3),
        (PopTop, 0),
        (BuildTuple, 2),
        (PopTop, 0),
    ]));
}

/// Exit function, self or null, lasti, previous exception, exception: each in its place.
#[test]
fn an_exit_is_called_with_what_belongs_there() {
    let value = (LoadConst, 0);
    let with = |first: &[(Opcode, u32)], handler: &[(Opcode, u32)], lasti: bool| {
        let raise = [(RaiseVarargs, 0)];
        let end = [(WithExceptStart, 0), (PopTop, 0), (PopTop, 0), (PopExcept, 0), (RaiseVarargs, 0)];
        let at = first.len() as u32;
        let depth = at;
        handled(&[first, &raise, handler, &end].concat(), &[(at, at + 1, at + 1, depth, lasti)])
    };
    let handler = [(PushExcInfo, 0)];
    accept(&with(&[value, (PushNull, 0)], &handler, true));
    let wrong = |slot, found, code| assert_eq!(refused(&code), Rule::SlotKind { slot, found });
    wrong(0, Slot::Null, with(&[(PushNull, 0), (PushNull, 0)], &handler, true));
    wrong(1, Slot::MaybeUnbound, with(&[value, (LoadFastAndClear, 0)], &handler, true));
    wrong(2, Slot::Value, with(&[value, (PushNull, 0), value], &handler, false));
    wrong(3, Slot::Value, with(&[value, (PushNull, 0)], &[value], true));
    wrong(
        4,
        Slot::Null,
        with(&[value, (PushNull, 0)], &[(PushExcInfo, 0), (PopTop, 0), (PushNull, 0)], true),
    );
}
