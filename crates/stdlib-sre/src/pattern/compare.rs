//! Patterns as values: equality, hash and `repr`.

use taipan_object::declare::receiver;
use taipan_object::native::Native;
use taipan_object::str::StrBuilder;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, hash as hashing, protocol};
use taipan_runtime_builtins::text;

use super::Pattern;

/// Characters of a pattern that are shown.
const SHOWN: usize = 200;
/// What is understood when nothing is said.
const UNICODE: i32 = 32;
/// One of these says how characters are classified: `LOCALE`, `UNICODE`, `ASCII`.
const TYPES: i32 = 4 | UNICODE | 256;
/// The flags that have names, in the order in which they are shown.
const NAMES: [(i32, &str); 8] = [
    (2, "re.IGNORECASE"),
    (4, "re.LOCALE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (UNICODE, "re.UNICODE"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
];

/// The flags as an expression.
fn flag_names(pattern: &Pattern) -> String {
    let mut flags = pattern.flags;
    if pattern.is_bytes == Some(false) && flags & TYPES == UNICODE {
        flags &= !UNICODE;
    }
    let mut shown = Vec::new();
    for (flag, name) in NAMES {
        if flags & flag != 0 {
            shown.push(name.to_owned());
            flags &= !flag;
        }
    }
    if flags != 0 {
        shown.push(format!("{flags:#x}"));
    }
    shown.join("|")
}

pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<Pattern>(thread, this)?;
    let pattern = this.pattern.get().unwrap_or_else(Value::none);
    let shown = text::repr(thread, pattern.as_ref())?;
    let mut builder = StrBuilder::new();
    builder.push_str(thread, "re.compile(")?;
    builder.push_part(thread, &shown, 0, shown.len().min(SHOWN))?;
    let names = flag_names(this);
    if !names.is_empty() {
        builder.push_str(thread, ", ")?;
        builder.push_str(thread, &names)?;
    }
    builder.push_str(thread, ")")?;
    Ok(builder.finish(thread)?.into_value())
}

/// Equal patterns have equal hashes: it is made of what `compare` looks at.
pub(super) fn hash(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let this = receiver::<Pattern>(thread, this)?;
    let pattern = this.pattern.get().unwrap_or_else(Value::none);
    let bytes: Vec<u8> = this.code.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let kind = this.is_bytes.map_or(-1, i64::from);
    let code = hashing::of_bytes(&bytes);
    let hash = protocol::hash(thread, pattern.as_ref())? ^ code ^ i64::from(this.flags) ^ kind ^ this.groups;
    Ok(if hash == -1 { -2 } else { hash })
}

pub(super) fn compare(thread: &Thread, this: Ref<'_>, other: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let both = (this.get::<Native<Pattern>>(), other.get::<Native<Pattern>>());
    let ((Some(a), Some(b)), CompareOp::Eq | CompareOp::Ne) = (both, op) else {
        return Ok(Value::not_implemented());
    };
    let mut same = a.flags == b.flags && a.is_bytes == b.is_bytes && a.code == b.code;
    if same && !this.is(other) {
        // the code alone does not tell: it may differ in the names of groups
        let patterns =
            (a.pattern.get().unwrap_or_else(Value::none), b.pattern.get().unwrap_or_else(Value::none));
        same = protocol::same_or_equal(thread, patterns.0.as_ref(), patterns.1.as_ref())?;
    }
    Ok(Value::bool(same == (op == CompareOp::Eq)))
}
