//! `SRE_Scanner`: one match after the other; what `finditer` and `re.Scanner` are made of.

use std::cell::Cell;
use std::rc::Rc;

use taipan_object::declare::{method_table, native_state, receiver};
use taipan_object::descriptor::member::MemberKind;
use taipan_object::native::{Native, NativeStatic};
use taipan_object::slot::Slot;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, raise};
use taipan_runtime_builtins::install::{self, Field};

use crate::pattern::Pattern;
use crate::scan::{Scan, Wanted};
use crate::subject::{Copied, Subject};

/// A scanner.
#[derive(Default)]
pub(crate) struct Scanner {
    pattern: Slot,
    string: Slot,
    /// A copy of the bytes, if they may change.
    copied: Option<Rc<Copied>>,
    bounds: Cell<(usize, usize)>,
    /// Where to go on; none behind the last match.
    from: Cell<Option<usize>>,
    advance: Cell<bool>,
    is_busy: Cell<bool>,
}

native_type! {
    /// `_sre.SRE_Scanner`.
    pub(crate) static SCANNER: Scanner = "_sre.SRE_Scanner", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does {}
}

native_state!(Scanner in SCANNER: pattern, string);

method_table! { METHODS:
    Instance Keywords c"match" "($self, /)" |thread, this, given, _| next(thread, this, given, Wanted::Match), c"The match where the last one ended.";
    Instance Keywords c"search" "($self, /)" |thread, this, given, _| next(thread, this, given, Wanted::Search), c"The next match.";
}

static FIELDS: [Field; 1] = [(
    "pattern",
    NativeStatic::<Scanner>::offset(std::mem::offset_of!(Scanner, pattern)),
    MemberKind::Object,
    true,
)];

pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &SCANNER, &METHODS)?;
    install::fields(thread, &SCANNER, &FIELDS)
}

/// A scanner that goes on where a scan stands.
pub(crate) fn new(thread: &Thread, scan: &Scan<'_>) -> PyResult<Value> {
    let state = Scanner {
        pattern: Slot::new(as_ref(scan.pattern).to_value()),
        string: Slot::new(scan.subject.object().to_value()),
        copied: scan.subject.copied(),
        bounds: Cell::new(scan.bounds),
        from: Cell::new(Some(scan.from)),
        advance: Cell::new(scan.advance),
        is_busy: Cell::new(false),
    };
    Ok(Native::new(thread, state)?.into_value())
}

/// Says, while it lives, that a scanner is at work.
struct Busy<'a>(&'a Cell<bool>);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

fn next(thread: &Thread, this: Ref<'_>, given: &[Value], wanted: Wanted) -> PyResult<Value> {
    if !given.is_empty() {
        let name = if wanted == Wanted::Match { "match" } else { "search" };
        return Err(raise!(thread, TYPE_ERROR, "{name}() takes no arguments"));
    }
    let this = receiver::<Scanner>(thread, this)?;
    if this.is_busy.replace(true) {
        return Err(raise!(thread, VALUE_ERROR, "regular expression scanner already executing"));
    }
    let _busy = Busy(&this.is_busy);
    let (Some(pattern), Some(string), Some(from)) = (this.pattern.get(), this.string.get(), this.from.get())
    else {
        return Ok(Value::none());
    };
    let pattern = receiver::<Pattern>(thread, pattern.as_ref())?;
    let (start, end) = this.bounds.get();
    let subject = match &this.copied {
        Some(copied) => Subject::with_copy(string.as_ref(), copied.clone()),
        None => Subject::new(thread, string.as_ref())?,
    };
    let mut scan = Scan::of_subject(thread, pattern, subject, (start as isize, end as isize))?;
    (scan.from, scan.advance) = (from, this.advance.get());
    if !scan.next(thread, wanted)? {
        this.from.set(None);
        return Ok(Value::none());
    }
    this.from.set(Some(scan.from));
    this.advance.set(scan.advance);
    scan.to_match(thread)
}
