//! What a source is parsed as, and under which version's grammar.

pub use taipan_lexer::Mode;

/// How to parse.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ParseOptions {
    /// The start symbol.
    pub mode: Mode,
    /// Put `# type:` comments into the tree; the tokens must have been lexed so.
    pub type_comments: bool,
    /// Minor version of the Python 3 whose grammar holds (`ast.parse`'s `feature_version`).
    pub feature_version: u8,
    /// Optimization level of `compile`; -1 is the interpreter's own.
    pub optimize: i8,
    /// Tell input that more lines could complete from input that is wrong.
    pub allow_incomplete_input: bool,
    /// Leave open blocks open at the end of the input.
    pub dont_imply_dedent: bool,
    /// Spell inequality `<>` (PEP 401).
    pub barry_as_flufl: bool,
    /// Digits that a decimal integer may have (`sys.set_int_max_str_digits`).
    pub max_decimal_digits: usize,
}

impl Default for ParseOptions {
    fn default() -> Self {
        ParseOptions {
            mode: Mode::Exec,
            type_comments: false,
            feature_version: 14,
            optimize: -1,
            allow_incomplete_input: false,
            dont_imply_dedent: false,
            barry_as_flufl: false,
            max_decimal_digits: crate::literals::number::MAX_DECIMAL_DIGITS,
        }
    }
}
