//! Writing what is found by its name: functions, classes, and what a reduction names.

use taipan_object::dict::DictCursor;
use taipan_object::dict::PyDict;
use taipan_object::exception::{ATTRIBUTE_ERROR, IMPORT_ERROR, KEY_ERROR, VALUE_ERROR};
use taipan_object::str::PyStr;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{Owned, PyResult, Raised, Ref, Value, as_ref, raise};
use taipan_runtime_builtins::text as show;

use crate::call::{attribute, caught, chained, find, imported, text, tuple};
use crate::errors::pickling;
use crate::opcodes::*;
use crate::save::Session;

fn shown(value: &Value) -> String {
    value.as_ref().get::<PyStr>().map_or_else(String::new, PyStr::to_text_lossy)
}

impl Session<'_> {
    /// The types of constants have no name to be found by.
    pub(crate) fn save_type(&self, object: Ref<'_>) -> PyResult<()> {
        let thread = self.thread;
        let constants = [Value::none(), Value::not_implemented(), Value::ellipsis()];
        for constant in constants {
            if as_ref(constant.as_ref().ty()).is(object) {
                let class = as_ref::<PyTypeObject>(&statics::TYPE).to_value();
                let arguments = tuple(thread, [constant])?;
                let reduced = tuple(thread, [class, arguments])?;
                return self.save_reduced(object, reduced.as_ref());
            }
        }
        self.save_global(object, None)
    }

    fn cannot(&self, object: Ref<'_>, why: &str) -> Raised {
        match show::repr(self.thread, object) {
            Ok(shown) => pickling(self.thread, &format!("Can't pickle {}: {why}", shown.to_text_lossy())),
            Err(raised) => raised,
        }
    }

    /// The parts of a dotted name, which may hold surrogates.
    fn parts(&self, name: &Value) -> PyResult<Vec<Owned<PyStr>>> {
        let Some(text) = name.as_ref().get::<PyStr>() else {
            let ty = name.as_ref().ty().name();
            return Err(raise!(self.thread, TYPE_ERROR, "attribute name must be string, not '{ty}'"));
        };
        let (mut parts, mut at) = (Vec::new(), 0);
        while let Some(dot) = text.find_char('.'.into(), at) {
            parts.push(text.slice(self.thread, at, dot)?);
            at = dot + 1;
        }
        parts.push(text.slice(self.thread, at, text.len())?);
        Ok(parts)
    }

    /// `object.a.b`
    fn resolve(&self, object: &Value, path: &[Owned<PyStr>]) -> PyResult<Value> {
        path.iter().try_fold(object.clone(), |object, name| {
            taipan_object::protocol::get_attribute(self.thread, object.as_ref(), name)
        })
    }

    /// The module that an object is found in by its name.
    fn module_of(&self, object: Ref<'_>, name: &Value) -> PyResult<Value> {
        let thread = self.thread;
        let path = self.parts(name)?;
        let told = find(thread, object, names::__module__.get())?.filter(|module| !module.as_ref().is_none());
        if path.iter().any(|part| part.equals_text("<locals>")) {
            let shown = show::repr(thread, object)?.to_text_lossy();
            return Err(pickling(thread, &format!("Can't pickle local object {shown}")));
        }
        let module = match told {
            Some(module) => module,
            None => self.search(object, &path)?,
        };
        let imported = self.imported_module(&module).map_err(|raised| {
            match caught(thread, raised, &[&IMPORT_ERROR, &VALUE_ERROR, &KEY_ERROR]) {
                Ok(error) => match show::str(thread, error.as_ref()) {
                    Ok(why) => {
                        let raised = self.cannot(object, &why.to_text_lossy());
                        chained(thread, raised, error)
                    }
                    Err(raised) => raised,
                },
                Err(raised) => raised,
            }
        })?;
        let place = format!("{}.{}", shown(&module), shown(name));
        match self.resolve(&imported, &path) {
            Ok(found) if found.as_ref().is(object) => Ok(module),
            Ok(_) => Err(self.cannot(object, &format!("it's not the same object as {place}"))),
            Err(raised) => {
                let error = caught(thread, raised, &[&ATTRIBUTE_ERROR])?;
                let raised = self.cannot(object, &format!("it's not found as {place}"));
                Err(chained(thread, raised, error))
            }
        }
    }

    fn imported_module(&self, name: &Value) -> PyResult<Value> {
        let thread = self.thread;
        let Some(text) = name.as_ref().get::<PyStr>() else {
            let ty = name.as_ref().ty().name();
            return Err(raise!(thread, TYPE_ERROR, "module name must be a string, not {ty}"));
        };
        if text.is_empty() {
            return Err(raise!(thread, VALUE_ERROR, "Empty module name"));
        }
        (thread.interp().hooks.import.get())(thread, text)
    }

    /// The module in `sys.modules` that has an object under a name.
    fn search(&self, object: Ref<'_>, path: &[Owned<PyStr>]) -> PyResult<Value> {
        let thread = self.thread;
        let all = imported(thread, names::sys.get(), names::modules.get())?;
        if let Some(dict) = all.as_ref().get::<PyDict>() {
            let copy = dict.copy(thread)?;
            let mut cursor = DictCursor::start();
            while let Some((name, module)) = cursor.next(&copy) {
                if matches!(shown(&name).as_str(), "__main__" | "__mp_main__") || module.as_ref().is_none() {
                    continue;
                }
                match self.resolve(&module, path) {
                    Ok(found) if found.as_ref().is(object) => return Ok(name),
                    Ok(_) => {}
                    Err(raised) => drop(caught(thread, raised, &[&ATTRIBUTE_ERROR])?),
                }
            }
        }
        text(thread, "__main__")
    }

    /// Writes an object by its name.
    pub(crate) fn save_global(&self, object: Ref<'_>, name: Option<Value>) -> PyResult<()> {
        let thread = self.thread;
        let name = match name {
            Some(name) => name,
            None => match find(thread, object, names::__qualname__.get())? {
                Some(name) => name,
                None => attribute(thread, object, names::__name__.get())?,
            },
        };
        let module = self.module_of(object, &name)?;
        if self.version >= 2 && self.save_extension(&module, &name)? {
            return Ok(());
        }
        if self.version >= 4 {
            self.save(module.as_ref())?;
            self.save(name.as_ref())?;
            self.push(&[STACK_GLOBAL]);
        } else {
            self.save_path(&module, &name)?;
        }
        self.memoize(object);
        Ok(())
    }

    /// Writes the code that an extension registered for a name.
    fn save_extension(&self, module: &Value, name: &Value) -> PyResult<bool> {
        let thread = self.thread;
        let registry = imported(thread, names::copyreg.get(), names::_extension_registry.get())?;
        let Some(registry) = registry.as_ref().get::<PyDict>() else { return Ok(false) };
        if registry.is_empty() {
            return Ok(false);
        }
        let key = tuple(thread, [module.clone(), name.clone()])?;
        let Some(code) = registry.get(thread, key.as_ref())? else { return Ok(false) };
        let code = taipan_runtime_builtins::arguments::to_int(thread, code.as_ref())?;
        let [a, b, c, d] = code.to_le_bytes();
        match code {
            ..=0 => return Err(raise!(thread, RUNTIME_ERROR, "extension code {code} is out of range")),
            1..=0xFF => self.push(&[EXT1, a]),
            0x100..=0xFFFF => self.push(&[EXT2, a, b]),
            _ => self.push(&[EXT4, a, b, c, d]),
        }
        Ok(true)
    }

    /// Before protocol 4 a dotted name is written as calls of `getattr`.
    fn save_path(&self, module: &Value, name: &Value) -> PyResult<()> {
        let parts = self.parts(name)?;
        let Some((first, rest)) = parts.split_first().filter(|(_, rest)| !rest.is_empty()) else {
            return self.save_top(module, name);
        };
        let get = imported(self.thread, names::builtins.get(), names::getattr.get())?;
        for _ in rest {
            self.save(get.as_ref())?;
            if self.version < 2 {
                self.push(&[MARK]);
            }
        }
        self.save_top(module, &first.as_ref().to_value())?;
        for name in rest {
            self.save(name.as_ref())?;
            self.push(if self.version < 2 { &[TUPLE, REDUCE] } else { &[TUPLE2, REDUCE] });
        }
        Ok(())
    }

    /// Writes a module and a name in it; before protocol 3 under the names that Python 2 knows.
    fn save_top(&self, module: &Value, name: &Value) -> PyResult<()> {
        let thread = self.thread;
        let (mut module, mut name) = (module.clone(), name.clone());
        if self.version < 3 && self.state.fix_imports.get() {
            let names = imported(thread, names::_compat_pickle.get(), names::REVERSE_NAME_MAPPING.get())?;
            let key = tuple(thread, [module.clone(), name.clone()])?;
            let found =
                names.as_ref().get::<PyDict>().map_or(Ok(None), |names| names.get(thread, key.as_ref()))?;
            if let Some(pair) = found.as_ref().and_then(|found| found.as_ref().get::<PyTuple>()) {
                if let (Some(old_module), Some(old_name)) = (pair.get(0), pair.get(1)) {
                    (module, name) = (old_module, old_name);
                }
            } else {
                let modules =
                    imported(thread, names::_compat_pickle.get(), names::REVERSE_IMPORT_MAPPING.get())?;
                let modules =
                    modules.as_ref().get::<PyDict>().map(|modules| modules.get(thread, module.as_ref()));
                if let Some(old) = modules.transpose()?.flatten() {
                    module = old;
                }
            }
        }
        self.push(&[GLOBAL]);
        self.push_line(&module, "module")?;
        self.push_line(&name, "global")
    }

    fn push_line(&self, value: &Value, what: &str) -> PyResult<()> {
        let thread = self.thread;
        let text = value.as_ref().get::<PyStr>();
        let encoded = match text {
            Some(text) if self.version >= 3 => text.as_utf8(thread)?,
            Some(text) => text.as_ascii(),
            None => None,
        };
        let Some(encoded) = encoded else {
            let (shown, version) = (show::repr(thread, value.as_ref())?.to_text_lossy(), self.version);
            let message = format!("can't pickle {what} identifier {shown} using pickle protocol {version}");
            let encoding = if version >= 3 { "utf-8" } else { "ascii" };
            let encode = thread.interp().hooks.encode.get();
            return Err(match encode(thread, value.as_ref(), encoding, "strict") {
                Ok(_) => pickling(thread, &message),
                Err(raised) => {
                    let error = caught(thread, raised, &[&VALUE_ERROR])?;
                    chained(thread, pickling(thread, &message), error)
                }
            });
        };
        self.push(encoded.as_bytes());
        self.push(b"\n");
        Ok(())
    }
}
