//! `split`: what stands between the matches, and the texts of their groups.

use taipan_object::declare::receiver;
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::arguments::{Parameters, to_size};

use super::Pattern;
use crate::scan::{Scan, Wanted};

const SPLIT: Parameters<2> = Parameters {
    function: "split",
    names: ["string", "maxsplit"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

pub(super) fn split(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let pattern = receiver::<Pattern>(thread, this)?;
    let [Some(string), most] = SPLIT.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let most = most.map_or(Ok(0), |most| to_size(thread, most))?;
    let mut scan = Scan::new(thread, pattern, string, (0, isize::MAX))?;
    let list = PyList::new(thread)?;
    let (mut done, mut last) = (0, 0);
    // none is meant by zero, and a negative number is as good as one that was reached
    while most == 0 || done < most {
        if !scan.next(thread, Wanted::Search)? {
            break;
        }
        let (start, end) = scan.found;
        list.push(thread, scan.subject.part(thread, last, start)?)?;
        for group in 1..=pattern.groups() {
            list.push(thread, scan.group(thread, group)?.unwrap_or_else(Value::none))?;
        }
        done += 1;
        last = end;
    }
    list.push(thread, scan.subject.part(thread, last, scan.bounds.1)?)?;
    Ok(list.into_value())
}
