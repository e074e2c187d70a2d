//! Finding tokens in text of which more may come.

use crate::chars::{is_name, is_name_start, is_space};
use crate::error::ErrorCode;

/// Why a token is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stop {
    /// The text ends before it does.
    More,
    /// Something is wrong at this place of the text.
    Bad(ErrorCode, usize),
}

/// A token, or why there is none.
pub(crate) type Scan<T> = Result<T, Stop>;

/// A place in a text.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning of a text.
    pub(crate) fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, at: 0 }
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next character.
    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes the next character.
    pub(crate) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes a word, if it comes next.
    pub(crate) fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// Takes white space; whether there was some.
    pub(crate) fn skip_spaces(&mut self) -> bool {
        let before = self.at;
        self.at += self.rest().find(|c| !is_space(c)).unwrap_or(self.rest().len());
        self.at > before
    }

    /// Takes a name of a text that is whole.
    pub(crate) fn name(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        if !rest.starts_with(is_name_start) {
            return None;
        }
        self.at += end;
        rest.get(..end)
    }

    /// Takes characters that names are made of.
    pub(crate) fn name_token(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).filter(|token| !token.is_empty())
    }

    /// The same of a text of which more may come.
    pub(crate) fn scan_name(&mut self) -> Scan<&'a str> {
        match self.peek() {
            None => Err(Stop::More),
            Some(c) if !is_name_start(c) => Err(self.bad()),
            Some(_) => {
                let rest = self.rest();
                let end = rest.find(|c| !is_name(c)).ok_or(Stop::More)?;
                self.at += end;
                Ok(rest.get(..end).unwrap_or_default())
            }
        }
    }

    /// The next character, which must be there.
    pub(crate) fn need(&self) -> Scan<char> {
        self.peek().ok_or(Stop::More)
    }

    /// That the token is wrong here.
    pub(crate) fn bad(&self) -> Stop {
        Stop::Bad(ErrorCode::InvalidToken, self.at)
    }

    /// Takes a word of which the beginning may be all there is.
    pub(crate) fn scan_word(&mut self, word: &str) -> Scan<()> {
        for wanted in word.chars() {
            if self.need()? != wanted {
                return Err(self.bad());
            }
            self.bump();
        }
        Ok(())
    }

    /// A text in quotes of a text that is whole.
    pub(crate) fn quoted(&mut self) -> Option<&'a str> {
        let quote = self.peek().filter(|c| matches!(c, '"' | '\''))?;
        let inside = self.rest().get(1..)?;
        let end = inside.find(quote)?;
        self.at += end + 2;
        inside.get(..end)
    }
}
