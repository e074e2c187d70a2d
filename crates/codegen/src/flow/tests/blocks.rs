//! Jumps, and blocks and their order.

use super::check;

#[test]
fn code_that_is_not_reached_is_removed() {
    check(
        "RESUME 0 @1
         LOAD_NAME 0 @2
         RETURN_VALUE
         LOAD_NAME 1 @3
         RETURN_VALUE",
        "RESUME
         LOAD_NAME @2
         RETURN_VALUE",
    );
}

#[test]
fn a_jump_to_a_jump_leads_to_its_target() {
    check(
        "LOAD_NAME 0 @1
         POP_JUMP_IF_FALSE a
         LOAD_NAME 1 @2
         POP_TOP
         a:
         JUMP b @1
         c:
         LOAD_NAME 2 @3
         POP_TOP
         b:
         LOAD_NAME 3 @4
         POP_JUMP_IF_NONE c
         LOAD_NAME 4 @5
         RETURN_VALUE",
        "LOAD_NAME
         POP_JUMP_IF_FALSE L2
         LOAD_NAME 1 @2
         POP_TOP
         JUMP L2 @1
         L1:
         LOAD_NAME 2 @3
         POP_TOP
         L2:
         LOAD_NAME 3 @4
         POP_JUMP_IF_NONE L1
         LOAD_NAME 4 @5
         RETURN_VALUE",
    );
}

#[test]
fn a_value_tested_twice_is_tested_once() {
    // `(a and b) or c`: what is false at the first jump is not true at the second
    check(
        "LOAD_NAME 0
         JUMP_IF_FALSE a
         POP_TOP
         LOAD_NAME 1
         a:
         JUMP_IF_TRUE b
         POP_TOP
         LOAD_NAME 2
         b:
         RETURN_VALUE",
        "LOAD_NAME
         JUMP_IF_FALSE L1
         POP_TOP
         LOAD_NAME 1
         JUMP_IF_TRUE L2
         L1:
         POP_TOP
         LOAD_NAME 2
         L2:
         RETURN_VALUE",
    );
    check(
        "LOAD_NAME 0
         JUMP_IF_FALSE a
         POP_TOP
         LOAD_NAME 1
         a:
         JUMP_IF_FALSE b
         POP_TOP
         LOAD_NAME 2
         b:
         RETURN_VALUE",
        "LOAD_NAME
         JUMP_IF_FALSE L1
         POP_TOP
         LOAD_NAME 1
         JUMP_IF_FALSE L1
         POP_TOP
         LOAD_NAME 2
         L1:
         RETURN_VALUE",
    );
}

#[test]
fn a_jump_that_looks_at_signals_stays_one() {
    // the first jump does not look at signals, the one that it leads to does
    check(
        "a:
         LOAD_NAME 0 @1
         POP_JUMP_IF_TRUE c
         LOAD_NAME 1 @2
         POP_TOP
         JUMP_NO_INTERRUPT b
         c:
         LOAD_NAME 2 @3
         POP_TOP
         b:
         JUMP a @4",
        "L1:
         LOAD_NAME
         POP_JUMP_IF_TRUE L2
         LOAD_NAME 1 @2
         POP_TOP
         JUMP L1 @4
         L2:
         LOAD_NAME 2 @3
         POP_TOP
         JUMP L1 @4",
    );
}

#[test]
fn a_short_exit_is_copied() {
    check(
        "LOAD_NAME 0 @1
         POP_JUMP_IF_FALSE a
         LOAD_NAME 1 @2
         POP_TOP
         JUMP b @3
         a:
         LOAD_NAME 2 @4
         POP_TOP
         b:
         LOAD_NAME 3 @5
         RETURN_VALUE",
        "LOAD_NAME
         POP_JUMP_IF_FALSE L1
         LOAD_NAME 1 @2
         POP_TOP
         NOP @3
         LOAD_NAME 3 @5
         RETURN_VALUE
         L1:
         LOAD_NAME 2 @4
         POP_TOP
         LOAD_NAME 3 @5
         RETURN_VALUE",
    );
}

#[test]
fn a_longer_exit_is_jumped_to() {
    let exit = "LOAD_NAME 3 @5
         LOAD_NAME 4
         POP_TOP
         NOP
         RETURN_VALUE";
    check(
        &format!(
            "LOAD_NAME 0 @1
             POP_JUMP_IF_FALSE a
             LOAD_NAME 1 @2
             POP_TOP
             JUMP b
             a:
             LOAD_NAME 2 @4
             POP_TOP
             b:
             {exit}"
        ),
        "LOAD_NAME
         POP_JUMP_IF_FALSE L1
         LOAD_NAME 1 @2
         POP_TOP
         JUMP L2
         L1:
         LOAD_NAME 2 @4
         POP_TOP
         L2:
         LOAD_NAME 3 @5
         LOAD_NAME 4
         POP_TOP
         RETURN_VALUE",
    );
}

#[test]
fn code_without_lines_is_copied_and_keeps_looking_at_signals() {
    check(
        "a:
         LOAD_NAME 0 @1
         POP_JUMP_IF_TRUE c
         LOAD_NAME 1 @2
         POP_TOP
         JUMP b
         c:
         LOAD_NAME 2 @3
         POP_TOP
         b:
         JUMP_NO_INTERRUPT a @-",
        "L1:
         LOAD_NAME
         POP_JUMP_IF_TRUE L2
         LOAD_NAME 1 @2
         POP_TOP
         JUMP L1
         L2:
         LOAD_NAME 2 @3
         POP_TOP
         JUMP_NO_INTERRUPT L1",
    );
}

#[test]
fn handlers_stand_behind_everything_else() {
    check(
        "SETUP_FINALLY a @1
         LOAD_NAME 0
         POP_TOP
         POP_BLOCK
         JUMP b
         a:
         PUSH_EXC_INFO @2
         POP_TOP
         POP_EXCEPT
         b:
         LOAD_NAME 1 @3
         LOAD_NAME 2
         CALL 0
         POP_TOP
         RETURN_VALUE",
        "SETUP_FINALLY L2
         LOAD_NAME
         POP_TOP
         L1:
         LOAD_NAME 1 @3
         LOAD_NAME 2
         CALL
         POP_TOP
         RETURN_VALUE
         L2:
         PUSH_EXC_INFO @2
         POP_TOP
         POP_EXCEPT
         JUMP_NO_INTERRUPT L1",
    );
}
