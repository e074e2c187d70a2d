//! The module `_heapq`: heaps in lists. An item at `n` comes before those at `2n+1` and `2n+2`. Invariant: what a
//! comparison may have done to the list is looked at after each.

use taipan_object::declare::method_table;
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::wrong_type;
use taipan_runtime_builtins::modules::{ModuleDef, add};

method_table! { FUNCTIONS:
    Instance Two c"heappush" "($module, heap, item, /)" |thread, _, list, item| push(thread, "heappush", list, item, Order::Min), c"Puts an item onto a heap.";
    Instance Two c"heappushpop" "($module, heap, item, /)" |thread, _, list, item| push_pop(thread, "heappushpop", list, item, Order::Min), c"Puts an item onto a heap and takes the least.";
    Instance One c"heappop" "($module, heap, /)" |thread, _, list| pop(thread, "heappop", list, Order::Min), c"Takes the least item.";
    Instance Two c"heapreplace" "($module, heap, item, /)" |thread, _, list, item| replace(thread, "heapreplace", list, item, Order::Min), c"Takes the least item, then puts one onto the heap.";
    Instance One c"heapify" "($module, heap, /)" |thread, _, list| heapify(thread, "heapify", list, Order::Min), c"Makes a list a heap.";
    Instance Two c"heappush_max" "($module, heap, item, /)" |thread, _, list, item| push(thread, "heappush_max", list, item, Order::Max), c"Puts an item onto a heap of the greatest.";
    Instance Two c"heappushpop_max" "($module, heap, item, /)" |thread, _, list, item| push_pop(thread, "heappushpop_max", list, item, Order::Max), c"Puts an item onto a heap and takes the greatest.";
    Instance One c"heappop_max" "($module, heap, /)" |thread, _, list| pop(thread, "heappop_max", list, Order::Max), c"Takes the greatest item.";
    Instance Two c"heapreplace_max" "($module, heap, item, /)" |thread, _, list, item| replace(thread, "heapreplace_max", list, item, Order::Max), c"Takes the greatest item, then puts one onto the heap.";
    Instance One c"heapify_max" "($module, heap, /)" |thread, _, list| heapify(thread, "heapify_max", list, Order::Max), c"Makes a list a heap of the greatest.";
}

const ABOUT: &str = "A heap is a list in which every item comes before those at twice its place plus one and plus \
                     two, so that the first comes before all others.";

/// `_heapq`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_heapq",
    doc: Some("Heaps in lists."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        add(thread, module, "__about__", PyStr::from_text(thread, ABOUT)?.into_value())
    }),
};

/// Which item comes first.
#[derive(Clone, Copy)]
enum Order {
    Min,
    Max,
}

/// A heap that is worked on.
struct Heap<'a> {
    thread: &'a Thread,
    list: &'a PyList,
    order: Order,
}

fn list_of<'a>(thread: &Thread, function: &str, value: Ref<'a>) -> PyResult<&'a PyList> {
    value.get::<PyList>().ok_or_else(|| {
        // a function of one argument does not count it
        let alone = function.starts_with("heappop") || function.starts_with("heapify");
        wrong_type(thread, function, if alone { "argument" } else { "argument 1" }, "list", value)
    })
}

#[cold]
fn empty(thread: &Thread) -> Raised {
    raise!(thread, INDEX_ERROR, "index out of range")
}

impl Heap<'_> {
    #[cold]
    fn changed(&self) -> Raised {
        raise!(self.thread, RUNTIME_ERROR, "list changed size during iteration")
    }

    fn get(&self, at: usize) -> PyResult<Value> {
        self.list.get(at).ok_or_else(|| self.changed())
    }

    fn set(&self, at: usize, value: Value) -> PyResult<()> {
        drop(self.list.replace(self.thread, at, value)?);
        Ok(())
    }

    /// Whether `a` comes before `b`.
    fn before(&self, a: Ref<'_>, b: Ref<'_>) -> PyResult<bool> {
        let (a, b) = match self.order {
            Order::Min => (a, b),
            Order::Max => (b, a),
        };
        protocol::holds(self.thread, a, b, CompareOp::Lt)
    }

    /// The same for two places of a list of so many items.
    fn comes_before(&self, a: usize, b: usize, len: usize) -> PyResult<bool> {
        let before = self.before(self.get(a)?.as_ref(), self.get(b)?.as_ref())?;
        if self.list.len() == len { Ok(before) } else { Err(self.changed()) }
    }

    fn swap(&self, a: usize, b: usize) -> PyResult<()> {
        let (x, y) = (self.get(a)?, self.get(b)?);
        self.set(a, y)?;
        self.set(b, x)
    }

    /// Moves the item at a place towards the first, as far as `top`.
    fn rise(&self, top: usize, mut at: usize) -> PyResult<()> {
        let len = self.list.len();
        if at >= len {
            return Err(empty(self.thread));
        }
        while at > top {
            let parent = (at - 1) / 2;
            if !self.comes_before(at, parent, len)? {
                break;
            }
            self.swap(at, parent)?;
            at = parent;
        }
        Ok(())
    }

    /// Moves the item at a place away from the first to a leaf, then back to where it belongs.
    fn sink(&self, top: usize) -> PyResult<()> {
        let len = self.list.len();
        if top >= len {
            return Err(empty(self.thread));
        }
        let mut at = top;
        while at < len / 2 {
            let left = 2 * at + 1;
            let child = match left + 1 < len && !self.comes_before(left, left + 1, len)? {
                true => left + 1,
                false => left,
            };
            self.swap(at, child)?;
            at = child;
        }
        self.rise(top, at)
    }
}

fn push(thread: &Thread, function: &str, list: Ref<'_>, item: Ref<'_>, order: Order) -> PyResult<Value> {
    let list = list_of(thread, function, list)?;
    list.push(thread, item.to_value())?;
    Heap { thread, list, order }.rise(0, list.len().saturating_sub(1))?;
    Ok(Value::none())
}

fn pop(thread: &Thread, function: &str, list: Ref<'_>, order: Order) -> PyResult<Value> {
    let list = list_of(thread, function, list)?;
    let Some(last) = list.pop() else { return Err(empty(thread)) };
    let Some(first) = list.get(0) else { return Ok(last) };
    let heap = Heap { thread, list, order };
    heap.set(0, last)?;
    heap.sink(0)?;
    Ok(first)
}

fn replace(thread: &Thread, function: &str, list: Ref<'_>, item: Ref<'_>, order: Order) -> PyResult<Value> {
    let list = list_of(thread, function, list)?;
    let Some(first) = list.get(0) else { return Err(empty(thread)) };
    let heap = Heap { thread, list, order };
    heap.set(0, item.to_value())?;
    heap.sink(0)?;
    Ok(first)
}

fn push_pop(thread: &Thread, function: &str, list: Ref<'_>, item: Ref<'_>, order: Order) -> PyResult<Value> {
    let list = list_of(thread, function, list)?;
    let heap = Heap { thread, list, order };
    let Some(first) = list.get(0) else { return Ok(item.to_value()) };
    if !heap.before(first.as_ref(), item)? {
        return Ok(item.to_value());
    }
    let Some(first) = list.get(0) else { return Err(empty(thread)) };
    heap.set(0, item.to_value())?;
    heap.sink(0)?;
    Ok(first)
}

fn heapify(thread: &Thread, function: &str, list: Ref<'_>, order: Order) -> PyResult<Value> {
    let list = list_of(thread, function, list)?;
    let heap = Heap { thread, list, order };
    for top in (0..list.len() / 2).rev() {
        heap.sink(top)?;
    }
    Ok(Value::none())
}
