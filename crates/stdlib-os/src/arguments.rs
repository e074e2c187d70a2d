//! What the functions of this crate are called with: parameters, paths, descriptors, numbers.

use taipan_host::{FileRef, Place, path};
use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::objects::find_attribute;

use crate::warnings::warn_of_bool;

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

    /// The path in an open folder.
    pub(crate) fn place(&self, folder: Option<i32>) -> Place<'_> {
        Place { folder, path: &self.bytes }
    }

    /// The file, as one that is asked about.
    pub(crate) fn file(&self, follows: bool) -> FileRef<'_> {
        match self.fd {
            Some(fd) => FileRef::Open(fd),
            None if follows => FileRef::Path(&self.bytes),
            None => FileRef::Link(&self.bytes),
        }
    }

    /// Refuses a folder, or that links are not followed, together with a descriptor.
    pub(crate) fn check_with(
        &self,
        thread: &Thread,
        function: &str,
        folder: Option<i32>,
        follows: bool,
    ) -> PyResult<()> {
        if self.fd.is_some() && folder.is_some() {
            let message = "can't specify dir_fd without matching path";
            return Err(raise!(thread, VALUE_ERROR, "{function}: {message}"));
        }
        if self.fd.is_some() && !follows {
            let message = "cannot use fd and follow_symlinks together";
            return Err(raise!(thread, VALUE_ERROR, "{function}: {message}"));
        }
        Ok(())
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
    warn_of_bool(thread, value)?;
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

/// The open folder that a path is to be relative to (`dir_fd`); none if it is `None`.
pub(crate) fn folder(thread: &Thread, folder: Option<Ref<'_>>) -> PyResult<Option<i32>> {
    let Some(folder) = folder.filter(|folder| !folder.is_none()) else { return Ok(None) };
    if folder.ty().slots().index.get().is_none() {
        let got = folder.ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "argument should be integer or None, not {got}"));
    }
    descriptor(thread, folder).map(Some)
}

/// A descriptor: an int, or what `fileno()` gives.
pub(crate) fn fildes(thread: &Thread, value: Ref<'_>) -> PyResult<i32> {
    warn_of_bool(thread, value)?;
    let given = match value.is_int() {
        true => None,
        false => {
            let name = intern_text(thread, "fileno")?;
            let Some(method) = find_attribute(thread, value, &name)? else {
                let message = "argument must be an int, or have a fileno() method.";
                return Err(raise!(thread, TYPE_ERROR, "{message}"));
            };
            let fd = protocol::call(thread, method.as_ref(), &[], None)?;
            if !fd.as_ref().is_int() {
                return Err(raise!(thread, TYPE_ERROR, "fileno() returned a non-integer"));
            }
            Some(fd)
        }
    };
    let fd = to_int(thread, given.as_ref().map_or(value, Value::as_ref))?;
    if fd < 0 {
        let message = "file descriptor cannot be a negative integer";
        return Err(raise!(thread, VALUE_ERROR, "{message} ({fd})"));
    }
    Ok(fd)
}

/// The number of a user or group, which `name` says; -1 stands for none.
pub(crate) fn id(thread: &Thread, value: Ref<'_>, name: &str) -> PyResult<i64> {
    if value.ty().slots().index.get().is_none() {
        let got = value.ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "{name} should be integer, not {got}"));
    }
    let index = protocol::number::index(thread, value)?;
    match index.as_ref().to_i64() {
        Some(id) if id == -1 || u32::try_from(id).is_ok() => Ok(id),
        None if !index.as_ref().int_to_text(10).is_some_and(|text| text.starts_with('-')) => {
            Err(raise!(thread, OVERFLOW_ERROR, "{name} is greater than maximum"))
        }
        // as CPython has it, too large a number that fits into a C long as well
        _ => Err(raise!(thread, OVERFLOW_ERROR, "{name} is less than minimum")),
    }
}

/// Bytes of a text or of bytes that are a path, without NUL.
pub(crate) fn fs_bytes(thread: &Thread, value: Ref<'_>) -> PyResult<Vec<u8>> {
    path::read(thread, value).map(|path| path.bytes)
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
