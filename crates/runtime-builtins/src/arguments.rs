//! How natives read what they are called with: counts, names, defaults, conversions. Invariant: the messages
//! are those that CPython's generated argument parsers give.

use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol, raise};

/// The parameters of a function that takes arguments by name.
pub struct Parameters<const N: usize> {
    /// The name of the function.
    pub function: &'static str,
    /// The names of the parameters, in order.
    pub names: [&'static str; N],
    /// How many, from the first on, are given by position only.
    pub positional_only: usize,
    /// How many may be given by position.
    pub positional: usize,
    /// How many, from the first on, must be given.
    pub required: usize,
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

impl<const N: usize> Parameters<N> {
    /// The arguments in the order of the parameters; none where one was not given.
    pub fn bind<'a>(
        &self,
        thread: &Thread,
        arguments: &'a [Value],
        names: Option<&PyTuple>,
    ) -> PyResult<[Option<Ref<'a>>; N]> {
        let by_name = names.map_or(0, PyTuple::len);
        let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
        self.check_counts(thread, positional.len(), named.len())?;
        let mut bound = [None; N];
        for (place, value) in bound.iter_mut().zip(positional) {
            *place = Some(value.as_ref());
        }
        let name_at =
            |at: usize| names.and_then(|names| names.borrow(at)).and_then(|name| name.get::<PyStr>());
        for (at, value) in named.iter().enumerate() {
            let place =
                name_at(at).and_then(|name| self.place(name)).filter(|&place| place >= positional.len());
            if let Some(place) = place.and_then(|place| bound.get_mut(place)) {
                *place = Some(value.as_ref());
            }
        }
        for (at, name) in self.names.iter().enumerate().take(self.required) {
            if bound.get(at).is_some_and(Option::is_none) {
                let (function, at) = (self.function, at + 1);
                let message = format_args!("{function}() missing required argument '{name}' (pos {at})");
                return Err(thread.raise_message(&taipan_object::exception::TYPE_ERROR, message));
            }
        }
        for name in (0..named.len()).filter_map(name_at) {
            self.check_name(thread, positional.len(), name)?;
        }
        Ok(bound)
    }

    fn check_counts(&self, thread: &Thread, positional: usize, named: usize) -> PyResult<()> {
        let (function, given) = (self.function, positional + named);
        if given > N {
            let kind = if positional == 0 { "keyword " } else { "" };
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "{function}() takes at most {N} {kind}argument{} ({given} given)",
                plural(N)
            ));
        }
        let most = self.positional;
        if positional > most {
            if most == 0 {
                return Err(raise!(thread, TYPE_ERROR, "{function}() takes no positional arguments"));
            }
            let how = if self.required < most { "at most" } else { "exactly" };
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "{function}() takes {how} {most} positional argument{} ({positional} given)",
                plural(most)
            ));
        }
        let least = self.positional_only.min(self.required);
        if positional < least {
            let how = if least < most { "at least" } else { "exactly" };
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "{function}() takes {how} {least} positional argument{} ({positional} given)",
                plural(least)
            ));
        }
        Ok(())
    }

    /// Where the argument of a name goes.
    fn place(&self, name: &PyStr) -> Option<usize> {
        let known = self.names.iter().skip(self.positional_only).position(|known| name.equals_text(known));
        known.map(|at| at + self.positional_only)
    }

    /// Refuses a name that is none of the parameters', or whose argument was given by position, too.
    fn check_name(&self, thread: &Thread, positional: usize, name: &PyStr) -> PyResult<()> {
        let function = self.function;
        match self.place(name) {
            Some(at) if at < positional => {
                let (name, at) = (name.to_text_lossy(), at + 1);
                Err(raise!(
                    thread,
                    TYPE_ERROR,
                    "argument for {function}() given by name ('{name}') and position ({at})"
                ))
            }
            Some(_) => Ok(()),
            None => {
                let name = name.to_text_lossy();
                Err(raise!(thread, TYPE_ERROR, "{function}() got an unexpected keyword argument '{name}'"))
            }
        }
    }
}

/// Checks how many positional arguments there are.
pub fn check_count(thread: &Thread, function: &str, given: usize, least: usize, most: usize) -> PyResult<()> {
    if (least..=most).contains(&given) {
        return Ok(());
    }
    let (how, bound) = match given < least {
        _ if least == most => ("", least),
        true => ("at least ", least),
        false => ("at most ", most),
    };
    Err(raise!(thread, TYPE_ERROR, "{function} expected {how}{bound} argument{}, got {given}", plural(bound)))
}

/// Says that an argument is of the wrong type; `which` is `argument` or `argument 2`.
#[cold]
pub fn wrong_type(thread: &Thread, function: &str, which: &str, wanted: &str, got: Ref<'_>) -> Raised {
    let got = if got.is_none() { "None" } else { got.ty().name() };
    raise!(thread, TYPE_ERROR, "{function}() {which} must be {wanted}, not {got}")
}

