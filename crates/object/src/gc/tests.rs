//! The collector and the end of objects: cycles, finalizers, weak references, depth.

use std::cell::{Cell, RefCell};

use super::*;
use crate::list::PyList;
use crate::protocol;
use crate::testing::{class, instance, run, run_without_leak};
use crate::tuple::PyTuple;
use crate::types::statics::OBJECT;
use crate::value::{Owned, Value};
use crate::weakref::{self, PyWeakReference};

thread_local! {
    static FINALIZED: Cell<usize> = const { Cell::new(0) };
    static SAVED: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn cycle(thread: &Thread) -> Owned<PyList> {
    let list = PyList::new(thread).unwrap();
    list.push(thread, list.clone().into_value()).unwrap();
    list
}

#[test]
fn cycles_are_collected_and_what_is_referred_to_is_not() {
    run(|thread| {
        for generation in 0..3 {
            collect(thread, 2);
            let kept = cycle(thread);
            let outer = PyList::from_values(thread, [kept.clone().into_value()]).unwrap();
            for _ in 0..100 {
                drop(cycle(thread));
            }
            assert_eq!(collect(thread, generation).collected, 100);
            assert_eq!((kept.len(), outer.len()), (1, 1));
            drop((kept, outer));
            assert_eq!(collect(thread, 2).collected, 1);
        }
    });
}

#[test]
fn survivors_grow_older() {
    run(|thread| {
        collect(thread, 2);
        let kept = cycle(thread);
        let gc = thread.interp().gc();
        let has = |generation| {
            gc.objects(thread, Some(generation)).iter().any(|object| object.as_ref().is(kept.as_ref()))
        };
        assert!(has(0));
        collect(thread, 0);
        assert!(has(1));
        collect(thread, 1);
        assert!(has(2));
        // an old cycle is found by a full collection only
        drop(kept);
        assert_eq!((collect(thread, 1).collected, collect(thread, 2).collected), (0, 1));
    });
}

#[test]
fn an_allocation_asks_for_a_collection_and_a_safepoint_runs_it() {
    run(|thread| {
        collect(thread, 2);
        let before = thread.interp().gc().stats()[0].collections;
        for _ in 0..1990 {
            drop(cycle(thread));
        }
        assert!(!thread.has_requests());
        for _ in 0..20 {
            drop(cycle(thread));
        }
        assert!(thread.has_requests());
        assert_eq!(thread.interp().gc().stats()[0].collections, before);
        thread.collect_if_requested();
        assert!(!thread.has_requests());
        assert_eq!(thread.interp().gc().stats()[0].collections, before + 1);
        assert!(thread.interp().gc().counts()[0] < 100);
        // what comes and goes asks for nothing
        for _ in 0..10_000 {
            drop(PyList::new(thread).unwrap());
            let (a, b) = (PyList::new(thread).unwrap(), PyList::new(thread).unwrap());
            drop(a);
            drop(b);
        }
        assert!(!thread.has_requests());
    });
}

#[test]
fn a_finalizer_is_called_once_and_may_save_the_object() {
    run(|thread| {
        let class = class(thread, "Phoenix", &OBJECT);
        class.slots().finalize.set(Some(|_, this| {
            FINALIZED.set(FINALIZED.get() + 1);
            SAVED.with_borrow_mut(|saved| saved.push(this.to_value()));
            Ok(())
        }));
        FINALIZED.set(0);
        // by its count
        drop(instance(thread, &class));
        assert_eq!(FINALIZED.get(), 1);
        drop(SAVED.take());
        assert_eq!(FINALIZED.get(), 1);
        // by a collection
        let list = PyList::new(thread).unwrap();
        let object = instance(thread, &class);
        list.push(thread, object.clone()).unwrap();
        let name = crate::str::intern::intern_text(thread, "me").unwrap();
        let head = object.as_ref().head().unwrap();
        drop(crate::instance::set(thread, head, &name, Some(list.clone().into_value())).unwrap());
        drop((list, object));
        collect(thread, 2);
        assert_eq!(FINALIZED.get(), 2);
        let saved = SAVED.take();
        assert!(inspect::is_finalized(saved[0].as_ref()));
        drop(saved);
        assert!(collect(thread, 2).collected >= 2);
        assert_eq!(FINALIZED.get(), 2);
    });
}

fn log(line: &str) {
    LOG.with_borrow_mut(|log| log.push(line.to_owned()));
}

fn callback(thread: &Thread) -> Value {
    let class = class(thread, "Callback", &OBJECT);
    class.slots().call.set(Some(|_, _, arguments, _| {
        let reference = arguments[0].as_ref().get::<PyWeakReference>().unwrap();
        log(&format!("callback, target {}", reference.target().is_some()));
        Ok(Value::none())
    }));
    instance(thread, &class)
}

/// The order of the reference: weak references are cleared and callbacks called, then finalizers.
#[test]
fn weak_references_are_cleared_before_finalizers_of_cycles_run() {
    run(|thread| {
        let class = class(thread, "C", &OBJECT);
        class.slots().finalize.set(Some(|_, _| {
            log("finalizer");
            Ok(())
        }));
        drop(LOG.take());
        let (a, b) = (instance(thread, &class), instance(thread, &class));
        let name = crate::str::intern::intern_text(thread, "other").unwrap();
        let tie = |x: &Value, y: &Value| {
            let head = x.as_ref().head().unwrap();
            drop(crate::instance::set(thread, head, &name, Some(y.clone())).unwrap());
        };
        tie(&a, &b);
        tie(&b, &a);
        let with = PyWeakReference::new(thread, a.as_ref(), Some(callback(thread))).unwrap();
        let without = PyWeakReference::new(thread, b.as_ref(), None).unwrap();
        assert!(without.target().unwrap().as_ref().is(b.as_ref()));
        drop((a, b));
        collect(thread, 2);
        assert_eq!(LOG.take(), ["callback, target false", "finalizer", "finalizer"]);
        assert!(with.target().is_none() && without.target().is_none());
    });
}

#[test]
fn a_weak_reference_without_callback_is_shared_and_dies_with_its_users() {
    run_without_leak(|thread| {
        let class = class(thread, "C", &OBJECT);
        let object = instance(thread, &class);
        let head = object.as_ref().head().unwrap();
        let a = PyWeakReference::new(thread, object.as_ref(), None).unwrap();
        let b = PyWeakReference::new(thread, object.as_ref(), None).unwrap();
        assert!(a.as_ref().is(b.as_ref()));
        let c = PyWeakReference::new(thread, object.as_ref(), Some(callback(thread))).unwrap();
        assert_eq!(weakref::count(thread, head), 2);
        drop((a, b));
        assert_eq!(weakref::count(thread, head), 1);
        let value = protocol::call(thread, c.as_ref(), &[], None).unwrap();
        assert!(value.as_ref().is(object.as_ref()));
        drop(value);
        drop(LOG.take());
        drop(object);
        assert_eq!(LOG.take(), ["callback, target false"]);
        let none = protocol::call(thread, c.as_ref(), &[], None).unwrap();
        assert!(none.as_ref().is_none());
        let int = PyWeakReference::new(thread, Value::small(1).as_ref(), None);
        assert_eq!(
            crate::testing::error(thread, int),
            "TypeError: cannot create weak reference to 'int' object"
        );
    });
}

/// A million levels of each kind that nests.
#[test]
fn the_end_of_a_deep_structure_does_not_use_the_native_stack() {
    let deep = |make: fn(&Thread, Value) -> Value| {
        run(|thread| {
            thread.interp().gc().set_enabled(false);
            let mut value = Value::none();
            for _ in 0..1_000_000 {
                value = make(thread, value);
            }
            let objects = thread.heap().check().objects;
            assert!(objects >= 1_000_000);
            drop(value);
            assert!(thread.heap().check().objects < 1000);
        });
    };
    deep(|thread, value| PyList::from_values(thread, [value]).unwrap().into_value());
    deep(|thread, value| PyTuple::from_values(thread, [value]).unwrap().into_value());
    deep(|thread, value| crate::cell::PyCell::new(thread, Some(value)).unwrap().into_value());
    deep(|thread, value| {
        let dict = crate::dict::PyDict::new(thread).unwrap();
        drop(dict.insert(thread, Value::small(1).as_ref(), value).unwrap());
        dict.into_value()
    });
    deep(|thread, value| {
        let none = Value::none;
        crate::slice::PySlice::new(thread, none(), value, none()).unwrap().into_value()
    });
}

#[test]
fn the_end_of_a_deep_chain_of_instances_does_not_use_the_native_stack() {
    run(|thread| {
        let class = class(thread, "Node", &OBJECT);
        let name = crate::str::intern::intern_text(thread, "next").unwrap();
        let mut value = Value::none();
        for _ in 0..200_000 {
            let node = instance(thread, &class);
            drop(crate::instance::set(thread, node.as_ref().head().unwrap(), &name, Some(value)).unwrap());
            value = node;
        }
        drop(value);
        drop(name);
        assert!(thread.heap().check().objects < 1000);
    });
}

#[test]
fn classes_in_cycles_with_their_instances_are_collected() {
    run_without_leak(|thread| {
        let class = class(thread, "C", &OBJECT);
        let name = crate::str::intern::intern_text(thread, "instance").unwrap();
        let object = instance(thread, &class);
        drop(class.dict().unwrap().insert(thread, name.as_ref(), object).unwrap());
    });
}

#[test]
fn referents_and_referrers_are_found() {
    run(|thread| {
        let inner = PyList::new(thread).unwrap();
        let outer = PyList::from_values(thread, [inner.clone().into_value(), Value::small(1)]).unwrap();
        let referents = inspect::referents(outer.as_ref());
        assert!(referents.len() == 1 && referents[0].as_ref().is(inner.as_ref()));
        let gc = thread.interp().gc();
        let referrers = gc.referrers(thread, &[inner.clone().into_value()]);
        assert!(referrers.len() == 1 && referrers[0].as_ref().is(outer.as_ref()));
        assert!(inspect::is_tracked(inner.as_ref()) && !inspect::is_tracked(Value::small(1).as_ref()));
    });
}

#[test]
fn what_is_frozen_is_left_alone() {
    run(|thread| {
        collect(thread, 2);
        drop(cycle(thread));
        let gc = thread.interp().gc();
        gc.freeze(thread);
        assert!(gc.freeze_count(thread) >= 1);
        assert_eq!(collect(thread, 2).collected, 0);
        gc.unfreeze(thread);
        assert_eq!(collect(thread, 2).collected, 1);
    });
}

#[test]
fn garbage_is_kept_when_asked_to() {
    run(|thread| {
        collect(thread, 2);
        let gc = thread.interp().gc();
        gc.debug.set(DEBUG_SAVEALL);
        drop(cycle(thread));
        collect(thread, 2);
        gc.debug.set(0);
        let garbage = gc.garbage.take().unwrap().downcast::<PyList>().unwrap();
        assert_eq!(garbage.len(), 1);
        drop(garbage);
        assert_eq!(collect(thread, 2).collected, 1);
    });
}

/// Finalizers that make, break and keep garbage while it is collected.
#[test]
fn what_finalizers_do_to_the_condemned_does_no_harm() {
    run(|thread| {
        let class = class(thread, "Vandal", &OBJECT);
        class.slots().finalize.set(Some(|thread, this| {
            let name = crate::str::intern::intern_text(thread, "others")?;
            let head = this.head().unwrap();
            if let Some(others) = crate::instance::get(thread, head, &name)?
                && let Some(list) = others.as_ref().get::<PyList>()
            {
                drop(list.take());
            }
            drop(cycle(thread));
            assert_eq!(collect(thread, 2), Collected::default(), "one collection at a time");
            Ok(())
        }));
        for _ in 0..50 {
            let others = PyList::new(thread).unwrap();
            let name = crate::str::intern::intern_text(thread, "others").unwrap();
            for _ in 0..4 {
                let object = instance(thread, &class);
                let head = object.as_ref().head().unwrap();
                let list = Some(others.clone().into_value());
                drop(crate::instance::set(thread, head, &name, list).unwrap());
                others.push(thread, object).unwrap();
            }
            drop(others);
            collect(thread, 2);
        }
        collect(thread, 2);
    });
}

#[test]
fn several_interpreters_live_side_by_side() {
    let threads: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(|| {
                run(|thread| {
                    for _ in 0..200 {
                        drop(cycle(thread));
                        let text = crate::str::intern::intern_text(thread, "shared name").unwrap();
                        assert!(!text.is_empty());
                        let class = class(thread, "C", &OBJECT);
                        drop(instance(thread, &class));
                    }
                    collect(thread, 2);
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
