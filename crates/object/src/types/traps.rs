//! What stands in the C slot fields until there is a C API: one trap per kind, so that a field that
//! CPython fills is never null, and who calls it learns what is missing. Invariant: nothing of ours calls
//! through these fields.

#![allow(non_upper_case_globals)]

macro_rules! traps {
    ($($name:ident)*) => {
        $(
            /// Stands for slots of this kind.
            pub(crate) const $name: unsafe extern "C" fn() = {
                unsafe extern "C" fn trap() {
                    fell_into(stringify!($name))
                }
                trap
            };
        )*
    };
}

traps! {
    Unary Binary Ternary Hash Truth Length Compare Next Call Init New GetAttr SetAttr Item SetItem SetKey
    Contains DescrGet DescrSet Send GetBuffer ReleaseBuffer
}

/// Ends the process: a C caller can't be told, and to go on would be to return garbage to it.
#[cold]
fn fell_into(kind: &str) -> ! {
    use std::io::Write;
    let message = format!("fatal: C code called a {kind} slot, and this build has no C API\n");
    // the process ends in either case
    drop(std::io::stderr().write_all(message.as_bytes()));
    std::process::abort()
}
