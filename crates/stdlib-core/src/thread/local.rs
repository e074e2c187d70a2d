//! `_thread._local`: attributes of which each thread has its own.
//!
//! The object's dict is that of the thread that used it last; before another thread gets to it, it is put aside and
//! that thread's put in its place. What a thread has put aside goes when the thread ends: it remembers the objects
//! that it used by weak references, in its own dict.

use std::cell::{Cell, RefCell};

use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::native::{Native, NativeType, Visitor};
use taipan_object::protocol::attribute::{generic_get, generic_set};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags, rebase, statics};
use taipan_object::weakref::PyWeakReference;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, raise};

/// Whose dict the object has, and those of other threads.
#[derive(Default)]
pub(super) struct Local {
    /// The address of the thread state whose attributes the object's dict holds.
    owner: Cell<usize>,
    /// The dicts of others.
    aside: RefCell<Vec<(usize, Slot)>>,
    /// What `__init__` is called with in each thread.
    arguments: Slot,
    names: Slot,
}

native_type! {
    /// `_thread._local`.
    pub(super) static LOCAL: Local = "_thread._local", flags flags::BASETYPE, dict true, weak true,
    does { new: new, getattr: get, setattr: set }
}

impl NativeType for Local {
    fn definition() -> &'static taipan_object::native::NativeStatic<Local> {
        &LOCAL
    }

    fn traverse(&self, visitor: &mut Visitor) {
        // the collector changes nothing while it walks
        if let Ok(aside) = self.aside.try_borrow() {
            for (_, dict) in aside.iter() {
                visitor.slot(dict);
            }
        }
        visitor.slot(&self.arguments);
        visitor.slot(&self.names);
    }

    fn clear(&self) {
        drop((self.aside.take(), self.arguments.take(), self.names.take()));
    }
}

pub(super) static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "__dict__",
    get: |thread, this| {
        own(thread, this)?;
        Ok(rebase::dict_of(thread, this)?.unwrap_or_else(Value::none))
    },
    set: None,
    doc: "The attributes of this thread.",
}];

fn own_init(class: &PyTypeObject) -> Option<taipan_object::types::slots::Init> {
    let own = class.slots().init.get()?;
    let inherited = statics::OBJECT.slots().init.get();
    (!inherited.is_some_and(|inherited| std::ptr::fn_addr_eq(own, inherited))).then_some(own)
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    if !arguments.is_empty() && own_init(class).is_none() {
        return Err(raise!(thread, TYPE_ERROR, "Initialization arguments are not supported"));
    }
    let object = Native::new_in(thread, class, Local::default())?;
    object.owner.set(std::ptr::from_ref(thread).addr());
    drop(object.arguments.replace(Some(PyTuple::from_values(thread, arguments.to_vec())?.into_value())));
    drop(object.names.replace(names.map(|names| Owned::new_ref(names).into_value())));
    let object = object.into_value();
    remember(thread, object.as_ref())?;
    Ok(object)
}

/// The list of weak references to the objects that a thread has used.
fn used(thread: &Thread) -> PyResult<Owned<PyList>> {
    let dict = thread.own_dict()?;
    let name = intern_text(thread, "_thread._local")?;
    if let Some(list) = dict.get_str(thread, &name)?.and_then(|list| list.downcast::<PyList>().ok()) {
        return Ok(list);
    }
    let list = PyList::new(thread)?;
    drop(dict.insert(thread, name.clone().into_value().as_ref(), list.clone().into_value())?);
    Ok(list)
}

fn remember(thread: &Thread, object: Ref<'_>) -> PyResult<()> {
    let reference = PyWeakReference::new(thread, object, None)?;
    used(thread)?.push(thread, reference.into_value())
}

/// Puts this thread's attributes in place.
fn own(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    let here = std::ptr::from_ref(thread).addr();
    // other threads may run while `__init__` does
    while this.get::<Native<Local>>().is_some_and(|local| local.owner.get() != here) {
        take_over(thread, this)?;
    }
    Ok(())
}

fn take_over(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    let Some(local) = this.get::<Native<Local>>() else { return Ok(()) };
    let here = std::ptr::from_ref(thread).addr();
    let others = rebase::dict_of(thread, this)?;
    let mine = {
        let mut aside = local.aside.borrow_mut();
        let at = aside.iter().position(|(owner, _)| *owner == here);
        let mine = at.map(|at| aside.swap_remove(at).1);
        let before = local.owner.replace(here);
        if let Some(others) = others {
            aside.push((before, Slot::new(others)));
        }
        mine
    };
    let is_new = mine.is_none();
    let mine = match mine.and_then(|slot| slot.take()).and_then(|dict| dict.downcast::<PyDict>().ok()) {
        Some(dict) => dict,
        None => PyDict::new(thread)?,
    };
    rebase::set_dict(thread, this, Some(mine))?;
    if !is_new {
        return Ok(());
    }
    remember(thread, this)?;
    let class = this.ty();
    let Some(init) = own_init(class) else { return Ok(()) };
    let values = local.arguments.get();
    let values: Vec<Value> = match values.as_ref().and_then(|values| values.as_ref().get::<PyTuple>()) {
        Some(values) => (0..values.len()).filter_map(|at| values.get(at)).collect(),
        None => Vec::new(),
    };
    let names = local.names.get().and_then(|names| names.downcast::<PyTuple>().ok());
    init(thread, this, &values, names.as_deref())
}

fn get(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    own(thread, this)?;
    generic_get(thread, this, name)
}

fn set(thread: &Thread, this: Ref<'_>, name: &PyStr, value: Option<Value>) -> PyResult<()> {
    own(thread, this)?;
    if name.to_text_lossy() == "__dict__" {
        let class = this.ty().short_name().to_owned();
        return Err(raise!(thread, ATTRIBUTE_ERROR, "'{class}' object attribute '__dict__' is read-only"));
    }
    generic_set(thread, this, name, value)
}

/// Lets go of a thread's attributes, at its end.
pub(super) fn leave(thread: &Thread) {
    let list = match used(thread) {
        Ok(list) => list,
        Err(raised) => return drop(thread.catch(raised)),
    };
    let here = std::ptr::from_ref(thread).addr();
    for at in 0..list.len() {
        let reference = list.get(at).and_then(|reference| reference.downcast::<PyWeakReference>().ok());
        let Some(object) = reference.and_then(|reference| reference.target()) else { continue };
        let Some(local) = object.as_ref().get::<Native<Local>>() else { continue };
        if local.owner.get() == here {
            local.owner.set(0);
            if let Err(raised) = rebase::set_dict(thread, object.as_ref(), None) {
                drop(thread.catch(raised));
            }
        } else {
            let mut aside = local.aside.borrow_mut();
            let at = aside.iter().position(|(owner, _)| *owner == here);
            let mine = at.map(|at| aside.swap_remove(at));
            drop(aside);
            drop(mine);
        }
    }
}
