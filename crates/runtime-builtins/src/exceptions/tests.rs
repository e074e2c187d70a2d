//! Goldens of exceptions.

use crate::testing::check;

#[test]
fn exceptions_are_the_references() {
    check("exceptions");
}
