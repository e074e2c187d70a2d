//! From bytes to text: the encoding, the declaration that says it, and the place in the document.

use crate::decode::{Encoding, decode, guess};
use crate::error::ErrorCode;
use crate::event::Event;
use crate::parser::{Kind, Parser, Position, Stage};
use crate::scan::Stop;

impl Parser {
    /// Finds the encoding, and reads the declaration that says it.
    pub(crate) fn start(&mut self) -> Result<bool, ErrorCode> {
        if self.encoding.is_none() {
            let given = self.options.encoding.clone();
            let Some((guessed, mark)) = guess(&self.bytes, self.is_final) else { return Ok(false) };
            let fits = |named: &Encoding| named.is_narrow() == guessed.is_narrow() || mark == 0;
            self.encoding = Some(match given.as_deref().map(|name| (name, Encoding::named(name))) {
                Some((_, Some(named))) if named.is_narrow() || !fits(&named) || mark == 0 => named,
                Some((_, Some(_))) | None => guessed,
                Some((name, None)) => {
                    let event = Event::UnknownEncoding { name: name.to_owned() };
                    self.tell(event, "");
                    guessed
                }
            });
            self.bytes.drain(..mark.min(self.bytes.len()));
            self.here.byte += mark as i64;
            if !self.queue.is_empty() {
                return Ok(true);
            }
        }
        // a declaration is in ASCII: what it names applies to all that follows
        let held = std::mem::take(&mut self.bytes);
        let (declaration, rest) = match declaration_of(&held, self.encoding.as_ref(), self.is_final) {
            Some(end) => held.split_at(end),
            None => {
                self.bytes = held;
                return Ok(false);
            }
        };
        self.bytes = declaration.to_vec();
        self.decode();
        self.bytes.extend_from_slice(rest);
        self.stage = match self.kind {
            Kind::Document => Stage::Prolog,
            Kind::General => Stage::Content,
            Kind::Parameter => Stage::External,
        };
        if !declaration.is_empty() {
            self.declaration()?;
        }
        Ok(true)
    }

    /// Takes the encoding of a declaration.
    pub(crate) fn declared(&mut self, name: &str) -> Result<(), ErrorCode> {
        if self.options.encoding.is_some() {
            return Ok(());
        }
        let narrow = self.encoding.as_ref().is_none_or(Encoding::is_narrow);
        match Encoding::named(name) {
            // the order of bytes is known already
            Some(Encoding::Utf16 { .. }) if !narrow => Ok(()),
            Some(named) if named.is_narrow() == narrow => {
                self.encoding = Some(named);
                Ok(())
            }
            Some(_) => Err(ErrorCode::IncorrectEncoding),
            None => {
                let event = Event::UnknownEncoding { name: name.to_owned() };
                self.tell(event, "");
                Ok(())
            }
        }
    }

    pub(crate) fn decode(&mut self) {
        if self.at > 1 << 16 {
            self.text.drain(..self.at);
            self.at = 0;
        }
        if let Some(encoding) = &self.encoding
            && self.broken.is_none()
            && !self.bytes.is_empty()
        {
            let is_final = self.is_final && self.stage != Stage::Start;
            self.broken = decode(encoding, &mut self.bytes, &mut self.text, is_final);
        }
    }

    /// Whether all of the document's text is there.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_final && self.bytes.is_empty() && self.broken.is_none()
    }

    /// Takes text of the document up to a place; events from now on begin where it began.
    pub(crate) fn advance(&mut self, text: &str, to: usize) {
        if to > self.at {
            (self.waiting, self.went_on) = (0, true);
        }
        let from = std::mem::replace(&mut self.at, to);
        self.place = self.here;
        self.here = self.behind(self.here, text.get(from..to).unwrap_or_default());
    }

    /// The position behind some text.
    fn behind(&self, mut place: Position, text: &str) -> Position {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            place.byte += self.encoding.as_ref().map_or(c.len_utf8(), |encoding| encoding.width(c)) as i64;
            match c {
                '\r' if chars.peek() == Some(&'\n') => {}
                '\n' | '\r' => (place.line, place.column) = (place.line + 1, 0),
                _ => place.column += 1,
            }
        }
        place
    }

    /// An error at a place of the document's text.
    pub(crate) fn wrong(&mut self, code: ErrorCode, at: usize) -> ErrorCode {
        if self.expansions.is_empty() {
            self.place = self.behind(self.here, self.text.get(self.at..at).unwrap_or_default());
        }
        code
    }

    /// An error behind some text of the token that was taken last.
    pub(crate) fn wrong_inside(&mut self, code: ErrorCode, text: &str) -> ErrorCode {
        if self.expansions.is_empty() {
            self.place = self.behind(self.place, text);
        }
        code
    }

    /// What to do about a token that is not there: false to wait for more.
    pub(crate) fn stopped(&mut self, stop: Stop, incomplete: ErrorCode) -> Result<bool, ErrorCode> {
        match stop {
            Stop::Bad(code, at) => Err(self.wrong(code, at)),
            Stop::More if !self.expansions.is_empty() => Err(incomplete),
            Stop::More => match self.broken {
                Some(code) => Err(self.wrong(code, self.text.len())),
                None if self.is_whole() => Err(self.wrong(incomplete, self.at)),
                None => {
                    self.waiting = if self.went_on { 0 } else { self.text.len() - self.at };
                    Ok(false)
                }
            },
        }
    }
}

/// How many bytes the declaration at the beginning takes; none if it is not all there.
fn declaration_of(bytes: &[u8], encoding: Option<&Encoding>, is_final: bool) -> Option<usize> {
    let narrow: Vec<u8> = match encoding {
        Some(Encoding::Utf16 { big }) => {
            bytes.iter().skip(usize::from(*big)).step_by(2).copied().take(1000).collect()
        }
        _ => bytes.iter().copied().take(1000).collect(),
    };
    let step = if encoding.is_some_and(|encoding| !encoding.is_narrow()) { 2 } else { 1 };
    let opening = b"<?xml";
    let common = narrow.iter().zip(opening).take_while(|(a, b)| a == b).count();
    if common < opening.len() {
        let may_come = common == narrow.len() && !is_final;
        return if may_come { None } else { Some(0) };
    }
    match narrow.get(opening.len()) {
        Some(b' ' | b'\t' | b'\r' | b'\n') => {}
        None if !is_final => return None,
        _ => return Some(0),
    }
    match narrow.windows(2).position(|pair| pair == b"?>") {
        Some(at) => Some(((at + 2) * step).min(bytes.len())),
        None if is_final || narrow.len() >= 1000 => Some(0),
        None => None,
    }
}
