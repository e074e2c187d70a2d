//! Constants where they are loaded and put together.

use super::check_constants;
use taipan_bytecode_format::Const;

fn int(value: i64) -> Const {
    Const::Int(value.into())
}

fn tuple(values: &[i64]) -> Const {
    Const::Tuple(values.iter().map(|&value| int(value)).collect())
}

#[test]
fn conditions_on_constants_are_decided() {
    let conditional = |jump: &str| {
        format!(
            "LOAD_CONST 0
             {jump} a
             LOAD_NAME 1 @2
             RETURN_VALUE
             a:
             LOAD_NAME 2 @3
             RETURN_VALUE"
        )
    };
    let (behind, target) = ("NOP\nLOAD_NAME 1 @2\nRETURN_VALUE", "NOP\nLOAD_NAME 2 @3\nRETURN_VALUE");
    let text = || Const::Bytes(b"x".to_vec());
    for (constant, jump, expected) in [
        (text(), "POP_JUMP_IF_TRUE", target),
        (text(), "POP_JUMP_IF_FALSE", behind),
        (Const::None, "POP_JUMP_IF_TRUE", behind),
        (Const::None, "POP_JUMP_IF_FALSE", target),
        (int(0), "POP_JUMP_IF_TRUE", behind),
        (int(7), "POP_JUMP_IF_TRUE", target),
    ] {
        let constants = std::slice::from_ref(&constant);
        check_constants(&conditional(jump), constants, 0, expected, constants);
    }
    check_constants(
        &conditional("JUMP_IF_TRUE"),
        &[text()],
        0,
        "LOAD_CONST\nLOAD_NAME 2 @3\nRETURN_VALUE",
        &[text()],
    );
}

#[test]
fn truth_of_constants_is_a_constant() {
    let kept = [Const::Ellipsis, Const::Bool(true)];
    check_constants(
        "LOAD_CONST 0\nTO_BOOL\nRETURN_VALUE",
        &kept[..1],
        0,
        "LOAD_CONST 1\nRETURN_VALUE",
        &kept,
    );
    check_constants(
        "LOAD_CONST 0\nCOPY 1\nTO_BOOL\nRETURN_VALUE",
        &kept[..1],
        0,
        "LOAD_CONST\nLOAD_CONST 1\nRETURN_VALUE",
        &kept,
    );
}

#[test]
fn comparison_with_none_is_one_jump() {
    for (tests, expected) in [
        ("IS_OP 0\nPOP_JUMP_IF_TRUE a", "POP_JUMP_IF_NONE L1"),
        ("IS_OP 1\nPOP_JUMP_IF_TRUE a", "POP_JUMP_IF_NOT_NONE L1"),
        ("IS_OP 0\nTO_BOOL\nPOP_JUMP_IF_FALSE a", "POP_JUMP_IF_NOT_NONE L1"),
        ("IS_OP 1\nTO_BOOL\nPOP_JUMP_IF_FALSE a", "POP_JUMP_IF_NONE L1"),
    ] {
        check_constants(
            &format!(
                "LOAD_NAME 0
                 LOAD_CONST 0
                 {tests}
                 LOAD_NAME 1 @2
                 RETURN_VALUE
                 a:
                 LOAD_NAME 2 @3
                 RETURN_VALUE"
            ),
            &[Const::None],
            0,
            &format!(
                "LOAD_NAME
                 {expected}
                 LOAD_NAME 1 @2
                 RETURN_VALUE
                 L1:
                 LOAD_NAME 2 @3
                 RETURN_VALUE"
            ),
            &[Const::None],
        );
    }
}

