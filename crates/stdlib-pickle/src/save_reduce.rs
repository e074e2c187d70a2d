//! Writing what `__reduce__` says: a callable with its arguments, then state and items.

use taipan_object::str::PyStr;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Value, protocol};
use taipan_runtime_builtins::text as show;

use crate::call::{attribute, find, imported, kind, noted};
use crate::opcodes::*;
use crate::save::Session;

impl Session<'_> {
    /// Writes a part, with a note of which it was if it fails.
    fn save_part(&self, object: Ref<'_>, part: Ref<'_>, what: &str) -> PyResult<()> {
        let thread = self.thread;
        noted(thread, self.save(part), || Ok(format!("when serializing {} {what}", kind(thread, object))))
    }

    /// Writes an object by the tuple that its reduction is.
    pub(crate) fn save_reduced(&self, object: Ref<'_>, reduced: Ref<'_>) -> PyResult<()> {
        let Some(parts) = reduced.get::<PyTuple>().map(Owned::new_ref) else { return Ok(()) };
        if !(2..=6).contains(&parts.len()) {
            return self.refused("tuple returned by __reduce__ must contain 2 through 6 elements");
        }
        let part = |at: usize| parts.get(at).filter(|part| !part.as_ref().is_none());
        let (Some(function), Some(arguments)) = (parts.get(0), parts.get(1)) else { return Ok(()) };
        let [state, items, pairs, setter] = [part(2), part(3), part(4), part(5)];
        let thread = self.thread;
        let got = |value: &Value| kind(thread, value.as_ref());
        let of_reduction = "item of the tuple returned by __reduce__ must be";
        if function.as_ref().ty().slots().call.get().is_none() {
            return self.refused(&format!("first {of_reduction} callable, not {}", got(&function)));
        }
        let Some(given) = arguments.as_ref().get::<PyTuple>() else {
            return self.refused(&format!("second {of_reduction} a tuple, not {}", got(&arguments)));
        };
        for (value, which) in [(&items, "fourth"), (&pairs, "fifth")] {
            if let Some(value) =
                value.as_ref().filter(|value| value.as_ref().ty().slots().next.get().is_none())
            {
                return self.refused(&format!("{which} {of_reduction} an iterator, not {}", got(value)));
            }
        }
        if let Some(setter) =
            setter.as_ref().filter(|setter| setter.as_ref().ty().slots().call.get().is_none())
        {
            return self.refused(&format!("sixth {of_reduction} callable, not {}", got(setter)));
        }
        self.save_made(object, &function, given)?;
        match self.known(object) {
            Some(number) => {
                // the arguments hold the object: it was written meanwhile
                self.push(&[POP]);
                self.push_get(number);
            }
            None => self.memoize(object),
        }
        if let Some(items) = items {
            self.append_all(object, items.as_ref())?;
        }
        if let Some(pairs) = pairs {
            self.set_all(object, pairs.as_ref())?;
        }
        match (state, setter) {
            (None, _) => Ok(()),
            (Some(state), None) => {
                self.save_part(object, state.as_ref(), "state")?;
                self.push(&[BUILD]);
                Ok(())
            }
            (Some(state), Some(setter)) => {
                self.save_part(object, setter.as_ref(), "state setter")?;
                self.save(object)?;
                self.save_part(object, state.as_ref(), "state")?;
                self.push(&[TUPLE2, REDUCE, POP]);
                Ok(())
            }
        }
    }

    /// Writes the call that makes an object.
    fn save_made(&self, object: Ref<'_>, function: &Value, given: &PyTuple) -> PyResult<()> {
        let thread = self.thread;
        let name = match self.version >= 2 {
            true => find(thread, function.as_ref(), names::__name__.get())?,
            false => None,
        };
        let is_named = |wanted: &str| {
            name.as_ref()
                .and_then(|name| name.as_ref().get::<PyStr>())
                .is_some_and(|name| name.equals_text(wanted))
        };
        if is_named("__newobj_ex__") {
            return self.save_new_ex(object, given);
        }
        if is_named("__newobj__") {
            return self.save_new(object, given);
        }
        self.save_part(object, function.as_ref(), "reconstructor")?;
        self.save_part(object, taipan_object::as_ref(given), "reconstructor arguments")?;
        self.push(&[REDUCE]);
        Ok(())
    }

    /// Checks the class that an object is made of.
    fn check_class(&self, object: Ref<'_>, class: Ref<'_>, function: &str) -> PyResult<()> {
        let thread = self.thread;
        if find(thread, class, names::__new__.get())?.is_none() {
            return self.refused(&format!("first argument to {function}() has no __new__"));
        }
        let own = attribute(thread, object, names::__class__.get())?;
        if own.as_ref().is(class) {
            return Ok(());
        }
        let wanted = show::repr(thread, own.as_ref())?.to_text_lossy();
        let got = show::repr(thread, class)?.to_text_lossy();
        self.refused(&format!("first argument to {function}() must be {wanted}, not {got}"))
    }

    fn save_new(&self, object: Ref<'_>, given: &PyTuple) -> PyResult<()> {
        let Some(class) = given.get(0) else {
            return self.refused("__newobj__ expected at least 1 argument, got 0");
        };
        self.check_class(object, class.as_ref(), "__newobj__")?;
        let rest = given.slice(self.thread, 1, given.len())?.into_value();
        self.save_part(object, class.as_ref(), "class")?;
        self.save_part(object, rest.as_ref(), "__new__ arguments")?;
        self.push(&[NEWOBJ]);
        Ok(())
    }

    fn save_new_ex(&self, object: Ref<'_>, given: &PyTuple) -> PyResult<()> {
        let thread = self.thread;
        let (Some(class), Some(arguments), Some(named), 3) =
            (given.get(0), given.get(1), given.get(2), given.len())
        else {
            return self.refused(&format!("__newobj_ex__ expected 3 arguments, got {}", given.len()));
        };
        self.check_class(object, class.as_ref(), "__newobj_ex__")?;
        for (value, which, wanted, right) in [
            (&arguments, "second", "tuple", arguments.as_ref().get::<PyTuple>().is_some()),
            (&named, "third", "dict", named.as_ref().get::<taipan_object::dict::PyDict>().is_some()),
        ] {
            if !right {
                let got = kind(thread, value.as_ref());
                return self
                    .refused(&format!("{which} argument to __newobj_ex__() must be a {wanted}, not {got}"));
            }
        }
        if self.version >= 4 {
            self.save_part(object, class.as_ref(), "class")?;
            self.save_part(object, arguments.as_ref(), "__new__ arguments")?;
            self.save_part(object, named.as_ref(), "__new__ arguments")?;
            self.push(&[NEWOBJ_EX]);
            return Ok(());
        }
        let partial = self.partial(&class, &arguments, &named)?;
        self.save_part(object, partial.as_ref(), "reconstructor")?;
        self.push(&[EMPTY_TUPLE, REDUCE]);
        Ok(())
    }

    /// `functools.partial(class.__new__, class, *arguments, **named)`: there was no opcode for it yet.
    fn partial(&self, class: &Value, arguments: &Value, named: &Value) -> PyResult<Value> {
        let thread = self.thread;
        let partial = imported(thread, names::functools.get(), names::partial.get())?;
        let mut given = vec![attribute(thread, class.as_ref(), names::__new__.get())?, class.clone()];
        given.extend(
            arguments.as_ref().get::<PyTuple>().into_iter().flat_map(PyTuple::iter).map(Ref::to_value),
        );
        let mut names = Vec::new();
        if let Some(dict) = named.as_ref().get::<taipan_object::dict::PyDict>() {
            let mut cursor = taipan_object::dict::DictCursor::start();
            while let Some((name, value)) = cursor.next(dict) {
                names.push(name);
                given.push(value);
            }
        }
        let names = PyTuple::from_values(thread, names)?;
        protocol::call(thread, partial.as_ref(), &given, Some(&names))
    }
}
