//! Ints against `num-bigint`'s semantics by way of golden values of the reference, and laws.

use super::*;
use crate::protocol;
use crate::testing::{error, run, run_without_leak};

fn parse_int(thread: &Thread, text: &str) -> Value {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    parse(thread, negative, digits, 10).unwrap()
}

fn show(value: &Value) -> String {
    match value.as_ref().to_f64() {
        Some(float) => format!("{:016x}", float.to_bits()),
        None => value.as_ref().int_to_text(10).unwrap_or_else(|| "?".to_owned()),
    }
}

/// Each line of the golden is `a op b -> result`, made by `int_arithmetic.py` beside it.
#[test]
fn arithmetic_is_that_of_the_reference() {
    run_without_leak(|thread| {
        let path = format!("{}/../../fixtures/object/int_arithmetic.txt", env!("CARGO_MANIFEST_DIR"));
        let slots = INT.slots();
        let mut lines = 0;
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let [a, op, b, _, expected] = words[..] else { panic!("{line}") };
            let (x, y) = (parse_int(thread, a), parse_int(thread, b));
            let binary = |slot: &Cell<Option<crate::types::slots::Binary>>| {
                slot.get().unwrap()(thread, x.as_ref(), y.as_ref())
            };
            let result = match op {
                "+" => binary(&slots.add),
                "-" => binary(&slots.subtract),
                "*" => binary(&slots.multiply),
                "//" => binary(&slots.floor_divide),
                "%" => binary(&slots.remainder),
                "/" => binary(&slots.true_divide),
                "&" => binary(&slots.and),
                "|" => binary(&slots.or),
                "^" => binary(&slots.xor),
                "<<" => binary(&slots.lshift),
                ">>" => binary(&slots.rshift),
                "**" => slots.power.get().unwrap()(thread, x.as_ref(), y.as_ref(), Value::none().as_ref()),
                "float" => slots.float.get().unwrap()(thread, x.as_ref()),
                "~" => slots.invert.get().unwrap()(thread, x.as_ref()),
                "hash" => protocol::hash(thread, x.as_ref()).and_then(|hash| Value::int(thread, hash)),
                "<" => protocol::compare(thread, x.as_ref(), y.as_ref(), CompareOp::Lt),
                other => panic!("{other}"),
            };
            let text = match result {
                Ok(value) => show(&value),
                Err(raised) => thread.catch(raised).as_ref().ty().short_name().to_owned(),
            };
            assert_eq!(text, expected, "{a} {op} {b}");
            if let Some(int) = parse(thread, false, expected, 10).ok().filter(|_| op != "/" && op != "float")
            {
                assert_eq!(int.word().is_int(), int.as_ref().int_bit_length().unwrap() <= 61, "{expected}");
            }
            lines += 1;
        }
        assert!(lines > 2000);
    });
}

#[test]
fn heap_ints_are_canonical() {
    run_without_leak(|thread| {
        for value in [0, 1, -1, Word::MAX_INT, Word::MIN_INT, Word::MAX_INT + 1, i64::MAX, i64::MIN] {
            let made = Value::int(thread, value).unwrap();
            assert_eq!(made.as_ref().to_i64(), Some(value));
            assert_eq!(made.word().is_int(), Word::from_int(value).is_some());
            let boxed = PyLong::boxed(thread, value).unwrap();
            assert!(boxed.word().is_object());
            assert_eq!(boxed.as_ref().to_i64(), Some(value));
            let back = crate::items::from_c(boxed);
            assert!(protocol::same_or_equal(thread, back.as_ref(), made.as_ref()).unwrap());
            assert_eq!(back.word().is_int(), made.word().is_int());
        }
        let large = Value::uint(thread, u64::MAX).unwrap();
        assert_eq!(large.as_ref().int_to_text(10).unwrap(), u64::MAX.to_string());
        assert_eq!(large.as_ref().int_to_text(16).unwrap(), "ffffffffffffffff");
        assert_eq!(large.as_ref().to_i64(), None);
    });
}

#[test]
fn floats_and_ints_compare_exactly() {
    run(|thread| {
        let is = |a: &Value, op, b: &Value| {
            let result = protocol::compare(thread, a.as_ref(), b.as_ref(), op).unwrap();
            protocol::truth(thread, result.as_ref()).unwrap()
        };
        let float = |value| Value::float(thread, value).unwrap();
        let int = |text: &str| parse_int(thread, text);
        assert!(is(&float(1e16), CompareOp::Lt, &int("10000000000000001")));
        assert!(is(&int("10000000000000001"), CompareOp::Gt, &float(1e16)));
        assert!(is(&float(1e23), CompareOp::Ne, &int("100000000000000000000000")));
        assert!(is(&float(1e23), CompareOp::Eq, &int("99999999999999991611392")));
        assert!(is(&float(f64::INFINITY), CompareOp::Gt, &int(&"9".repeat(400))));
        assert!(
            !is(&float(f64::NAN), CompareOp::Lt, &int("1")) && is(&float(f64::NAN), CompareOp::Ne, &int("1"))
        );
        assert!(is(&float(2.5), CompareOp::Gt, &int("2")) && is(&float(-2.5), CompareOp::Lt, &int("-2")));
        assert!(is(&Value::bool(true), CompareOp::Eq, &float(1.0)));
    });
}

