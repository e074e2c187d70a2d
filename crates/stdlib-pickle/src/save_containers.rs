//! Writing containers, in batches from protocol 1 on. Items are taken one by one: what an item runs may change the
//! container.

use taipan_object::dict::DictCursor;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::set::PySet;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{Owned, PyResult, Ref, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::text as show;

use crate::call::{kind, method, noted, tuple};
use crate::errors::pickling;
use crate::opcodes::*;
use crate::save::Session;

impl Session<'_> {
    fn save_item(&self, owner: Ref<'_>, at: usize, item: Ref<'_>) -> PyResult<()> {
        let thread = self.thread;
        noted(thread, self.save(item), || Ok(format!("when serializing {} item {at}", kind(thread, owner))))
    }

    fn save_pair(&self, owner: Ref<'_>, key: &Value, value: &Value) -> PyResult<()> {
        let thread = self.thread;
        self.save(key.as_ref())?;
        noted(thread, self.save(value.as_ref()), || {
            let shown = show::repr(thread, key.as_ref())?.to_text_lossy();
            Ok(format!("when serializing {} item {shown}", kind(thread, owner)))
        })
    }

    pub(crate) fn save_tuple(&self, object: Ref<'_>, items: &PyTuple) -> PyResult<()> {
        let count = items.len();
        if count == 0 {
            self.push(if self.binary { &[EMPTY_TUPLE] } else { &[MARK, TUPLE] });
            return Ok(());
        }
        let short = count <= 3 && self.version >= 2;
        if !short {
            self.push(&[MARK]);
        }
        for (at, item) in items.iter().enumerate() {
            self.save_item(object, at, item)?;
        }
        if let Some(number) = self.known(object) {
            // an item holds the tuple: it was written meanwhile
            if short || !self.binary {
                self.push(&vec![POP; if short { count } else { count + 1 }]);
            } else {
                self.push(&[POP_MARK]);
            }
            self.push_get(number);
            return Ok(());
        }
        self.push(match (short, count) {
            (true, 1) => &[TUPLE1],
            (true, 2) => &[TUPLE2],
            (true, _) => &[TUPLE3],
            _ => &[TUPLE],
        });
        self.memoize(object);
        Ok(())
    }

    pub(crate) fn save_list(&self, object: Ref<'_>) -> PyResult<()> {
        let Some(list) = object.get::<PyList>().map(Owned::new_ref) else { return Ok(()) };
        self.push(if self.binary { &[EMPTY_LIST] } else { &[MARK, LIST] });
        self.memoize(object);
        if list.is_empty() {
            return Ok(());
        }
        if !self.binary {
            let items = protocol::iter(self.thread, object)?;
            return self.append_all(object, items.as_ref());
        }
        let mut at = 0;
        let single = list.len() == 1;
        while at < list.len() {
            if !single {
                self.push(&[MARK]);
            }
            let end = at + BATCH;
            while at < end
                && let Some(item) = list.get(at)
            {
                self.save_item(object, at, item.as_ref())?;
                at += 1;
            }
            self.push(if single { &[APPEND] } else { &[APPENDS] });
            if single {
                break;
            }
        }
        Ok(())
    }

    /// Appends what an iterator gives.
    pub(crate) fn append_all(&self, owner: Ref<'_>, items: Ref<'_>) -> PyResult<()> {
        let thread = self.thread;
        let mut at = 0;
        if !self.binary {
            while let Some(item) = protocol::next(thread, items)? {
                self.save_item(owner, at, item.as_ref())?;
                self.push(&[APPEND]);
                at += 1;
            }
            return Ok(());
        }
        let mut first = protocol::next(thread, items)?;
        while let Some(item) = first.take() {
            let Some(second) = protocol::next(thread, items)? else {
                self.save_item(owner, at, item.as_ref())?;
                self.push(&[APPEND]);
                return Ok(());
            };
            self.push(&[MARK]);
            self.save_item(owner, at, item.as_ref())?;
            let (mut count, mut next) = (1, Some(second));
            at += 1;
            while let Some(item) = next.take() {
                self.save_item(owner, at, item.as_ref())?;
                (count, at) = (count + 1, at + 1);
                if count == BATCH {
                    break;
                }
                next = protocol::next(thread, items)?;
            }
            self.push(&[APPENDS]);
            if count < BATCH {
                break;
            }
            first = protocol::next(thread, items)?;
        }
        Ok(())
    }

    pub(crate) fn save_dict(&self, object: Ref<'_>) -> PyResult<()> {
        let Some(dict) = object.get::<PyDict>().map(Owned::new_ref) else { return Ok(()) };
        self.push(if self.binary { &[EMPTY_DICT] } else { &[MARK, DICT] });
        self.memoize(object);
        if dict.is_empty() {
            return Ok(());
        }
        if !self.binary {
            let pairs = method(self.thread, object, names::items.get(), &[])?;
            let pairs = protocol::iter(self.thread, pairs.as_ref())?;
            return self.set_all(object, pairs.as_ref());
        }
        let (size, single) = (dict.len(), dict.len() == 1);
        let mut cursor = DictCursor::start();
        let mut next = cursor.next(&dict);
        while next.is_some() {
            if !single {
                self.push(&[MARK]);
            }
            let mut count = 0;
            while let Some((key, value)) = next.take() {
                self.save_pair(object, &key, &value)?;
                if dict.len() != size {
                    return Err(raise!(
                        self.thread,
                        RUNTIME_ERROR,
                        "dictionary changed size during iteration"
                    ));
                }
                next = cursor.next(&dict);
                count += 1;
                if count == BATCH {
                    break;
                }
            }
            self.push(if single { &[SETITEM] } else { &[SETITEMS] });
        }
        Ok(())
    }

    fn pair(&self, item: &Value) -> PyResult<(Value, Value)> {
        let pair = item.as_ref().get::<PyTuple>().filter(|pair| pair.len() == 2);
        match pair.map(|pair| (pair.get(0), pair.get(1))) {
            Some((Some(key), Some(value))) => Ok((key, value)),
            _ => {
                let message = "dict items iterator must return 2-tuples";
                Err(raise!(self.thread, TYPE_ERROR, "{message}"))
            }
        }
    }

    /// Sets the pairs that an iterator gives.
    pub(crate) fn set_all(&self, owner: Ref<'_>, pairs: Ref<'_>) -> PyResult<()> {
        let thread = self.thread;
        let save = |item: &Value| {
            let (key, value) = self.pair(item)?;
            self.save_pair(owner, &key, &value)
        };
        if !self.binary {
            while let Some(item) = protocol::next(thread, pairs)? {
                save(&item)?;
                self.push(&[SETITEM]);
            }
            return Ok(());
        }
        let mut first = protocol::next(thread, pairs)?;
        while let Some(item) = first.take() {
            let Some(second) = protocol::next(thread, pairs)? else {
                save(&item)?;
                self.push(&[SETITEM]);
                return Ok(());
            };
            self.push(&[MARK]);
            save(&item)?;
            let (mut count, mut next) = (1, Some(second));
            while let Some(item) = next.take() {
                save(&item)?;
                count += 1;
                if count == BATCH {
                    break;
                }
                next = protocol::next(thread, pairs)?;
            }
            self.push(&[SETITEMS]);
            if count < BATCH {
                break;
            }
            first = protocol::next(thread, pairs)?;
        }
        Ok(())
    }

    fn save_element(&self, owner: Ref<'_>, item: Ref<'_>) -> PyResult<()> {
        let thread = self.thread;
        noted(thread, self.save(item), || Ok(format!("when serializing {} element", kind(thread, owner))))
    }

    /// Before protocol 4 a set is made of a list.
    fn save_set_as_list(&self, object: Ref<'_>, class: &'static PyTypeObject) -> PyResult<()> {
        let thread = self.thread;
        let items = PyList::new(thread)?;
        protocol::length_hint::extend_list(thread, &items, object)?;
        let arguments = tuple(thread, [items.into_value()])?;
        let reduced = tuple(thread, [as_ref(class).to_value(), arguments])?;
        self.save_reduced(object, reduced.as_ref())
    }

    pub(crate) fn save_set(&self, object: Ref<'_>) -> PyResult<()> {
        if self.version < 4 {
            return self.save_set_as_list(object, &statics::SET);
        }
        let Some(set) = object.get::<PySet>().map(Owned::new_ref) else { return Ok(()) };
        self.push(&[EMPTY_SET]);
        self.memoize(object);
        let (size, mut position) = (set.len(), 0);
        let mut next = set.next(&mut position);
        while next.is_some() {
            self.push(&[MARK]);
            let mut count = 0;
            while let Some(item) = next.take() {
                self.save_element(object, item.as_ref())?;
                if set.len() != size {
                    return Err(raise!(self.thread, RUNTIME_ERROR, "set changed size during iteration"));
                }
                next = set.next(&mut position);
                count += 1;
                if count == BATCH {
                    break;
                }
            }
            self.push(&[ADDITEMS]);
        }
        Ok(())
    }

    pub(crate) fn save_frozenset(&self, object: Ref<'_>) -> PyResult<()> {
        if self.version < 4 {
            return self.save_set_as_list(object, &statics::FROZENSET);
        }
        let Some(set) = object.get::<PySet>().map(Owned::new_ref) else { return Ok(()) };
        self.push(&[MARK]);
        let mut position = 0;
        while let Some(item) = set.next(&mut position) {
            self.save_element(object, item.as_ref())?;
        }
        if let Some(number) = self.known(object) {
            self.push(&[POP_MARK]);
            self.push_get(number);
            return Ok(());
        }
        self.push(&[FROZENSET]);
        self.memoize(object);
        Ok(())
    }

    /// Refuses what a reduction says.
    pub(crate) fn refused(&self, message: &str) -> PyResult<()> {
        Err(pickling(self.thread, message))
    }
}
