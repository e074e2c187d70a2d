//! Goldens of the methods of `str`.

use crate::testing::check;

#[test]
fn methods_of_str_are_the_references() {
    check("str");
}

#[test]
fn encoding_is_the_references() {
    check("encode");
}
