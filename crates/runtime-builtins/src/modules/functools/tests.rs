//! Goldens of the module.

use crate::testing::check;

#[test]
fn functools_is_the_references() {
    check("functools");
}
