//! Goldens of the module.

use crate::testing::check;

#[test]
fn collections_is_the_references() {
    check("collections");
}
