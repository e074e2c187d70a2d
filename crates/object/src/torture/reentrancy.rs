//! Container × method × callback × mutation, by generation: whatever `__eq__`, `__hash__` and `__del__` do to
//! the container that calls them, nothing breaks. Under AddressSanitizer this is what finds an index, a length
//! or an item that was kept across a call.

use std::cell::{Cell, RefCell};

use crate::dict::{DictCursor, PyDict};
use crate::items::Block;
use crate::list::PyList;
use crate::set::PySet;
use crate::testing::{class, instance, run};
use crate::types::slots::CompareOp;
use crate::types::statics::OBJECT;
use crate::{Owned, PyTypeObject, Thread, Value, gc, protocol};

thread_local! {
    static VICTIM: RefCell<Option<Value>> = const { RefCell::new(None) };
    static MUTATION: Cell<usize> = const { Cell::new(0) };
    static CALLS: Cell<usize> = const { Cell::new(0) };
    static ANSWER: Cell<bool> = const { Cell::new(false) };
    static FRESH: RefCell<Option<Owned<PyTypeObject>>> = const { RefCell::new(None) };
}

const MUTATIONS: usize = 8;

fn small(i: usize) -> Value {
    Value::small(i as i32)
}

fn fresh(thread: &Thread) -> Value {
    FRESH.with_borrow(|class| class.as_ref().map_or_else(Value::none, |class| instance(thread, class)))
}

/// What a callback does to the container, a few times in a case.
fn attack(thread: &Thread) {
    if CALLS.get() >= 8 {
        return;
    }
    CALLS.set(CALLS.get() + 1);
    let Some(victim) = VICTIM.with_borrow(Option::clone) else { return };
    let mutation = MUTATION.get();
    if mutation == 7 {
        gc::collect(thread, 2);
    } else if let Some(list) = victim.as_ref().get::<PyList>() {
        attack_list(thread, list, mutation);
    } else if let Some(dict) = victim.as_ref().get::<PyDict>() {
        attack_dict(thread, dict, mutation);
    } else if let Some(set) = victim.as_ref().get::<PySet>() {
        attack_set(thread, set, mutation);
    }
}

fn attack_list(thread: &Thread, list: &PyList, mutation: usize) {
    match mutation {
        0 => drop(list.take()),
        1 => drop(list.pop()),
        2 => drop(list.remove(0)),
        3 => (0..100).for_each(|i| list.push(thread, small(i)).unwrap()),
        4 => list.insert(thread, 0, fresh(thread)).unwrap(),
        5 => drop(list.splice(thread, 1, 3, Block::empty()).unwrap()),
        _ => drop(list.replace(thread, 0, fresh(thread)).unwrap()),
    }
}

fn attack_dict(thread: &Thread, dict: &PyDict, mutation: usize) {
    match mutation {
        0 => drop(dict.take()),
        1 => drop(dict.pop_last()),
        2 => drop(dict.remove_at(0)),
        3 => (0..100).for_each(|i| drop(dict.insert(thread, small(i + 50).as_ref(), small(i)).unwrap())),
        4 => drop(dict.insert(thread, fresh(thread).as_ref(), fresh(thread)).unwrap()),
        5 => {
            drop(dict.take());
            (0..5).for_each(|i| drop(dict.insert(thread, small(i).as_ref(), fresh(thread)).unwrap()));
        }
        _ => drop(dict.replace_at(0, fresh(thread))),
    }
}

fn attack_set(thread: &Thread, set: &PySet, mutation: usize) {
    match mutation {
        0 => drop(set.take()),
        1 => drop(set.pop()),
        2 => drop(set.discard(thread, fresh(thread).as_ref()).unwrap()),
        3 => (0..100).for_each(|i| _ = set.add(thread, small(i).as_ref()).unwrap()),
        4 => _ = set.add(thread, fresh(thread).as_ref()).unwrap(),
        5 => {
            drop(set.take());
            (0..5).for_each(|i| _ = set.add(thread, small(i).as_ref()).unwrap());
        }
        _ => {
            let other = PySet::new(thread).unwrap();
            other.merge(thread, set).unwrap();
            set.merge(thread, &other).unwrap();
        }
    }
}

/// A class of which one method attacks: 0 `__eq__`, 1 `__hash__`, 2 `__del__`, 3 all three.
fn evil(thread: &Thread, callback: usize) -> Owned<PyTypeObject> {
    let class = class(thread, "Evil", &OBJECT);
    class.slots().hash.set(Some(|_, _| Ok(3)));
    class.slots().richcompare.set(Some(|_, a, b, _| Ok(Value::bool(a.is(b) || ANSWER.get()))));
    if callback == 0 || callback == 3 {
        class.slots().richcompare.set(Some(|thread, a, b, _| {
            let same = a.is(b);
            attack(thread);
            Ok(Value::bool(same || ANSWER.get()))
        }));
    }
    if callback == 1 || callback == 3 {
        class.slots().hash.set(Some(|thread, _| {
            attack(thread);
            Ok(3)
        }));
    }
    if callback >= 2 {
        class.slots().finalize.set(Some(|thread, _| {
            attack(thread);
            Ok(())
        }));
    }
    class
}

