//! The kinds of tokens: CPython's, with each keyword a kind of its own. One table gives the enum, the
//! names of the `token` module and the spellings.

macro_rules! token_kinds {
    ($($(#[doc = $doc:literal])* $kind:ident $number:literal $name:literal $text:tt,)*) => {
        /// The kind of a token. The discriminants are the artifact's numbers: append, never renumber.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum TokenKind {
            $($(#[doc = $doc])* $kind = $number,)*
        }

        impl TokenKind {
            /// All kinds in the order of their numbers.
            pub const ALL: &[TokenKind] = &[$(TokenKind::$kind),*];

            /// The exact type's name in CPython's `token` module; `NAME` for keywords.
            pub const fn token_name(self) -> &'static str {
                match self { $(TokenKind::$kind => $name,)* }
            }

            /// The spelling of an operator or keyword; none for kinds whose text varies.
            pub const fn spelling(self) -> Option<&'static str> {
                match self { $(TokenKind::$kind => token_kinds!(@text $text),)* }
            }

            /// The kind with this number in an artifact.
            pub const fn from_number(number: u8) -> Option<TokenKind> {
                match number { $($number => Some(TokenKind::$kind),)* _ => None }
            }
        }
    };
    (@text _) => { None };
    (@text $text:literal) => { Some($text) };
}

token_kinds! {
    /// The end of the input.
    EndMarker 0 "ENDMARKER" _,
    /// An identifier or a soft keyword.
    Name 1 "NAME" _,
    /// A number literal of any kind.
    Number 2 "NUMBER" _,
    /// A string or bytes literal with prefix and quotes.
    String 3 "STRING" _,
    /// The end of a logical line.
    Newline 4 "NEWLINE" _,
    /// A deeper indentation.
    Indent 5 "INDENT" _,
    /// A shallower indentation, once a level.
    Dedent 6 "DEDENT" _,
    /// `(`
    LParen 7 "LPAR" "(",
    /// `)`
    RParen 8 "RPAR" ")",
    /// `[`
    LBracket 9 "LSQB" "[",
    /// `]`
    RBracket 10 "RSQB" "]",
    /// `:`
    Colon 11 "COLON" ":",
    /// `,`
    Comma 12 "COMMA" ",",
    /// `;`
    Semicolon 13 "SEMI" ";",
    /// `+`
    Plus 14 "PLUS" "+",
    /// `-`
    Minus 15 "MINUS" "-",
    /// `*`
    Star 16 "STAR" "*",
    /// `/`
    Slash 17 "SLASH" "/",
    /// `|`
    VBar 18 "VBAR" "|",
    /// `&`
    Amper 19 "AMPER" "&",
    /// `<`
    Less 20 "LESS" "<",
    /// `>`
    Greater 21 "GREATER" ">",
    /// `=`
    Equal 22 "EQUAL" "=",
    /// `.`
    Dot 23 "DOT" ".",
    /// `%`
    Percent 24 "PERCENT" "%",
    /// `{`
    LBrace 25 "LBRACE" "{",
    /// `}`
    RBrace 26 "RBRACE" "}",
    /// `==`
    EqEqual 27 "EQEQUAL" "==",
    /// `!=`
    NotEqual 28 "NOTEQUAL" "!=",
    /// `<=`
    LessEqual 29 "LESSEQUAL" "<=",
    /// `>=`
    GreaterEqual 30 "GREATEREQUAL" ">=",
    /// `~`
    Tilde 31 "TILDE" "~",
    /// `^`
    Circumflex 32 "CIRCUMFLEX" "^",
    /// `<<`
    LeftShift 33 "LEFTSHIFT" "<<",
    /// `>>`
    RightShift 34 "RIGHTSHIFT" ">>",
    /// `**`
    DoubleStar 35 "DOUBLESTAR" "**",
    /// `+=`
    PlusEqual 36 "PLUSEQUAL" "+=",
    /// `-=`
    MinEqual 37 "MINEQUAL" "-=",
    /// `*=`
    StarEqual 38 "STAREQUAL" "*=",
    /// `/=`
    SlashEqual 39 "SLASHEQUAL" "/=",
    /// `%=`
    PercentEqual 40 "PERCENTEQUAL" "%=",
    /// `&=`
    AmperEqual 41 "AMPEREQUAL" "&=",
    /// `|=`
    VBarEqual 42 "VBAREQUAL" "|=",
    /// `^=`
    CircumflexEqual 43 "CIRCUMFLEXEQUAL" "^=",
    /// `<<=`
    LeftShiftEqual 44 "LEFTSHIFTEQUAL" "<<=",
    /// `>>=`
    RightShiftEqual 45 "RIGHTSHIFTEQUAL" ">>=",
    /// `**=`
    DoubleStarEqual 46 "DOUBLESTAREQUAL" "**=",
    /// `//`
    DoubleSlash 47 "DOUBLESLASH" "//",
    /// `//=`
    DoubleSlashEqual 48 "DOUBLESLASHEQUAL" "//=",
    /// `@`
    At 49 "AT" "@",
    /// `@=`
    AtEqual 50 "ATEQUAL" "@=",
    /// `->`
    RArrow 51 "RARROW" "->",
    /// `...`
    Ellipsis 52 "ELLIPSIS" "...",
    /// `:=`
    ColonEqual 53 "COLONEQUAL" ":=",
    /// `!`
    Exclamation 54 "EXCLAMATION" "!",
    /// A character that is no operator of Python: `$`, `?`, a backquote.
    Op 55 "OP" _,
    /// `# type: ignore`, with type comments asked for.
    TypeIgnore 56 "TYPE_IGNORE" _,
    /// `# type: ...`, with type comments asked for.
    TypeComment 57 "TYPE_COMMENT" _,
    /// Prefix and opening quotes of an f-string.
    FStringStart 58 "FSTRING_START" _,
    /// Literal text of an f-string.
    FStringMiddle 59 "FSTRING_MIDDLE" _,
    /// Closing quotes of an f-string.
    FStringEnd 60 "FSTRING_END" _,
    /// Prefix and opening quotes of a t-string.
    TStringStart 61 "TSTRING_START" _,
    /// Literal text of a t-string.
    TStringMiddle 62 "TSTRING_MIDDLE" _,
    /// Closing quotes of a t-string.
    TStringEnd 63 "TSTRING_END" _,
    /// A comment, when asked for.
    Comment 64 "COMMENT" _,
    /// A line end that ends no logical line, when asked for.
    Nl 65 "NL" _,
    /// A lexical error; the last token.
    Error 66 "ERRORTOKEN" _,
    /// `False`
    False 67 "NAME" "False",
    /// `None`
    None 68 "NAME" "None",
    /// `True`
    True 69 "NAME" "True",
    /// `and`
    And 70 "NAME" "and",
    /// `as`
    As 71 "NAME" "as",
    /// `assert`
    Assert 72 "NAME" "assert",
    /// `async`
    Async 73 "NAME" "async",
    /// `await`
    Await 74 "NAME" "await",
    /// `break`
    Break 75 "NAME" "break",
    /// `class`
    Class 76 "NAME" "class",
    /// `continue`
    Continue 77 "NAME" "continue",
    /// `def`
    Def 78 "NAME" "def",
    /// `del`
    Del 79 "NAME" "del",
    /// `elif`
    Elif 80 "NAME" "elif",
    /// `else`
    Else 81 "NAME" "else",
    /// `except`
    Except 82 "NAME" "except",
    /// `finally`
    Finally 83 "NAME" "finally",
    /// `for`
    For 84 "NAME" "for",
    /// `from`
    From 85 "NAME" "from",
    /// `global`
    Global 86 "NAME" "global",
    /// `if`
    If 87 "NAME" "if",
    /// `import`
    Import 88 "NAME" "import",
    /// `in`
    In 89 "NAME" "in",
    /// `is`
    Is 90 "NAME" "is",
    /// `lambda`
    Lambda 91 "NAME" "lambda",
    /// `nonlocal`
    Nonlocal 92 "NAME" "nonlocal",
    /// `not`
    Not 93 "NAME" "not",
    /// `or`
    Or 94 "NAME" "or",
    /// `pass`
    Pass 95 "NAME" "pass",
    /// `raise`
    Raise 96 "NAME" "raise",
    /// `return`
    Return 97 "NAME" "return",
    /// `try`
    Try 98 "NAME" "try",
    /// `while`
    While 99 "NAME" "while",
    /// `with`
    With 100 "NAME" "with",
    /// `yield`
    Yield 101 "NAME" "yield",
}

impl TokenKind {
    /// The kind's name where each has one of its own: a keyword as it is spelled, else the token
    /// module's name.
    pub const fn label(self) -> &'static str {
        match self.spelling() {
            Some(keyword) if self.is_keyword() => keyword,
            _ => self.token_name(),
        }
    }

    /// The kind with this label.
    pub fn from_label(label: &str) -> Option<TokenKind> {
        TokenKind::keyword(label.as_bytes()).or_else(|| {
            TokenKind::ALL.iter().copied().find(|kind| !kind.is_keyword() && kind.token_name() == label)
        })
    }

    /// Whether this is a reserved word.
    #[inline]
    pub const fn is_keyword(self) -> bool {
        self as u8 >= TokenKind::False as u8
    }

    /// Whether this is an operator or delimiter of Python.
    #[inline]
    pub const fn is_operator(self) -> bool {
        TokenKind::LParen as u8 <= self as u8 && self as u8 <= TokenKind::Exclamation as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dense_and_read_back() {
        for (number, &kind) in TokenKind::ALL.iter().enumerate() {
            assert_eq!(kind as usize, number);
            assert_eq!(TokenKind::from_number(number as u8), Some(kind));
            assert_eq!(TokenKind::from_label(kind.label()), Some(kind));
        }
        assert_eq!(TokenKind::from_number(TokenKind::ALL.len() as u8), None);
    }
}
