//! The disassembler. `listing.rs` says what each instruction is, `text.rs` prints it as `dis.dis` does,
//! `json.rs` as a tree of code objects.
//! Invariant: any code object can be listed; what is out of range is shown as a question mark.

mod json;
mod listing;
mod text;

pub use json::json;
pub use listing::{Line, Listing};
pub use text::text;
