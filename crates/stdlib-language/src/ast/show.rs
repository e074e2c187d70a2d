//! `repr` of nodes: three levels deep, of long lists the first and the last item.

use taipan_object::list::PyList;
use taipan_object::str::PyStr;
use taipan_object::str::build::StrBuilder;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};
use taipan_runtime_builtins::text;

use super::is_node;
use super::items::{attribute_name, names};

/// How many levels are shown.
const DEPTH: usize = 3;

/// `AST.__repr__`
pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let mut shower = Shower { thread, out: StrBuilder::new(), open: Vec::new() };
    shower.node(this, DEPTH)?;
    Ok(shower.out.finish(thread)?.into_value())
}

struct Shower<'t> {
    thread: &'t Thread,
    out: StrBuilder,
    /// The nodes that are being shown.
    open: Vec<Value>,
}

impl Shower<'_> {
    fn push(&mut self, text: &str) -> PyResult<()> {
        self.out.push_str(self.thread, text)
    }

    /// A node; its depth on the native stack is bounded by [`DEPTH`].
    fn node(&mut self, node: Ref<'_>, depth: usize) -> PyResult<()> {
        let name = node.ty().name().to_owned();
        self.push(&name)?;
        if depth == 0 || self.open.iter().any(|open| open.as_ref().is(node)) {
            return self.push("(...)");
        }
        self.push("(")?;
        self.open.push(node.to_value());
        for (at, name) in names(self.thread, node, "_fields")?.into_iter().enumerate() {
            let name = attribute_name(self.thread, name.as_ref())?;
            let value = protocol::get_attribute(self.thread, node, name)?;
            if at > 0 {
                self.push(", ")?;
            }
            self.out.push(self.thread, name)?;
            self.push("=")?;
            self.value(value.as_ref(), depth - 1)?;
        }
        drop(self.open.pop());
        self.push(")")
    }

    fn value(&mut self, value: Ref<'_>, depth: usize) -> PyResult<()> {
        if let Some(list) = value.get::<PyList>() {
            let (first, last) = (list.get(0), list.len().checked_sub(1).and_then(|at| list.get(at)));
            return self.items([first, last], list.len(), ["[", "]"], depth);
        }
        if let Some(tuple) = value.get::<PyTuple>() {
            let (first, last) = (tuple.get(0), tuple.len().checked_sub(1).and_then(|at| tuple.get(at)));
            return self.items([first, last], tuple.len(), ["(", ")"], depth);
        }
        self.item(value, depth)
    }

    fn item(&mut self, value: Ref<'_>, depth: usize) -> PyResult<()> {
        if is_node(value) {
            return self.node(value, depth);
        }
        let shown = text::repr(self.thread, value)?;
        let shown: &PyStr = &shown;
        self.out.push(self.thread, shown)
    }

    fn items(
        &mut self,
        ends: [Option<Value>; 2],
        count: usize,
        marks: [&str; 2],
        depth: usize,
    ) -> PyResult<()> {
        let [first, last] = ends;
        self.push(marks[0])?;
        if let Some(first) = first {
            self.item(first.as_ref(), depth)?;
        }
        if count > 2 {
            self.push(", ...")?;
        }
        if let Some(last) = last.filter(|_| count > 1) {
            self.push(", ")?;
            self.item(last.as_ref(), depth)?;
        }
        self.push(marks[1])
    }
}
