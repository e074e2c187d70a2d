//! Dicts: every change against a model, order, keys whose comparison changes the dict.

use std::cell::RefCell;

use super::*;
use crate::testing::{class, error, instance, run, run_without_leak, text};
use crate::types::statics::OBJECT;

fn entries(dict: &PyDict) -> Vec<(i64, i64)> {
    let mut cursor = DictCursor::start();
    std::iter::from_fn(|| cursor.next(dict))
        .filter_map(|(key, value)| Some((key.as_ref().to_i64()?, value.as_ref().to_i64()?)))
        .collect()
}

#[test]
fn a_dict_changes_as_a_model_does_and_keeps_the_order_of_insertion() {
    run_without_leak(|thread| {
        let dict = PyDict::new(thread).unwrap();
        let mut model: Vec<(i64, i64)> = Vec::new();
        let mut state = 777_u64;
        for step in 0..20_000 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            // keys of few and of many different values, some of them on the heap
            let key = match state >> 62 {
                0 => (state >> 40 & 7) as i64,
                1 => (state >> 40 & 1023) as i64 - 500,
                _ => ((state >> 40 & 255) as i64) << 55,
            };
            let boxed = Value::int(thread, key).unwrap();
            let at = model.iter().position(|(known, _)| *known == key);
            match state >> 58 & 15 {
                0..8 => {
                    let old = dict.insert(thread, boxed.as_ref(), Value::small(step)).unwrap();
                    assert_eq!(old.and_then(|old| old.as_ref().to_i64()), at.map(|at| model[at].1));
                    match at {
                        Some(at) => model[at].1 = step.into(),
                        None => model.push((key, step.into())),
                    }
                }
                8..11 => {
                    let found = dict.get(thread, boxed.as_ref()).unwrap();
                    assert_eq!(found.and_then(|v| v.as_ref().to_i64()), at.map(|at| model[at].1));
                }
                11..14 => {
                    let removed = dict.remove(thread, boxed.as_ref()).unwrap();
                    assert_eq!(removed.is_some(), at.is_some());
                    at.map(|at| model.remove(at));
                }
                14 => {
                    let last = dict.pop_last().and_then(|(key, _)| key.as_ref().to_i64());
                    assert_eq!(last, model.pop().map(|(key, _)| key));
                }
                _ if state & 63 == 0 => {
                    drop(dict.take());
                    model.clear();
                }
                _ => {}
            }
            assert_eq!(dict.len(), model.len());
        }
        assert_eq!(entries(&dict), model);
        assert_eq!(entries(&dict.copy(thread).unwrap()), model);
    });
}

/// Each key takes a place of its own that is never used again, until none is left.
#[test]
fn popping_and_inserting_without_end_leaves_an_empty_place() {
    run(|thread| {
        let dict = PyDict::new(thread).unwrap();
        for key in 0..1000 {
            drop(dict.insert(thread, Value::small(key).as_ref(), Value::none()).unwrap());
            drop(dict.pop_last());
            assert!(!dict.contains(thread, Value::small(key).as_ref()).unwrap());
        }
    });
}

#[test]
fn equal_keys_of_different_types_are_one_key() {
    run_without_leak(|thread| {
        let dict = PyDict::new(thread).unwrap();
        drop(dict.insert(thread, Value::small(1).as_ref(), text(thread, "int")).unwrap());
        let float = Value::float(thread, 1.0).unwrap();
        assert!(dict.insert(thread, float.as_ref(), text(thread, "float")).unwrap().is_some());
        assert!(dict.insert(thread, Value::bool(true).as_ref(), text(thread, "bool")).unwrap().is_some());
        assert_eq!(dict.len(), 1);
        let (key, _) = DictCursor::start().next(&dict).unwrap();
        assert_eq!(key.as_ref().word(), Value::small(1).word());
        let nan = Value::float(thread, f64::NAN).unwrap();
        drop(dict.insert(thread, nan.as_ref(), Value::none()).unwrap());
        assert!(dict.contains(thread, nan.as_ref()).unwrap());
        let other = Value::float(thread, f64::NAN).unwrap();
        assert!(!dict.contains(thread, other.as_ref()).unwrap());
    });
}

#[test]
fn the_version_changes_with_the_keys_and_not_with_the_values() {
    run(|thread| {
        let dict = PyDict::new(thread).unwrap();
        let set = |key: &str| drop(dict.insert(thread, text(thread, key).as_ref(), Value::none()).unwrap());
        set("a");
        let version = dict.version(thread);
        assert!(version != 0 && dict.known_version() == version);
        set("a");
        assert_eq!(dict.known_version(), version);
        let at = dict.find(thread, text(thread, "a").as_ref(), hash_of(thread, "a")).unwrap().unwrap();
        drop(dict.replace_at(at, Value::small(5)));
        assert_eq!(dict.known_version(), version);
        assert_eq!(dict.value_at(at).unwrap().as_ref().to_i64(), Some(5));
        set("b");
        assert_eq!(dict.known_version(), 0);
        assert_ne!(dict.version(thread), version);
    });
}

