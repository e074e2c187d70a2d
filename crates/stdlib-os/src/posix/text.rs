//! Paths as text: what `posixpath` has done here for speed.

use taipan_host::path;
use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::Parameters;

use crate::arguments::any;

const NORMPATH: Parameters<1> = any("_path_normpath", ["path"], 1);
const SPLITROOT: Parameters<1> = any("_path_splitroot_ex", ["p"], 1);

/// A path as it is, NULs and surrogates included.
fn bytes_of(thread: &Thread, function: &str, value: Ref<'_>) -> PyResult<(Vec<u8>, bool)> {
    if let Some(bytes) = value.get::<PyBytes>() {
        return Ok((bytes.as_slice().to_vec(), true));
    }
    match value.get::<PyStr>() {
        Some(text) => Ok((text.to_wtf8().as_wtf8().as_bytes().to_vec(), false)),
        None if path::is_path(thread, value)? => {
            let text = path::fspath(thread, value)?;
            bytes_of(thread, function, text.as_ref())
        }
        None => {
            let name = value.ty().name();
            Err(raise!(
                thread,
                TYPE_ERROR,
                "{function}: path should be string, bytes or os.PathLike, not {name}"
            ))
        }
    }
}

/// A part of a path in the form that it came in.
fn part(thread: &Thread, bytes: &[u8], is_bytes: bool) -> PyResult<Value> {
    if is_bytes {
        return Ok(PyBytes::new(thread, bytes)?.into_value());
    }
    // a path is cut at ASCII characters only, so the rest is text as it was
    match taipan_wtf8::Wtf8::from_bytes(bytes) {
        Ok(text) => Ok(PyStr::from_wtf8(thread, text)?.into_value()),
        Err(_) => Ok(path::decode(thread, bytes)?.into_value()),
    }
}

/// The slashes that a path begins with: two are kept, three or more are one.
fn root(bytes: &[u8]) -> usize {
    match bytes {
        [b'/', b'/', b'/', ..] => 1,
        [b'/', b'/', ..] => 2,
        [b'/', ..] => 1,
        _ => 0,
    }
}

/// A path without `.`, without empty parts, and without parts that `..` takes back.
fn normal(bytes: &[u8]) -> Vec<u8> {
    let (start, rest) = bytes.split_at(root(bytes).min(bytes.len()));
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in rest.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(last) if *last != b".." => {
                    parts.pop();
                }
                None if !start.is_empty() => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let mut result = start.to_vec();
    result.extend(parts.join(&b'/'));
    if result.is_empty() { b".".to_vec() } else { result }
}

type Names<'a> = Option<&'a PyTuple>;

pub(super) fn normpath(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [given] = NORMPATH.bind(thread, arguments, names)?;
    let (bytes, is_bytes) = bytes_of(thread, "_path_normpath", given.unwrap_or(module))?;
    part(thread, &normal(&bytes), is_bytes)
}

pub(super) fn splitroot(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [given] = SPLITROOT.bind(thread, arguments, names)?;
    let (bytes, is_bytes) = bytes_of(thread, "_path_splitroot_ex", given.unwrap_or(module))?;
    let len = match bytes.as_slice() {
        [b'/', b'/', b'/', ..] => 1,
        bytes => root(bytes),
    };
    let (start, rest) = bytes.split_at(len.min(bytes.len()));
    let parts = [part(thread, b"", is_bytes)?, part(thread, start, is_bytes)?, part(thread, rest, is_bytes)?];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn paths_become_normal() {
        for (path, wanted) in [
            ("", "."),
            ("/", "/"),
            ("//", "//"),
            ("///a", "/a"),
            ("/a/../b//c/.", "/b/c"),
            ("a/../..", ".."),
            ("../../a", "../../a"),
            ("/..", "/"),
            ("//a/..", "//"),
            ("a/", "a"),
        ] {
            assert_eq!(String::from_utf8(normal(path.as_bytes())).unwrap(), wanted, "{path}");
        }
    }
}
