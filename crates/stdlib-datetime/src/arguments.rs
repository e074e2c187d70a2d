//! How the constructors read their arguments, with the messages of C's `PyArg_ParseTupleAndKeywords` for a function
//! without a name; conversions of numbers.

use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

/// The parameters of a constructor.
pub(crate) struct Constructor<const N: usize> {
    /// Their names, in order.
    pub(crate) names: [&'static str; N],
    /// How many must be given.
    pub(crate) required: usize,
    /// How many may be given by position.
    pub(crate) positional: usize,
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

impl<const N: usize> Constructor<N> {
    /// The arguments in the order of the parameters; none where one was not given.
    pub(crate) fn bind<'a>(
        &self,
        thread: &Thread,
        arguments: &'a [Value],
        names: Option<&PyTuple>,
    ) -> PyResult<[Option<Ref<'a>>; N]> {
        let by_name = names.map_or(0, PyTuple::len);
        let (given, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
        let (total, most) = (arguments.len(), self.positional);
        if total > N {
            let kind = if given.is_empty() { "keyword " } else { "" };
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "function takes at most {N} {kind}argument{} ({total} given)",
                plural(N)
            ));
        }
        if given.len() > most {
            let (count, s) = (given.len(), plural(most));
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "function takes at most {most} positional argument{s} ({count} given)"
            ));
        }
        let mut bound = [None; N];
        for (place, value) in bound.iter_mut().zip(given) {
            *place = Some(value.as_ref());
        }
        let text_at =
            |at: usize| names.and_then(|names| names.borrow(at)).and_then(|name| name.get::<PyStr>());
        let place_of = |name: &PyStr| self.names.iter().position(|known| name.equals_text(known));
        for (at, value) in named.iter().enumerate() {
            let place = text_at(at).and_then(place_of).filter(|place| *place >= given.len());
            if let Some(place) = place.and_then(|place| bound.get_mut(place)) {
                *place = Some(value.as_ref());
            }
        }
        for (at, name) in self.names.iter().enumerate().take(self.required) {
            if bound.get(at).is_some_and(Option::is_none) {
                // arguments are read one after the other: those before are numbers
                for value in bound.iter().take(at).flatten() {
                    c_int(thread, *value)?;
                }
                let at = at + 1;
                return Err(raise!(
                    thread,
                    TYPE_ERROR,
                    "function missing required argument '{name}' (pos {at})"
                ));
            }
        }
        for name in (0..named.len()).filter_map(text_at) {
            match place_of(name) {
                Some(at) if at < given.len() => {
                    let (name, at) = (name.to_text_lossy(), at + 1);
                    return Err(raise!(
                        thread,
                        TYPE_ERROR,
                        "argument for function given by name ('{name}') and position ({at})"
                    ));
                }
                Some(_) => {}
                None => {
                    let name = name.to_text_lossy();
                    return Err(raise!(
                        thread,
                        TYPE_ERROR,
                        "this function got an unexpected keyword argument '{name}'"
                    ));
                }
            }
        }
        Ok(bound)
    }
}

/// An argument that is a C `int`, as `PyArg_Parse` reads it.
pub(crate) fn c_int(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    let index = protocol::number::index(thread, value)?;
    let Some(number) = index.as_ref().to_i64() else {
        return Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long"));
    };
    if number > i64::from(i32::MAX) {
        return Err(raise!(thread, OVERFLOW_ERROR, "signed integer is greater than maximum"));
    }
    if number < i64::from(i32::MIN) {
        return Err(raise!(thread, OVERFLOW_ERROR, "signed integer is less than minimum"));
    }
    Ok(number)
}

/// An argument that is a C `int`, as generated argument parsers read it.
pub(crate) fn plain_int(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    taipan_runtime_builtins::arguments::to_int(thread, value).map(i64::from)
}

