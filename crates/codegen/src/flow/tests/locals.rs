//! Locals: what may be unbound, and pairs of loads and stores.

use super::check_constants;

/// Holds the optimized form of `input`, of so many locals, against `expected`.
#[track_caller]
fn check(input: &str, locals: u32, expected: &str) {
    check_constants(input, &[], locals, expected, &[]);
}

#[test]
fn loads_of_what_may_be_unbound_check() {
    check(
        "LOAD_FAST 0 @1
         POP_TOP
         LOAD_FAST 0 @2
         POP_TOP
         DELETE_FAST 0 @3
         LOAD_FAST 0 @4
         RETURN_VALUE",
        1,
        "LOAD_FAST_CHECK
         POP_TOP
         LOAD_FAST @2
         POP_TOP
         DELETE_FAST @3
         LOAD_FAST_CHECK @4
         RETURN_VALUE",
    );
}

#[test]
fn one_way_that_does_not_bind_is_enough() {
    check(
        "LOAD_NAME 0 @1
         STORE_FAST 1
         LOAD_NAME 0
         POP_JUMP_IF_TRUE a
         LOAD_NAME 1 @2
         STORE_FAST 0
         a:
         LOAD_FAST 0 @3
         POP_TOP
         LOAD_FAST 1 @4
         RETURN_VALUE",
        2,
        "LOAD_NAME
         STORE_FAST 1
         LOAD_NAME
         POP_JUMP_IF_TRUE L1
         LOAD_NAME 1 @2
         STORE_FAST
         L1:
         LOAD_FAST_CHECK @3
         POP_TOP
         LOAD_FAST 1 @4
         RETURN_VALUE",
    );
}

#[test]
fn a_handler_sees_what_was_unbound_anywhere_in_its_range() {
    check(
        "SETUP_FINALLY a @1
         LOAD_NAME 0 @2
         STORE_FAST 0
         LOAD_NAME 0 @3
         POP_TOP
         POP_BLOCK @1
         LOAD_FAST 0 @4
         RETURN_VALUE
         a:
         PUSH_EXC_INFO @5
         LOAD_FAST 0
         RETURN_VALUE",
        1,
        "SETUP_FINALLY L1
         LOAD_NAME @2
         STORE_FAST
         LOAD_NAME @3
         POP_TOP
         NOP @1
         LOAD_FAST @4
         RETURN_VALUE
         L1:
         PUSH_EXC_INFO @5
         LOAD_FAST_CHECK
         RETURN_VALUE",
    );
}

#[test]
fn of_many_locals_those_behind_the_first_64_are_followed_in_their_block_only() {
    check(
        "LOAD_NAME 0 @1
         STORE_FAST 63
         LOAD_NAME 0 @2
         STORE_FAST 64
         LOAD_FAST 64 @3
         POP_JUMP_IF_TRUE a
         LOAD_FAST 64 @4
         POP_TOP
         a:
         LOAD_FAST 63 @5
         RETURN_VALUE",
        70,
        "LOAD_NAME
         STORE_FAST 63
         LOAD_NAME @2
         STORE_FAST 64
         LOAD_FAST 64 @3
         POP_JUMP_IF_TRUE L1
         LOAD_FAST_CHECK 64 @4
         POP_TOP
         L1:
         LOAD_FAST 63 @5
         RETURN_VALUE",
    );
}

#[test]
fn pairs_of_the_first_sixteen_locals_are_one_instruction() {
    let both = |input: &str, expected: &str| {
        check(&format!("{input}\nRETURN_VALUE"), 0, &format!("{expected}\nRETURN_VALUE"));
    };
    both("LOAD_FAST 1\nLOAD_FAST 15", "LOAD_FAST_LOAD_FAST 31");
    both("STORE_FAST 1\nLOAD_FAST 2", "STORE_FAST_LOAD_FAST 18");
    both("STORE_FAST 1\nSTORE_FAST 2", "STORE_FAST_STORE_FAST 18");
    both("LOAD_FAST 1\nLOAD_FAST 16", "LOAD_FAST 1\nLOAD_FAST 16");
    both("LOAD_FAST 1 @1\nLOAD_FAST 2 @2", "LOAD_FAST 1\nLOAD_FAST 2 @2");
    both("LOAD_FAST 1\nLOAD_FAST 2\nLOAD_FAST 3", "LOAD_FAST_LOAD_FAST 18\nLOAD_FAST 3");
}
