//! Lines: what does nothing may be a line's only trace, and exits need one.

use super::check;

#[test]
fn a_nop_stays_only_for_its_line() {
    check(
        "RESUME 0 @1
         NOP @1
         NOP @2
         NOP @2
         LOAD_NAME 0 @3
         NOP @3
         NOP @4
         NOP @-
         RETURN_VALUE @4",
        "RESUME
         NOP @2
         LOAD_NAME @3
         RETURN_VALUE @4",
    );
}

#[test]
fn what_follows_a_nop_takes_its_line_if_it_has_none() {
    check(
        "RESUME 0 @1
         NOP @2
         LOAD_NAME 0 @-
         RETURN_VALUE",
        "RESUME
         LOAD_NAME @2
         RETURN_VALUE",
    );
    // the NOP comes of a jump after lines were given
    check(
        "LOAD_NAME 0 @1
         POP_TOP
         JUMP a @2
         a:
         LOAD_NAME 1 @2
         RETURN_VALUE",
        "LOAD_NAME
         POP_TOP
         LOAD_NAME 1 @2
         RETURN_VALUE",
    );
}

#[test]
fn a_jump_to_the_place_behind_leaves_its_line() {
    check(
        "LOAD_NAME 0 @1
         POP_TOP
         JUMP a @2
         a:
         LOAD_NAME 1 @3
         POP_TOP
         LOAD_NAME 2 @3
         POP_TOP
         RETURN_VALUE",
        "LOAD_NAME
         POP_TOP
         NOP @2
         LOAD_NAME 1 @3
         POP_TOP
         LOAD_NAME 2
         POP_TOP
         RETURN_VALUE",
    );
}

#[test]
fn lines_are_handed_on() {
    check(
        "LOAD_NAME 0 @3
         POP_JUMP_IF_TRUE a
         LOAD_NAME 1 @-
         POP_TOP
         LOAD_NAME 2 @4
         RETURN_VALUE
         a:
         LOAD_NAME 3 @-
         POP_TOP
         LOAD_NAME 4 @5
         RETURN_VALUE",
        "LOAD_NAME @3
         POP_JUMP_IF_TRUE L1
         LOAD_NAME 1
         POP_TOP
         LOAD_NAME 2 @4
         RETURN_VALUE
         L1:
         LOAD_NAME 3 @3
         POP_TOP
         LOAD_NAME 4 @5
         RETURN_VALUE",
    );
}

#[test]
fn an_exit_without_a_line_is_copied_for_each_way() {
    check(
        "LOAD_NAME 0 @1
         POP_JUMP_IF_TRUE a
         LOAD_NAME 1 @2
         POP_JUMP_IF_TRUE a
         LOAD_NAME 2 @3
         POP_TOP
         a:
         LOAD_NAME 3 @-
         RETURN_VALUE",
        "LOAD_NAME
         POP_JUMP_IF_TRUE L2
         LOAD_NAME 1 @2
         POP_JUMP_IF_TRUE L1
         LOAD_NAME 2 @3
         POP_TOP
         LOAD_NAME 3
         RETURN_VALUE
         L1:
         LOAD_NAME 3 @2
         RETURN_VALUE
         L2:
         LOAD_NAME 3 @1
         RETURN_VALUE",
    );
}