/// A string argument.
pub fn expect_str<'a>(thread: &Thread, function: &str, which: &str, value: Ref<'a>) -> PyResult<&'a PyStr> {
    value.get::<PyStr>().ok_or_else(|| wrong_type(thread, function, which, "str", value))
}

/// An argument that is a size or a count.
pub fn to_size(thread: &Thread, value: Ref<'_>) -> PyResult<isize> {
    let index = protocol::number::index(thread, value)?;
    match index.as_ref().to_i64() {
        Some(size) => Ok(size as isize),
        None => Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C ssize_t")),
    }
}

/// An argument that is an int, and a size or a count: what C reads without asking for `__index__`.
pub fn to_plain_size(thread: &Thread, value: Ref<'_>) -> PyResult<isize> {
    if !value.is_int() {
        return Err(raise!(thread, TYPE_ERROR, "an integer is required"));
    }
    to_size(thread, value)
}

/// An argument that is a C `int`.
pub fn to_int(thread: &Thread, value: Ref<'_>) -> PyResult<i32> {
    let index = protocol::number::index(thread, value)?;
    let int = index.as_ref().to_i64().and_then(|int| i32::try_from(int).ok());
    int.ok_or_else(|| raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C int"))
}

/// A bound of a part of a sequence, clipped to what fits; none if it is `None`.
pub fn to_bound(thread: &Thread, value: Option<Ref<'_>>) -> PyResult<Option<isize>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    let message = "slice indices must be integers or None or have an __index__ method";
    clipped_index(thread, value, message).map(Some)
}

/// The same where `None` is not allowed.
pub fn to_index(thread: &Thread, value: Ref<'_>) -> PyResult<isize> {
    clipped_index(thread, value, "slice indices must be integers or have an __index__ method")
}

fn clipped_index(thread: &Thread, value: Ref<'_>, message: &str) -> PyResult<isize> {
    if !value.is_int() && value.ty().slots().index.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    let index = protocol::number::index(thread, value)?;
    if let Some(index) = index.as_ref().to_i64() {
        return Ok(index as isize);
    }
    let negative = index.as_ref().int_to_text(16).is_some_and(|text| text.starts_with('-'));
    Ok(if negative { isize::MIN } else { isize::MAX })
}

/// The part of `len` items between two bounds, which count from the end when they are negative.
pub fn clip(len: usize, start: Option<isize>, end: Option<isize>) -> (usize, usize) {
    let place = |bound: isize| match usize::try_from(bound) {
        Ok(bound) => bound,
        Err(_) => len.saturating_sub(bound.unsigned_abs()),
    };
    (start.map_or(0, place), end.map_or(len, place).min(len))
}

/// How many of the arguments are positional.
pub fn positional_count(arguments: &[Value], names: Option<&PyTuple>) -> usize {
    arguments.len().saturating_sub(names.map_or(0, PyTuple::len))
}

/// The arguments by position of a constructor that takes none by name. A class that derives from the type and has an
/// `__init__` of its own may be called with names: they are for that one.
pub fn no_keywords<'a>(
    thread: &Thread,
    class: &PyTypeObject,
    base: &PyTypeObject,
    arguments: &'a [Value],
    names: Option<&PyTuple>,
) -> PyResult<&'a [Value]> {
    let same_init = match (class.slots().init.get(), base.slots().init.get()) {
        (Some(own), Some(inherited)) => std::ptr::fn_addr_eq(own, inherited),
        (None, None) => true,
        _ => false,
    };
    positional(thread, base, arguments, names, same_init)
}

/// The same for `__init__`: names may be for a `__new__` of the class's own.
pub fn no_keywords_in_init<'a>(
    thread: &Thread,
    class: &PyTypeObject,
    base: &PyTypeObject,
    arguments: &'a [Value],
    names: Option<&PyTuple>,
) -> PyResult<&'a [Value]> {
    let same_new = match (class.slots().new.get(), base.slots().new.get()) {
        (Some(own), Some(inherited)) => std::ptr::fn_addr_eq(own, inherited),
        (None, None) => true,
        _ => false,
    };
    positional(thread, base, arguments, names, same_new)
}

fn positional<'a>(
    thread: &Thread,
    base: &PyTypeObject,
    arguments: &'a [Value],
    names: Option<&PyTuple>,
    refuses: bool,
) -> PyResult<&'a [Value]> {
    let by_name = names.map_or(0, PyTuple::len);
    if by_name == 0 {
        return Ok(arguments);
    }
    if refuses {
        return Err(raise!(thread, TYPE_ERROR, "{}() takes no keyword arguments", base.short_name()));
    }
    Ok(arguments.split_at(arguments.len().saturating_sub(by_name)).0)
}
