//! Objects: what allocation, dicts, sets, the collector and the basic types cost.
//!
//! `cargo bench -p taipan-bench --bench objects [FILTER]`. Nanoseconds an operation.

use std::hint::black_box;
use std::time::Instant;

use taipan_object::cell::PyCell;
use taipan_object::dict::PyDict;
use taipan_object::float::PyFloat;
use taipan_object::heap::Kind;
use taipan_object::list::PyList;
use taipan_object::set::PySet;
use taipan_object::str::{PyStr, intern};
use taipan_object::tuple::PyTuple;
use taipan_object::types::class::ClassSpec;
use taipan_object::types::lifecycle::allocate_instance;
use taipan_object::types::statics;
use taipan_object::{Interp, Owned, PyResult, PyTypeObject, Thread, Value, gc, instance, protocol};

/// How long each thing is done; the best of many short samples counts, so that other load does not.
const MILLISECONDS: u128 = 120;

struct Bench<'a> {
    thread: &'a Thread,
    filter: Option<String>,
}

impl Bench<'_> {
    /// Times `operation`, which does `count` things at a time.
    fn run(&self, name: &str, count: usize, mut operation: impl FnMut(&Thread)) {
        if self.filter.as_ref().is_some_and(|filter| !name.contains(filter.as_str())) {
            return;
        }
        let mut best = f64::MAX;
        let times = (20_000 / count).clamp(1, 5000) as u32;
        let start = Instant::now();
        while start.elapsed().as_millis() < MILLISECONDS {
            let sample = Instant::now();
            for _ in 0..times {
                operation(self.thread);
            }
            best = best.min(sample.elapsed().as_secs_f64() / f64::from(times) / count as f64);
        }
        println!("{name:44} {:10.2} ns", best * 1e9);
    }
}

fn main() {
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let Ok(interp) = Interp::new() else { return println!("no memory") };
    let thread = interp.new_thread().attach();
    let bench = Bench { thread: &thread, filter };
    allocation(&bench);
    objects(&bench);
    drop(attributes(&bench));
    numbers(&bench);
    bench.run("an interpreter, made and dropped", 1, |_| drop(black_box(Interp::new())));
    strings(&bench);
    for keys in [8, 100, 1000, 100_000] {
        dicts(&bench, keys);
    }
    sets(&bench);
    interp.gc().set_enabled(false);
    collector(&bench);
}

fn allocation(bench: &Bench<'_>) {
    bench.run("alloc and free, 32 bytes", 1, |thread| {
        let heap = thread.heap();
        if let Some(block) = heap.alloc(Kind::Raw, black_box(32)) {
            // SAFETY: the block was just allocated with this size.
            unsafe { heap.free(Kind::Raw, black_box(block), 32) };
        }
    });
    bench.run("alloc and free, 100 of 32 bytes", 100, |thread| {
        let heap = thread.heap();
        let blocks: [_; 100] = std::array::from_fn(|_| heap.alloc(Kind::Raw, 32));
        for block in black_box(blocks).into_iter().flatten() {
            // SAFETY: the blocks were just allocated with this size.
            unsafe { heap.free(Kind::Raw, block, 32) };
        }
    });
    bench.run("  the same by the system's allocator", 100, |_| {
        let blocks: [_; 100] = std::array::from_fn(|_| Box::new([0_u64; 4]));
        drop(black_box(blocks));
    });
}

fn objects(bench: &Bench<'_>) {
    bench.run("float on the heap", 1, |thread| drop(black_box(PyFloat::boxed(thread, 1.5))));
    bench.run("cell", 1, |thread| drop(black_box(PyCell::new(thread, None))));
    bench.run("tuple of two ints", 1, |thread| {
        drop(black_box(PyTuple::pack(thread, [Value::small(1), Value::small(2)])));
    });
    bench.run("empty list", 1, |thread| drop(black_box(PyList::new(thread))));
    bench.run("list of 100, pushed", 100, |thread| {
        if let Ok(list) = PyList::new(thread) {
            for i in 0..100 {
                drop(list.push(thread, Value::small(i)));
            }
            black_box(&*list);
        }
    });
    bench.run("clone and drop of a reference", 1, |thread| {
        let value = black_box(Value::none());
        let _ = thread;
        drop(black_box(value.clone()));
    });
}

