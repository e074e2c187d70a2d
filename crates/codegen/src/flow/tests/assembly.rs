//! Code objects as a whole.

use super::sequence;
use crate::flow::Flow;
use crate::ir::{Constants, Unit};
use taipan_ast::Interner;
use taipan_bytecode_format::tables::{exceptions, positions};
use taipan_bytecode_format::{Code, CodeFlags, Const, ExceptionEntry, LocalKind, Opcode, instruction};
use taipan_wtf8::Wtf8;

fn unit(text: &str) -> Unit {
    let mut constants = Constants::default();
    constants.add(Const::None);
    Unit { sequence: sequence(text), constants, firstlineno: 1, ..Unit::default() }
}

fn assemble(mut unit: Unit, interner: &Interner) -> Code {
    Flow::default().assemble(&mut unit, interner, Wtf8::from_str("f"))
}

fn code(text: &str) -> Code {
    assemble(unit(text), &Interner::new())
}

/// The instructions of a code, those that do not fit a byte with their prefixes joined.
fn listing(code: &Code) -> Vec<(Opcode, u32)> {
    instruction::instructions(&code.code)
        .map(|inst| inst.map(|inst| (inst.opcode, inst.arg)).unwrap())
        .collect()
}

#[test]
fn the_way_past_a_conditional_jump_is_marked() {
    let code = code(
        "LOAD_NAME 0 @1
         POP_JUMP_IF_FALSE a
         LOAD_NAME 1 @2
         POP_TOP
         a:
         LOAD_NAME 2 @3
         RETURN_VALUE",
    );
    use Opcode as O;
    let expected = [
        (O::LoadName, 0),
        (O::PopJumpIfFalse, 3),
        (O::NotTaken, 0),
        (O::LoadName, 1),
        (O::PopTop, 0),
        (O::LoadName, 2),
        (O::ReturnValue, 0),
    ];
    assert_eq!(listing(&code), expected);
    assert_eq!((code.stacksize, code.consts.len()), (1, 1));
}

#[test]
fn conditional_jumps_back_are_turned() {
    let code = code(
        "a:
         LOAD_NAME 0 @1
         POP_JUMP_IF_TRUE a
         LOAD_NAME 1 @2
         RETURN_VALUE",
    );
    use Opcode as O;
    let expected = [
        (O::LoadName, 0),
        (O::PopJumpIfFalse, 3),
        (O::NotTaken, 0),
        (O::JumpBackward, 6),
        (O::LoadName, 1),
        (O::ReturnValue, 0),
    ];
    assert_eq!(listing(&code), expected);
}

#[test]
fn jumps_that_keep_their_value_test_a_copy() {
    let code = code("LOAD_NAME 0\nJUMP_IF_FALSE a\nPOP_TOP\nLOAD_NAME 1\na:\nRETURN_VALUE");
    use Opcode as O;
    let expected = [
        (O::LoadName, 0),
        (O::Copy, 1),
        (O::ToBool, 0),
        (O::PopJumpIfFalse, 3),
        (O::NotTaken, 0),
        (O::PopTop, 0),
        (O::LoadName, 1),
        (O::ReturnValue, 0),
    ];
    assert_eq!(listing(&code), expected);
    assert_eq!(code.stacksize, 2);
}

#[test]
fn long_jumps_have_wide_arguments() {
    let body = "LOAD_NAME 0\nPOP_TOP\n".repeat(130);
    let code = code(&format!("LOAD_NAME 0\nPOP_JUMP_IF_FALSE a\n{body}a:\nLOAD_NAME 0\nRETURN_VALUE"));
    assert_eq!(listing(&code)[1], (Opcode::PopJumpIfFalse, 261));
    // the jump's size is that of a wide one before the distance is known, and stays it
    let body = "LOAD_NAME 0\nPOP_TOP\n".repeat(127);
    let code = code_of_length(&body);
    assert_eq!(listing(&code)[1], (Opcode::PopJumpIfFalse, 255));
    assert_eq!(code.code.len() / 2, 1 + 2 + 255 + 2);
}