#[test]
fn small_integers_are_no_constants_and_the_first_constant_stays() {
    check_constants(
        "LOAD_CONST 0
         LOAD_CONST 1
         LOAD_CONST 2
         LOAD_CONST 3
         LOAD_CONST 5
         BUILD_LIST 5
         RETURN_VALUE",
        &[int(0), int(255), int(256), int(-1), Const::None, Const::Bool(true)],
        0,
        "BUILD_LIST
         LOAD_CONST 1
         LIST_EXTEND 1
         RETURN_VALUE",
        &[int(0), Const::Tuple(vec![int(0), int(255), int(256), int(-1), Const::Bool(true)])],
    );
    check_constants(
        "LOAD_CONST 0\nLOAD_CONST 1\nLOAD_CONST 2\nCALL 0\nRETURN_VALUE",
        &[int(0), int(255), int(256), int(-1)],
        0,
        "LOAD_SMALL_INT\nLOAD_SMALL_INT 255\nLOAD_CONST 1\nCALL\nRETURN_VALUE",
        &[int(0), int(256)],
    );
}

#[test]
fn tuples_of_constants_are_constants() {
    check_constants(
        "LOAD_CONST 0\nLOAD_CONST 1\nBUILD_TUPLE 2\nLOAD_CONST 0\nBUILD_TUPLE 2\nRETURN_VALUE",
        &[int(1), int(2)],
        0,
        "LOAD_CONST 1\nRETURN_VALUE",
        &[int(1), Const::Tuple(vec![tuple(&[1, 2]), int(1)])],
    );
    check_constants("BUILD_TUPLE 0\nRETURN_VALUE", &[], 0, "LOAD_CONST\nRETURN_VALUE", &[tuple(&[])]);
    check_constants(
        "LOAD_CONST 0\nLOAD_NAME 1\nBUILD_TUPLE 2\nRETURN_VALUE",
        &[int(1)],
        0,
        "LOAD_SMALL_INT 1\nLOAD_NAME 1\nBUILD_TUPLE 2\nRETURN_VALUE",
        &[int(1)],
    );
}

#[test]
fn long_tuples_of_constants_are_constants() {
    check_constants(
        "BUILD_LIST 0
         LOAD_CONST 0
         LIST_APPEND 1
         LOAD_CONST 1
         LIST_APPEND 1
         CALL_INTRINSIC_1 6
         RETURN_VALUE",
        &[int(1), int(2)],
        0,
        "LOAD_CONST 1\nRETURN_VALUE",
        &[int(1), tuple(&[1, 2])],
    );
    // not if something stands before that is not a constant
    check_constants(
        "BUILD_LIST 0
         LOAD_NAME 0
         LIST_APPEND 1
         LOAD_CONST 0
         LIST_APPEND 1
         CALL_INTRINSIC_1 6
         RETURN_VALUE",
        &[int(1)],
        0,
        "BUILD_LIST
         LOAD_NAME
         LIST_APPEND 1
         LOAD_SMALL_INT 1
         LIST_APPEND 1
         CALL_INTRINSIC_1 6
         RETURN_VALUE",
        &[int(1)],
    );
}

#[test]
fn displays_that_are_only_read_are_constants() {
    for (read, shown) in [("GET_ITER", "GET_ITER"), ("CONTAINS_OP 0", "CONTAINS_OP")] {
        check_constants(
            &format!("LOAD_NAME 0\nLOAD_CONST 0\nLOAD_CONST 1\nBUILD_LIST 2\n{read}\nRETURN_VALUE"),
            &[int(1), int(2)],
            0,
            &format!("LOAD_NAME\nLOAD_CONST 1\n{shown}\nRETURN_VALUE"),
            &[int(1), tuple(&[1, 2])],
        );
        check_constants(
            &format!("LOAD_NAME 0\nLOAD_CONST 0\nLOAD_CONST 1\nBUILD_SET 2\n{read}\nRETURN_VALUE"),
            &[int(1), Const::Bool(true)],
            0,
            &format!("LOAD_NAME\nLOAD_CONST 1\n{shown}\nRETURN_VALUE"),
            &[int(1), Const::FrozenSet(vec![int(1)])],
        );
        check_constants(
            &format!("LOAD_NAME 0\nLOAD_NAME 1\nBUILD_LIST 1\n{read}\nRETURN_VALUE"),
            &[],
            0,
            &format!("LOAD_NAME\nLOAD_NAME 1\nBUILD_TUPLE 1\n{shown}\nRETURN_VALUE"),
            &[],
        );
    }
}

