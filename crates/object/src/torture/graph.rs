//! Random graphs of containers of all kinds: what the collector leaves is what the model says is reachable.

use std::collections::{HashMap, HashSet};

use super::Random;
use crate::cell::PyCell;
use crate::dict::PyDict;
use crate::gc;
use crate::list::PyList;
use crate::set::PySet;
use crate::testing::{class, instance, run};
use crate::tuple::PyTuple;
use crate::types::statics::OBJECT;
use crate::weakref::PyWeakReference;
use crate::{Owned, Thread, Value};

const NODES: usize = 60;

struct Graph<'a> {
    thread: &'a Thread,
    class: Owned<crate::PyTypeObject>,
    name: Owned<crate::str::PyStr>,
    /// What Rust holds, by number.
    roots: HashMap<usize, Value>,
    /// Weak references to all nodes that were ever made.
    all: Vec<Owned<PyWeakReference>>,
    /// Edges of the model.
    edges: HashMap<usize, Vec<usize>>,
}

impl Graph<'_> {
    /// A node is an instance, which can be weakly referenced; between two nodes stands a container.
    fn node(&mut self) -> usize {
        let number = self.all.len();
        let node = instance(self.thread, &self.class);
        self.all.push(PyWeakReference::new(self.thread, node.as_ref(), None).unwrap());
        self.roots.insert(number, node);
        self.edges.insert(number, Vec::new());
        number
    }

    /// Lets one node refer to others through a container of some kind, and to nothing else.
    fn link(&mut self, from: usize, to: &[usize], kind: usize) {
        let thread = self.thread;
        let targets: Vec<Value> = to.iter().filter_map(|number| self.all[*number].target()).collect();
        let known: Vec<usize> = to.iter().copied().filter(|n| self.all[*n].target().is_some()).collect();
        let container = match kind {
            0 => PyList::from_values(thread, targets).unwrap().into_value(),
            1 => PyTuple::from_values(thread, targets).unwrap().into_value(),
            2 => {
                let dict = PyDict::new(thread).unwrap();
                for (i, target) in targets.into_iter().enumerate() {
                    drop(dict.insert(thread, Value::small(i as i32).as_ref(), target).unwrap());
                }
                dict.into_value()
            }
            3 => {
                let set = PySet::new(thread).unwrap();
                for target in &targets {
                    set.add(thread, target.as_ref()).unwrap();
                }
                set.into_value()
            }
            4 => {
                let cells =
                    targets.into_iter().map(|target| PyCell::new(thread, Some(target)).unwrap().into_value());
                PyTuple::from_values(thread, cells.collect::<Vec<_>>()).unwrap().into_value()
            }
            _ => {
                let dict = PyDict::new(thread).unwrap();
                for target in targets {
                    drop(dict.insert(thread, target.as_ref(), Value::none()).unwrap());
                }
                dict.into_value()
            }
        };
        if let Some(node) = self.all[from].target() {
            let head = node.as_ref().head().unwrap();
            drop(crate::instance::set(thread, head, &self.name, Some(container)).unwrap());
            self.edges.insert(from, known);
        }
    }

    fn reachable(&self) -> HashSet<usize> {
        let mut found: HashSet<usize> = HashSet::new();
        let mut work: Vec<usize> = self.roots.keys().copied().collect();
        while let Some(number) = work.pop() {
            if found.insert(number) {
                work.extend(&self.edges[&number]);
            }
        }
        found
    }

    fn alive(&self) -> HashSet<usize> {
        let numbered = self.all.iter().enumerate();
        numbered.filter(|(_, weak)| weak.target().is_some()).map(|(number, _)| number).collect()
    }
}

#[test]
fn what_is_left_is_what_is_reachable() {
    for seed in 0..30 {
        run(|thread| random_graph(thread, seed));
    }
}

fn random_graph(thread: &Thread, seed: u64) {
    let mut random = Random::new(seed);
    let mut graph = Graph {
        thread,
        class: class(thread, "Node", &OBJECT),
        name: crate::str::intern::intern_text(thread, "others").unwrap(),
        roots: HashMap::new(),
        all: Vec::new(),
        edges: HashMap::new(),
    };
    for step in 0..600 {
        match random.below(10) {
            0..3 if graph.all.len() < NODES * 4 => {
                graph.node();
            }
            3..6 if !graph.all.is_empty() => {
                let count = random.below(4);
                let to: Vec<usize> = (0..count).map(|_| random.below(graph.all.len())).collect();
                let from = random.below(graph.all.len());
                graph.link(from, &to, random.below(6));
            }
            6..8 => {
                let number = graph.roots.keys().copied().min_by_key(|n| n.wrapping_mul(7919) % 101);
                drop(number.and_then(|number| graph.roots.remove(&number)));
            }
            8 if step % 7 == 0 => {
                let generation = random.below(3);
                gc::collect(thread, generation);
                let (alive, reachable) = (graph.alive(), graph.reachable());
                assert!(alive.is_superset(&reachable), "seed {seed}, step {step}: too much was collected");
                if generation == 2 {
                    assert_eq!(alive, reachable, "seed {seed}, step {step}");
                }
                assert_eq!(thread.heap().check().problems, Vec::<String>::new());
                assert_eq!(thread.interp().gc().check(thread), Vec::<String>::new());
            }
            _ => {}
        }
    }
    graph.roots.clear();
    gc::collect(thread, 2);
    assert_eq!(graph.alive(), HashSet::new(), "seed {seed}");
}
