//! Reads code objects from text.

use super::instructions::{code_part, exception_table};
use super::{MARK, NO_COLUMN};
use crate::artifact::{MAX_CODE_DEPTH, MAX_CONST_DEPTH};
use crate::code::{Code, CodeFlags, Const, LocalKind};
use crate::tables::positions::{self, Location, PositionEntry};
use num_bigint::BigInt;
use std::sync::Arc;
use taipan_artifact::text::{TextError, TextErrorKind, TextReader, TextToken};
use taipan_artifact::{Kind, ReadError};
use taipan_wtf8::Wtf8Buf;

/// Why text is no code object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AssemblyError {
    /// The text is malformed.
    Text(TextError),
    /// Another version of the format.
    Version(ReadError),
}

impl From<TextError> for AssemblyError {
    fn from(error: TextError) -> Self {
        AssemblyError::Text(error)
    }
}

impl std::fmt::Display for AssemblyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AssemblyError::Text(error) => error.fmt(f),
            AssemblyError::Version(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AssemblyError {}

/// The code objects read so far, each until it is taken, with the depth of those in them.
type Done = Vec<Option<(Arc<Code>, u32)>>;

/// Reads the code object that stands last in `text`. It is not verified.
///
/// # Errors
/// See [`AssemblyError`].
pub fn read(text: &str) -> Result<Code, AssemblyError> {
    let mut input = TextReader::new(text);
    input.keyword(MARK.trim_end())?;
    let (found, expected) = (input.number()?, Kind::Code.format_version());
    if found != expected {
        return Err(AssemblyError::Version(ReadError::FormatVersion { kind: Kind::Code, expected, found }));
    }
    let mut done = Done::new();
    loop {
        let (code, depth) = one(&mut input, &mut done)?;
        if input.at_end() {
            return Ok(code);
        }
        done.push(Some((Arc::new(code), depth)));
    }
}

fn one(input: &mut TextReader<'_>, done: &mut Done) -> Result<(Code, u32), TextError> {
    head(input, "code")?;
    head(input, "names")?;
    let (filename, name, qualname) = (input.text()?, input.text()?, input.text()?);
    input.close()?;
    head(input, "numbers")?;
    let mut numbers = [0; 5];
    for number in &mut numbers {
        *number = input.number()?;
    }
    let [argcount, posonlyargcount, kwonlyargcount, stacksize, flags] = numbers;
    let firstlineno = input.number()?;
    input.close()?;
    let names = list(input, "globals", |input| input.text())?;
    let locals: Vec<(Wtf8Buf, LocalKind)> = list(input, "locals", |input| {
        input.open_bare()?;
        let local = (input.text()?, LocalKind(input.number()?));
        input.close()?;
        Ok(local)
    })?;
    let (localsplusnames, localspluskinds) = locals.into_iter().unzip();
    head(input, "constants")?;
    let mut depth = 0;
    let consts = constants(input, done, &mut depth)?;
    let (code, labels) = code_part(input)?;
    let exceptiontable = exception_table(input, &labels)?;
    let linetable = position_table(input, firstlineno)?;
    input.close()?;
    if depth >= MAX_CODE_DEPTH {
        return Err(input.error(TextErrorKind::TooDeep));
    }
    let flags = CodeFlags(flags);
    let code = Code {
        argcount,
        posonlyargcount,
        kwonlyargcount,
        stacksize,
        flags,
        code,
        consts,
        names,
        localsplusnames,
        localspluskinds,
        filename,
        name,
        qualname,
        firstlineno,
        linetable,
        exceptiontable,
    };
    Ok((code, depth + 1))
}

fn head(input: &mut TextReader<'_>, word: &'static str) -> Result<(), TextError> {
    input.open_bare()?;
    input.keyword(word)
}

fn list<T>(
    input: &mut TextReader<'_>,
    word: &'static str,
    item: impl FnMut(&mut TextReader<'_>) -> Result<T, TextError>,
) -> Result<Vec<T>, TextError> {
    head(input, word)?;
    rest(input, item)
}

/// The items up to the end of the list.
pub(super) fn rest<'t, T>(
    input: &mut TextReader<'t>,
    mut item: impl FnMut(&mut TextReader<'t>) -> Result<T, TextError>,
) -> Result<Vec<T>, TextError> {
    let mut items = Vec::new();
    while !input.at_close() {
        items.push(item(input)?);
    }
    input.close()?;
    Ok(items)
}

fn constants(input: &mut TextReader<'_>, done: &mut Done, depth: &mut u32) -> Result<Vec<Const>, TextError> {
    let mut frames: Vec<(&str, Vec<Const>)> = vec![("constants", Vec::new())];
    loop {
        let token = input.next_token()?.ok_or_else(|| input.error(TextErrorKind::UnexpectedEnd))?;
        let constant = match token {
            TextToken::Open => {
                let word = input.word()?;
                if matches!(word, "tuple" | "frozenset" | "slice") {
                    if frames.len() > MAX_CONST_DEPTH as usize {
                        return Err(input.error(TextErrorKind::TooDeep));
                    }
                    frames.push((word, Vec::new()));
                    continue;
                }
                let constant = atom(input, word, done, depth)?;
                input.close()?;
                constant
            }
            TextToken::Close => {
                let Some((word, items)) = frames.pop() else { return Ok(Vec::new()) };
                match (word, items) {
                    (_, items) if frames.is_empty() => return Ok(items),
                    ("tuple", items) => Const::Tuple(items),
                    ("frozenset", items) => Const::FrozenSet(items),
                    (_, items) => {
                        let parts: Result<[Const; 3], _> = items.try_into();
                        let bad = |_| input.error(TextErrorKind::Unknown("slice"));
                        Const::Slice(Box::new(parts.map_err(bad)?))
                    }
                }
            }
            TextToken::Word("None") => Const::None,
            TextToken::Word("True") => Const::Bool(true),
            TextToken::Word("False") => Const::Bool(false),
            TextToken::Word("Ellipsis") => Const::Ellipsis,
            TextToken::Word(_) => return Err(input.error(TextErrorKind::Unknown("constant"))),
            TextToken::Text(text) => Const::Str(text),
            TextToken::Bytes(bytes) => Const::Bytes(bytes),
        };
        if let Some(frame) = frames.last_mut() {
            frame.1.push(constant);
        }
    }
}

fn atom(
    input: &mut TextReader<'_>,
    word: &str,
    done: &mut Done,
    depth: &mut u32,
) -> Result<Const, TextError> {
    match word {
        "int" => Ok(Const::Int(input.number::<BigInt>()?)),
        "float" => Ok(Const::Float(float(input)?)),
        "complex" => Ok(Const::Complex(float(input)?, float(input)?)),
        "code" => {
            let number: usize = input.number()?;
            let code = done.get_mut(number).and_then(Option::take);
            let (code, below) = code.ok_or_else(|| input.error(TextErrorKind::Unknown("code object")))?;
            *depth = below.max(*depth);
            Ok(Const::Code(code.into()))
        }
        _ => Err(input.error(TextErrorKind::Unknown("constant"))),
    }
}

fn float(input: &mut TextReader<'_>) -> Result<f64, TextError> {
    if input.eat("bits") { Ok(f64::from_bits(input.number()?)) } else { input.number() }
}

fn position_table(input: &mut TextReader<'_>, firstlineno: i32) -> Result<Vec<u8>, TextError> {
    match input.open()? {
        "bytes" => {
            let table = input.bytes()?;
            input.close()?;
            Ok(table)
        }
        "positions" => {
            let entries = rest(input, |input| {
                input.open_bare()?;
                let units: u8 = input.number()?;
                let location = if input.at_close() { None } else { Some(location(input)?) };
                input.close()?;
                Ok(PositionEntry { units: units.into(), location })
            })?;
            Ok(positions::encode(firstlineno, entries))
        }
        _ => Err(input.error(TextErrorKind::ExpectedKeyword("positions"))),
    }
}

fn location(input: &mut TextReader<'_>) -> Result<Location, TextError> {
    let (line, end_line) = (input.number()?, input.number()?);
    let column = |input: &mut TextReader<'_>| {
        if input.eat(NO_COLUMN) { Ok(None) } else { input.number().map(Some) }
    };
    Ok(Location { line, end_line, column: column(input)?, end_column: column(input)? })
}
