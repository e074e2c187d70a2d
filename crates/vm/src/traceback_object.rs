//! `traceback`: the attributes of its entries.

use crate::{frame_object, positions};
use taipan_object::descriptor::{GetSetDef, table};
use taipan_object::traceback::{PyTraceback, TRACEBACK};
use taipan_object::{PyResult, Ref, Thread, Value, raise};

fn entry<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyTraceback> {
    this.get::<PyTraceback>().ok_or_else(|| raise!(thread, SYSTEM_ERROR, "not a traceback"))
}

fn tb_frame(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(entry(thread, this)?.tb_frame().get().unwrap_or_else(Value::none))
}

fn tb_next(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(entry(thread, this)?.tb_next().get().unwrap_or_else(Value::none))
}

/// Sets the next entry, unless the entries would go round in a circle.
fn set_tb_next(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(raise!(thread, TYPE_ERROR, "can't delete tb_next attribute"));
    };
    let next = (!value.as_ref().is_none()).then_some(value);
    let mut at = next.clone();
    while let Some(value) = at {
        let Some(following) = value.as_ref().get::<PyTraceback>() else {
            let ty = value.as_ref().ty().name();
            return Err(raise!(thread, TYPE_ERROR, "expected traceback object, got '{ty}'"));
        };
        if value.as_ref().is(this) {
            return Err(raise!(thread, VALUE_ERROR, "traceback loop detected"));
        }
        at = following.tb_next().get();
    }
    let old = entry(thread, this)?.tb_next().replace(next);
    drop(old);
    Ok(())
}

fn tb_lasti(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [instruction, _] = entry(thread, this)?.tb_place().get();
    Ok(Value::small(instruction))
}

fn tb_lineno(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let entry = entry(thread, this)?;
    let [instruction, known] = entry.tb_place().get();
    if known != -1 {
        return Ok(Value::small(known));
    }
    let frame = entry.tb_frame().get();
    let code = frame.as_ref().and_then(|frame| frame_object::state_of(frame.as_ref())?.code());
    let unit = u32::try_from(instruction / 2).ok();
    let line =
        code.zip(unit).and_then(|(code, unit)| positions::line_of(&crate::load::program(&code).source, unit));
    Ok(line.map_or_else(Value::none, Value::small))
}

static ATTRIBUTES: [GetSetDef; 4] = [
    GetSetDef { name: "tb_frame", get: tb_frame, set: None, doc: "The frame." },
    GetSetDef {
        name: "tb_next",
        get: tb_next,
        set: Some(set_tb_next),
        doc: "The next entry, nearer to the error.",
    },
    GetSetDef {
        name: "tb_lasti",
        get: tb_lasti,
        set: None,
        doc: "The offset of the instruction that raised.",
    },
    GetSetDef { name: "tb_lineno", get: tb_lineno, set: None, doc: "The line of that instruction." },
];

/// Puts the attributes into the type.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    table::add_attributes(thread, &TRACEBACK, &ATTRIBUTES)
}
