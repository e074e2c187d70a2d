//! Goldens of the module.

use crate::testing::check;

#[test]
fn itertools_is_the_references() {
    check("itertools");
}