/// The number of an argument, or the default.
pub(crate) fn or(
    thread: &Thread,
    value: Option<Ref<'_>>,
    default: i64,
    read: fn(&Thread, Ref<'_>) -> PyResult<i64>,
) -> PyResult<i64> {
    value.map_or(Ok(default), |value| read(thread, value))
}

/// An argument that is a time zone or `None`.
pub(crate) fn zone_or_none<'a>(thread: &Thread, value: Option<Ref<'a>>) -> PyResult<Option<Ref<'a>>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    if taipan_object::datetime::is_zone(value) {
        return Ok(Some(value));
    }
    let ty = value.ty().name();
    Err(raise!(thread, TYPE_ERROR, "tzinfo argument must be None or of a tzinfo subclass, not type '{ty}'"))
}

/// A state as it is pickled, if that is what a constructor was given: bytes, or a string of Python 2's whose characters
/// are bytes. `sane` says whether it can be one.
pub(crate) fn pickled<const N: usize>(
    thread: &Thread,
    value: Option<&Value>,
    what: &str,
    sane: fn(&[u8; N]) -> bool,
) -> PyResult<Option<[u8; N]>> {
    let Some(value) = value else { return Ok(None) };
    if let Some(bytes) = value.as_ref().get::<taipan_object::bytes::PyBytes>() {
        let state = <[u8; N]>::try_from(bytes.as_slice()).ok();
        return Ok(state.filter(sane));
    }
    let Some(text) = value.as_ref().get::<PyStr>().filter(|text| text.len() == N) else { return Ok(None) };
    let mut state = [0; N];
    let mut fits = true;
    for (place, c) in state.iter_mut().zip(points(text)) {
        match u8::try_from(c) {
            Ok(byte) => *place = byte,
            // wrong only where the rest can be a state
            Err(_) => fits = false,
        }
    }
    if !sane(&state) {
        return Ok(None);
    }
    if fits {
        return Ok(Some(state));
    }
    Err(raise!(
        thread,
        VALUE_ERROR,
        "Failed to encode latin1 string when unpickling a {what} object. pickle.load(data, encoding='latin1') is \
         assumed."
    ))
}

/// The time zone behind a pickled state.
pub(crate) fn pickled_zone(thread: &Thread, value: Option<&Value>) -> PyResult<Option<Value>> {
    match value.filter(|value| !value.as_ref().is_none()) {
        Some(value) if !taipan_object::datetime::is_zone(value.as_ref()) => {
            Err(raise!(thread, TYPE_ERROR, "bad tzinfo state arg"))
        }
        other => Ok(other.cloned()),
    }
}

/// A string argument of a function that is called with this many.
pub(crate) fn text_argument<'a>(
    thread: &Thread,
    function: &str,
    which: &str,
    value: Option<Ref<'a>>,
) -> PyResult<&'a PyStr> {
    match value {
        Some(value) => taipan_runtime_builtins::arguments::expect_str(thread, function, which, value),
        None => Err(raise!(thread, TYPE_ERROR, "{function}() is missing an argument")),
    }
}

/// Whether a class is exactly a static type.
pub(crate) fn same(class: &PyTypeObject, ty: &PyTypeObject) -> bool {
    std::ptr::eq(class, ty)
}

/// What a call of a class gives: the class of an object may have a constructor of its own.
pub(crate) fn call_class(thread: &Thread, class: &PyTypeObject, arguments: &[Value]) -> PyResult<Value> {
    protocol::call(thread, taipan_object::as_ref(class), arguments, None)
}

/// An attribute of a module, which is imported.
pub(crate) fn imported(thread: &Thread, module: &str, name: &str) -> PyResult<Value> {
    use taipan_object::str::intern::intern_text;
    let import = thread.interp().hooks.import.get();
    let module = import(thread, &*intern_text(thread, module)?)?;
    protocol::get_attribute(thread, module.as_ref(), &*intern_text(thread, name)?)
}

/// `object.name(*arguments)`.
pub(crate) fn method(thread: &Thread, object: Ref<'_>, name: &str, arguments: &[Value]) -> PyResult<Value> {
    protocol::call_method(thread, object, &*taipan_object::str::intern::intern_text(thread, name)?, arguments)
}

/// A string.
pub(crate) fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

/// The code points of a string.
pub(crate) fn points(text: &PyStr) -> Vec<u32> {
    (0..text.len()).filter_map(|at| text.char_at(at)).collect()
}