fn code_of_length(body: &str) -> Code {
    code(&format!("LOAD_NAME 0\nPOP_JUMP_IF_FALSE a\n{body}a:\nLOAD_NAME 0\nRETURN_VALUE"))
}

#[test]
fn an_async_for_points_to_its_end_send() {
    let code = code(
        "LOAD_NAME 0
         a:
         SETUP_FINALLY except
         GET_ANEXT
         LOAD_CONST 0
         send:
         SEND end
         YIELD_VALUE 1
         RESUME 3
         JUMP_NO_INTERRUPT send
         end:
         END_SEND
         POP_BLOCK
         POP_TOP
         JUMP a
         except:
         END_ASYNC_FOR send
         LOAD_CONST 0
         RETURN_VALUE",
    );
    // behind the jump to `a`, which has a cache: END_SEND, POP_TOP, JUMP_BACKWARD, END_ASYNC_FOR
    assert!(listing(&code).contains(&(Opcode::EndAsyncFor, 5)));
    assert!(listing(&code).contains(&(Opcode::Resume, 3 | 4)));
}

#[test]
fn ranges_have_their_handler_and_a_place_that_was_never_filled_has_none() {
    let code = code(
        "RESUME 0 @1
         SETUP_FINALLY a @2
         LOAD_NAME 0 @3
         POP_JUMP_IF_FALSE b
         LOAD_NAME 1
         POP_TOP
         b:
         POP_BLOCK @2
         LOAD_CONST 0 @-
         RETURN_VALUE
         a:
         SETUP_CLEANUP c @-
         PUSH_EXC_INFO
         POP_TOP @4
         POP_EXCEPT
         POP_BLOCK
         LOAD_CONST 0
         RETURN_VALUE
         c:
         COPY 3 @-
         POP_EXCEPT
         RERAISE 1",
    );
    let entries: Vec<_> = exceptions::decode(&code.exceptiontable).map(Result::unwrap).collect();
    let entry = |start, end, target, depth, lasti| ExceptionEntry { start, end, target, depth, lasti };
    assert_eq!(
        entries,
        [entry(2, 5, 10, 0, false), entry(6, 8, 10, 0, false), entry(10, 13, 15, 1, true)],
        "{:?}",
        listing(&code)
    );
}

#[test]
fn what_takes_the_place_of_an_instruction_has_its_handler() {
    let code = code(
        "SETUP_FINALLY a @1
         LOAD_NAME 0 @2
         POP_TOP
         POP_BLOCK @1
         LOAD_CONST 0 @-
         RETURN_VALUE
         a:
         SETUP_CLEANUP c @-
         PUSH_EXC_INFO
         LOAD_NAME 0 @3
         CHECK_EXC_MATCH
         POP_JUMP_IF_FALSE b
         POP_TOP
         POP_EXCEPT
         POP_BLOCK
         LOAD_CONST 0
         RETURN_VALUE
         b:
         RERAISE 0
         c:
         COPY 3 @-
         POP_EXCEPT
         RERAISE 1",
    );
    // NOT_TAKEN stands where POP_JUMP_IF_FALSE was before SETUP_CLEANUP went
    let covered = exceptions::decode(&code.exceptiontable).map(Result::unwrap).nth(1).unwrap();
    let not_taken = instruction::instructions(&code.code).map(Result::unwrap);
    let not_taken = not_taken.filter(|inst| inst.opcode == Opcode::NotTaken).last().unwrap();
    assert!((covered.start..covered.end).contains(&not_taken.start), "{covered:?}");
}

#[test]
fn a_jump_back_starts_as_wide_as_the_number_of_its_target() {
    // the jump leads back over 255 units if it has no prefix, over 256 if it has one: both are right
    let statement = "LOAD_NAME 0\nPOP_TOP\n";
    let looped = |before: usize| {
        let (before, body) = (statement.repeat(before), statement.repeat(123));
        let code = code(&format!("{before}a:\nLOAD_NAME 0\nTO_BOOL\nUNARY_NOT\nPOP_TOP\n{body}JUMP a"));
        listing(&code).last().copied()
    };
    assert_eq!(looped(1), Some((Opcode::JumpBackward, 255)));
    assert_eq!(looped(200), Some((Opcode::JumpBackward, 256)));
}

