//! Arguments to parameters: what a call gives becomes the first locals of the frame, by Python's rules. The
//! parameters stand in this order: positional-only, positional, keyword-only, `*args`, `**kwargs`.

use crate::code::RegisterCode;
use crate::frame::{UNBOUND, put, take};
use taipan_bytecode_format::CodeFlags;
use taipan_object::dict::PyDict;
use taipan_object::function::PyFunction;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, raise};

/// The binding of one call.
struct Binder<'a> {
    thread: &'a Thread,
    function: &'a PyFunction,
    code: &'a RegisterCode,
    slots: *mut u64,
    /// Positional arguments given.
    given: usize,
}

/// Binds the arguments in the slots: positional ones, then those of `names`.
///
/// # Safety
/// The slots up to the larger of the code's slots and the arguments may be used; the arguments hold values, the
/// locals behind them nothing.
#[inline(never)]
pub(super) unsafe fn bind(
    thread: &Thread,
    function: &PyFunction,
    code: &RegisterCode,
    slots: *mut u64,
    given: usize,
    names: Option<&PyTuple>,
) -> PyResult<()> {
    let binder = Binder { thread, function, code, slots, given };
    let few = code.simple && names.is_none() && given < code.argcount as usize;
    // SAFETY: by contract.
    if !few && unsafe { !names.is_some_and(|names| binder.place_known(names)) } {
        // SAFETY: by contract.
        unsafe { binder.place(names)? };
    }
    binder.fill_defaults()?;
    binder.fill_keyword_defaults()
}

/// So many values of keyword arguments need no memory of their own.
const FEW: usize = 8;

/// The values of keyword arguments, moved out of their slots.
struct Named {
    few: [Option<Value>; FEW],
    more: Vec<Value>,
}

impl Named {
    fn take(slots: *mut u64, from: usize, count: usize) -> Named {
        let mut named = Named { few: Default::default(), more: Vec::new() };
        for at in 0..count {
            // SAFETY: the caller's arguments stand in these slots.
            let value = unsafe { take(slots, from + at) };
            match named.few.get_mut(at) {
                Some(place) => *place = Some(value),
                None => named.more.push(value),
            }
        }
        named
    }

    fn into_values(self) -> impl Iterator<Item = Value> {
        self.few.into_iter().flatten().chain(self.more)
    }
}

