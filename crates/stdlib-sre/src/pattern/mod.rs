//! `re.Pattern`: a compiled pattern. `search.rs` finds matches, `split.rs` and `sub.rs` do more with them, `compare.rs`
//! has what patterns are as values. Invariant: a pattern never changes, so its program may be borrowed while Python
//! code runs, as long as the pattern is held.

mod compare;
mod search;
mod split;
mod sub;

use std::cell::Cell;

use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::descriptor::member::MemberKind;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::native::{Native, NativeStatic};
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int, to_size, wrong_type};
use taipan_runtime_builtins::descriptors::mapping_proxy;
use taipan_runtime_builtins::generics::class_getitem;
use taipan_runtime_builtins::install::{self, Field};

use crate::machine::Machine;
use crate::program::{Program, translate};
use crate::subject::Subject;

/// A compiled pattern.
#[derive(Default)]
pub(crate) struct Pattern {
    pattern: Slot,
    /// Numbers of groups by their names.
    pub(crate) group_index: Slot,
    /// Names of groups by their numbers.
    pub(crate) index_group: Slot,
    flags: i32,
    groups: i64,
    /// Whether it is for bytes; none if for anything.
    pub(crate) is_bytes: Option<bool>,
    /// The words that it was compiled from.
    code: Box<[u32]>,
    pub(crate) program: Box<Program>,
    /// A machine for the next match.
    pub(crate) spare: Cell<Option<Box<Machine>>>,
}

native_type! {
    /// `re.Pattern`.
    pub(crate) static PATTERN: Pattern = "re.Pattern", flags flags::DISALLOW_INSTANTIATION, dict false, weak true,
    does { repr: compare::repr, hash: compare::hash, richcompare: compare::compare }
}

native_state!(Pattern in PATTERN: pattern, group_index, index_group);

method_table! { METHODS:
    Instance Keywords c"match" "($self, /, string, pos=0, endpos=sys.maxsize)" search::match_, c"A match at the beginning of the string.";
    Instance Keywords c"fullmatch" "($self, /, string, pos=0, endpos=sys.maxsize)" search::fullmatch, c"A match of the whole string.";
    Instance Keywords c"search" "($self, /, string, pos=0, endpos=sys.maxsize)" search::search, c"The first match in the string.";
    Instance Keywords c"sub" "($self, /, repl, string, count=0)" sub::sub, c"The string with its matches replaced.";
    Instance Keywords c"subn" "($self, /, repl, string, count=0)" sub::subn, c"The same, and how many were replaced.";
    Instance Keywords c"findall" "($self, /, string, pos=0, endpos=sys.maxsize)" search::findall, c"The texts of all matches.";
    Instance Keywords c"split" "($self, /, string, maxsplit=0)" split::split, c"What stands between the matches.";
    Instance Keywords c"finditer" "($self, /, string, pos=0, endpos=sys.maxsize)" search::finditer, c"All matches, one after the other.";
    Instance Keywords c"scanner" "($self, /, string, pos=0, endpos=sys.maxsize)" search::scanner, c"What gives one match after the other.";
    Instance None c"__copy__" "($self, /)" |_, this| Ok(this.to_value()), c"The pattern, which does not change.";
    Instance One c"__deepcopy__" "($self, memo, /)" |_, this, _| Ok(this.to_value()), c"The pattern, which does not change.";
}

method_table! { CLASS_METHODS:
    Class One c"__class_getitem__" "($type, object, /)" class_getitem, c"The type, by the type of its strings.";
}

attribute_table! { ATTRIBUTES:
    "groupindex" group_index, None, "A dictionary mapping group names to group numbers.";
}

const fn field(name: &'static str, in_state: usize, kind: MemberKind) -> Field {
    (name, NativeStatic::<Pattern>::offset(in_state), kind, true)
}

static FIELDS: [Field; 3] = [
    field("pattern", std::mem::offset_of!(Pattern, pattern), MemberKind::Object),
    field("flags", std::mem::offset_of!(Pattern, flags), MemberKind::Int),
    field("groups", std::mem::offset_of!(Pattern, groups), MemberKind::Size),
];

pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &PATTERN, &CLASS_METHODS)?;
    install::methods(thread, &PATTERN, &METHODS)?;
    install::fields(thread, &PATTERN, &FIELDS)?;
    install::attributes(thread, &PATTERN, &ATTRIBUTES)
}

fn group_index(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match receiver::<Pattern>(thread, this)?.group_index.get() {
        Some(index) => mapping_proxy(thread, index),
        None => Ok(Value::none()),
    }
}

impl Pattern {
    /// How many groups it has, without the whole.
    pub(crate) fn groups(&self) -> usize {
        usize::try_from(self.groups).unwrap_or(0)
    }
}

const COMPILE: Parameters<6> = Parameters {
    function: "compile",
    names: ["pattern", "flags", "code", "groups", "groupindex", "indexgroup"],
    positional_only: 0,
    positional: 6,
    required: 6,
};

/// `_sre.compile`
pub(crate) fn compile(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(pattern), Some(flags), Some(code), Some(groups), Some(group_index), Some(index_group)] =
        COMPILE.bind(thread, arguments, names)?
    else {
        return Ok(Value::none());
    };
    let flags = to_int(thread, flags)?;
    let wrong = |name: &str, wanted: &str, got: Ref<'_>| -> Raised {
        wrong_type(thread, "compile", &format!("argument '{name}'"), wanted, got)
    };
    let list = code.get::<PyList>().ok_or_else(|| wrong("code", "list", code))?;
    let groups = to_size(thread, groups)?;
    let index = group_index.get::<PyDict>().ok_or_else(|| wrong("groupindex", "dict", group_index))?;
    let by_number = index_group.get::<PyTuple>().ok_or_else(|| wrong("indexgroup", "tuple", index_group))?;
    let code = words(thread, list)?;
    let is_bytes = match pattern.is_none() {
        true => None,
        false => Some(Subject::new(thread, pattern)?.is_bytes()),
    };
    let program = usize::try_from(groups).ok().and_then(|groups| translate(&code, groups));
    let Some(program) = program else {
        return Err(raise!(thread, RUNTIME_ERROR, "invalid SRE code"));
    };
    let state = Pattern {
        pattern: Slot::new(pattern.to_value()),
        group_index: Slot::new(taipan_object::as_ref(index).to_value()),
        index_group: Slot::new(taipan_object::as_ref(by_number).to_value()),
        flags,
        groups: groups as i64,
        is_bytes,
        code: code.into_boxed_slice(),
        program: Box::new(program),
        spare: Cell::default(),
    };
    Ok(Native::new(thread, state)?.into_value())
}

/// The code words of a list.
fn words(thread: &Thread, list: &PyList) -> PyResult<Vec<u32>> {
    let mut words = Vec::new();
    if words.try_reserve_exact(list.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    let mut at = 0;
    while let Some(item) = list.get(at) {
        let item = item.as_ref();
        if !item.is_int() {
            return Err(raise!(thread, TYPE_ERROR, "an integer is required"));
        }
        let Some(word) = item.to_i64() else {
            let negative = protocol::compare(
                thread,
                item,
                Value::small(0).as_ref(),
                taipan_object::types::slots::CompareOp::Lt,
            )?;
            return Err(if negative.as_ref().is(Value::bool(true).as_ref()) {
                raise!(thread, OVERFLOW_ERROR, "can't convert negative value to unsigned int")
            } else {
                raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C unsigned long")
            });
        };
        match u32::try_from(word) {
            Ok(word) => words.push(word),
            Err(_) if word < 0 => {
                return Err(raise!(thread, OVERFLOW_ERROR, "can't convert negative value to unsigned int"));
            }
            Err(_) => {
                return Err(raise!(thread, OVERFLOW_ERROR, "regular expression code size limit exceeded"));
            }
        }
        at += 1;
    }
    Ok(words)
}