#[test]
fn places_are_those_of_the_instructions() {
    let code = code("RESUME 0 @1\nLOAD_NAME 0 @next\nLOAD_CONST 0 @3\nPOP_TOP\nRETURN_VALUE");
    let lines: Vec<_> = positions::decode(&code.linetable, 1)
        .map(|entry| entry.map(|entry| (entry.units, entry.location.map(|location| location.line))).unwrap())
        .collect();
    assert_eq!(lines, [(1, Some(1)), (2, Some(3))], "{:?}", listing(&code));
}

#[test]
fn a_frame_has_locals_then_cells_then_free_variables() {
    let mut interner = Interner::new();
    let mut unit =
        unit("RESUME 0\nLOAD_DEREF 0\nLOAD_DEREF 1\nLOAD_DEREF 2\nLOAD_CLOSURE 1\nCALL 0\nRETURN_VALUE");
    for name in ["a", "x", "rest", "y"] {
        unit.varnames.insert(interner.intern(name));
    }
    for name in ["c", "x"] {
        unit.cellvars.insert(interner.intern(name));
    }
    unit.freevars.insert(interner.intern("f"));
    unit.hidden.insert(interner.intern("y"));
    (unit.argcount, unit.posonlyargcount, unit.parameters) = (2, 1, 3);
    unit.flags = CodeFlags(CodeFlags::VARARGS | CodeFlags::GENERATOR);
    let code = assemble(unit, &interner);

    let names: Vec<_> = code.localsplusnames.iter().map(|name| name.as_wtf8().as_str().unwrap()).collect();
    assert_eq!(names, ["a", "x", "rest", "y", "c", "f"]);
    let kinds: Vec<_> = code.localspluskinds.iter().map(|kind| kind.0).collect();
    let positional = LocalKind::LOCAL | LocalKind::POSITIONAL;
    assert_eq!(
        kinds,
        [
            positional,
            positional | LocalKind::KEYWORD | LocalKind::CELL,
            positional | LocalKind::VARIADIC,
            LocalKind::LOCAL | LocalKind::HIDDEN,
            LocalKind::CELL,
            LocalKind::FREE,
        ]
    );
    use Opcode as O;
    let expected = [
        (O::CopyFreeVars, 1),
        (O::MakeCell, 1),
        (O::MakeCell, 4),
        (O::ReturnGenerator, 0),
        (O::PopTop, 0),
        (O::Resume, 0),
        (O::LoadDeref, 4),
        (O::LoadDeref, 1),
        (O::LoadDeref, 5),
        (O::LoadFastBorrow, 1),
        (O::Call, 0),
        (O::ReturnValue, 0),
    ];
    assert_eq!(listing(&code), expected);
}

#[test]
fn cells_that_are_no_locals_stand_behind_them() {
    let mut interner = Interner::new();
    let mut unit = unit("MAKE_CELL 0\nLOAD_DEREF 1\nRETURN_VALUE");
    unit.cellvars.insert(interner.intern("c"));
    unit.freevars.insert(interner.intern("f"));
    unit.varnames.insert(interner.intern("a"));
    let code = assemble(unit, &interner);
    use Opcode as O;
    let expected =
        [(O::CopyFreeVars, 1), (O::MakeCell, 1), (O::MakeCell, 1), (O::LoadDeref, 2), (O::ReturnValue, 0)];
    assert_eq!(listing(&code), expected);
}

#[test]
fn annotations_are_set_up_where_their_place_is() {
    let mut with = unit("RESUME 0\nANNOTATIONS_PLACEHOLDER\nLOAD_NAME 0\nRETURN_VALUE");
    with.sequence.annotations = Some(Box::new(sequence("LOAD_NAME 7\nPOP_TOP")));
    let listed = |unit| listing(&assemble(unit, &Interner::new())).len();
    assert_eq!(listed(with), 5);
    assert_eq!(listed(unit("RESUME 0\nANNOTATIONS_PLACEHOLDER\nLOAD_NAME 0\nRETURN_VALUE")), 3);
}
