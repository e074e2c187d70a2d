//! The module `_sre`: the engine under `re`, whose compiler is Python code.
//!
//! A pattern comes as code words (`code.rs`), which `program/` checks and translates. `machine/` runs a program on
//! text of any width, `subject.rs` is what it runs on. `scan.rs` is one use of a pattern; `pattern/`, `match_object/`,
//! `scanner.rs` and `template.rs` are the types. Invariants: no input makes the machine recurse, or look beyond what
//! it was given; a search that takes long passes safepoints; no text is converted to be searched.
#![forbid(unsafe_code)]

mod chars;
mod code;
mod machine;
mod match_object;
mod output;
mod pattern;
mod program;
mod scan;
mod scanner;
mod subject;
mod template;
#[cfg(test)]
mod tests;

use taipan_object::declare::method_table;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::arguments::to_int;
use taipan_runtime_builtins::modules::{ModuleDef, add};

method_table! { FUNCTIONS:
    Instance Keywords c"compile" "($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)" pattern::compile, c"The pattern of code words.";
    Instance Two c"template" "($module, pattern, template, /)" template::new, c"The template of literals and groups.";
    Instance None c"getcodesize" "($module, /)" |_, _| Ok(Value::small(code::CODE_SIZE)), c"The bytes of a code word.";
    Instance One c"ascii_iscased" "($module, character, /)" ascii_iscased, c"Whether a character is a letter of ASCII.";
    Instance One c"unicode_iscased" "($module, character, /)" unicode_iscased, c"Whether a character has another case.";
    Instance One c"ascii_tolower" "($module, character, /)" ascii_tolower, c"The lower case of a letter of ASCII.";
    Instance One c"unicode_tolower" "($module, character, /)" unicode_tolower, c"The lower case of a character.";
}

/// `_sre`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_sre",
    doc: None,
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        add(thread, module, "MAGIC", Value::small(code::MAGIC))?;
        add(thread, module, "CODESIZE", Value::small(code::CODE_SIZE))?;
        add(thread, module, "MAXREPEAT", Value::int(thread, code::MAX_REPEAT.into())?)?;
        add(thread, module, "MAXGROUPS", Value::int(thread, code::MAX_GROUPS.into())?)?;
        let copyright = PyStr::from_text(thread, "Taipan's matcher for the programs that re compiles")?;
        add(thread, module, "copyright", copyright.into_value())
    }),
};

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: [&'static PyTypeObject; 4] =
        [&pattern::PATTERN, &match_object::MATCH, &scanner::SCANNER, &template::TEMPLATE];
    ready::ready_more(thread, &types)?;
    pattern::install(thread)?;
    match_object::install(thread)?;
    scanner::install(thread)
}

/// The character that is an argument. What is no code point is mapped to itself, as in C.
fn character(thread: &Thread, value: Ref<'_>) -> PyResult<i32> {
    to_int(thread, value)
}

fn ascii_iscased(thread: &Thread, _: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let c = u8::try_from(character(thread, value)?);
    Ok(Value::bool(c.is_ok_and(|c| c.is_ascii_alphabetic())))
}

fn ascii_tolower(thread: &Thread, _: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let c = character(thread, value)?;
    Ok(Value::small(chars::ascii_lower(c as u32) as i32))
}

fn unicode_iscased(thread: &Thread, _: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let c = character(thread, value)? as u32;
    Ok(Value::bool(chars::unicode_lower(c) != c || chars::unicode_upper(c) != c))
}

fn unicode_tolower(thread: &Thread, _: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let c = character(thread, value)?;
    Ok(Value::small(chars::unicode_lower(c as u32) as i32))
}
