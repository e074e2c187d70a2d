//! Tokens to AST. `grammar/` is the parser: recursive descent with precedence climbing, which builds
//! the tree of valid input and merely refuses the rest. `diagnose/` then says what is wrong with it.
#![forbid(unsafe_code)]
