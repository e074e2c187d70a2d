//! `sub` and `subn`: the string with its matches replaced by a text, by a template, or by what a function gives.

use taipan_object::declare::receiver;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol};
use taipan_runtime_builtins::arguments::{Parameters, to_size};

use super::Pattern;
use crate::output::Output;
use crate::scan::{Scan, Wanted};
use crate::subject::bytes_of;
use crate::template::{self, Template};

/// What matches are replaced by.
enum Replacement {
    /// Always the same.
    Literal(Value),
    /// What a template makes of them.
    Template(Owned<Native<Template>>),
    /// What a function gives.
    Function(Value),
}

const fn parameters(function: &'static str) -> Parameters<3> {
    Parameters {
        function,
        names: ["repl", "string", "count"],
        positional_only: 0,
        positional: 3,
        required: 2,
    }
}

pub(super) fn sub(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    Ok(replace(thread, this, parameters("sub"), arguments, names)?.0)
}

pub(super) fn subn(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let (text, count) = replace(thread, this, parameters("subn"), arguments, names)?;
    let count = Value::int(thread, count as i64)?;
    Ok(PyTuple::pack(thread, [text, count])?.into_value())
}

/// Whether a text has no backslash; none if it is no text.
fn is_literal(thread: &Thread, text: Ref<'_>) -> PyResult<bool> {
    if let Some(text) = text.get::<PyStr>() {
        return Ok(match text.as_ascii() {
            Some(text) => !text.contains('\\'),
            None => text.find_char('\\'.into(), 0).is_none(),
        });
    }
    Ok(bytes_of(thread, text)?.is_some_and(|bytes| !bytes.contains(&b'\\')))
}

fn replacement(thread: &Thread, pattern: &Native<Pattern>, given: Ref<'_>) -> PyResult<Replacement> {
    if given.ty().slots().call.get().is_some() {
        return Ok(Replacement::Function(given.to_value()));
    }
    if is_literal(thread, given)? {
        return Ok(Replacement::Literal(given.to_value()));
    }
    let template = template::compile(thread, pattern, given)?;
    Ok(match template.only_literal() {
        Some(literal) => Replacement::Literal(literal),
        None => Replacement::Template(template),
    })
}

fn replace(
    thread: &Thread,
    this: Ref<'_>,
    parameters: Parameters<3>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<(Value, isize)> {
    let pattern = receiver::<Pattern>(thread, this)?;
    let [Some(given), Some(string), most] = parameters.bind(thread, arguments, names)? else {
        return Ok((Value::none(), 0));
    };
    let most = most.map_or(Ok(0), |most| to_size(thread, most))?;
    let replacement = replacement(thread, pattern, given)?;
    let mut scan = Scan::new(thread, pattern, string, (0, isize::MAX))?;
    let mut output = Output::new(scan.subject.is_bytes());
    let (mut done, mut last) = (0, 0);
    while most == 0 || done < most {
        if !scan.next(thread, Wanted::Search)? {
            break;
        }
        let (start, end) = scan.found;
        if last < start {
            output.push_part(thread, &scan.subject, last, start)?;
        }
        match &replacement {
            Replacement::Literal(literal) => output.push(thread, literal.as_ref())?,
            Replacement::Template(template) => template.expand_into(thread, &mut output, &scan)?,
            Replacement::Function(function) => {
                let found = scan.to_match(thread)?;
                let part = protocol::call(thread, function.as_ref(), &[found], None)?;
                if !part.as_ref().is_none() {
                    output.push(thread, part.as_ref())?;
                }
            }
        }
        (last, done) = (end, done + 1);
    }
    if done == 0 {
        return Ok((scan.subject.part(thread, 0, scan.bounds.1)?, 0));
    }
    if last < scan.bounds.1 {
        output.push_part(thread, &scan.subject, last, scan.bounds.1)?;
    }
    Ok((output.finish(thread)?, done))
}
