//! How a parser reads, as far as that may change.

use crate::decode::Encoding;
use crate::parser::{ParameterEntities, Parser};

impl Parser {
    /// Whether a token that is not all there is looked for again only when the text has doubled, or ends.
    pub fn defer(&mut self, defer: bool) {
        self.defers = defer;
    }

    /// Whether the end of an empty element is behind its tag, or where that begins.
    pub fn split_empty(&mut self, split: bool) {
        self.splits_empty = split;
    }

    /// Whether text is kept beside the events.
    pub fn keep_raw(&mut self, keep: bool) {
        self.raw = keep;
    }

    /// Whether references to internal entities in content are replaced by their text.
    pub fn expand_entities(&mut self, expand: bool) {
        self.expands = expand;
    }

    /// Which parameter entities are asked for.
    pub fn set_parameter_entities(&mut self, which: ParameterEntities) {
        self.parameter_entities = which;
    }

    /// Whether there is an external subset even if the document names none.
    pub fn set_foreign_subset(&mut self, is_there: bool) {
        self.foreign_subset = is_there;
    }

    /// Whether names end with their prefixes.
    pub fn set_prefixes(&mut self, with: bool) {
        if let Some(names) = &mut self.names {
            names.with_prefixes = with;
        }
    }

    /// How much text may expand: to so many times what is read, from so many bytes on.
    pub fn limit_expansion(&mut self, factor: Option<f64>, threshold: Option<f64>) {
        self.limit = (factor.unwrap_or(self.limit.0), threshold.unwrap_or(self.limit.1));
    }

    /// Whether something was fed.
    pub fn has_begun(&self) -> bool {
        self.read > 0 || self.is_final
    }

    /// The characters of an encoding that [`Event::UnknownEncoding`] asked for.
    pub fn set_encoding(&mut self, table: Box<[Option<char>; 256]>) {
        self.encoding = Some(Encoding::Table(table));
    }
}