#[test]
fn displays_of_three_constants_are_filled_from_one() {
    let kept = |all| [int(1), all];
    check_constants(
        "LOAD_CONST 0\nLOAD_CONST 1\nLOAD_CONST 2\nBUILD_LIST 3\nRETURN_VALUE",
        &[int(1), int(2), int(3)],
        0,
        "BUILD_LIST\nLOAD_CONST 1\nLIST_EXTEND 1\nRETURN_VALUE",
        &kept(tuple(&[1, 2, 3])),
    );
    check_constants(
        "LOAD_CONST 0\nLOAD_CONST 1\nLOAD_CONST 2\nBUILD_SET 3\nRETURN_VALUE",
        &[int(1), int(2), int(3)],
        0,
        "BUILD_SET\nLOAD_CONST 1\nSET_UPDATE 1\nRETURN_VALUE",
        &kept(Const::FrozenSet(vec![int(1), int(2), int(3)])),
    );
    check_constants(
        "LOAD_CONST 0\nLOAD_CONST 1\nBUILD_LIST 2\nRETURN_VALUE",
        &[int(1), int(2)],
        0,
        "LOAD_SMALL_INT 1\nLOAD_SMALL_INT 2\nBUILD_LIST 2\nRETURN_VALUE",
        &[int(1)],
    );
}

#[test]
fn operators_on_constants_are_applied() {
    check_constants(
        "LOAD_CONST 0\nLOAD_CONST 1\nBINARY_OP 0\nUNARY_NEGATIVE\nRETURN_VALUE",
        &[int(1000), int(2)],
        0,
        "LOAD_CONST 1\nRETURN_VALUE",
        &[int(1000), int(-1002)],
    );
    check_constants(
        "LOAD_CONST 0\nCALL_INTRINSIC_1 5\nRETURN_VALUE",
        &[Const::Bool(true)],
        0,
        "LOAD_SMALL_INT 1\nRETURN_VALUE",
        &[Const::Bool(true)],
    );
    // an exception stays where it is
    check_constants(
        "LOAD_CONST 0\nLOAD_CONST 1\nBINARY_OP 11\nRETURN_VALUE",
        &[int(1), int(0)],
        0,
        "LOAD_SMALL_INT 1\nLOAD_SMALL_INT\nBINARY_OP 11\nRETURN_VALUE",
        &[int(1)],
    );
}

#[test]
fn long_displays_that_are_only_read_are_constants() {
    let additions =
        |add: &str| format!("LOAD_CONST 0\n{add} 1\nLOAD_CONST 1\n{add} 1\nLOAD_CONST 0\n{add} 1");
    check_constants(
        &format!("BUILD_LIST 0\n{}\nGET_ITER\nRETURN_VALUE", additions("LIST_APPEND")),
        &[int(1), int(2)],
        0,
        "LOAD_CONST 1 @-\nGET_ITER @1\nRETURN_VALUE",
        &[int(1), tuple(&[1, 2, 1])],
    );
    check_constants(
        &format!("LOAD_NAME 0\nBUILD_SET 0\n{}\nCONTAINS_OP 0\nRETURN_VALUE", additions("SET_ADD")),
        &[int(1), int(2)],
        0,
        "LOAD_NAME\nLOAD_CONST 1\nCONTAINS_OP\nRETURN_VALUE",
        &[int(1), Const::FrozenSet(vec![int(1), int(2)])],
    );
    check_constants(
        &format!("BUILD_LIST 0\n{}\nCALL_INTRINSIC_1 6\nGET_ITER\nRETURN_VALUE", additions("LIST_APPEND")),
        &[int(1), int(2)],
        0,
        "LOAD_CONST 1\nGET_ITER\nRETURN_VALUE",
        &[int(1), tuple(&[1, 2, 1])],
    );
}
