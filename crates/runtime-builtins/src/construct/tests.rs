//! Goldens of the constructors.

use crate::testing::check;

#[test]
fn calls_of_types_are_the_references() {
    check("construct");
}
