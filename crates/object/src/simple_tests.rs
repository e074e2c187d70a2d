//! Tests of the types that are one file each: floats, complex numbers, bytes, bytearrays, slices, ranges, cells,
//! exceptions, code objects.

use crate::bytearray::PyByteArray;
use crate::bytes::PyBytes;
use crate::cell::PyCell;
use crate::code::PyCode;
use crate::complex::PyComplex;
use crate::exception::{self, PyBaseException};
use crate::float::FLOAT;
use crate::range::PyRange;
use crate::slice::{PySlice, adjust};
use crate::testing::{error, run_without_leak, text};
use crate::types::slots::CompareOp;
use crate::{PyResult, Ref, Thread, Value, protocol};

fn golden(name: &str) -> String {
    let path = format!("{}/../../fixtures/object/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn bits(text: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(text, 16).unwrap())
}

fn show(thread: &Thread, value: PyResult<Value>) -> String {
    match value {
        Ok(value) => {
            let float = value.as_ref().to_f64().unwrap();
            if float.is_nan() { "nan".to_owned() } else { format!("{:016x}", float.to_bits()) }
        }
        Err(raised) => thread.catch(raised).as_ref().ty().short_name().to_owned(),
    }
}

fn is(thread: &Thread, a: Ref<'_>, op: CompareOp, b: Ref<'_>) -> bool {
    let result = protocol::compare(thread, a, b, op).unwrap();
    protocol::truth(thread, result.as_ref()).unwrap()
}

/// `floats.py` beside the golden says what the columns are.
#[test]
fn floats_divide_compare_and_hash_as_those_of_the_reference() {
    run_without_leak(|thread| {
        for line in golden("floats.txt").lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let [a, b, quotient, rest, less, hash] = words[..] else { panic!("{line}") };
            let (x, y) = (Value::float(thread, bits(a)).unwrap(), Value::float(thread, bits(b)).unwrap());
            let nan = |text: &str| {
                let is_nan = text.len() == 16 && bits(text).is_nan();
                if is_nan { "nan".to_owned() } else { text.to_owned() }
            };
            let slots = FLOAT.slots();
            let divided = slots.floor_divide.get().unwrap()(thread, x.as_ref(), y.as_ref());
            assert_eq!(show(thread, divided), nan(quotient), "{} // {}", bits(a), bits(b));
            let left = slots.remainder.get().unwrap()(thread, x.as_ref(), y.as_ref());
            assert_eq!(show(thread, left), nan(rest), "{} % {}", bits(a), bits(b));
            assert_eq!(is(thread, x.as_ref(), CompareOp::Lt, y.as_ref()), less == "1");
            if !bits(a).is_nan() {
                assert_eq!(protocol::hash(thread, x.as_ref()).unwrap().to_string(), hash);
            }
        }
    });
}

#[test]
fn powers_of_floats_are_those_of_the_reference() {
    run_without_leak(|thread| {
        let power = |a: f64, b: f64, m: Value| {
            let (a, b) = (Value::float(thread, a).unwrap(), Value::float(thread, b).unwrap());
            protocol::power(thread, a.as_ref(), b.as_ref(), m.as_ref(), false)
        };
        let plain = |a, b| power(a, b, Value::none()).unwrap().as_ref().to_f64();
        assert_eq!((plain(2.0, 3.0), plain(10.0, -400.0)), (Some(8.0), Some(0.0)));
        assert_eq!((plain(-10.0, 301.0), plain(-1.0, f64::INFINITY)), (Some(-1e301), Some(1.0)));
        assert_eq!(
            error(thread, power(0.0, -1.0, Value::none())),
            "ZeroDivisionError: zero to a negative power"
        );
        assert_eq!(
            error(thread, power(2.0, 2.0, Value::small(3))),
            "TypeError: pow() 3rd argument not allowed unless all arguments are integers"
        );
        assert_eq!(error(thread, power(1e200, 2.0, Value::none())), "OverflowError");
        let root = power(-8.0, 1.0 / 3.0, Value::none()).unwrap();
        let parts = root.as_ref().get::<PyComplex>().unwrap().parts();
        assert_eq!(parts, [1.000_000_000_000_000_2, 1.732_050_807_568_877_2]);
    });
}

