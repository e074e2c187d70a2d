//! Goldens of the methods of containers and numbers.

use crate::testing::check;

#[test]
fn methods_of_containers_are_the_references() {
    check("containers");
}

#[test]
fn methods_of_numbers_are_the_references() {
    check("numbers");
}

#[test]
fn methods_of_bytes_are_the_references() {
    check("bytes");
}

#[test]
fn methods_of_ranges_and_class_methods_are_the_references() {
    check("ranges");
}