/// Instances of a class, as the VM's caches would reach them.
fn attributes(bench: &Bench<'_>) -> PyResult<()> {
    let thread = bench.thread;
    let name = PyStr::from_text(thread, "Point")?;
    let spec = ClassSpec {
        metatype: &statics::TYPE,
        name: &name,
        bases: &[Owned::new_ref(&statics::OBJECT)],
        dict: PyDict::new(thread)?,
        members: 0,
        add_dict: true,
        add_weakref: true,
        expected_attributes: 3,
    };
    let class = PyTypeObject::new_class(thread, spec)?;
    let names = ["x", "y", "z"].map(|name| intern::intern_text(thread, name));
    let [Ok(x), Ok(y), Ok(z)] = names else { return Ok(()) };
    let make = |thread: &Thread| -> PyResult<Value> {
        let object = allocate_instance(thread, &class, 0)?;
        // SAFETY: fresh, and one reference is ours.
        Ok(unsafe { Value::from_object(object) })
    };
    bench.run("instance", 1, |thread| drop(black_box(make(thread))));
    bench.run("instance with three attributes set", 1, |thread| {
        let Ok(object) = make(thread) else { return };
        if let Some(head) = object.as_ref().head() {
            for name in [&x, &y, &z] {
                drop(instance::set(thread, head, name, Some(Value::small(1))));
            }
        }
    });
    let object = make(thread)?;
    let Some(head) = object.as_ref().head() else { return Ok(()) };
    drop(instance::set(thread, head, &x, Some(Value::small(1)))?);
    let (version, place) = (class.assign_version(thread), instance::place_of(&class, &x).unwrap_or(0));
    let size = class.basic_size();
    bench.run("attribute through a cache", 1, |_| {
        let head = black_box(head);
        if head.ty().version() == version {
            // SAFETY: the version is that of the class, which has inline values.
            black_box(unsafe { instance::load_place(head, size, place) });
        }
    });
    bench.run("attribute by name", 1, |thread| {
        drop(black_box(protocol::get_attribute(thread, object.as_ref(), &x)));
    });
    Ok(())
}

fn numbers(bench: &Bench<'_>) {
    let Some(add) = taipan_object::int::INT.slots().add.get() else { return };
    let (a, b) = (Value::small(3), Value::small(4));
    bench.run("int + int through the slot", 1, |thread| {
        drop(black_box(add(thread, black_box(a.as_ref()), black_box(b.as_ref()))));
    });
    let Ok(large) = taipan_object::int::parse(bench.thread, false, &"123456789".repeat(5), 10) else {
        return;
    };
    bench.run("int + int of 45 digits", 1, |thread| {
        drop(black_box(add(thread, large.as_ref(), large.as_ref())));
    });
    let Some(multiply) = taipan_object::int::INT.slots().multiply.get() else { return };
    bench.run("int * int of 45 digits", 1, |thread| {
        drop(black_box(multiply(thread, large.as_ref(), large.as_ref())));
    });
}

fn strings(bench: &Bench<'_>) {
    let thread = bench.thread;
    let (Ok(a), Ok(b)) = (PyStr::from_text(thread, "some text "), PyStr::from_text(thread, "and more"))
    else {
        return;
    };
    bench.run("str + str, 18 characters", 1, |thread| drop(black_box(a.concat(thread, &b))));
    bench.run("str of 10 characters, made and hashed", 1, |thread| {
        if let Ok(text) = PyStr::from_text(thread, black_box("ten chars.")) {
            black_box(text.hash());
        }
    });
    bench.run("intern of a known name", 1, |thread| drop(black_box(intern::intern_text(thread, "__init__"))));
}

