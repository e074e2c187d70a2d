//! A few instructions side by side.

use super::check;

#[test]
fn a_null_is_pushed_with_the_global() {
    check("LOAD_GLOBAL 4\nPUSH_NULL\nCALL 0\nRETURN_VALUE", "LOAD_GLOBAL 5\nCALL\nRETURN_VALUE");
    check("LOAD_GLOBAL 5\nPUSH_NULL\nCALL 0\nRETURN_VALUE", "LOAD_GLOBAL 5\nPUSH_NULL\nCALL\nRETURN_VALUE");
}

#[test]
fn tests_give_bools_themselves() {
    let both = |input: &str, expected: &str| {
        check(
            &format!("LOAD_NAME 0\nLOAD_NAME 1\n{input}\nRETURN_VALUE"),
            &format!("LOAD_NAME\nLOAD_NAME 1\n{expected}\nRETURN_VALUE"),
        );
    };
    both("COMPARE_OP 40\nTO_BOOL", "COMPARE_OP 56");
    both("CONTAINS_OP 0\nTO_BOOL", "CONTAINS_OP");
    both("CONTAINS_OP 0\nUNARY_NOT", "CONTAINS_OP 1");
    both("IS_OP 1\nUNARY_NOT", "IS_OP");
    both("IS_OP 1\nTO_BOOL", "IS_OP 1");
    both("POP_TOP\nTO_BOOL\nTO_BOOL", "POP_TOP\nTO_BOOL");
    both("POP_TOP\nTO_BOOL\nUNARY_NOT\nTO_BOOL", "POP_TOP\nTO_BOOL\nUNARY_NOT");
    both("POP_TOP\nTO_BOOL\nUNARY_NOT\nUNARY_NOT", "POP_TOP\nTO_BOOL");
}

#[test]
fn a_tuple_unpacked_at_once_is_a_swap() {
    let both = |input: &str, expected: &str| {
        check(
            &format!("LOAD_NAME 0\nLOAD_NAME 1\nLOAD_NAME 2\n{input}\nRETURN_VALUE"),
            &format!("LOAD_NAME\nLOAD_NAME 1\nLOAD_NAME 2\n{expected}\nRETURN_VALUE"),
        );
    };
    both("BUILD_TUPLE 1\nUNPACK_SEQUENCE 1\nSTORE_NAME 1", "STORE_NAME 1");
    both("BUILD_TUPLE 2\nUNPACK_SEQUENCE 2\nSTORE_NAME 1", "SWAP 2\nSTORE_NAME 1");
    both("BUILD_TUPLE 3\nUNPACK_SEQUENCE 3\nSTORE_NAME 1", "SWAP 3\nSTORE_NAME 1");
    both("BUILD_TUPLE 2\nUNPACK_SEQUENCE 3\nSTORE_NAME 1", "BUILD_TUPLE 2\nUNPACK_SEQUENCE 3\nSTORE_NAME 1");
}

#[test]
fn runs_of_swaps_are_shortened() {
    let loads = "LOAD_NAME 0\nLOAD_NAME 1\nLOAD_NAME 2\nLOAD_NAME 3";
    let shown = "LOAD_NAME\nLOAD_NAME 1\nLOAD_NAME 2\nLOAD_NAME 3";
    let both = |input: &str, expected: &str| {
        check(&format!("{loads}\n{input}\nRETURN_VALUE"), &format!("{shown}\n{expected}\nRETURN_VALUE"));
    };
    both("SWAP 2\nSWAP 2\nSTORE_NAME 0", "STORE_NAME");
    both("SWAP 2\nSWAP 3\nSWAP 2\nSWAP 3\nSTORE_NAME 0", "SWAP 3\nSWAP 2\nSTORE_NAME");
    both("SWAP 3\nSWAP 2\nSWAP 3\nSTORE_NAME 0", "SWAP 2\nSWAP 3\nSWAP 2\nSTORE_NAME");
    both("SWAP 1\nSTORE_NAME 0", "STORE_NAME");
}

#[test]
fn pops_are_swapped_rather_than_values() {
    let loads = "LOAD_NAME 0\nLOAD_NAME 1\nLOAD_NAME 2";
    let shown = "LOAD_NAME\nLOAD_NAME 1\nLOAD_NAME 2";
    let both = |input: &str, expected: &str| {
        check(&format!("{loads}\n{input}\nRETURN_VALUE"), &format!("{shown}\n{expected}\nRETURN_VALUE"));
    };
    both("SWAP 2\nPOP_TOP\nSTORE_FAST 1", "STORE_FAST 1\nPOP_TOP");
    both("SWAP 3\nPOP_TOP\nPOP_TOP\nSTORE_FAST 1", "STORE_FAST 1\nPOP_TOP\nPOP_TOP");
    // not past another line, not where both store to one local, not past a store to one of them
    both("SWAP 2\nPOP_TOP\nSTORE_FAST 20 @2", "SWAP 2\nPOP_TOP\nSTORE_FAST 20 @2");
    both(
        "SWAP 2\nSTORE_FAST_MAYBE_NULL 20\nSTORE_FAST 20",
        "SWAP 2\nSTORE_FAST_MAYBE_NULL 20\nSTORE_FAST 20",
    );
    both(
        "SWAP 3\nSTORE_FAST 20\nSTORE_FAST_MAYBE_NULL 20\nPOP_TOP",
        "SWAP 3\nSTORE_FAST 20\nSTORE_FAST_MAYBE_NULL 20\nPOP_TOP",
    );
}

#[test]
fn a_local_bound_twice_is_bound_once() {
    check(
        "LOAD_NAME 0\nLOAD_NAME 1\nSTORE_FAST 20\nSTORE_FAST 20\nLOAD_NAME 2\nRETURN_VALUE",
        "LOAD_NAME\nLOAD_NAME 1\nPOP_TOP\nSTORE_FAST 20\nLOAD_NAME 2\nRETURN_VALUE",
    );
}

#[test]
fn a_push_and_its_pop_are_nothing() {
    check("LOAD_NAME 0\nCOPY 1\nPOP_TOP\nRETURN_VALUE", "LOAD_NAME\nRETURN_VALUE");
    check("LOAD_NAME 0\nCOPY 2\nPOP_TOP\nRETURN_VALUE", "LOAD_NAME\nCOPY 2\nPOP_TOP\nRETURN_VALUE");
    check(
        "LOAD_NAME 0\nLOAD_SMALL_INT 1\nLOAD_SMALL_INT 2\nPOP_TOP\nPOP_TOP\nRETURN_VALUE",
        "LOAD_NAME\nRETURN_VALUE",
    );
    // not where a jump leads between
    check(
        "LOAD_NAME 0
         LOAD_NAME 1
         POP_JUMP_IF_TRUE a
         LOAD_SMALL_INT 1
         a:
         POP_TOP
         LOAD_NAME 2
         RETURN_VALUE",
        "LOAD_NAME
         LOAD_NAME 1
         POP_JUMP_IF_TRUE L1
         LOAD_SMALL_INT 1
         L1:
         POP_TOP
         LOAD_NAME 2
         RETURN_VALUE",
    );
}

#[test]
fn tuples_that_are_only_iterated_stay_lists() {
    check(
        "BUILD_LIST 0\nLOAD_NAME 0\nLIST_EXTEND 1\nCALL_INTRINSIC_1 6\nGET_ITER\nRETURN_VALUE",
        "BUILD_LIST\nLOAD_NAME\nLIST_EXTEND 1\nGET_ITER\nRETURN_VALUE",
    );
}
