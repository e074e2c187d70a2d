//! Lists: every change against a vector, and items whose end changes the list.

use super::*;
use crate::testing::{class, instance, run, run_without_leak};

fn contents(list: &PyList) -> Vec<i64> {
    (0..list.len()).filter_map(|at| list.get(at)?.as_ref().to_i64()).collect()
}

fn block(thread: &Thread, values: &[i64]) -> Block {
    let mut block = Block::with_capacity(thread, values.len()).unwrap();
    for &value in values {
        block.push(Value::int(thread, value).unwrap()).unwrap();
    }
    block
}

/// Ten thousand random changes, the same to a list and a vector. Some ints are on the heap.
#[test]
fn a_list_changes_as_a_vector_does() {
    run_without_leak(|thread| {
        let list = PyList::new(thread).unwrap();
        let mut model: Vec<i64> = Vec::new();
        let mut state = 12345_u64;
        for _ in 0..10_000 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let (action, at) = (state >> 60, (state >> 32) as usize % (model.len() + 1));
            let number = (state as i64) >> (state >> 40 & 31);
            let value = Value::int(thread, number).unwrap();
            match action {
                0..5 => {
                    list.push(thread, value).unwrap();
                    model.push(number);
                }
                5..7 => {
                    list.insert(thread, at, value).unwrap();
                    model.insert(at, number);
                }
                7 | 8 => {
                    let expected = (at < model.len()).then(|| model.remove(at));
                    assert_eq!(list.remove(at).and_then(|value| value.as_ref().to_i64()), expected);
                }
                9 => assert_eq!(list.pop().and_then(|v| v.as_ref().to_i64()), model.pop()),
                10 => {
                    let done = list.replace(thread, at, value).unwrap().is_some();
                    assert_eq!(done, at < model.len());
                    if done {
                        model[at] = number;
                    }
                }
                11 | 12 => {
                    let end = (at + (state >> 20) as usize % 20).min(model.len());
                    let new: Vec<i64> = (0..state as i64 >> 50 & 15).collect();
                    drop(list.splice(thread, at, end, block(thread, &new)).unwrap());
                    model.splice(at.min(end)..end, new);
                }
                13 => {
                    list.reverse();
                    model.reverse();
                }
                14 if model.len() > 300 => {
                    drop(list.take());
                    model.clear();
                }
                _ => {}
            }
            assert_eq!(list.len(), model.len());
            assert!(list.capacity() >= list.len());
        }
        assert_eq!(contents(&list), model);
    });
}

/// `class C: def __del__(self): victim.clear()`
#[test]
fn items_that_empty_the_list_when_they_die_do_no_harm() {
    thread_local! {
        static VICTIM: std::cell::RefCell<Option<Owned<PyList>>> = const { std::cell::RefCell::new(None) };
    }
    run(|thread| {
        let class = class(thread, "C", &crate::types::statics::OBJECT);
        class.slots().finalize.set(Some(|_, _| {
            let victim = VICTIM.with_borrow(Option::clone);
            drop(victim.map(|list| list.take()));
            Ok(())
        }));
        for change in 0..6 {
            let list = PyList::new(thread).unwrap();
            VICTIM.set(Some(list.clone()));
            for _ in 0..5 {
                list.push(thread, instance(thread, &class)).unwrap();
            }
            match change {
                0 => drop(list.pop()),
                1 => drop(list.remove(0)),
                2 => drop(list.replace(thread, 2, Value::none()).unwrap()),
                3 => drop(list.splice(thread, 1, 3, Block::empty()).unwrap()),
                4 => drop(list.take()),
                _ => drop(list.put(thread, block(thread, &[1, 2])).unwrap()),
            }
            assert!(list.is_empty());
            VICTIM.set(None);
        }
    });
}

#[test]
fn an_allocation_that_fails_leaves_the_list_as_it_was() {
    run(|thread| {
        let list = PyList::from_block(thread, block(thread, &[1, 2, 3])).unwrap();
        #[cfg(debug_assertions)]
        for n in 0..3 {
            thread.heap().fail_after(Some(n));
            let new = Block::empty();
            let results = [
                list.reserve(thread, 1000).is_err(),
                list.insert(thread, 0, Value::small(9)).is_err(),
                list.splice(thread, 0, 3, new).is_err(),
            ];
            thread.heap().fail_after(None);
            drop(thread.take_exception());
            if results.iter().all(|failed| *failed) {
                assert_eq!(contents(&list), [1, 2, 3]);
            }
        }
        assert_eq!(crate::testing::error(thread, list.reserve(thread, usize::MAX / 2)), "MemoryError");
    });
}

/// As if C had the list: it holds objects only, and what is read are words all the same.
#[test]
fn an_exported_list_holds_objects_and_gives_words() {
    run_without_leak(|thread| {
        let list = PyList::new(thread).unwrap();
        drop(crate::items::export(thread, list.clone().into_value()).unwrap());
        let float = || Value::float(thread, 1.5).unwrap();
        list.push(thread, Value::small(1)).unwrap();
        list.push(thread, float()).unwrap();
        list.insert(thread, 0, Value::small(2)).unwrap();
        drop(list.splice(thread, 1, 1, block(thread, &[3, 4, i64::MAX])).unwrap());
        assert!((0..list.len()).all(|at| list.raw(at).is_some_and(crate::Word::is_object)));
        assert_eq!(contents(&list), [2, 3, 4, i64::MAX, 1]);
        assert_eq!(list.peek(0), Some(crate::Word::from_i32(2)));
        let old = list.replace(thread, 0, Value::small(7)).unwrap().unwrap();
        assert_eq!(old.word(), crate::Word::from_i32(2));
        assert!(list.pop().unwrap().word().is_float());
        assert!(list.remove(0).unwrap().word().is_int());
        let copy = list.copy(thread, 0, 9).unwrap();
        assert_eq!(copy.get(0).map(|item| item.word()), Some(crate::Word::from_i32(3)));
    });
}

/// What can be reached by items is exported with a container, and what is stored in one is.
#[test]
fn export_reaches_all_lists_and_tuples_inside() {
    run_without_leak(|thread| {
        let inner = PyList::from_block(thread, block(thread, &[1, 2])).unwrap();
        let tuple =
            crate::tuple::PyTuple::pack(thread, [inner.clone().into_value(), Value::small(3)]).unwrap();
        let outer = PyList::new(thread).unwrap();
        outer.push(thread, tuple.clone().into_value()).unwrap();
        // a cycle ends too
        outer.push(thread, outer.clone().into_value()).unwrap();
        drop(crate::items::export(thread, outer.clone().into_value()).unwrap());
        let objects =
            |list: &PyList| (0..list.len()).all(|at| list.raw(at).is_some_and(crate::Word::is_object));
        assert!(objects(&outer) && objects(&inner));
        assert_eq!(tuple.borrow(1).map(|item| item.word()), Some(crate::Word::from_i32(3)));
        let late = PyList::from_block(thread, block(thread, &[4])).unwrap();
        assert!(!objects(&late));
        inner.push(thread, late.clone().into_value()).unwrap();
        assert!(objects(&late));
        drop(outer.pop());
    });
}
