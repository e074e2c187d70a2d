//! Goldens of iterators and views.

use crate::testing::check;

#[test]
fn iterators_and_views_are_the_references() {
    check("iterators");
}
