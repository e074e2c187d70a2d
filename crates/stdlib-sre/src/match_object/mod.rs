//! `re.Match`: where a pattern matched. `methods.rs` has what can be asked. Invariant: a match never changes.

mod methods;

use taipan_object::declare::{attribute_table, method_table, native_state};
use taipan_object::descriptor::member::MemberKind;
use taipan_object::native::{Native, NativeStatic};
use taipan_object::slot::Slot;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Thread, Value, as_ref, native_type, raise};
use taipan_runtime_builtins::generics::class_getitem;
use taipan_runtime_builtins::install::{self, Field};

use crate::machine::NOWHERE;
use crate::pattern::Pattern;
use crate::scan::Scan;

/// Where something begins and ends.
pub(crate) type Span = (usize, usize);

/// The span of a group that has not matched.
const NO_SPAN: Span = (NOWHERE, NOWHERE);
/// So many spans stand in the object itself.
const FEW: usize = 6;

/// The spans of the whole and of the groups.
enum Spans {
    Few([Span; FEW]),
    Many(Box<[Span]>),
}

impl Default for Spans {
    fn default() -> Spans {
        Spans::Few([NO_SPAN; FEW])
    }
}

/// A match.
#[derive(Default)]
pub(crate) struct Match {
    string: Slot,
    pattern: Slot,
    /// The spans as a tuple, once they were asked for.
    regs: Slot,
    pos: i64,
    endpos: i64,
    last_group: Option<usize>,
    spans: Spans,
}

native_type! {
    /// `re.Match`.
    pub(crate) static MATCH: Match = "re.Match", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { repr: methods::repr, subscript: methods::subscript }
}

native_state!(Match in MATCH: string, pattern, regs);

method_table! { METHODS:
    Instance Positional c"group" "" methods::group, c"The texts of groups; of the whole match without an argument.";
    Instance Positional c"start" "($self, group=0, /)" methods::start, c"Where a group begins.";
    Instance Positional c"end" "($self, group=0, /)" methods::end, c"Where a group ends.";
    Instance Positional c"span" "($self, group=0, /)" methods::span, c"Where a group begins and ends.";
    Instance Keywords c"groups" "($self, /, default=None)" methods::groups, c"The texts of all groups.";
    Instance Keywords c"groupdict" "($self, /, default=None)" methods::groupdict, c"The texts of the groups that have names.";
    Instance Keywords c"expand" "($self, /, template)" methods::expand, c"What a replacement makes of the match.";
    Instance None c"__copy__" "($self, /)" |_, this| Ok(this.to_value()), c"The match, which does not change.";
    Instance One c"__deepcopy__" "($self, memo, /)" |_, this, _| Ok(this.to_value()), c"The match, which does not change.";
}

method_table! { CLASS_METHODS:
    Class One c"__class_getitem__" "($type, object, /)" class_getitem, c"The type, by the type of its strings.";
}

attribute_table! { ATTRIBUTES:
    "lastindex" methods::last_index, None, "The integer index of the last matched capturing group.";
    "lastgroup" methods::last_group, None, "The name of the last matched capturing group.";
    "regs" methods::regs, None, "The spans of all groups.";
}

const fn field(name: &'static str, in_state: usize, kind: MemberKind) -> Field {
    (name, NativeStatic::<Match>::offset(in_state), kind, true)
}

static FIELDS: [Field; 4] = [
    field("string", std::mem::offset_of!(Match, string), MemberKind::Object),
    field("re", std::mem::offset_of!(Match, pattern), MemberKind::Object),
    field("pos", std::mem::offset_of!(Match, pos), MemberKind::Size),
    field("endpos", std::mem::offset_of!(Match, endpos), MemberKind::Size),
];

pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &MATCH, &CLASS_METHODS)?;
    install::methods(thread, &MATCH, &METHODS)?;
    install::fields(thread, &MATCH, &FIELDS)?;
    install::attributes(thread, &MATCH, &ATTRIBUTES)
}

impl Match {
    /// The match that a scan found last, with so many groups that may have matched, the whole among them.
    pub(crate) fn make(
        thread: &Thread,
        scan: &Scan<'_>,
        count: usize,
        last_group: Option<usize>,
    ) -> PyResult<Value> {
        let all = (0..count).map(|group| scan.span(group).unwrap_or(NO_SPAN));
        let spans = if count <= FEW {
            let mut spans = [NO_SPAN; FEW];
            spans.iter_mut().zip(all).for_each(|(to, span)| *to = span);
            Spans::Few(spans)
        } else {
            Spans::Many(all.collect())
        };
        let state = Match {
            string: Slot::new(scan.subject.object().to_value()),
            pattern: Slot::new(as_ref(scan.pattern).to_value()),
            regs: Slot::empty(),
            pos: scan.bounds.0 as i64,
            endpos: scan.bounds.1 as i64,
            last_group,
            spans,
        };
        Ok(Native::new(thread, state)?.into_value())
    }

    /// What was searched.
    pub(crate) fn string(&self) -> Value {
        self.string.get().unwrap_or_else(Value::none)
    }

    fn pattern(&self) -> Option<Owned<Native<Pattern>>> {
        self.pattern.get()?.downcast().ok()
    }

    /// How many groups there are, without the whole.
    fn groups(&self) -> usize {
        self.pattern().map_or(0, |pattern| pattern.groups())
    }

    /// The span of a group that there is; none if it has not matched.
    fn span_of(&self, group: usize) -> Option<Span> {
        let spans = match &self.spans {
            Spans::Few(spans) => spans,
            Spans::Many(spans) => &**spans,
        };
        spans.get(group).copied().filter(|&span| span != NO_SPAN)
    }

    /// The span of a group.
    ///
    /// # Errors
    /// `IndexError` if there is no such group.
    pub(crate) fn span(&self, thread: &Thread, group: usize) -> PyResult<Option<Span>> {
        match group <= self.groups() {
            true => Ok(self.span_of(group)),
            false => Err(raise!(thread, INDEX_ERROR, "no such group")),
        }
    }
}