fn dicts(bench: &Bench<'_>, count: usize) {
    let thread = bench.thread;
    let ints: Vec<Value> = (0..count).map(|i| Value::small((i as i32).wrapping_mul(7919))).collect();
    let texts: Vec<Value> = (0..count)
        .filter_map(|i| Some(intern::intern_text(thread, &format!("name_{i}")).ok()?.into_value()))
        .collect();
    for (what, keys) in [("int", &ints), ("str", &texts)] {
        bench.run(&format!("dict: build, {count} {what} keys"), count, |thread| {
            if let Ok(dict) = PyDict::new(thread) {
                for key in keys {
                    drop(dict.insert(thread, key.as_ref(), Value::none()));
                }
                black_box(&*dict);
            }
        });
        let Ok(dict) = PyDict::new(thread) else { return };
        for key in keys {
            drop(dict.insert(thread, key.as_ref(), Value::none()));
        }
        bench.run(&format!("dict: hit, {count} {what} keys"), count, |thread| {
            for key in keys {
                drop(black_box(dict.get(thread, key.as_ref())));
            }
        });
    }
    let plain: Vec<u64> = (0..count as u64).map(|i| i * 7919).collect();
    bench.run(&format!("  hashbrown: build, {count} u64 keys"), count, |_| {
        let mut map = hashbrown::HashMap::new();
        for &key in &plain {
            map.insert(key, 0_u64);
        }
        black_box(map);
    });
    let map: hashbrown::HashMap<u64, u64> = plain.iter().map(|&key| (key, 0)).collect();
    bench.run(&format!("  hashbrown: hit, {count} u64 keys"), count, |_| {
        for key in &plain {
            black_box(map.get(key));
        }
    });
    bench.run(&format!("  indexmap: build, {count} u64 keys"), count, |_| {
        let mut map = indexmap::IndexMap::new();
        for &key in &plain {
            map.insert(key, 0_u64);
        }
        black_box(map);
    });
}

fn sets(bench: &Bench<'_>) {
    let keys: Vec<Value> = (0..1000).map(|i: i32| Value::small(i.wrapping_mul(7919))).collect();
    bench.run("set: build, 1000 int keys", 1000, |thread| {
        if let Ok(set) = PySet::new(thread) {
            for key in &keys {
                drop(set.add(thread, key.as_ref()));
            }
            black_box(&*set);
        }
    });
    let Ok(set) = PySet::new(bench.thread) else { return };
    for key in &keys {
        drop(set.add(bench.thread, key.as_ref()));
    }
    bench.run("set: hit, 1000 int keys", 1000, |thread| {
        for key in &keys {
            drop(black_box(set.contains(thread, key.as_ref())));
        }
    });
}

/// Time an object of a collection that finds nothing, and of one that finds all.
fn collector(bench: &Bench<'_>) {
    const COUNT: usize = 300_000;
    let thread = bench.thread;
    let graph = |thread: &Thread| {
        let all = PyList::new(thread).ok()?;
        let mut before = Value::none();
        for i in 0..COUNT {
            let node = PyList::from_values(thread, [before, Value::small(i as i32)]).ok()?.into_value();
            before = node.clone();
            drop(all.push(thread, node));
        }
        Some(all.into_value())
    };
    let Some(kept) = graph(thread) else { return };
    gc::collect(thread, 2);
    bench.run("collect: full, nothing to find, an object", COUNT, |thread| {
        black_box(gc::collect(thread, 2));
    });
    drop(kept);
    bench.run("collect: young of 2000 that survive", 2000, |thread| {
        let list: Vec<_> = (0..2000).map(|_| PyList::new(thread)).collect();
        black_box(gc::collect(thread, 0));
        drop(list);
    });
    bench.run("collect: 2000 cycles, made and found", 2000, |thread| {
        for _ in 0..2000 {
            if let Ok(list) = PyList::new(thread) {
                drop(list.push(thread, list.clone().into_value()));
            }
        }
        black_box(gc::collect(thread, 0));
    });
}
