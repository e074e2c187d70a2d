//! What the states of native types have in common: slots that the collector is shown and that it may clear.

/// `native_state!(State in STATIC: slots)`: the state of a native type whose references stand in these slots.
macro_rules! native_state {
    ($state:ident in $static:ident: $($slot:ident),*) => {
        impl taipan_object::native::NativeType for $state {
            fn definition() -> &'static taipan_object::native::NativeStatic<$state> {
                &$static
            }

            fn traverse(&self, visitor: &mut taipan_object::native::Visitor) {
                $(visitor.slot(&self.$slot);)*
            }

            fn clear(&self) {
                $(drop(self.$slot.take());)*
            }
        }
    };
}
pub(crate) use native_state;

/// The receiver of a method of a native type; `TypeError` if it is of another type.
pub(crate) fn receiver<'a, S: taipan_object::native::NativeType>(
    thread: &taipan_object::Thread,
    this: taipan_object::Ref<'a>,
) -> taipan_object::PyResult<&'a taipan_object::native::Native<S>> {
    this.get::<taipan_object::native::Native<S>>().ok_or_else(|| {
        let (own, got) = (S::definition().short_name(), this.ty().short_name());
        taipan_object::raise!(
            thread,
            TYPE_ERROR,
            "descriptor requires a '{own}' object but received a '{got}'"
        )
    })
}
