//! `SRE_Template`: what `re` makes of a replacement with references to groups: literals, and groups between them.

use std::cell::RefCell;

use taipan_object::bytes::PyBytes;
use taipan_object::exception::TYPE_ERROR;
use taipan_object::list::PyList;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{to_plain_size, wrong_type};
use taipan_runtime_builtins::objects;

use crate::match_object::Match;
use crate::output::Output;
use crate::pattern::Pattern;
use crate::scan::Scan;
use crate::subject::{Subject, bytes_of};

/// A group, and the literal behind it, unless that is empty.
#[derive(Clone)]
struct Item {
    group: usize,
    literal: Option<Value>,
}

/// A template.
#[derive(Default)]
pub(crate) struct Template {
    /// What comes first.
    literal: Slot,
    items: RefCell<Vec<Item>>,
}

native_type! {
    /// `_sre.SRE_Template`.
    pub(crate) static TEMPLATE: Template = "_sre.SRE_Template", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does {}
}

impl NativeType for Template {
    fn definition() -> &'static NativeStatic<Template> {
        &TEMPLATE
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.literal);
        for literal in self.items.borrow().iter().filter_map(|item| item.literal.as_ref()) {
            visitor.value(literal);
        }
    }

    fn clear(&self) {
        drop(self.literal.take());
        let items = self.items.take();
        drop(items);
    }
}

/// `_sre.template`
pub(crate) fn new(thread: &Thread, _: Ref<'_>, _pattern: Ref<'_>, parts: Ref<'_>) -> PyResult<Value> {
    let Some(parts) = parts.get::<PyList>() else {
        return Err(wrong_type(thread, "template", "argument 2", "list", parts));
    };
    let invalid = || raise!(thread, TYPE_ERROR, "invalid template");
    let literal = parts.get(0).filter(|_| parts.len() % 2 == 1).ok_or_else(invalid)?;
    let mut items = Vec::new();
    let mut at = 1;
    while let (Some(group), Some(literal)) = (parts.get(at), parts.get(at + 1)) {
        let group = to_plain_size(thread, group.as_ref())?;
        let group = usize::try_from(group).map_err(|_| invalid())?;
        items.push(Item { group, literal: Some(literal).filter(|literal| !is_empty(literal.as_ref())) });
        at += 2;
    }
    let state = Template { literal: Slot::new(literal), items: RefCell::new(items) };
    Ok(Native::new(thread, state)?.into_value())
}

fn is_empty(literal: Ref<'_>) -> bool {
    let text = literal.get::<PyStr>().map(PyStr::is_empty);
    let bytes = literal.get::<PyBytes>().map(|bytes| bytes.as_slice().is_empty());
    text.or(bytes).unwrap_or(false)
}

/// The template of a replacement: `re._compile_template` makes it, and keeps it.
///
/// # Errors
/// Those of that function.
pub(crate) fn compile(
    thread: &Thread,
    pattern: &Native<Pattern>,
    given: Ref<'_>,
) -> PyResult<Owned<Native<Template>>> {
    let module = objects::import(thread, &*intern_text(thread, "re")?)?;
    let function =
        protocol::get_attribute(thread, module.as_ref(), &*intern_text(thread, "_compile_template")?)?;
    let call =
        |given: Value| protocol::call(thread, function.as_ref(), &[as_ref(pattern).to_value(), given], None);
    let made = match call(given.to_value()) {
        Ok(made) => made,
        Err(raised) => {
            let exception = thread.catch(raised);
            let is_type_error = exception.as_ref().ty().is_subtype(&TYPE_ERROR);
            // what has no hash can't be kept: a plain string can
            match plain(thread, given)?.filter(|_| is_type_error) {
                Some(plain) => call(plain)?,
                None => return Err(thread.raise(exception)),
            }
        }
    };
    made.downcast::<Native<Template>>().map_err(|other| {
        let (got, own) = (other.as_ref().ty().name().to_string(), TEMPLATE.name());
        raise!(thread, RUNTIME_ERROR, "the result of compiling a replacement string is {got}, not {own}")
    })
}

/// A string or bytes with the contents of an object of another type; none if it is one of the two already, or has none.
fn plain(thread: &Thread, given: Ref<'_>) -> PyResult<Option<Value>> {
    if let Some(text) = given.get::<PyStr>() {
        let is_plain = given.get_exact::<PyStr>().is_some();
        return match is_plain {
            true => Ok(None),
            false => Ok(Some(text.slice(thread, 0, text.len())?.into_value())),
        };
    }
    if given.get_exact::<PyBytes>().is_some() {
        return Ok(None);
    }
    match bytes_of(thread, given)? {
        Some(bytes) => Ok(Some(PyBytes::new(thread, &bytes)?.into_value())),
        None => Ok(None),
    }
}

impl Template {
    /// The text, if there is nothing else.
    pub(crate) fn only_literal(&self) -> Option<Value> {
        self.literal.get().filter(|_| self.items.borrow().is_empty())
    }

    /// The item of a number; cloned, for what is appended may run code when it is released.
    fn item(&self, at: usize) -> Option<Item> {
        self.items.borrow().get(at).cloned()
    }

    fn fill(
        &self,
        thread: &Thread,
        output: &mut Output,
        subject: &Subject<'_>,
        span: impl Fn(usize) -> PyResult<Option<(usize, usize)>>,
    ) -> PyResult<()> {
        if let Some(literal) = self.literal.get().filter(|literal| !is_empty(literal.as_ref())) {
            output.push(thread, literal.as_ref())?;
        }
        let mut at = 0;
        while let Some(item) = self.item(at) {
            if let Some((start, end)) = span(item.group)? {
                output.push_part(thread, subject, start, end)?;
            }
            if let Some(literal) = &item.literal {
                output.push(thread, literal.as_ref())?;
            }
            at += 1;
        }
        Ok(())
    }

    /// What a template that begins with bytes makes is bytes.
    fn is_bytes(&self) -> bool {
        self.literal.get().is_some_and(|literal| literal.as_ref().get::<PyStr>().is_none())
    }

    /// Appends what the template makes of the last match of a scan.
    pub(crate) fn expand_into(&self, thread: &Thread, output: &mut Output, scan: &Scan<'_>) -> PyResult<()> {
        let span = |group: usize| match group <= scan.pattern.groups() {
            true => Ok(scan.span(group)),
            false => Err(raise!(thread, INDEX_ERROR, "no such group")),
        };
        if self.is_bytes() == output.is_bytes() {
            return self.fill(thread, output, &scan.subject, span);
        }
        // what doesn't fit together fails here already
        let mut part = Output::new(self.is_bytes());
        self.fill(thread, &mut part, &scan.subject, span)?;
        let part = part.finish(thread)?;
        output.push(thread, part.as_ref())
    }

    /// What the template makes of a match.
    pub(crate) fn expand(&self, thread: &Thread, found: &Match) -> PyResult<Value> {
        if let Some(literal) = self.only_literal() {
            return Ok(literal);
        }
        let string = found.string();
        let subject = Subject::new(thread, string.as_ref())?;
        let mut output = Output::new(self.is_bytes());
        self.fill(thread, &mut output, &subject, |group| found.span(thread, group))?;
        output.finish(thread)
    }
}
