//! The opcodes that call: making objects, filling them, finding classes.

use taipan_object::descriptor::PyGetSetDescr;
use taipan_object::dict::DictCursor;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::memoryview::PyMemoryView;
use taipan_object::str::PyStr;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags, statics};
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, instance, protocol, raise};

use crate::call::{self, attribute, find, is_generic, method};
use crate::errors::unpickling;
use crate::find_class;
use crate::load::Loader;
use crate::opcodes::*;

impl Loader<'_> {
    /// Carries out an opcode of this file; says whether it is one.
    pub(crate) fn object(&mut self, code: u8) -> PyResult<bool> {
        match code {
            APPEND => {
                let item = self.pop()?;
                self.append(vec![item])?;
            }
            APPENDS => self.append_all()?,
            SETITEM => {
                let (value, key) = (self.pop()?, self.pop()?);
                set_item(self.thread, &self.top()?, key, value)?;
            }
            SETITEMS => self.set_items()?,
            ADDITEMS => self.add_items()?,
            GLOBAL => {
                let (module, name) = (self.line()?, self.line()?);
                let found = self.find(&module, &name)?;
                self.push(found);
            }
            STACK_GLOBAL => {
                let (name, module) = (self.pop()?, self.pop()?);
                let is_str = |value: &Value| value.as_ref().get_exact::<PyStr>().is_some();
                if !is_str(&name) || !is_str(&module) {
                    return Err(unpickling(self.thread, "STACK_GLOBAL requires str"));
                }
                let found = self.find(&module, &name)?;
                self.push(found);
            }
            INST | OBJ => self.instance(code)?,
            NEWOBJ | NEWOBJ_EX => self.new_object(code == NEWOBJ_EX)?,
            REDUCE => self.reduce()?,
            BUILD => self.build()?,
            PERSID | BINPERSID => self.persistent(code)?,
            EXT1 | EXT2 | EXT4 => {
                let number = match code {
                    EXT1 => i64::from(self.byte()?),
                    EXT2 => i64::from(u16::from_le_bytes(self.array()?)),
                    _ => i64::from(i32::from_le_bytes(self.array()?)),
                };
                let found =
                    find_class::extension(self.thread, number, |module, name| self.find(module, name))?;
                self.push(found);
            }
            READONLY_BUFFER => self.readonly_buffer()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What a module has under a name.
    fn find(&self, module: &Value, name: &Value) -> PyResult<Value> {
        if self.finds_itself {
            return find_class::find_class(self.thread, self.this, module.as_ref(), name.as_ref());
        }
        method(self.thread, self.this, names::find_class.get(), &[module.clone(), name.clone()])
    }

    // -- filling ---------------------------------------------------------------------------------

    fn append_all(&mut self) -> PyResult<()> {
        let thread = self.thread;
        let (start, list) = self.below_mark()?;
        if let Some(list) = list.as_ref().get_exact::<PyList>() {
            return self.drain(start).try_for_each(|item| list.push(thread, item));
        }
        let items = self.drain(start).collect();
        self.append(items)
    }

    fn append(&mut self, items: Vec<Value>) -> PyResult<()> {
        let thread = self.thread;
        let list = self.top()?;
        if items.is_empty() {
            return Ok(());
        }
        if let Some(list) = list.as_ref().get_exact::<PyList>() {
            return items.into_iter().try_for_each(|item| list.push(thread, item));
        }
        if items.len() > 1
            && let Some(extend) = find(thread, list.as_ref(), names::extend.get())?
        {
            let items = PyList::from_values(thread, items)?.into_value();
            return protocol::call(thread, extend.as_ref(), &[items], None).map(drop);
        }
        let append = attribute(thread, list.as_ref(), names::append.get())?;
        items
            .into_iter()
            .try_for_each(|item| protocol::call(thread, append.as_ref(), &[item], None).map(drop))
    }

    fn set_items(&mut self) -> PyResult<()> {
        let thread = self.thread;
        let (start, dict) = self.below_mark()?;
        let mut items = self.drain(start);
        if !items.len().is_multiple_of(2) {
            return Err(unpickling(thread, "odd number of items for SETITEMS"));
        }
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            set_item(thread, &dict, key, value)?;
        }
        Ok(())
    }

    fn add_items(&mut self) -> PyResult<()> {
        let thread = self.thread;
        let items = self.pop_mark()?;
        let set = self.top()?;
        if std::ptr::eq(set.as_ref().ty(), &raw const statics::SET) {
            let items = PyTuple::from_values(thread, items)?.into_value();
            return method(thread, set.as_ref(), names::update.get(), &[items]).map(drop);
        }
        let add = attribute(thread, set.as_ref(), names::add.get())?;
        items.into_iter().try_for_each(|item| protocol::call(thread, add.as_ref(), &[item], None).map(drop))
    }

    // -- making ----------------------------------------------------------------------------------

    fn instance(&mut self, code: u8) -> PyResult<()> {
        let thread = self.thread;
        let (class, given) = if code == INST {
            let given = self.pop_mark()?;
            let (module, name) = (self.line()?, self.line()?);
            (self.find(&module, &name)?, given)
        } else {
            let mut all = self.pop_mark()?;
            if all.is_empty() {
                return Err(self.underflow());
            }
            (all.remove(0), all)
        };
        let is_plain = given.is_empty()
            && class.as_ref().get::<PyTypeObject>().is_some()
            && find(thread, class.as_ref(), names::__getinitargs__.get())?.is_none();
        let made = if is_plain {
            method(thread, class.as_ref(), names::__new__.get(), std::slice::from_ref(&class))?
        } else {
            protocol::call(thread, class.as_ref(), &given, None)?
        };
        self.push(made);
        Ok(())
    }

    fn wrong(&self, with_names: bool, what: &str, got: &Value) -> Raised {
        let (code, ty) = (if with_names { "NEWOBJ_EX" } else { "NEWOBJ" }, got.as_ref().ty().name());
        unpickling(self.thread, &format!("{code} {what}, not {ty}"))
    }

    fn new_object(&mut self, with_names: bool) -> PyResult<()> {
        let thread = self.thread;
        let named = if with_names { Some(self.pop()?) } else { None };
        let (arguments, class) = (self.pop()?, self.pop()?);
        let Some(ty) = class.as_ref().get::<PyTypeObject>() else {
            return Err(self.wrong(with_names, "class argument must be a type", &class));
        };
        let Some(new) = ty.slots().new.get() else {
            let (code, name) = (if with_names { "NEWOBJ_EX" } else { "NEWOBJ" }, ty.name());
            return Err(unpickling(thread, &format!("{code} class argument '{name}' doesn't have __new__")));
        };
        let Some(items) = arguments.as_ref().get::<PyTuple>() else {
            return Err(self.wrong(with_names, "args argument must be a tuple", &arguments));
        };
        let mut given: Vec<Value> = items.iter().map(Ref::to_value).collect();
        let mut names = Vec::new();
        if let Some(named) = &named {
            let Some(dict) = named.as_ref().get::<PyDict>().map(Owned::new_ref) else {
                return Err(self.wrong(with_names, "kwargs argument must be a dict", named));
            };
            let mut cursor = DictCursor::start();
            while let Some((name, value)) = cursor.next(&dict) {
                names.push(name);
                given.push(value);
            }
        }
        let names = if names.is_empty() { None } else { Some(PyTuple::from_values(thread, names)?) };
        let made = new(thread, ty, &given, names.as_deref())?;
        self.push(made);
        Ok(())
    }

    fn reduce(&mut self) -> PyResult<()> {
        let thread = self.thread;
        let (arguments, function) = (self.pop()?, self.pop()?);
        let Some(items) = arguments.as_ref().get::<PyTuple>() else {
            return Err(raise!(thread, TYPE_ERROR, "argument list must be a tuple"));
        };
        let given: Vec<Value> = items.iter().map(Ref::to_value).collect();
        let made = protocol::call(thread, function.as_ref(), &given, None)?;
        self.push(made);
        Ok(())
    }

    fn build(&mut self) -> PyResult<()> {
        let thread = self.thread;
        let state = self.pop()?;
        let object = self.top()?;
        if let Some(set) = find(thread, object.as_ref(), names::__setstate__.get())? {
            return protocol::call(thread, set.as_ref(), &[state], None).map(drop);
        }
        let pair = state.as_ref().get_exact::<PyTuple>().filter(|pair| pair.len() == 2);
        let (own, slots) = match pair.and_then(|pair| Some((pair.get(0)?, pair.get(1)?))) {
            Some((own, slots)) => (own, Some(slots)),
            None => (state, None),
        };
        if !own.as_ref().is_none() {
            let Some(own) = own.as_ref().get::<PyDict>().map(Owned::new_ref) else {
                return Err(unpickling(thread, "state is not a dictionary"));
            };
            self.set_attributes(&object, &own)?;
        }
        let Some(slots) = slots.filter(|slots| !slots.as_ref().is_none()) else { return Ok(()) };
        let Some(slots) = slots.as_ref().get::<PyDict>().map(Owned::new_ref) else {
            return Err(unpickling(thread, "slot state is not a dictionary"));
        };
        let mut cursor = DictCursor::start();
        while let Some((name, value)) = cursor.next(&slots) {
            let Some(name) = name.as_ref().get::<PyStr>() else {
                let ty = name.as_ref().ty().name();
                return Err(raise!(thread, TYPE_ERROR, "attribute name must be string, not '{ty}'"));
            };
            protocol::set_attribute(thread, object.as_ref(), name, Some(value))?;
        }
        Ok(())
    }

    /// Puts a state into the dict of an object; one that has no dict yet needs none for that.
    fn set_attributes(&self, object: &Value, own: &PyDict) -> PyResult<()> {
        let thread = self.thread;
        let plain = object.as_ref().head().filter(|head| head.ty().has_flag(flags::INLINE_VALUES));
        let found = plain.map(|head| head.ty().lookup(thread, names::__dict__.get())).transpose()?.flatten();
        let is_own = |found: Value| found.as_ref().get_exact::<PyGetSetDescr>().is_some();
        let plain = plain.filter(|_| found.is_some_and(is_own) && is_generic(object.as_ref()));
        let dict = match plain {
            Some(_) => None,
            None => Some(attribute(thread, object.as_ref(), names::__dict__.get())?),
        };
        let mut cursor = DictCursor::start();
        while let Some((name, value)) = cursor.next(own) {
            let name = interned(self, name)?;
            match (&dict, plain, name.as_ref().get_exact::<PyStr>()) {
                (None, Some(head), Some(name)) => drop(instance::set(thread, head, name, Some(value))?),
                (None, Some(head), None) => {
                    drop(instance::dict(thread, head)?.insert(thread, name.as_ref(), value)?);
                }
                (Some(dict), ..) => {
                    protocol::set_subscript(thread, dict.as_ref(), name.as_ref(), Some(value))?;
                }
                (None, None, _) => {}
            }
        }
        Ok(())
    }

    // -- what stands elsewhere -------------------------------------------------------------------

    fn persistent(&mut self, code: u8) -> PyResult<()> {
        let thread = self.thread;
        let Some(load) = self.persistent.clone() else {
            let message = "A load persistent id instruction was encountered, but no persistent_load function was \
                           specified.";
            return Err(unpickling(thread, message));
        };
        let id = if code == PERSID {
            let line = crate::input::line(thread, self.state)?;
            match std::str::from_utf8(&line) {
                Ok(line) if line.is_ascii() => call::text(thread, line)?,
                _ => return Err(unpickling(thread, "persistent IDs in protocol 0 must be ASCII strings")),
            }
        } else {
            self.pop()?
        };
        let object = protocol::call(thread, load.as_ref(), &[id], None)?;
        self.push(object);
        Ok(())
    }

    /// The next buffer that came beside the pickle (PEP 574).
    pub(crate) fn next_buffer(&mut self) -> PyResult<Value> {
        let Some(buffers) = self.state.buffers.get() else {
            let message = "pickle stream refers to out-of-band data but no *buffers* argument was given";
            return Err(unpickling(self.thread, message));
        };
        match protocol::next(self.thread, buffers.as_ref())? {
            Some(buffer) => Ok(buffer),
            None => Err(unpickling(self.thread, "not enough out-of-band buffers")),
        }
    }

    fn readonly_buffer(&mut self) -> PyResult<()> {
        let buffer = self.pop()?;
        let view = PyMemoryView::of_object(self.thread, buffer.as_ref())?;
        if view.readonly() {
            self.push(buffer);
        } else {
            self.push(view.to_readonly(self.thread)?.into_value());
        }
        Ok(())
    }
}

fn set_item(thread: &Thread, dict: &Value, key: Value, value: Value) -> PyResult<()> {
    match dict.as_ref().get_exact::<PyDict>() {
        Some(dict) => dict.insert(thread, key.as_ref(), value).map(drop),
        None => protocol::set_subscript(thread, dict.as_ref(), key.as_ref(), Some(value)),
    }
}

/// A name of an attribute, which is the same string wherever it stands.
fn interned(loader: &Loader<'_>, name: Value) -> PyResult<Value> {
    if name.as_ref().get_exact::<PyStr>().is_none() {
        return Ok(name);
    }
    match name.downcast::<PyStr>() {
        Ok(text) => Ok(taipan_object::str::intern::intern(loader.thread, text)?.into_value()),
        Err(other) => Ok(other),
    }
}