impl Binder<'_> {
    /// Puts keyword arguments where they belong, if there is nothing else to place, all names are known by their
    /// identity and none is given twice. False, and nothing is done, otherwise.
    ///
    /// # Safety
    /// As for `bind`.
    #[inline]
    unsafe fn place_known(&self, names: &PyTuple) -> bool {
        let flags = self.code.source.flags;
        let total = self.positional() + self.keyword_only();
        if flags.has(CodeFlags::VARARGS)
            || flags.has(CodeFlags::VARKEYWORDS)
            || self.given > self.positional()
            || names.len() > FEW
        {
            return false;
        }
        let from = self.code.source.posonlyargcount as usize;
        let Some(parameters) = self.code.local_names.get(from..total) else { return false };
        let (mut places, mut words, mut seen) = ([0usize; FEW], [UNBOUND; FEW], 0u64);
        for (place, name) in places.iter_mut().zip(names.iter()) {
            let found = parameters.iter().position(|parameter| parameter.as_ref().is(name));
            let Some(at) = found.map(|at| at + from).filter(|&at| at >= self.given && at < 64) else {
                return false;
            };
            if seen & 1 << at != 0 {
                return false;
            }
            seen |= 1 << at;
            *place = at;
        }
        // SAFETY: the arguments stand in these slots, and are moved out before the first one is placed.
        unsafe {
            let first = self.slots.add(self.given);
            for (at, word) in words.iter_mut().take(names.len()).enumerate() {
                *word = first.add(at).replace(UNBOUND);
            }
            for (&place, &word) in places.iter().zip(&words).take(names.len()) {
                *self.slots.add(place) = word;
            }
        }
        true
    }

    fn positional(&self) -> usize {
        self.code.argcount as usize
    }

    fn keyword_only(&self) -> usize {
        self.code.source.kwonlyargcount as usize
    }

    fn is_unbound(&self, at: usize) -> bool {
        // SAFETY: a slot of the frame.
        unsafe { *self.slots.add(at) == UNBOUND }
    }

    fn set(&self, at: usize, value: Value) {
        // SAFETY: a slot of the frame.
        unsafe { put(self.slots, at, value) }
    }

    fn name(&self, at: usize) -> String {
        self.code.local_names.get(at).map_or_else(String::new, |name| name.to_text_lossy())
    }

    fn function_name(&self) -> String {
        let name = self.function.func_qualname().get();
        let name = name.as_ref().and_then(|name| name.as_ref().get::<PyStr>());
        name.map_or_else(String::new, PyStr::to_text_lossy)
    }

    /// Puts surplus positional arguments and keyword arguments where they belong.
    ///
    /// # Safety
    /// As for `bind`.
    unsafe fn place(&self, names: Option<&PyTuple>) -> PyResult<()> {
        let flags = self.code.source.flags;
        let (positional, total) = (self.positional(), self.positional() + self.keyword_only());
        let (star, double_star) = (flags.has(CodeFlags::VARARGS), flags.has(CodeFlags::VARKEYWORDS));
        let named = names.map(|names| Named::take(self.slots, self.given, names.len()));
        let surplus = self.given.saturating_sub(positional);
        let too_many = !star && surplus > 0;
        // SAFETY: the surplus arguments stand in these slots, and are moved out.
        unsafe {
            if star {
                let words = self.slots.add(positional).cast_const().cast();
                let tuple = PyTuple::from_words(self.thread, words, surplus)?;
                for at in positional..positional + surplus {
                    *self.slots.add(at) = UNBOUND;
                }
                self.set(total, tuple.into_value());
            } else if too_many {
                crate::frame::clear(self.slots, positional, positional + surplus);
            }
        }
        let keywords = if double_star { Some(PyDict::new(self.thread)?) } else { None };
        if let Some(dict) = &keywords {
            self.set(total + usize::from(star), dict.clone().into_value());
        }
        for (at, value) in named.into_iter().flat_map(Named::into_values).enumerate() {
            if let Some(name) = names.and_then(|names| names.borrow(at)) {
                self.place_named(name, value, keywords.as_deref(), names)?;
            }
        }
        if too_many { Err(self.too_many()) } else { Ok(()) }
    }

    fn place_named(
        &self,
        name: Ref<'_>,
        value: Value,
        keywords: Option<&PyDict>,
        names: Option<&PyTuple>,
    ) -> PyResult<()> {
        let thread = self.thread;
        let Some(text) = name.get::<PyStr>() else {
            return Err(raise!(thread, TYPE_ERROR, "{}() keywords must be strings", self.function_name()));
        };
        match self.parameter(name, text) {
            Some(at) if self.is_unbound(at) => {
                self.set(at, value);
                Ok(())
            }
            Some(_) => {
                let (function, name) = (self.function_name(), text.to_text_lossy());
                Err(raise!(thread, TYPE_ERROR, "{function}() got multiple values for argument '{name}'"))
            }
            None => match keywords {
                Some(keywords) => {
                    let old = keywords.insert(thread, name, value)?;
                    drop(old);
                    Ok(())
                }
                None => Err(self.unexpected(text, names)),
            },
        }
    }

    /// The place of the parameter of a name that may be given by name.
    fn parameter(&self, name: Ref<'_>, text: &PyStr) -> Option<usize> {
        let from = self.code.source.posonlyargcount as usize;
        let to = self.positional() + self.keyword_only();
        let parameters = self.code.local_names.get(from..to)?;
        let same = |parameter: &Owned<PyStr>| parameter.as_ref().is(name);
        let found = parameters.iter().position(same);
        let found = found.or_else(|| parameters.iter().position(|parameter| parameter.equals(text)));
        found.map(|at| at + from)
    }

    fn fill_defaults(&self) -> PyResult<()> {
        let positional = self.positional();
        if self.given >= positional {
            return Ok(());
        }
        let held = self.function.func_defaults().peek();
        // SAFETY: the function, which lives, holds the tuple; nothing is released below before the last use, for the
        // slots that are set hold nothing
        let defaults = held.and_then(|word| unsafe { Ref::from_word(word) }.get::<PyTuple>());
        let first_default = positional.saturating_sub(defaults.map_or(0, PyTuple::len));
        let missing: Vec<usize> = (self.given..first_default).filter(|&at| self.is_unbound(at)).collect();
        if !missing.is_empty() {
            return Err(self.missing(&missing, "positional"));
        }
        for at in self.given.max(first_default)..positional {
            // there may be more defaults than parameters
            let skipped = defaults.map_or(0, PyTuple::len).saturating_sub(positional);
            let default = defaults.and_then(|defaults| defaults.get(at - first_default + skipped));
            if let (true, Some(default)) = (self.is_unbound(at), default) {
                self.set(at, default);
            }
        }
        Ok(())
    }

    fn fill_keyword_defaults(&self) -> PyResult<()> {
        let (from, count) = (self.positional(), self.keyword_only());
        if count == 0 {
            return Ok(());
        }
        let defaults = self.function.func_kwdefaults().get();
        let defaults = defaults.as_ref().and_then(|defaults| defaults.as_ref().get::<PyDict>());
        let mut missing = Vec::new();
        for at in (from..from + count).filter(|&at| self.is_unbound(at)) {
            let name = self.code.local_names.get(at);
            let default = match (defaults, name) {
                (Some(defaults), Some(name)) => defaults.get_str(self.thread, name)?,
                _ => None,
            };
            match default {
                Some(default) => self.set(at, default),
                None => missing.push(at),
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(self.missing(&missing, "keyword-only")) }
    }

    // -- errors ------------------------------------------------------------------------------------

    #[cold]
    fn missing(&self, missing: &[usize], kind: &str) -> Raised {
        let names: Vec<String> = missing.iter().map(|&at| format!("'{}'", self.name(at))).collect();
        let list = match names.as_slice() {
            [one] => one.clone(),
            [one, two] => format!("{one} and {two}"),
            [first @ .., last] => format!("{}, and {last}", first.join(", ")),
            [] => String::new(),
        };
        let (function, count) = (self.function_name(), names.len());
        let plural = if count == 1 { "" } else { "s" };
        raise!(
            self.thread,
            TYPE_ERROR,
            "{function}() missing {count} required {kind} argument{plural}: {list}"
        )
    }

    #[cold]
    fn too_many(&self) -> Raised {
        let positional = self.positional();
        let defaults = self.function.func_defaults().get();
        let defaults = defaults.as_ref().and_then(|defaults| defaults.as_ref().get::<PyTuple>());
        let defaults = defaults.map_or(0, PyTuple::len);
        let named = (positional..positional + self.keyword_only()).filter(|&at| !self.is_unbound(at)).count();
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let takes = if defaults > 0 {
            format!("from {} to {positional}", positional.saturating_sub(defaults))
        } else {
            positional.to_string()
        };
        let takes_plural = if defaults > 0 || positional != 1 { "s" } else { "" };
        let given = self.given;
        let given_text = if named > 0 {
            let (p, k) = (plural(given), plural(named));
            format!(" positional argument{p} (and {named} keyword-only argument{k})")
        } else {
            String::new()
        };
        let was = if given == 1 && named == 0 { "was" } else { "were" };
        raise!(
            self.thread,
            TYPE_ERROR,
            "{}() takes {takes} positional argument{takes_plural} but {given}{given_text} {was} given",
            self.function_name()
        )
    }

    /// A name that no parameter has, or only a positional-only one.
    #[cold]
    fn unexpected(&self, name: &PyStr, names: Option<&PyTuple>) -> Raised {
        let function = self.function_name();
        let only = self.code.source.posonlyargcount as usize;
        let only = self.code.local_names.get(..only).unwrap_or_default();
        let passed: Vec<String> = only
            .iter()
            .filter(|parameter| {
                let mut given = names.into_iter().flat_map(PyTuple::iter);
                given.any(|name| name.get::<PyStr>().is_some_and(|name| name.equals(parameter)))
            })
            .map(|parameter| parameter.to_text_lossy())
            .collect();
        if !passed.is_empty() {
            let passed = passed.join(", ");
            return raise!(
                self.thread,
                TYPE_ERROR,
                "{function}() got some positional-only arguments passed as keyword arguments: '{passed}'"
            );
        }
        let name = name.to_text_lossy();
        let from = self.code.source.posonlyargcount as usize;
        let to = self.positional() + self.keyword_only();
        let candidates = self.code.local_names.get(from..to).unwrap_or_default();
        let candidates: Vec<String> = candidates.iter().map(|name| name.to_text_lossy()).collect();
        let hint = match crate::suggest::closest(&name, &candidates) {
            Some(close) => format!(". Did you mean '{close}'?"),
            None => String::new(),
        };
        raise!(self.thread, TYPE_ERROR, "{function}() got an unexpected keyword argument '{name}'{hint}")
    }
}
