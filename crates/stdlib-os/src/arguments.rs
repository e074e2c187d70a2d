//! What the functions of this crate are called with: parameters, paths, descriptors, numbers.

use taipan_host::path;
use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};

/// Parameters that are all given by position or by name.
pub(crate) const fn any<const N: usize>(
    function: &'static str,
    names: [&'static str; N],
    required: usize,
) -> Parameters<N> {
    Parameters { function, names, positional_only: 0, positional: N, required }
}

/// Parameters of which the first ones may be given by position.
pub(crate) const fn some<const N: usize>(
    function: &'static str,
    names: [&'static str; N],
    positional: usize,
    required: usize,
) -> Parameters<N> {
    Parameters { function, names, positional_only: 0, positional, required }
}

/// What a path may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allows {
    /// A path.
    Path,
    /// A path or a descriptor.
    Descriptor,
    /// A path, a descriptor, or nothing for the current folder.
    Anything,
}

/// A path that a function was given.
pub(crate) struct PathArgument {
    /// The descriptor, if it is one.
    pub(crate) fd: Option<i32>,
    /// What the system is given.
    pub(crate) bytes: Vec<u8>,
    /// Whether answers are bytes.
    pub(crate) is_bytes: bool,
    /// What errors show.
    pub(crate) given: Value,
}

impl PathArgument {
    /// Reads the argument of a name.
    pub(crate) fn read(
        thread: &Thread,
        function: &str,
        name: &str,
        value: Ref<'_>,
        allows: Allows,
    ) -> PyResult<PathArgument> {
        if value.is_none() && allows == Allows::Anything {
            return Ok(PathArgument {
                fd: None,
                bytes: b".".to_vec(),
                is_bytes: false,
                given: Value::none(),
            });
        }
        if path::is_path(thread, value)? {
            return PathArgument::of_path(thread, function, name, value);
        }
        if allows != Allows::Path && value.ty().slots().index.get().is_some() {
            let fd = descriptor(thread, value)?;
            return Ok(PathArgument {
                fd: Some(fd),
                bytes: Vec::new(),
                is_bytes: false,
                given: value.to_value(),
            });
        }
        let wanted = match allows {
            Allows::Path => "string, bytes or os.PathLike",
            Allows::Descriptor => "string, bytes, os.PathLike or integer",
            Allows::Anything => "string, bytes, os.PathLike, integer or None",
        };
        let got = value.ty().name();
        Err(raise!(thread, TYPE_ERROR, "{function}: {name} should be {wanted}, not {got}"))
    }

    fn of_path(thread: &Thread, function: &str, name: &str, value: Ref<'_>) -> PyResult<PathArgument> {
        let text = path::fspath(thread, value)?;
        let (bytes, is_bytes) = match text.as_ref().get::<PyBytes>() {
            Some(bytes) => (bytes.as_slice().to_vec(), true),
            None => match text.as_ref().get::<PyStr>() {
                Some(text) => (path::encode(thread, text)?, false),
                None => (Vec::new(), false),
            },
        };
        if bytes.contains(&0) {
            return Err(raise!(thread, VALUE_ERROR, "{function}: embedded null character in {name}"));
        }
        Ok(PathArgument { fd: None, bytes, is_bytes, given: value.to_value() })
    }

    /// Raises an error of the system about the path.
    pub(crate) fn failed(&self, thread: &Thread, error: taipan_host::HostError) -> Raised {
        match self.given.as_ref().is_none() {
            true => error.raise(thread),
            false => error.raise_path(thread, self.given.clone()),
        }
    }
}

/// A descriptor.
pub(crate) fn descriptor(thread: &Thread, value: Ref<'_>) -> PyResult<i32> {
    let index = protocol::number::index(thread, value)?;
    let known = index.as_ref().to_i64();
    match known.map(i32::try_from) {
        Some(Ok(fd)) => Ok(fd),
        Some(Err(_)) if known.is_some_and(|fd| fd < 0) => {
            Err(raise!(thread, OVERFLOW_ERROR, "fd is less than minimum"))
        }
        _ => Err(raise!(thread, OVERFLOW_ERROR, "fd is greater than maximum")),
    }
}

/// Refuses a folder that paths are to be relative to: that is not offered.
pub(crate) fn no_folder(thread: &Thread, function: &str, folder: Option<Ref<'_>>) -> PyResult<()> {
    let Some(folder) = folder.filter(|folder| !folder.is_none()) else { return Ok(()) };
    if folder.ty().slots().index.get().is_none() {
        let got = folder.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "argument should be integer or None, not {got}"));
    }
    let ty = &taipan_object::exception::NOT_IMPLEMENTED_ERROR;
    Err(thread.raise_message(ty, format_args!("{function}: dir_fd unavailable on this platform")))
}

/// An argument that is true or false.
pub(crate) fn flag(thread: &Thread, value: Option<Ref<'_>>, default: bool) -> PyResult<bool> {
    value.map_or(Ok(default), |value| protocol::truth(thread, value))
}

/// An argument that is a C `int`.
pub(crate) fn int(thread: &Thread, value: Option<Ref<'_>>, default: i32) -> PyResult<i32> {
    value.map_or(Ok(default), |value| to_int(thread, value))
}

/// An argument that is an offset in a file.
pub(crate) fn offset(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    let index = protocol::number::index(thread, value)?;
    let int = index.as_ref().to_i64();
    int.ok_or_else(|| raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long"))
}

/// A copy of the bytes of a bytes-like object.
pub(crate) fn bytes_of(thread: &Thread, value: Ref<'_>) -> PyResult<Vec<u8>> {
    Ok(taipan_object::buffer::bytes_of(thread, value)?.into_owned())
}
