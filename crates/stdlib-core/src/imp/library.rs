//! The functions about files of the library's folder, which need not be there: their code and sources are part of the
//! program.

use taipan_object::bytes::PyBytes;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value};

use crate::call;
use crate::import::machinery;

/// `(is_package, path)` of the module of a name in a folder of the library, or `None`.
pub(super) fn find(thread: &Thread, _: Ref<'_>, folder: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let folder = call::str_argument(thread, "_library_find", "argument 1", folder)?.to_text_lossy();
    let name = call::str_argument(thread, "_library_find", "argument 2", name)?.to_text_lossy();
    let found = machinery(thread).and_then(|machinery| machinery.in_folder(&folder, &name));
    let Some((found, path)) = found else { return Ok(Value::none()) };
    let parts = [Value::bool(found.is_package), call::text(thread, &path)?];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

/// The code of a file of the library; `None` if it is no such file, or if it is there and has another size.
pub(super) fn code(thread: &Thread, _: Ref<'_>, path: Ref<'_>, size: Ref<'_>) -> PyResult<Value> {
    let path = call::str_argument(thread, "_library_code", "argument 1", path)?;
    let found = machinery(thread).and_then(|machinery| machinery.file(&path.to_text_lossy()));
    let same = |length: usize| size.is_none() || size.to_i64() == i64::try_from(length).ok();
    let Some(found) = found.filter(|found| same(found.source.len())) else { return Ok(Value::none()) };
    let code = found.decode_as(thread, path.to_wtf8().as_wtf8())?;
    Ok(taipan_vm::code_object(thread, code)?.into_value())
}

/// The source of a file of the library, or `None`.
pub(super) fn source(thread: &Thread, _: Ref<'_>, path: Ref<'_>) -> PyResult<Value> {
    let path = call::str_argument(thread, "_library_source", "argument", path)?.to_text_lossy();
    match machinery(thread).and_then(|machinery| machinery.file(&path)) {
        Some(found) => Ok(PyBytes::new(thread, found.source)?.into_value()),
        None => Ok(Value::none()),
    }
}