fn list_method(thread: &Thread, list: &Owned<PyList>, method: usize) {
    let wanted = fresh(thread);
    match method {
        0 => _ = list.position(thread, wanted.as_ref(), 0, usize::MAX).unwrap(),
        1 => {
            let other = PyList::from_block(thread, list.copy(thread, 0, 100).unwrap()).unwrap();
            drop(protocol::compare(thread, list.as_ref(), other.as_ref(), CompareOp::Eq).unwrap());
            let fresh_one = PyList::from_values(thread, [wanted, small(1)]).unwrap();
            drop(protocol::compare(thread, list.as_ref(), fresh_one.as_ref(), CompareOp::Ne).unwrap());
        }
        2 => list.push(thread, wanted).unwrap(),
        3 => drop(list.replace(thread, 0, wanted).unwrap()),
        4 => drop(list.pop()),
        5 => drop(list.remove(1)),
        6 => drop(list.splice(thread, 0, 2, Block::empty()).unwrap()),
        7 => list.insert(thread, 1, wanted).unwrap(),
        8 => drop(list.put(thread, Block::empty()).unwrap()),
        _ => {
            let contents = list.take();
            drop(list.put(thread, contents).unwrap());
        }
    }
}

fn dict_method(thread: &Thread, dict: &Owned<PyDict>, method: usize) {
    let key = fresh(thread);
    match method {
        0 => drop(dict.get(thread, key.as_ref()).unwrap()),
        1 => drop(dict.insert(thread, key.as_ref(), fresh(thread)).unwrap()),
        2 => drop(dict.remove(thread, key.as_ref()).unwrap()),
        3 => drop(dict.get_or_insert(thread, key.as_ref(), fresh(thread)).unwrap()),
        4 => drop(dict.pop_last()),
        5 => {
            let other = dict.copy(thread).unwrap();
            drop(protocol::compare(thread, dict.as_ref(), other.as_ref(), CompareOp::Eq).unwrap());
        }
        6 => {
            let mut cursor = DictCursor::start();
            for _ in 0..1000 {
                let Some((key, value)) = cursor.next(dict) else { break };
                let _ = protocol::same_or_equal(thread, key.as_ref(), value.as_ref()).unwrap();
            }
        }
        7 => _ = dict.contains(thread, key.as_ref()).unwrap(),
        8 => drop(dict.take()),
        _ => {
            let other = PyDict::new(thread).unwrap();
            drop(other.insert(thread, key.as_ref(), fresh(thread)).unwrap());
            for (to, from) in [(dict, &other), (&other, dict)] {
                if to.update(thread, from, ANSWER.get()).is_err() {
                    drop(thread.take_exception());
                }
            }
            dict.reserve(thread, 1000).unwrap();
        }
    }
}

fn set_method(thread: &Thread, set: &Owned<PySet>, method: usize) {
    let key = fresh(thread);
    match method {
        0 => _ = set.contains(thread, key.as_ref()).unwrap(),
        1 => _ = set.add(thread, key.as_ref()).unwrap(),
        2 => drop(set.discard(thread, key.as_ref()).unwrap()),
        3 => drop(set.pop()),
        4..8 => {
            let other = PySet::new(thread).unwrap();
            other.add(thread, key.as_ref()).unwrap();
            other.add(thread, fresh(thread).as_ref()).unwrap();
            if method == 4 {
                set.merge(thread, &other).unwrap();
            } else if method == 5 {
                other.merge(thread, set).unwrap();
            } else {
                let op = if method == 6 { CompareOp::Eq } else { CompareOp::Le };
                drop(protocol::compare(thread, other.as_ref(), set.as_ref(), op).unwrap());
            }
        }
        8 => drop(set.take()),
        _ => {
            let mut position = 0;
            for _ in 0..1000 {
                let Some(key) = set.next(&mut position) else { break };
                let _ = protocol::same_or_equal(thread, key.as_ref(), fresh(thread).as_ref()).unwrap();
            }
        }
    }
}

fn case(thread: &Thread, container: usize, method: usize) {
    CALLS.set(usize::MAX);
    let list = PyList::new(thread).unwrap();
    let dict = PyDict::new(thread).unwrap();
    let set = PySet::new(thread).unwrap();
    for i in 0..4 {
        list.push(thread, fresh(thread)).unwrap();
        list.push(thread, small(i)).unwrap();
        drop(dict.insert(thread, fresh(thread).as_ref(), fresh(thread)).unwrap());
        drop(dict.insert(thread, small(i).as_ref(), fresh(thread)).unwrap());
        set.add(thread, fresh(thread).as_ref()).unwrap();
        set.add(thread, small(i).as_ref()).unwrap();
    }
    CALLS.set(0);
    match container {
        0 => {
            VICTIM.set(Some(list.clone().into_value()));
            list_method(thread, &list, method);
        }
        1 => {
            VICTIM.set(Some(dict.clone().into_value()));
            dict_method(thread, &dict, method);
        }
        _ => {
            VICTIM.set(Some(set.clone().into_value()));
            set_method(thread, &set, method);
        }
    }
    CALLS.set(usize::MAX);
    drop(VICTIM.take());
}

#[test]
fn callbacks_that_change_their_container_do_no_harm() {
    run(|thread| {
        for callback in 0..4 {
            let class = evil(thread, callback);
            FRESH.set(Some(class));
            for case_number in 0..3 * 10 * MUTATIONS * 2 {
                let (container, method) = (case_number % 3, case_number / 3 % 10);
                MUTATION.set(case_number / 30 % MUTATIONS);
                ANSWER.set(case_number / (30 * MUTATIONS) == 1);
                case(thread, container, method);
            }
            assert_eq!(thread.heap().check().problems, Vec::<String>::new(), "callback {callback}");
            FRESH.set(None);
        }
    });
}
