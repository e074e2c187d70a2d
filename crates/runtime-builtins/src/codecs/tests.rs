//! Goldens of encodings.

use crate::testing::check;

#[test]
fn encodings_are_the_references() {
    check("decode");
}
