//! The compiled probe, loaded into this process. All unsafe code of the comparison is here.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use taipan_object::{PyObject, Value, gc};

/// Bytes of an answer.
const ROOM: usize = 1 << 16;

type Describe = unsafe extern "C" fn(*mut PyObject, *mut c_char, usize);
type Act = unsafe extern "C" fn(*mut PyObject);
type Release = unsafe extern "C" fn(*mut PyObject, c_int) -> c_int;
type Begin = unsafe extern "C" fn(unsafe extern "C" fn(*mut PyObject));

/// Its functions.
pub struct Probe {
    describe: Describe,
    change: Act,
    hold: Act,
    release: Release,
}

/// What the probe calls when a count has become zero.
unsafe extern "C" fn end(object: *mut PyObject) {
    if let Some(object) = std::ptr::NonNull::new(object) {
        // SAFETY: nothing refers to it any more, says the probe.
        unsafe { gc::dealloc(object) }
    }
}

impl Probe {
    /// Loads it, for good.
    pub fn load(file: &Path) -> Result<Probe, String> {
        let name = CString::new(file.as_os_str().as_bytes()).map_err(|error| error.to_string())?;
        // SAFETY: a file that was just compiled; it has no code that runs when it is loaded.
        let library = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        if library.is_null() {
            // SAFETY: it failed, so there is a text.
            return Err(unsafe { CStr::from_ptr(libc::dlerror()) }.to_string_lossy().into_owned());
        }
        let find = |name: &CStr| -> Result<*mut c_void, String> {
            // SAFETY: loaded.
            let found = unsafe { libc::dlsym(library, name.as_ptr()) };
            if found.is_null() { Err(format!("the probe has no {name:?}")) } else { Ok(found) }
        };
        // SAFETY: these are the types of the functions in `probe.c`.
        unsafe {
            let begin: Begin = std::mem::transmute(find(c"probe_begin")?);
            begin(end);
            Ok(Probe {
                describe: std::mem::transmute::<*mut c_void, Describe>(find(c"probe_describe")?),
                change: std::mem::transmute::<*mut c_void, Act>(find(c"probe_change")?),
                hold: std::mem::transmute::<*mut c_void, Act>(find(c"probe_hold")?),
                release: std::mem::transmute::<*mut c_void, Release>(find(c"probe_release")?),
            })
        }
    }

    /// What C sees of an object, which was exported.
    pub fn describe(&self, object: &Value) -> String {
        let mut text = vec![0u8; ROOM];
        // SAFETY: the value holds the object; C writes what there is room for.
        unsafe { (self.describe)(pointer(object), text.as_mut_ptr().cast(), text.len()) };
        let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
        String::from_utf8_lossy(text.get(..end).unwrap_or_default()).into_owned()
    }

    /// Lets C change an object that nobody else looks at.
    pub fn change(&self, object: &Value) {
        // SAFETY: as above.
        unsafe { (self.change)(pointer(object)) };
    }

    /// Gives an object to C, which lets it go in one of two forms; how many objects ended by that call.
    pub fn end(&self, object: Value, old: bool) -> i32 {
        let address = pointer(&object);
        // SAFETY: C counts the object before this lets go of it, and gives its count back.
        unsafe {
            (self.hold)(address);
            drop(object);
            (self.release)(address, old.into())
        }
    }
}

/// The address of an object; an immediate has none.
fn pointer(object: &Value) -> *mut PyObject {
    object.as_ref().head().map_or(std::ptr::null_mut(), |head| std::ptr::from_ref(head).cast_mut())
}
