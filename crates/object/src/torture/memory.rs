//! Each allocation of a program fails once: the program ends with `MemoryError`, nothing is lost or broken.

#![cfg(debug_assertions)]

use crate::dict::PyDict;
use crate::list::PyList;
use crate::set::PySet;
use crate::slice::PySlice;
use crate::str::{PyStr, StrBuilder};
use crate::testing::run;
use crate::tuple::PyTuple;
use crate::weakref::PyWeakReference;
use crate::{PyResult, Thread, Value, gc};

/// A little of everything that allocates.
fn program(thread: &Thread) -> PyResult<()> {
    let list = PyList::new(thread)?;
    for i in 0..40 {
        list.push(thread, Value::int(thread, i << 56)?)?;
    }
    list.push(thread, list.clone().into_value())?;
    drop(list.splice(thread, 3, 9, list.copy(thread, 0, 30)?)?);
    let mut builder = StrBuilder::new();
    builder.push_str(thread, "some text and ")?;
    builder.push_str(thread, "Ωmega")?;
    let text = builder.finish(thread)?;
    let longer = text.concat(thread, &text)?.repeat(thread, 40)?;
    longer.as_utf8(thread)?;
    let dict = PyDict::new(thread)?;
    for i in 0..40 {
        let key = PyStr::from_text(thread, &format!("a key {i}"))?;
        drop(dict.insert(thread, key.as_ref(), Value::float(thread, 1e200)?)?);
    }
    let copy = dict.copy(thread)?;
    drop(copy.insert(thread, text.as_ref(), dict.clone().into_value())?);
    let set = PySet::new(thread)?;
    for i in 0..40 {
        set.add(thread, Value::int(thread, i << 55)?.as_ref())?;
    }
    let frozen = PySet::new_frozen(thread)?;
    frozen.merge(thread, &set)?;
    let tuple = PyTuple::from_values(thread, [frozen.into_value(), copy.into_value(), longer.into_value()])?;
    drop(PySlice::new(thread, Value::small(1), tuple.into_value(), Value::none())?);
    let weak = PyWeakReference::new(thread, set.as_ref(), None)?;
    drop(set);
    drop(weak);
    drop(crate::str::intern::intern_text(thread, "a name that is new")?);
    Ok(())
}

/// Without failures the number of allocations is found out; then each fails in turn.
#[test]
fn the_nth_allocation_fails_and_all_is_well() {
    run(|thread| {
        assert!(program(thread).is_ok());
        gc::collect(thread, 2);
        let before = thread.heap().check().objects;
        let mut failed = 0;
        for n in 0.. {
            thread.heap().fail_after(Some(n));
            let result = program(thread);
            thread.heap().fail_after(None);
            let ended = result.is_ok();
            if let Err(raised) = result {
                let exception = thread.catch(raised);
                assert_eq!(exception.as_ref().ty().short_name(), "MemoryError");
                failed += 1;
            }
            gc::collect(thread, 2);
            let report = thread.heap().check();
            assert_eq!(report.problems, Vec::<String>::new(), "allocation {n}");
            assert_eq!(report.objects, before, "allocation {n}");
            if ended {
                break;
            }
        }
        assert!(failed > 100, "{failed}");
    });
}

/// Under a limit growth stops with `MemoryError`, again and again, and the memory comes back.
#[test]
fn growth_under_a_limit_stops_and_comes_back() {
    run(|thread| {
        for _ in 0..5 {
            let held = thread.heap().held();
            thread.heap().set_limit(held + (4 << 20));
            let list = PyList::new(thread).unwrap();
            let error = loop {
                let grown = PyList::from_values(thread, [list.clone().into_value()])
                    .and_then(|item| list.push(thread, item.into_value()));
                if let Err(raised) = grown {
                    break raised;
                }
            };
            drop(thread.catch(error));
            assert!(list.len() > 1000);
            drop(list.take());
            drop(list);
            gc::collect(thread, 2);
            thread.heap().set_limit(usize::MAX);
            assert!(thread.heap().held() <= held + (1 << 20));
        }
    });
}
