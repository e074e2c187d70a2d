//! Which loads of locals borrow.

use super::{print, sequence};
use crate::flow::{Flow, borrow, build, stack};

/// Holds what becomes of the loads of `input` against `expected`.
#[track_caller]
fn check(input: &str, expected: &str) {
    let Flow { mut graph, mut starts, mut stack, .. } = Flow::default();
    build::build(&mut graph, &sequence(input), &mut starts);
    stack::measure_stack(&mut graph);
    borrow::borrow_loads(&mut graph, 4, &mut stack);
    let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
    assert_eq!(lines(&print(&graph)), lines(expected));
}

#[test]
fn a_value_that_is_used_up_is_borrowed() {
    check(
        "LOAD_FAST 0
         LOAD_FAST_LOAD_FAST 18
         CALL 0
         CALL 0
         POP_TOP
         LOAD_FAST 1
         RETURN_VALUE",
        "LOAD_FAST_BORROW
         LOAD_FAST_BORROW_LOAD_FAST_BORROW 18
         CALL
         CALL
         POP_TOP
         LOAD_FAST_BORROW 1
         RETURN_VALUE",
    );
}

#[test]
fn a_value_whose_local_changes_meanwhile_is_not() {
    for change in ["STORE_FAST 1", "DELETE_FAST 1\nPOP_TOP", "LOAD_FAST_AND_CLEAR 1\nBINARY_OP 0\nPOP_TOP"] {
        check(
            &format!("LOAD_FAST 1\nLOAD_NAME 1\n{change}\nRETURN_VALUE"),
            &format!("LOAD_FAST 1\nLOAD_NAME 1\n{change}\nRETURN_VALUE").replace("BINARY_OP 0", "BINARY_OP"),
        );
    }
    // once the value is gone the local may change
    check(
        "LOAD_FAST 1\nPOP_TOP\nLOAD_NAME 1\nSTORE_FAST 1\nLOAD_NAME 1\nRETURN_VALUE",
        "LOAD_FAST_BORROW 1\nPOP_TOP\nLOAD_NAME 1\nSTORE_FAST 1\nLOAD_NAME 1\nRETURN_VALUE",
    );
}

#[test]
fn a_value_that_goes_into_a_local_is_not() {
    check(
        "LOAD_FAST 1\nSTORE_FAST 2\nLOAD_FAST 1\nCOPY 1\nSTORE_FAST 2\nRETURN_VALUE",
        "LOAD_FAST 1\nSTORE_FAST 2\nLOAD_FAST 1\nCOPY 1\nSTORE_FAST 2\nRETURN_VALUE",
    );
    check(
        "LOAD_FAST 1\nLOAD_FAST 2\nSWAP 2\nSTORE_FAST 3\nRETURN_VALUE",
        "LOAD_FAST 1\nLOAD_FAST_BORROW 2\nSWAP 2\nSTORE_FAST 3\nRETURN_VALUE",
    );
}

#[test]
fn a_value_that_outlives_its_block_is_not() {
    check(
        "LOAD_FAST 1
         LOAD_FAST 2
         POP_JUMP_IF_TRUE a
         LOAD_NAME 1
         POP_TOP
         a:
         RETURN_VALUE",
        "LOAD_FAST 1
         LOAD_FAST_BORROW 2
         POP_JUMP_IF_TRUE L1
         LOAD_NAME 1
         POP_TOP
         L1:
         RETURN_VALUE",
    );
}

#[test]
fn an_owner_may_come_back_as_a_self() {
    check(
        "LOAD_FAST 1\nLOAD_ATTR 1\nSTORE_FAST 2\nPOP_TOP\nLOAD_FAST 1\nLOAD_ATTR 0\nSTORE_FAST 2\nLOAD_NAME 1\nRETURN_VALUE",
        "LOAD_FAST 1\nLOAD_ATTR 1\nSTORE_FAST 2\nPOP_TOP\nLOAD_FAST_BORROW 1\nLOAD_ATTR\nSTORE_FAST 2\nLOAD_NAME 1\nRETURN_VALUE",
    );
    check(
        "LOAD_FAST 1\nLOAD_SPECIAL 1\nSTORE_FAST 2\nRETURN_VALUE",
        "LOAD_FAST 1\nLOAD_SPECIAL 1\nSTORE_FAST 2\nRETURN_VALUE",
    );
}

#[test]
fn a_format_may_give_back_what_it_formats() {
    check(
        "LOAD_FAST 1\nFORMAT_SIMPLE\nSTORE_FAST 2\nLOAD_NAME 1\nRETURN_VALUE",
        "LOAD_FAST 1\nFORMAT_SIMPLE\nSTORE_FAST 2\nLOAD_NAME 1\nRETURN_VALUE",
    );
    check(
        "LOAD_FAST 1\nCONVERT_VALUE 1\nSTORE_FAST 2\nLOAD_NAME 1\nRETURN_VALUE",
        "LOAD_FAST_BORROW 1\nCONVERT_VALUE 1\nSTORE_FAST 2\nLOAD_NAME 1\nRETURN_VALUE",
    );
}

#[test]
fn what_an_import_stores_counts_as_pushed_by_the_first_instruction() {
    check(
        "LOAD_FAST 1
         POP_TOP
         LOAD_FAST 1
         POP_TOP
         LOAD_NAME 0
         IMPORT_FROM 1
         STORE_FAST 2
         RETURN_VALUE",
        "LOAD_FAST 1
         POP_TOP
         LOAD_FAST_BORROW 1
         POP_TOP
         LOAD_NAME
         IMPORT_FROM 1
         STORE_FAST 2
         RETURN_VALUE",
    );
}

#[test]
fn handlers_do_not_borrow() {
    check(
        "SETUP_FINALLY a
         LOAD_FAST 1
         RETURN_VALUE
         a:
         LOAD_FAST 1
         RETURN_VALUE",
        "SETUP_FINALLY L1
         LOAD_FAST_BORROW 1
         RETURN_VALUE
         L1:
         LOAD_FAST 1
         RETURN_VALUE",
    );
}
