//! Methods of `dict`, in CPython's order.

mod subscript;

pub(crate) use subscript::subscript;
