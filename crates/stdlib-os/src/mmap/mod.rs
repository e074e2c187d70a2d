//! The module `mmap`: files, or memory that is nobody's, as something between a bytearray and a file. `create.rs` makes
//! objects, `slots.rs` has what operators do, `stream.rs` what files have, `memory.rs` the rest.
//!
//! Invariants: every method asks for the memory anew after Python code may have run ([`Mmap::region`]); what buffers
//! look into is neither unmapped nor moved.

mod create;
mod memory;
mod slots;
mod stream;

use std::cell::{Cell, RefCell};

use taipan_host::of;
use taipan_object::buffer::Region;
use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::module::PyModule;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, raise};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

/// What may be done with the memory.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Access {
    #[default]
    Default,
    Read,
    Write,
    Copy,
}

/// The names of `Access`, in the order of their numbers.
const ACCESS_NAMES: [&str; 4] = ["ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY"];

/// The state of an `mmap.mmap`.
#[derive(Default)]
pub(crate) struct Mmap {
    /// None once it is closed.
    region: RefCell<Option<Region>>,
    position: Cell<usize>,
    offset: Cell<i64>,
    access: Cell<Access>,
    /// The object's own descriptor of the file.
    fd: Cell<Option<i32>>,
    /// Whether the object wanted no descriptor of its own.
    is_untracked: Cell<bool>,
    /// Whether the memory is shared and no file stands behind it.
    is_shared_alone: Cell<bool>,
}

native_type! {
    /// `mmap.mmap`.
    pub(crate) static MMAP: Mmap = "mmap.mmap", flags flags::BASETYPE, dict false, weak true,
    does {
        new: create::new,
        repr: slots::repr,
        length: slots::length,
        map_length: slots::length,
        item: slots::item,
        subscript: slots::subscript,
        set_subscript: slots::set_subscript,
        get_buffer: slots::buffer,
    }
}

native_state!(Mmap in MMAP:);

impl Drop for Mmap {
    fn drop(&mut self) {
        if let Some(fd) = self.fd.take() {
            // nobody is left to tell of a failure
            let _ = Thread::current(|thread| of(thread).close(fd));
        }
    }
}

method_table! { METHODS:
    Instance None c"close" "($self, /)" memory::close, c"Gives the memory up.";
    Instance Positional c"find" "($self, view, start=None, end=None, /)" memory::find, c"The first place of some bytes, or -1.";
    Instance Positional c"rfind" "($self, view, start=None, end=None, /)" memory::rfind, c"The last place of some bytes, or -1.";
    Instance Positional c"flush" "($self, offset=0, size=None, /)" memory::flush, c"Has changes written to the file.";
    Instance Positional c"madvise" "($self, option, start=0, length=None, /)" memory::madvise, c"Tells the system how the memory will be used.";
    Instance Positional c"move" "($self, dest, src, count, /)" memory::shift, c"Copies bytes within the memory.";
    Instance Positional c"read" "($self, n=None, /)" stream::read, c"The next bytes.";
    Instance None c"read_byte" "($self, /)" stream::read_byte, c"The next byte as an int.";
    Instance None c"readline" "($self, /)" stream::readline, c"The next bytes up to the end of a line.";
    Instance One c"resize" "($self, newsize, /)" memory::resize, c"Makes memory and file so long.";
    Instance Positional c"seek" "($self, pos, whence=0, /)" stream::seek, c"Moves the position.";
    Instance None c"seekable" "($self, /)" |_, _| Ok(Value::bool(true)), c"True.";
    Instance None c"size" "($self, /)" memory::size, c"The length of the file.";
    Instance None c"tell" "($self, /)" stream::tell, c"The position.";
    Instance One c"write" "($self, bytes, /)" stream::write, c"Writes bytes at the position.";
    Instance One c"write_byte" "($self, byte, /)" stream::write_byte, c"Writes a byte at the position.";
    Instance None c"__enter__" "($self, /)" memory::enter, c"The object itself.";
    Instance Positional c"__exit__" "($self, exc_type, exc_value, traceback, /)" memory::exit, c"Gives the memory up.";
    Instance None c"__sizeof__" "($self, /)" |_, _| Ok(Value::small(size_of::<taipan_object::native::Native<Mmap>>() as i32)), c"Bytes that the object takes.";
}

attribute_table! { ATTRIBUTES:
    "closed" |thread, this| Ok(Value::bool(receiver::<Mmap>(thread, this)?.region.borrow().is_none())), None, "Whether the memory is given up.";
}

/// `mmap`.
pub(crate) static MODULE: ModuleDef = ModuleDef { name: "mmap", doc: None, functions: &[], exec: Some(exec) };

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let host = of(thread);
    add(thread, module, "error", as_ref(&taipan_object::exception::OS_ERROR).to_value())?;
    let ty: &PyTypeObject = &MMAP;
    add(thread, module, "mmap", as_ref(ty).to_value())?;
    for (name, number) in host.mapping_constants() {
        add(thread, module, name, Value::int(thread, *number)?)?;
    }
    for name in ["PAGESIZE", "ALLOCATIONGRANULARITY"] {
        add(thread, module, name, Value::int(thread, host.page_size() as i64)?)?;
    }
    for (number, name) in (0..).zip(ACCESS_NAMES) {
        add(thread, module, name, Value::small(number))?;
    }
    Ok(())
}

/// The type of the module.
pub(crate) fn types() -> [&'static PyTypeObject; 1] {
    [&MMAP]
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &MMAP, &METHODS)?;
    install::attributes(thread, &MMAP, &ATTRIBUTES)
}

impl Mmap {
    /// The memory, which this handle keeps mapped even if the object is closed meanwhile.
    ///
    /// # Errors
    /// `ValueError` if it is closed.
    fn region(&self, thread: &Thread) -> PyResult<Region> {
        let region = self.region.borrow().clone();
        region.ok_or_else(|| raise!(thread, VALUE_ERROR, "mmap closed or invalid"))
    }

    /// # Errors
    /// `TypeError` if the memory must not be written.
    fn check_writable(&self, thread: &Thread) -> PyResult<()> {
        if self.access.get() == Access::Read {
            return Err(raise!(thread, TYPE_ERROR, "mmap can't modify a readonly memory map."));
        }
        Ok(())
    }
}

/// The object and its memory.
fn open<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<(&'a taipan_object::native::Native<Mmap>, Region)> {
    let mmap = receiver::<Mmap>(thread, this)?;
    Ok((mmap, mmap.region(thread)?))
}
