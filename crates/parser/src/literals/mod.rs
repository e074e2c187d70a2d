//! What literals mean: numbers, strings and bytes. The functions take a literal's text, build its
//! value in the arena and name what is wrong with it; the enums' `Display` is CPython's message.

pub mod bytes;
pub mod debug;
mod escape;
pub mod number;
pub mod string;

pub use bytes::BytesError;
pub use escape::FirstInvalid;
pub use number::NumberError;
pub use string::StringError;
