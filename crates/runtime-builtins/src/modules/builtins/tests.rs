//! Goldens of the functions.

use crate::testing::check;

#[test]
fn functions_are_the_references() {
    check("functions");
}