fn hash_of(thread: &Thread, key: &str) -> i64 {
    crate::protocol::hash(thread, text(thread, key).as_ref()).unwrap()
}

thread_local! {
    static VICTIM: RefCell<Option<Owned<PyDict>>> = const { RefCell::new(None) };
    static ACTION: RefCell<u32> = const { RefCell::new(0) };
    static CALLS: RefCell<u32> = const { RefCell::new(0) };
}

/// What the evil keys do to the dict while they are compared, or when they die.
fn attack(thread: &Thread) {
    let Some(dict) = VICTIM.with_borrow(Option::clone) else { return };
    let calls = CALLS.with_borrow_mut(|calls| {
        *calls += 1;
        *calls
    });
    if calls > 20 {
        return;
    }
    match ACTION.with_borrow(|action| *action) {
        0 => drop(dict.take()),
        1 => {
            for key in 0..50 {
                drop(dict.insert(thread, Value::small(key + 1000).as_ref(), Value::none()).unwrap());
            }
        }
        2 => drop(dict.pop_last()),
        3 => {
            let first = DictCursor::start().next(&dict);
            if let Some((key, _)) = first
                && let Some(int) = key.as_ref().to_i64()
            {
                drop(dict.remove(thread, Value::int(thread, int).unwrap().as_ref()).unwrap());
            }
        }
        4 => drop(dict.remove_at(0)),
        _ => {
            drop(dict.take());
            for key in 0..5 {
                drop(dict.insert(thread, Value::small(key).as_ref(), Value::none()).unwrap());
            }
        }
    }
}

#[test]
fn keys_that_change_the_dict_while_they_are_compared_do_no_harm() {
    for action in 0..6 {
        for method in 0..7 {
            for answer in [true, false] {
                run(|thread| evil(thread, action, method, answer));
            }
        }
    }
}

fn evil(thread: &Thread, action: u32, method: u32, answer: bool) {
    let class = class(thread, "Evil", &OBJECT);
    class.slots().hash.set(Some(|_, _| Ok(7)));
    class.slots().richcompare.set(Some(if answer {
        |thread, _, _, _| {
            attack(thread);
            Ok(Value::bool(true))
        }
    } else {
        |thread, _, _, _| {
            attack(thread);
            Ok(Value::bool(false))
        }
    }));
    class.slots().finalize.set(Some(|thread, _| {
        attack(thread);
        Ok(())
    }));
    let dict = PyDict::new(thread).unwrap();
    VICTIM.set(None);
    CALLS.set(0);
    ACTION.set(action);
    for _ in 0..3 {
        let key = instance(thread, &class);
        drop(dict.insert(thread, key.as_ref(), instance(thread, &class)).unwrap());
        drop(dict.insert(thread, Value::small(dict.len() as i32 + 20).as_ref(), Value::small(1)).unwrap());
    }
    VICTIM.set(Some(dict.clone()));
    let key = instance(thread, &class);
    match method {
        0 => drop(dict.get(thread, key.as_ref()).unwrap()),
        1 => drop(dict.insert(thread, key.as_ref(), Value::small(1)).unwrap()),
        2 => drop(dict.remove(thread, key.as_ref()).unwrap()),
        3 => drop(dict.get_or_insert(thread, key.as_ref(), Value::small(1)).unwrap()),
        4 => drop(dict.copy(thread).unwrap()),
        5 => drop(dict.pop_last()),
        _ => {
            let other = dict.copy(thread).unwrap();
            drop(compare_slot(thread, dict.as_ref(), other.as_ref(), CompareOp::Eq).unwrap());
        }
    }
    drop(key);
    VICTIM.set(None);
    assert_eq!(entries_all(&dict), dict.len());
}

fn entries_all(dict: &PyDict) -> usize {
    let mut cursor = DictCursor::start();
    std::iter::from_fn(|| cursor.next(dict)).count()
}

#[test]
fn errors_of_keys_come_through() {
    run(|thread| {
        let dict = PyDict::new(thread).unwrap();
        let key = crate::list::PyList::new(thread).unwrap();
        let tried = dict.insert(thread, key.as_ref(), Value::none());
        assert_eq!(
            error(thread, tried),
            "TypeError: cannot use 'list' as a dict key (unhashable type: 'list')"
        );
        assert!(dict.is_empty());
    });
}

#[test]
#[cfg(debug_assertions)]
fn an_allocation_that_fails_leaves_the_dict_as_it_was() {
    run(|thread| {
        let dict = PyDict::new(thread).unwrap();
        for key in 0..5 {
            drop(dict.insert(thread, Value::small(key).as_ref(), Value::small(key)).unwrap());
        }
        let before = entries(&dict);
        thread.heap().fail_after(Some(0));
        let tried = dict.insert(thread, Value::small(99).as_ref(), Value::none());
        thread.heap().fail_after(None);
        assert_eq!(error(thread, tried), "MemoryError");
        assert_eq!(entries(&dict), before);
    });
}
