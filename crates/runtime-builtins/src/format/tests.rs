//! Goldens of the format language, and `format` itself.

use taipan_object::Value;

use super::format;
use crate::testing::{check, outcome, run};

#[test]
fn formatted_values_are_the_references() {
    check("format");
}

#[test]
fn a_width_beyond_memory_is_a_memory_error() {
    run(|thread| {
        let spec = taipan_object::str::PyStr::from_text(thread, "9223372036854775807").unwrap();
        for value in [Value::small(1), spec.clone().into_value(), Value::float(thread, 1.5).unwrap()] {
            let result = format(thread, value.as_ref(), Some(&spec)).map(taipan_object::Owned::into_value);
            assert!(outcome(thread, result).starts_with("MemoryError"));
        }
    });
}

#[test]
fn without_specification_format_is_str() {
    run(|thread| {
        for (value, text) in
            [(Value::small(5), "'5'"), (Value::none(), "'None'"), (Value::bool(true), "'True'")]
        {
            let result = format(thread, value.as_ref(), None).map(taipan_object::Owned::into_value);
            assert_eq!(outcome(thread, result), text);
        }
    });
}

#[test]
fn templates_are_the_references() {
    check("templates");
}
