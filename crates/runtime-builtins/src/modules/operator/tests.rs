//! Goldens of the module.

use crate::testing::check;

#[test]
fn operator_is_the_references() {
    check("operator");
}
