//! Walks over the tables of a code object: where its instructions come from, and where they branch.

use super::program_of;
use taipan_bytecode_format::instruction::instructions;
use taipan_bytecode_format::tables::positions::{self, LineRange};
use taipan_bytecode_format::{Code, Opcode};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

/// The ranges of code of one line.
pub(super) fn ranges(thread: &Thread, source: &Code) -> PyResult<Vec<LineRange>> {
    positions::lines(&source.linetable, source.firstlineno)
        .map_err(|error| raise!(thread, SYSTEM_ERROR, "the position table is damaged: {error}"))
}

fn number(thread: &Thread, number: Option<i64>) -> PyResult<Value> {
    number.map_or_else(|| Ok(Value::none()), |number| Value::int(thread, number))
}

/// A tuple of numbers, `None` where one is missing.
fn row(thread: &Thread, numbers: &[Option<i64>]) -> PyResult<Value> {
    let values: PyResult<Vec<Value>> = numbers.iter().map(|one| number(thread, *one)).collect();
    Ok(PyTuple::from_values(thread, values?)?.into_value())
}

fn iterator(thread: &Thread, rows: Vec<Value>) -> PyResult<Value> {
    let rows = PyTuple::from_values(thread, rows)?;
    protocol::iter(thread, rows.as_ref())
}

pub(super) fn co_lines(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let source = &program_of(thread, this)?.source;
    let mut rows = Vec::new();
    for range in ranges(thread, source)? {
        let line = range.line.map(i64::from);
        rows.push(row(thread, &[Some(range.start.into()), Some(range.end.into()), line])?);
    }
    iterator(thread, rows)
}

pub(super) fn co_positions(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let source = &program_of(thread, this)?.source;
    let mut rows = Vec::new();
    for entry in positions::decode(&source.linetable, source.firstlineno) {
        let entry =
            entry.map_err(|error| raise!(thread, SYSTEM_ERROR, "the position table is damaged: {error}"))?;
        let row = match entry.location {
            None => row(thread, &[None; 4])?,
            Some(at) => row(
                thread,
                &[
                    Some(at.line.into()),
                    Some(at.end_line.into()),
                    at.column.map(i64::from),
                    at.end_column.map(i64::from),
                ],
            )?,
        };
        rows.extend(std::iter::repeat_n(row, entry.units as usize));
    }
    iterator(thread, rows)
}

pub(super) fn co_branches(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let source = &program_of(thread, this)?.source;
    let (mut rows, mut pending) = (Vec::new(), None);
    for instruction in instructions(&source.code) {
        let Ok(instruction) = instruction else { break };
        if let Some((from, taken)) = pending.take() {
            // what is not taken goes on behind the instruction that says so
            let is_mark = instruction.opcode == Opcode::NotTaken;
            let behind = if is_mark { instruction.next } else { instruction.start };
            rows.push(row(thread, &[Some(from), Some(offset(behind)), Some(taken)])?);
        }
        let Some(target) = instruction.target() else { continue };
        let taken = match instruction.opcode {
            Opcode::PopJumpIfFalse
            | Opcode::PopJumpIfTrue
            | Opcode::PopJumpIfNone
            | Opcode::PopJumpIfNotNone => target,
            // a loop goes on behind the two instructions that end it
            Opcode::ForIter => target + 2,
            _ => continue,
        };
        pending = Some((offset(instruction.unit), offset(taken)));
    }
    iterator(thread, rows)
}

/// The offset of a code unit in bytes.
fn offset(unit: u32) -> i64 {
    i64::from(unit) * 2
}
