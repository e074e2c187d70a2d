//! Goldens of the module.

use crate::testing::check;

#[test]
fn math_is_the_references() {
    check("math");
}
