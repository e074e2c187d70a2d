//! Goldens of the methods of containers.

use crate::testing::check;

#[test]
fn methods_of_containers_are_the_references() {
    check("containers");
}