#[test]
fn complex_numbers_compute_and_compare() {
    run_without_leak(|thread| {
        let make = |real, imaginary| PyComplex::new(thread, real, imaginary).unwrap();
        let slots = crate::complex::COMPLEX.slots();
        let (a, b) = (make(1.0, 2.0), make(3.0, -1.0));
        let parts = |slot: Option<crate::types::slots::Binary>| {
            let result = slot.unwrap()(thread, a.as_ref(), b.as_ref()).unwrap();
            result.as_ref().get::<PyComplex>().unwrap().parts()
        };
        assert_eq!(parts(slots.add.get()), [4.0, 1.0]);
        assert_eq!(parts(slots.multiply.get()), [5.0, 5.0]);
        // (1+2j) / (3-1j)
        assert_eq!(parts(slots.true_divide.get()), [0.1, 0.700_000_000_000_000_1]);
        let two = make(2.0, 0.0);
        assert!(is(thread, two.as_ref(), CompareOp::Eq, Value::small(2).as_ref()));
        assert_eq!(protocol::hash(thread, two.as_ref()).unwrap(), 2);
        assert!(!is(thread, a.as_ref(), CompareOp::Eq, b.as_ref()));
        let zero = make(0.0, 0.0);
        let divided = slots.true_divide.get().unwrap()(thread, a.as_ref(), zero.as_ref());
        assert_eq!(error(thread, divided), "ZeroDivisionError: division by zero");
        let compared = protocol::compare(thread, a.as_ref(), b.as_ref(), CompareOp::Lt);
        assert_eq!(
            error(thread, compared),
            "TypeError: '<' not supported between instances of 'complex' and 'complex'"
        );
    });
}

/// `complex.py` beside the golden says what the columns are.
#[test]
fn complex_arithmetic_is_that_of_the_reference() {
    run_without_leak(|thread| {
        let bits = |text: &str| if text == "nan" { f64::NAN } else { bits(text) };
        let slots = crate::complex::COMPLEX.slots();
        for line in golden("complex.txt").lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let [kinds, a, b, op, c, d, re, im] = words[..] else { panic!("{line}") };
            let make = |is_complex, re: &str, im: &str| {
                if is_complex {
                    PyComplex::new(thread, bits(re), bits(im)).unwrap().into_value()
                } else {
                    Value::float(thread, bits(re)).unwrap()
                }
            };
            let (x, y) = (make(kinds.starts_with('c'), a, b), make(kinds.ends_with('c'), c, d));
            let slot = match op {
                "+" => slots.add.get(),
                "-" => slots.subtract.get(),
                "*" => slots.multiply.get(),
                _ => slots.true_divide.get(),
            };
            let found = match slot.unwrap()(thread, x.as_ref(), y.as_ref()) {
                Ok(result) => result.as_ref().get::<PyComplex>().unwrap().parts().map(|part| {
                    if part.is_nan() { "nan".to_owned() } else { format!("{:016x}", part.to_bits()) }
                }),
                Err(raised) => {
                    drop(thread.catch(raised));
                    ["error".to_owned(), "error".to_owned()]
                }
            };
            assert_eq!(found, [re, im], "{line}");
        }
    });
}

#[test]
fn bytes_hash_as_the_ascii_string_does_and_compare() {
    run_without_leak(|thread| {
        let abc = PyBytes::new(thread, b"abc").unwrap();
        assert_eq!(abc.hash(), protocol::hash(thread, text(thread, "abc").as_ref()).unwrap());
        let joined = PyBytes::concat(thread, b"ab", b"c").unwrap();
        assert!(is(thread, abc.as_ref(), CompareOp::Eq, joined.as_ref()));
        assert!(!is(thread, abc.as_ref(), CompareOp::Eq, text(thread, "abc").as_ref()));
        let empty = PyBytes::new(thread, b"").unwrap();
        assert!(is(thread, empty.as_ref(), CompareOp::Lt, abc.as_ref()) && empty.hash() == 0);
        let large = PyBytes::new(thread, &[7; 100_000]).unwrap();
        assert_eq!(large.as_slice().len(), 100_000);
    });
}

#[test]
fn a_bytearray_changes_as_a_vector_does_and_is_fixed_while_it_is_viewed() {
    run_without_leak(|thread| {
        let array = PyByteArray::new(thread, b"some bytes").unwrap();
        let mut model = b"some bytes".to_vec();
        let mut random = crate::torture::Random::new(7);
        for step in 0..2000 {
            let start = random.below(model.len() + 1);
            let end = (start + random.below(9)).min(model.len());
            let new: Vec<u8> = (0..random.below(9)).map(|i| (step + i) as u8).collect();
            array.splice(thread, start, end, &new).unwrap();
            model.splice(start..end, new);
        }
        assert_eq!(array.copy(thread, 0, usize::MAX).unwrap(), model);
        assert!(array.set(0, 9) && array.get(0) == Some(9) && !array.set(array.len(), 1));
        array.export(1);
        let tried = array.splice(thread, 0, 0, b"x");
        assert_eq!(error(thread, tried), "BufferError: Existing exports of data: object cannot be re-sized");
        array.splice(thread, 0, 1, b"x").unwrap();
        array.export(-1);
        array.splice(thread, 0, 1, b"").unwrap();
        assert_eq!(array.len(), model.len() - 1);
    });
}

