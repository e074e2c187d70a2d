//! Iterators that leave items out, or call a function with them: `compress`, `dropwhile`, `takewhile`, `filterfalse`,
//! `starmap`.

use std::cell::Cell;

use taipan_object::native::{Native, NativeStatic, NativeType};
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics::BOOL;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, protocol};

use super::itself;
use crate::arguments::{Parameters, check_count, no_keywords};
use crate::iterate::collect;
use taipan_object::declare::{native_state, receiver};

type Names<'a> = Option<&'a PyTuple>;

/// A function, an iterator, and whether the point was passed at which the answers stop to count.
macro_rules! with_function {
    ($($state:ident $static:ident $name:literal $short:literal $next:ident {$($passed:ident)?};)*) => {$(
        /// A function and the iterator whose items it is called with.
        #[derive(Default)]
        pub(super) struct $state {
            function: Slot,
            source: Slot,
            $($passed: Cell<bool>,)?
        }

        native_type! {
            /// The iterator.
            pub(super) static $static: $state = $name, flags flags::BASETYPE, dict false, weak false,
            does {
                iter: itself,
                next: $next,
                new: |thread, class, arguments, names| {
                    let (function, source) = parts(thread, class, (&$static, $short), arguments, names)?;
                    let state = $state { function, source, $($passed: Cell::new(false),)? };
                    Ok(Native::new_in(thread, class, state)?.into_value())
                },
            }
        }

        native_state!($state in $static: function, source);
    )*};
}

with_function! {
    DropWhile DROPWHILE "itertools.dropwhile" "dropwhile" dropwhile {passed};
    TakeWhile TAKEWHILE "itertools.takewhile" "takewhile" takewhile {passed};
    FilterFalse FILTERFALSE "itertools.filterfalse" "filterfalse" filterfalse {};
    StarMap STARMAP "itertools.starmap" "starmap" starmap {};
}

/// The function, and an iterator over the iterable.
fn parts<S: NativeType>(
    thread: &Thread,
    class: &PyTypeObject,
    (base, name): (&NativeStatic<S>, &str),
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<(Slot, Slot)> {
    let arguments = no_keywords(thread, class, base, arguments, names)?;
    check_count(thread, name, arguments.len(), 2, 2)?;
    let none = Value::none();
    let (function, iterable) = (arguments.first().unwrap_or(&none), arguments.get(1).unwrap_or(&none));
    let source = protocol::iter(thread, iterable.as_ref())?;
    Ok((Slot::new(function.clone()), Slot::new(source)))
}

/// Whether a function gives a true value for an item.
fn test(thread: &Thread, function: &Value, item: &Value) -> PyResult<bool> {
    let result = protocol::call(thread, function.as_ref(), std::slice::from_ref(item), None)?;
    protocol::truth(thread, result.as_ref())
}

fn dropwhile(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<DropWhile>(thread, this)?;
    let (Some(function), Some(source)) = (this.function.get(), this.source.get()) else { return Ok(None) };
    while let Some(item) = protocol::next(thread, source.as_ref())? {
        if this.passed.get() || !test(thread, &function, &item)? {
            this.passed.set(true);
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn takewhile(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<TakeWhile>(thread, this)?;
    if this.passed.get() {
        return Ok(None);
    }
    let (Some(function), Some(source)) = (this.function.get(), this.source.get()) else { return Ok(None) };
    let Some(item) = protocol::next(thread, source.as_ref())? else { return Ok(None) };
    if test(thread, &function, &item)? {
        return Ok(Some(item));
    }
    this.passed.set(true);
    Ok(None)
}

fn filterfalse(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<FilterFalse>(thread, this)?;
    let (Some(function), Some(source)) = (this.function.get(), this.source.get()) else { return Ok(None) };
    let by_truth = function.as_ref().is_none() || function.as_ref().is(as_ref(&BOOL));
    while let Some(item) = protocol::next(thread, source.as_ref())? {
        let passes = match by_truth {
            true => protocol::truth(thread, item.as_ref())?,
            false => test(thread, &function, &item)?,
        };
        if !passes {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn starmap(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<StarMap>(thread, this)?;
    let (Some(function), Some(source)) = (this.function.get(), this.source.get()) else { return Ok(None) };
    let Some(item) = protocol::next(thread, source.as_ref())? else { return Ok(None) };
    let arguments = collect(thread, item.as_ref())?;
    protocol::call(thread, function.as_ref(), &arguments, None).map(Some)
}

/// Two iterators: items, and whether they are wanted.
#[derive(Default)]
pub(super) struct Compress {
    data: Slot,
    selectors: Slot,
}

native_type! {
    /// `compress`.
    pub(super) static COMPRESS: Compress = "itertools.compress", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: compress, new: new_compress }
}

native_state!(Compress in COMPRESS: data, selectors);

const COMPRESS_PARAMETERS: Parameters<2> = Parameters {
    function: "compress",
    names: ["data", "selectors"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

fn new_compress(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [data, selectors] = COMPRESS_PARAMETERS.bind(thread, arguments, names)?;
    let open = |iterable: Option<Ref<'_>>| {
        let none = Value::none();
        protocol::iter(thread, iterable.unwrap_or(none.as_ref())).map(Slot::new)
    };
    let state = Compress { data: open(data)?, selectors: open(selectors)? };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn compress(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Compress>(thread, this)?;
    let (Some(data), Some(selectors)) = (this.data.get(), this.selectors.get()) else { return Ok(None) };
    loop {
        let Some(item) = protocol::next(thread, data.as_ref())? else { return Ok(None) };
        let Some(selector) = protocol::next(thread, selectors.as_ref())? else { return Ok(None) };
        if protocol::truth(thread, selector.as_ref())? {
            return Ok(Some(item));
        }
    }
}
