//! Events on their way out of a parser.

use crate::decode::Encoding;
use crate::event::{Event, Item, Markup};
use crate::parser::{Parser, Position};

/// Text that had to be decoded is told in parts of so many bytes.
const CONVERTED: usize = 1024;

impl Parser {
    /// Adds an event, with the text that it comes from.
    pub(crate) fn tell(&mut self, event: Event, raw: &str) {
        self.tell_at(event, raw, self.place);
    }

    /// The same of the end of an empty element.
    pub(crate) fn tell_behind(&mut self, event: Event, raw: &str) {
        self.tell_at(event, raw, if self.splits_empty { self.here } else { self.place });
    }

    fn tell_at(&mut self, event: Event, raw: &str, place: Position) {
        let raw = if self.raw { raw.to_owned() } else { String::new() };
        self.queue.push_back((Item { event, raw }, place));
    }

    /// Adds text; what had to be decoded comes in parts of at most so many bytes.
    pub(crate) fn tell_text(&mut self, text: &str, raw: &str) {
        let mut rest = text;
        while self.encoding != Some(Encoding::Utf8) && rest.len() > CONVERTED {
            let cut = (0..=CONVERTED).rev().find(|&at| rest.is_char_boundary(at)).unwrap_or(CONVERTED);
            let (part, behind) = rest.split_at(cut);
            self.tell(Event::Characters(part.to_owned()), part);
            rest = behind;
        }
        let raw = if rest.len() < text.len() { rest } else { raw };
        self.tell(Event::Characters(rest.to_owned()), raw);
    }

    /// Adds a piece of markup, if text is kept.
    pub(crate) fn piece(&mut self, markup: Markup, raw: &str) {
        if self.raw && !raw.is_empty() {
            self.tell(Event::Piece(markup), raw);
        }
    }
}
