//! Every syntax error that the parser reports, with CPython 3.14's words. The lexer's and the
//! literals' errors are enums of their own.

use crate::literals::{BytesError, NumberError, StringError};
use std::fmt;

/// A [`StringError`] in a format specification, which CPython words without a class before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StringErrorInFormatSpec(pub StringError);

impl fmt::Display for StringErrorInFormatSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        f.write_str(text.strip_prefix("(unicode error) ").unwrap_or(&text))
    }
}

macro_rules! syntax_errors {
    ($($(#[doc = $doc:literal])* $kind:ident $({ $($field:ident: $ty:ty),* })? => $text:literal,)*) => {
        /// What is wrong; the text is [`fmt::Display`]'s.
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub enum SyntaxErrorKind {
            $(#[doc = $text] $kind $({ $(#[doc = "What stands in the text."] $field: $ty),* })?,)*
        }

        impl fmt::Display for SyntaxErrorKind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(SyntaxErrorKind::$kind $({ $($field),* })? => write!(f, $text),)*
                }
            }
        }
    };
}

syntax_errors! {
    InvalidSyntax => "invalid syntax",
    IncompleteInput => "incomplete input",
    StackOverflow => "Parser stack overflowed - Python source too complex to parse",
    UnexpectedIndent => "unexpected indent",
    UnexpectedUnindent => "unexpected unindent",
    MultipleStatements => "multiple statements found while compiling a single statement",
    Expected { token: &'static str } => "expected '{token}'",
    ExpectedBracket => "expected '('",
    RequiresVersion { feature: &'static str, minor: u8 } => "{feature} only supported in Python 3.{minor} and greater",
    ExpectedBlock => "expected an indented block",
    ExpectedBlockAfter { what: &'static str, line: i64 } => "expected an indented block after {what} on line {line}",
    UnpackingAfterKeywordUnpacking => "iterable argument unpacking follows keyword argument unpacking",
    PositionalAfterKeyword => "positional argument follows keyword argument",
    PositionalAfterUnpacking => "positional argument follows keyword argument unpacking",
    UnparenthesizedGenerator => "Generator expression must be parenthesized",
    MaybeEqualsOrWalrus => "invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
    ExpectedArgumentValue => "expected argument value expression",
    CannotAssign { name: &'static str } => "cannot assign to {name}",
    CannotAssignHere { name: &'static str } => "cannot assign to {name} here. Maybe you meant '==' instead of '='?",
    CannotDelete { name: &'static str } => "cannot delete {name}",
    AssignmentInArgument => "expression cannot contain assignment, perhaps you meant \"==\"?",
    AssignToKeywordUnpacking => "cannot assign to keyword argument unpacking",
    AssignToIterableUnpacking => "cannot assign to iterable argument unpacking",
    InvalidStarExpression => "Invalid star expression",
    MissingParentheses { name: String } => "Missing parentheses in call to '{name}'. Did you mean {name}(...)?",
    BoundWithTypeVarTuple => "cannot use bound with TypeVarTuple",
    ConstraintsWithTypeVarTuple => "cannot use constraints with TypeVarTuple",
    BoundWithParamSpec => "cannot use bound with ParamSpec",
    ConstraintsWithParamSpec => "cannot use constraints with ParamSpec",
    EmptyTypeParameters => "Type parameter list cannot be empty",
    PartOfString => "invalid syntax. Is this intended to be part of the string?",
    ForgotComma => "invalid syntax. Perhaps you forgot a comma?",
    ExpectedElse => "expected 'else' after 'if' expression",
    StatementAfterElse => "expected expression after 'else', but statement is given",
    StatementBeforeIf => "expected expression before 'if', but statement is given",
    UnparenthesizedLambda { prefix: char } => "{prefix}-string: lambda expressions are not allowed without parentheses",
    WalrusTarget { name: &'static str } => "cannot use assignment expressions with {name}",
    AnnotatedTarget { name: &'static str } => "only single target (not {name}) can be annotated",
    IllegalAnnotationTarget => "illegal target for annotation",
    AssignToYield => "assignment to yield expression not possible",
    IllegalAugmentedTarget { name: &'static str } => "'{name}' is an illegal expression for augmented assignment",
    UnpackingInComprehension => "iterable unpacking cannot be used in comprehension",
    DictUnpackingInComprehension => "dict unpacking cannot be used in dict comprehension",
    ParenthesesAroundTarget => "did you forget parentheses around the comprehension target?",
    ArgumentBeforeSlash => "at least one argument must precede /",
    SlashTwice => "/ may appear only once",
    NonDefaultAfterDefault => "parameter without a default follows parameter with a default",
    ParenthesizedParameters => "Function parameters cannot be parenthesized",
    ParenthesizedLambdaParameters => "Lambda expression parameters cannot be parenthesized",
    SlashAfterStar => "/ must be ahead of *",
    CommaBetweenSlashAndStar => "expected comma between / and *",
    ExpectedDefault => "expected default value expression",
    BareStar => "named arguments must follow bare *",
    BareStarTypeComment => "bare * has associated type comment",
    VarPositionalDefault => "var-positional argument cannot have default value",
    VarKeywordDefault => "var-keyword argument cannot have default value",
    StarTwice => "* argument may appear only once",
    AfterVarKeyword => "arguments cannot follow var-keyword argument",
    TwoTypeComments => "Cannot have two type comments on def",
    ExpectedIn => "'in' expected after for-loop variables",
    StarredHere => "cannot use starred expression here",
    DoubleStarredHere => "cannot use double starred expression here",
    FromImport => "Did you mean to use 'from ... import ...' instead?",
    ExpectedImportNames => "Expected one or more names after 'import'",
    ImportTarget { name: &'static str } => "cannot use {name} as import target",
    TrailingComma => "trailing comma not allowed without surrounding parentheses",
    ExpectedHandler => "expected 'except' or 'finally' block",
    MixedHandlers => "cannot have both 'except' and 'except*' on the same 'try'",
    UnparenthesizedHandlerTypes => "multiple exception types must be parenthesized when using 'as'",
    ExpectedHandlerTypes => "expected one or more exception types",
    HandlerTarget { statement: &'static str, name: &'static str } => "cannot use {statement} statement with {name}",
    WildcardTarget => "cannot use '_' as a target",
    PatternTarget { name: &'static str } => "cannot use {name} as pattern target",
    PositionalPatterns => "positional patterns follow keyword patterns",
    ElifAfterElse => "'elif' block follows an 'else' block",
    ColonAfterKey => "':' expected after dictionary key",
    StarredDictValue => "cannot use a starred expression in a dictionary value",
    ExpectedDictValue => "expression expected after dictionary key and ':'",
    ReplacementField { prefix: char, before: char } => "{prefix}-string: valid expression required before '{before}'",
    ReplacementFieldExpression { prefix: char } => "{prefix}-string: expecting a valid expression after '{{'",
    ReplacementFieldAfterExpression { prefix: char } => "{prefix}-string: expecting '=', or '!', or ':', or '}}'",
    ReplacementFieldAfterEqual { prefix: char } => "{prefix}-string: expecting '!', or ':', or '}}'",
    ReplacementFieldAfterConversion { prefix: char } => "{prefix}-string: expecting ':' or '}}'",
    ReplacementFieldAfterSpec { prefix: char } => "{prefix}-string: expecting '}}', or format specs",
    ReplacementFieldEnd { prefix: char } => "{prefix}-string: expecting '}}'",
    MissingConversion { prefix: char } => "{prefix}-string: missing conversion character",
    NoConversion { prefix: char } => "{prefix}-string: invalid conversion character",
    UnknownConversion { prefix: char, name: String } => "{prefix}-string: invalid conversion character '{name}': expected 's', 'r', or 'a'",
    DetachedConversion { prefix: char } => "{prefix}-string: conversion type must come right after the exclamation mark",
    MixedTemplates => "cannot mix t-string literals with string or bytes literals",
    MixedBytes => "cannot mix bytes and nonbytes literals",
    NotAfterOperator => "'not' after an operator must be parenthesized",
    ImaginaryRequired => "imaginary number required in complex literal",
    RealRequired => "real number required in complex literal",
    Barry => "with Barry as BDFL, use '<>' instead of '!='",
    Underscores => "Underscores in numeric literals are only supported in Python 3.6 and greater",
    Diamond => "invalid syntax.  Maybe you meant '!=' instead of '<>'?",
    UnknownFeature { name: String } => "future feature {name} is not defined",
    NotAChance => "not a chance",
    ConstantIdentifier { name: &'static str } => "identifier field can't represent '{name}' constant",
    String { error: StringError } => "{error}",
    Bytes { error: BytesError } => "{error}",
    FormatSpec { error: StringErrorInFormatSpec } => "{error}",
    Number { error: NumberError } => "{error}",
}
