//! What is known of an exception and those that hang together with it, asked once. Exceptions are numbered, so
//! that chains of any length need no deep recursion, and each one of a chain appears once.

use crate::Options;
use crate::final_line::Message;
use crate::names;
use crate::stack::{FrameLine, entries_of_traceback};
use std::collections::HashSet;
use taipan_object::exception::{BASE_EXCEPTION_GROUP, PyBaseException};
use taipan_object::int::PyLong;
use taipan_object::{Ref, Thread, Value};
use taipan_vm::interp::exceptions;

/// An exception.
pub(crate) struct Node {
    pub frames: Vec<FrameLine>,
    pub message: Message,
    pub cause: Option<usize>,
    pub context: Option<usize>,
    /// For a group: what it holds.
    pub exceptions: Option<Vec<usize>>,
}

/// All of them; the first one is the one that was asked for.
pub(crate) struct Tree {
    pub nodes: Vec<Node>,
    pub chain: bool,
}

/// A tree in the making.
struct Builder<'t> {
    thread: &'t Thread,
    limit: Option<usize>,
    carets: bool,
    nodes: Vec<Node>,
    seen: HashSet<u64>,
    /// Keeps what `seen` names alive, for messages are made by Python code.
    queue: Vec<(usize, Value)>,
    held: Vec<Value>,
}

impl Tree {
    pub fn new(thread: &Thread, exception: Ref<'_>, options: &Options) -> Tree {
        let (nodes, seen, queue, held) = (Vec::new(), HashSet::new(), Vec::new(), Vec::new());
        let limit = options.limit.or_else(|| limit_of_sys(thread));
        let mut builder = Builder { thread, limit, carets: options.carets, nodes, seen, queue, held };
        builder.add(exception);
        while let Some((number, exception)) = builder.queue.pop() {
            builder.expand(number, exception.as_ref());
            builder.held.push(exception);
        }
        Tree { nodes: builder.nodes, chain: options.chain }
    }
}

/// `sys.tracebacklimit`; one below zero shows nothing.
fn limit_of_sys(thread: &Thread) -> Option<usize> {
    let sys = thread.interp().sys.get()?;
    let limit =
        names::entry(thread, sys.as_ref(), "tracebacklimit").filter(|limit| limit.as_ref().is_int())?;
    let beyond =
        || if limit.as_ref().get::<PyLong>().is_some_and(PyLong::is_negative) { i64::MIN } else { i64::MAX };
    Some(usize::try_from(limit.as_ref().to_i64().unwrap_or_else(beyond)).unwrap_or(0))
}

impl Builder<'_> {
    fn add(&mut self, exception: Ref<'_>) -> usize {
        self.seen.insert(exception.word().bits());
        let traceback = exceptions::traceback(exception).filter(|value| !value.as_ref().is_none());
        let mut frames = entries_of_traceback(traceback.as_ref().map(Value::as_ref));
        if !self.carets {
            frames.iter_mut().for_each(|frame| frame.span = None);
        }
        if let Some(limit) = self.limit {
            frames.drain(..frames.len().saturating_sub(limit));
        }
        let message = Message::of(self.thread, exception, traceback.as_ref().map(Value::as_ref));
        self.nodes.push(Node { frames, message, cause: None, context: None, exceptions: None });
        let number = self.nodes.len() - 1;
        self.queue.push((number, exception.to_value()));
        number
    }

    /// Adds an exception that another one refers to, if it was not there yet.
    fn add_once(&mut self, exception: Option<Value>) -> Option<usize> {
        let exception = exception.filter(|exception| exceptions::is_base_exception(exception.as_ref()))?;
        (!self.seen.contains(&exception.as_ref().word().bits())).then(|| self.add(exception.as_ref()))
    }

    fn expand(&mut self, number: usize, exception: Ref<'_>) {
        let cause = self.add_once(exceptions::cause(exception));
        let suppressed =
            exception.get::<PyBaseException>().is_some_and(|this| this.suppress_context().get() != 0);
        let context = match cause.is_none() && !suppressed {
            true => self.add_once(exceptions::context(exception)),
            false => None,
        };
        let held = match exception.ty().is_subtype(&BASE_EXCEPTION_GROUP) {
            true => exception.get::<PyBaseException>().and_then(|group| group.field(1)),
            false => None,
        };
        let held = held.and_then(|held| names::quiet(self.thread, names::items(self.thread, held.as_ref())));
        let exceptions = held.map(|held| held.iter().map(|one| self.add(one.as_ref())).collect());
        if let Some(node) = self.nodes.get_mut(number) {
            (node.cause, node.context, node.exceptions) = (cause, context, exceptions);
        }
    }
}
