//! The three types of generators.

use super::Run;
use super::{asynchronous, methods};
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::types::flags;
use taipan_object::{PyTypeObject, Ref, native_type};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $static:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Default)]
            #[repr(transparent)]
            pub struct $kind(pub Run);

            impl NativeType for $kind {
                fn definition() -> &'static NativeStatic<$kind> {
                    &$static
                }

                fn traverse(&self, visitor: &mut Visitor) {
                    self.0.traverse(visitor);
                }

                fn clear(&self) {
                    self.0.clear();
                }
            }
        )*
    };
}

kinds! {
    /// `generator`.
    Generator = GENERATOR;
    /// `coroutine`.
    Coroutine = COROUTINE;
    /// `async_generator`.
    AsyncGenerator = ASYNC_GENERATOR;
}

native_type! {
    /// `generator`.
    pub static GENERATOR: Generator = "generator", flags flags::DISALLOW_INSTANTIATION, dict false, weak true,
    does {
        repr: methods::repr,
        iter: |_, this| Ok(this.to_value()),
        next: methods::next,
        send: methods::send,
        finalize: methods::finalize,
    }
}

native_type! {
    /// `coroutine`.
    pub static COROUTINE: Coroutine = "coroutine", flags flags::DISALLOW_INSTANTIATION, dict false, weak true,
    does {
        repr: methods::repr,
        await_: asynchronous::await_coroutine,
        send: methods::send,
        finalize: methods::finalize,
    }
}

native_type! {
    /// `async_generator`.
    pub static ASYNC_GENERATOR: AsyncGenerator = "async_generator", flags flags::DISALLOW_INSTANTIATION,
    dict false, weak true,
    does {
        repr: methods::repr,
        aiter: |_, this| Ok(this.to_value()),
        anext: asynchronous::anext,
        finalize: methods::finalize,
    }
}

/// The static types of this folder.
pub fn generator_types() -> Vec<&'static PyTypeObject> {
    let mut all: Vec<&'static PyTypeObject> = vec![&GENERATOR, &COROUTINE, &ASYNC_GENERATOR];
    all.extend(asynchronous::types());
    all
}

/// The suspended frame of a generator of any kind.
#[inline]
pub fn run_of(value: Ref<'_>) -> Option<&Run> {
    if let Some(generator) = value.get_exact::<Native<Generator>>() {
        return Some(&generator.0);
    }
    if let Some(coroutine) = value.get_exact::<Native<Coroutine>>() {
        return Some(&coroutine.0);
    }
    value.get_exact::<Native<AsyncGenerator>>().map(|generator| &generator.0)
}

/// `generator`, to compare with.
#[inline(always)]
pub(crate) fn generator_type() -> &'static PyTypeObject {
    &GENERATOR
}
