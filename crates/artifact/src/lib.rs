//! The container of every artifact.
#![forbid(unsafe_code)]
