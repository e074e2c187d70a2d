//! Descriptors: what stands in a type's dict and binds when it is looked up. The layouts are here; how they
//! bind is with the methods of the types, in the layer above. Invariant: a descriptor's definition is static,
//! or owned by the type that it describes.

pub mod class_method;
pub mod get_set;
pub mod member;
pub mod method;
pub mod native_class_method;
pub mod property;
pub mod static_method;
pub mod table;
pub mod wrapper;

pub use class_method::PyClassMethod;
pub use get_set::{GetSetDef, PyGetSetDescr};
pub use member::{MemberDef, PyMemberDescr};
pub use method::PyMethodDescr;
pub use native_class_method::PyClassMethodDescr;
pub use property::PyProperty;
pub use static_method::PyStaticMethod;
pub use wrapper::PyWrapperDescr;
