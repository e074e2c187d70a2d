//! Making an `mmap.mmap`.

use taipan_host::{MappingRequest, of};
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int, to_size};

use super::{Access, Mmap};
use crate::arguments::{flag, offset};

const PARAMETERS: Parameters<7> = Parameters {
    function: "mmap",
    names: ["fileno", "length", "flags", "prot", "access", "offset", "trackfd"],
    positional_only: 0,
    positional: 6,
    required: 2,
};

/// The platform's number of a name.
fn constant(thread: &Thread, name: &str) -> i32 {
    let known = of(thread).mapping_constants().iter().find(|(known, _)| *known == name);
    known.and_then(|(_, number)| i32::try_from(*number).ok()).unwrap_or(0)
}

/// What the memory is for: the flags, and what they say of the access.
struct Purpose {
    access: Access,
    flags: i32,
    protection: i32,
    is_shared: bool,
}

impl Purpose {
    fn of(thread: &Thread, flags: Option<i32>, protection: Option<i32>, access: i32) -> PyResult<Purpose> {
        let [shared, private] = ["MAP_SHARED", "MAP_PRIVATE"].map(|name| constant(thread, name));
        let [read, write] = ["PROT_READ", "PROT_WRITE"].map(|name| constant(thread, name));
        let flags = flags.unwrap_or(shared);
        let protection = protection.unwrap_or(read | write);
        if access != 0 && (flags != shared || protection != read | write) {
            return Err(raise!(thread, VALUE_ERROR, "mmap can't specify both access and flags, prot."));
        }
        let (access, flags, protection) = match access {
            0 if protection & (read | write) == read | write => (Access::Default, flags, protection),
            0 if protection & write != 0 => (Access::Write, flags, protection),
            0 => (Access::Read, flags, protection),
            1 => (Access::Read, shared, read),
            2 => (Access::Write, shared, read | write),
            3 => (Access::Copy, private, read | write),
            _ => return Err(raise!(thread, VALUE_ERROR, "mmap invalid access parameter.")),
        };
        Ok(Purpose { access, flags, protection, is_shared: flags & shared != 0 })
    }
}

/// The length that is wanted of a regular file, which must have as much.
fn length_in_file(thread: &Thread, len: usize, offset: i64, size: i64) -> PyResult<usize> {
    if len > 0 {
        let fits = offset <= size && i64::try_from(len).is_ok_and(|len| len <= size - offset);
        return match fits {
            true => Ok(len),
            false => Err(raise!(thread, VALUE_ERROR, "mmap length is greater than file size")),
        };
    }
    if size == 0 {
        return Err(raise!(thread, VALUE_ERROR, "cannot mmap an empty file"));
    }
    if offset >= size {
        return Err(raise!(thread, VALUE_ERROR, "mmap offset is greater than file size"));
    }
    Ok(usize::try_from(size - offset).unwrap_or(0))
}

/// `mmap.mmap(fileno, length, …)`.
pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(fd), Some(length), flags, protection, access, start, tracked] =
        PARAMETERS.bind(thread, arguments, names)?
    else {
        return Ok(Value::none());
    };
    let fd = to_int(thread, fd)?;
    let length = to_size(thread, length)?;
    let flags = flags.map(|flags| to_int(thread, flags)).transpose()?;
    let protection = protection.map(|protection| to_int(thread, protection)).transpose()?;
    let access = access.map_or(Ok(0), |access| to_int(thread, access))?;
    let start = start.map_or(Ok(0), |start| offset(thread, start))?;
    let is_tracked = flag(thread, tracked, true)?;
    let Ok(mut len) = usize::try_from(length) else {
        return Err(raise!(thread, OVERFLOW_ERROR, "memory mapped length must be positive"));
    };
    if start < 0 {
        return Err(raise!(thread, OVERFLOW_ERROR, "memory mapped offset must be positive"));
    }
    let purpose = Purpose::of(thread, flags, protection, access)?;
    let host = of(thread);
    if fd != -1
        && let Ok(status) = host.status(fd)
        && status.is_file()
    {
        len = length_in_file(thread, len, start, status.size)?;
    }
    let own = match fd != -1 && is_tracked {
        true => Some(host.duplicate(fd, None, false).map_err(|error| error.raise(thread))?),
        false => None,
    };
    // from here on the descriptor is closed with the object
    let mmap = Mmap::default();
    mmap.fd.set(own);
    mmap.offset.set(start);
    mmap.access.set(purpose.access);
    mmap.is_untracked.set(!is_tracked);
    mmap.is_shared_alone.set(fd == -1 && purpose.is_shared);
    let (flags, protection) = (purpose.flags, purpose.protection);
    let request =
        MappingRequest { fd: Some(fd).filter(|&fd| fd != -1), len, protection, flags, offset: start };
    let region = host.map(&request).map_err(|error| error.raise(thread))?;
    mmap.region.replace(Some(region));
    Ok(Native::new_in(thread, class, mmap)?.into_value())
}