/// `slices.py` beside the golden says what the columns are.
#[test]
fn slices_select_what_the_reference_selects() {
    for line in golden("slices.txt").lines() {
        let words: Vec<Option<i64>> = line.split(' ').map(|word| word.parse().ok()).collect();
        let [length, start, stop, step, first, by, count] = words[..] else { panic!("{line}") };
        let (first, by, count) = (first.unwrap(), by.unwrap(), count.unwrap() as usize);
        let found = adjust(length.unwrap() as usize, start, stop, step.unwrap());
        assert_eq!((found.1, found.2), (by, count), "{line}");
        if count > 0 {
            assert_eq!(found.0, first, "{line}");
        }
    }
    assert_eq!(adjust(10, Some(i64::MIN), Some(i64::MAX), 1), (0, 1, 10));
    assert_eq!(adjust(10, Some(i64::MAX), Some(i64::MIN), i64::MIN), (9, i64::MIN, 1));
}

#[test]
fn slices_and_ranges_give_back_what_they_were_made_with() {
    run_without_leak(|thread| {
        let slice =
            PySlice::new(thread, Value::small(1), Value::none(), Value::int(thread, -3).unwrap()).unwrap();
        assert_eq!(slice.start().word(), Value::small(1).word(), "a word again");
        assert!(slice.stop().as_ref().is_none() && slice.step().as_ref().to_i64() == Some(-3));
        let plain = |a, b, c| {
            let slice = PySlice::new(thread, Value::small(a), Value::small(b), Value::small(c)).unwrap();
            protocol::hash(thread, slice.as_ref()).unwrap()
        };
        assert_eq!(plain(1, 2, 3), -2_340_833_382_717_974_474);
        let ends = [0, 10, 3, 4].map(Value::small);
        let [start, stop, step, length] = ends;
        let range = PyRange::new(thread, start, stop, step, length).unwrap();
        assert_eq!(range.small(), Some([0, 10, 3, 4]));
        assert_eq!(range.parts().map(|part| part.as_ref().to_i64()), [Some(0), Some(10), Some(3), Some(4)]);
    });
}

#[test]
fn a_cell_holds_a_variable() {
    run_without_leak(|thread| {
        let cell = PyCell::new(thread, None).unwrap();
        assert!(cell.slot().get().is_none());
        assert!(cell.slot().replace(Some(text(thread, "a value"))).is_none());
        drop(cell.slot().replace(Some(cell.clone().into_value())));
    });
}

#[test]
fn exceptions_have_their_arguments_and_fields() {
    run_without_leak(|thread| {
        let stop = thread.raise_value(&exception::STOP_ITERATION, Value::small(5));
        let stop = thread.catch(stop);
        let stop = stop.as_ref().get::<PyBaseException>().unwrap();
        assert_eq!(stop.field(0).unwrap().word(), Value::small(5).word());
        assert!(stop.args().is_some() && stop.field(1).is_none());
        for ty in exception::all() {
            let made = exception::instance(thread, ty, Some(text(thread, "an argument"))).unwrap();
            let this = made.as_ref().get::<PyBaseException>().unwrap();
            for at in 0..10 {
                drop(this.set_field(at, Some(made.clone())));
            }
            drop(this.slots()[0].replace(Some(made.clone())));
        }
    });
}

#[test]
fn a_code_object_ends_what_hangs_off_it() {
    use std::cell::Cell;
    thread_local! {
        static ENDED: Cell<u32> = const { Cell::new(0) };
    }
    run_without_leak(|thread| {
        let code = PyCode::new(thread).unwrap();
        code.co_name.init(text(thread, "a function"));
        code.tables()[0].init(Value::none());
        code.host.set(Box::into_raw(Box::new(5_u32)).cast());
        code.host_drop.set(Some(|host| {
            // SAFETY: `host` is the box above.
            ENDED.set(ENDED.get() + *unsafe { Box::from_raw(host.cast::<u32>()) });
        }));
    });
    assert_eq!(ENDED.get(), 10);
}