#[test]
fn what_cannot_be_is_an_error() {
    run(|thread| {
        let slots = INT.slots();
        let huge = parse_int(thread, &"9".repeat(400));
        let float = slots.float.get().unwrap()(thread, huge.as_ref());
        assert_eq!(error(thread, float), "OverflowError: int too large to convert to float");
        let (two, many) = (Value::small(2), Value::int(thread, 1 << 60).unwrap());
        let shifted = slots.lshift.get().unwrap()(thread, two.as_ref(), huge.as_ref());
        assert_eq!(error(thread, shifted), "OverflowError: too many digits in integer");
        let power = slots.power.get().unwrap()(thread, two.as_ref(), many.as_ref(), Value::none().as_ref());
        assert_eq!(error(thread, power), "MemoryError");
        assert!(matches!(parse(thread, false, "12x", 10), Err(ParseError::Invalid)));
        let pow = |a: i32, b: i32, m: i32| {
            let (a, b, m) = (Value::small(a), Value::small(b), Value::small(m));
            slots.power.get().unwrap()(thread, a.as_ref(), b.as_ref(), m.as_ref()).map(|v| show(&v))
        };
        assert_eq!(pow(3, 4, 5).unwrap(), "1");
        assert_eq!(pow(-3, 3, 5).unwrap(), "3");
        assert_eq!(pow(3, -1, 7).unwrap(), "5");
        assert_eq!(pow(3, 2, -5).unwrap(), "-1");
        assert_eq!(pow(2, 0, 1).unwrap(), "0");
        assert_eq!(pow(0, -1, -1).unwrap(), "0");
        assert_eq!(error(thread, pow(2, -1, 4)), "ValueError: base is not invertible for the given modulus");
    });
}

#[test]
fn derived_ints_keep_their_digits() {
    run_without_leak(|thread| {
        let class = crate::testing::class(thread, "I", &INT);
        for text in ["0", "7", "-7", "123456789012345678901234567890"] {
            let value = parse_int(thread, text);
            let derived = PyLong::derived(thread, &class, value.as_ref()).unwrap();
            assert!(derived.word().is_object() && std::ptr::eq(derived.as_ref().ty(), &raw const *class));
            assert_eq!(derived.as_ref().int_to_text(10).unwrap(), text);
            assert!(protocol::same_or_equal(thread, derived.as_ref(), value.as_ref()).unwrap());
        }
    });
}

/// What the library would need several calls for.
#[test]
fn long_numbers_are_reckoned_in_parts() {
    run(|thread| {
        let digits: String = (0..200_000_u32).map(|at| char::from(b'1' + (at % 7) as u8)).collect();
        let number = parse_int(thread, &digits);
        assert_eq!(number.as_ref().int_to_decimal(thread).unwrap().unwrap(), digits);
        let slots = INT.slots();
        let lshift = slots.lshift.get().unwrap();
        let (multiply, divmod) = (slots.multiply.get().unwrap(), slots.divmod.get().unwrap());
        let small = |value| Value::small(value);
        // factors of three parts and more, and of very different lengths
        for (far, near) in [(9_000_000, 8_900_000), (20_000_000, 4_300_000), (20_000_000, 100)] {
            let far = lshift(thread, number.as_ref(), small(far).as_ref()).unwrap();
            let near = lshift(thread, number.as_ref(), small(near).as_ref()).unwrap();
            let product = multiply(thread, far.as_ref(), near.as_ref()).unwrap();
            let sum = slots.add.get().unwrap()(thread, product.as_ref(), number.as_ref()).unwrap();
            let parts = divmod(thread, sum.as_ref(), near.as_ref()).unwrap();
            let parts = parts.as_ref().get::<crate::tuple::PyTuple>().unwrap();
            assert!(protocol::same_or_equal(thread, parts.get(0).unwrap().as_ref(), far.as_ref()).unwrap());
            assert!(
                protocol::same_or_equal(thread, parts.get(1).unwrap().as_ref(), number.as_ref()).unwrap()
            );
        }
    });
}
