//! The syntax errors of the stages behind the parser, with CPython 3.14's words.

use std::fmt;
use taipan_diagnostics::{Diagnostic, ErrorClass, Location};
use taipan_span::{LineIndex, Span};

macro_rules! compile_errors {
    ($($kind:ident $({ $($field:ident: $ty:ty),* })? => $text:literal,)*) => {
        /// What is wrong; the text is [`fmt::Display`]'s.
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub enum CompileErrorKind {
            $(#[doc = $text] $kind $({ $(#[doc = "What stands in the text."] $field: $ty),* })?,)*
        }

        impl fmt::Display for CompileErrorKind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(CompileErrorKind::$kind $({ $($field),* })? => write!(f, $text),)*
                }
            }
        }
    };
}

compile_errors! {
    DuplicateParameter { name: String } => "duplicate argument '{name}' in function definition",
    DuplicateTypeParameter { name: String } => "duplicate type parameter '{name}'",
    ReservedTypeParameter { name: String } => "reserved name '{name}' cannot be used for type parameter",
    AssignDebug => "cannot assign to __debug__",
    DeleteDebug => "cannot delete __debug__",
    ParameterAndDirective { name: String, directive: &'static str } => "name '{name}' is parameter and {directive}",
    UsedBeforeDirective { name: String, directive: &'static str } => "name '{name}' is used prior to {directive} declaration",
    AnnotatedDirective { name: String, directive: &'static str } => "annotated name '{name}' can't be {directive}",
    AssignedBeforeDirective { name: String, directive: &'static str } => "name '{name}' is assigned to before {directive} declaration",
    NonlocalAndGlobal { name: String } => "name '{name}' is nonlocal and global",
    NonlocalAtModule => "nonlocal declaration not allowed at module level",
    NoBindingForNonlocal { name: String } => "no binding for nonlocal '{name}' found",
    NonlocalTypeParameter { name: String } => "nonlocal binding not allowed for type parameter '{name}'",
    ImportStar => "import * only allowed at module level",
    NamedExpressionRebinds { name: String } => "assignment expression cannot rebind comprehension iteration variable '{name}'",
    InnerLoopRebinds { name: String } => "comprehension inner loop cannot rebind assignment expression target '{name}'",
    NamedExpressionInIterable => "assignment expression cannot be used in a comprehension iterable expression",
    NamedExpressionInComprehension { place: &'static str } => "assignment expression within a comprehension cannot be used {place}",
    NotInScope { what: &'static str, place: &'static str } => "{what} cannot be used within {place}",
    YieldInside { comprehension: &'static str } => "'yield' inside {comprehension}",
    AsyncComprehensionOutside => "asynchronous comprehension outside of an asynchronous function",
    AwaitOutsideFunction => "'await' outside function",
    AwaitOutsideAsync => "'await' outside async function",
    AsyncForOutside => "'async for' outside async function",
    AsyncWithOutside => "'async with' outside async function",
    FutureNotFirst => "from __future__ imports must occur at the beginning of the file",
    FunctionType => "this compiler does not handle FunctionTypes",
    TooManyBlocks => "too many statically nested blocks",
    LeavesGroupHandler => "'break', 'continue' and 'return' cannot appear in an except* block",
    ReturnOutside => "'return' outside function",
    ReturnValueInAsyncGenerator => "'return' with value in async generator",
    BreakOutside => "'break' outside loop",
    ContinueOutside => "'continue' not properly in loop",
    DefaultExceptNotLast => "default 'except:' must be last",
    YieldOutside => "'yield' outside function",
    YieldFromOutside => "'yield from' outside function",
    YieldFromInAsync => "'yield from' inside async function",
    StarredTarget => "starred assignment target must be in a list or tuple",
    StarredExpression => "can't use starred expression here",
    TooManyTargets { place: &'static str } => "too many expressions in {place}",
    TwoStars { place: &'static str } => "multiple starred expressions in {place}",
    TwoStarredNames => "multiple starred names in sequence pattern",
    KeywordRepeated { name: String } => "keyword argument repeated: {name}",
    TypeParameterWithoutDefault { name: String } => "non-default type parameter '{name}' follows default type parameter",
    PatternValue => "patterns may only match literals and attribute lookups",
    PatternKey => "mapping pattern keys may only match literals and attribute lookups",
    DuplicateKey { repr: String } => "mapping pattern checks duplicate key ({repr})",
    CaptureUnreachable { name: String } => "name capture '{name}' makes remaining patterns unreachable",
    WildcardUnreachable => "wildcard makes remaining patterns unreachable",
    CapturedTwice { name: String } => "multiple assignments to name '{name}' in pattern",
    DifferentNames => "alternative patterns bind different names",
    AttributeRepeated { name: String } => "attribute name repeated in class pattern: {name}",
    TooDeep => "maximum recursion depth exceeded during compilation",
}

/// An error and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompileError {
    /// What is wrong.
    pub kind: CompileErrorKind,
    /// Where.
    pub span: Span,
}

impl CompileError {
    /// The exception that CPython raises: its columns count bytes, and it shows no line of a source that
    /// is no file.
    pub fn diagnostic(&self, lines: &LineIndex) -> Diagnostic {
        let (start, end) = (lines.locate(self.span.start), lines.locate(self.span.end));
        let location = Location {
            lineno: start.line.into(),
            offset: i64::from(start.column) + 1,
            end_lineno: end.line.into(),
            end_offset: i64::from(end.column) + 1,
            text: None,
        };
        Diagnostic { class: ErrorClass::Syntax, message: self.kind.to_string(), location: Some(location) }
    }
}
