//! What a stream was given, so that a copy of it can be made: the crates below cannot copy theirs, so a copy is a new
//! stream that is given the same once more. Invariant: it is kept up to [`MOST`] bytes and then given up.

/// The most bytes that are kept.
const MOST: usize = 16 << 20;

/// The parts, each with what was said with it.
#[derive(Clone, Default)]
pub(crate) struct History {
    parts: Vec<(Vec<u8>, i32)>,
    length: usize,
    lost: bool,
}

impl History {
    /// Notes a part.
    pub(crate) fn note(&mut self, bytes: &[u8], flush: i32) {
        if self.lost || bytes.is_empty() && flush == 0 {
            return;
        }
        self.length = self.length.saturating_add(bytes.len()).saturating_add(32);
        if self.length > MOST {
            *self = History { lost: true, ..History::default() };
            return;
        }
        match self.parts.last_mut() {
            Some((last, 0)) => {
                last.extend_from_slice(bytes);
                if let Some(part) = self.parts.last_mut() {
                    part.1 = flush;
                }
            }
            _ => self.parts.push((bytes.to_vec(), flush)),
        }
    }

    /// The parts in order; none if there were too many bytes.
    pub(crate) fn parts(&self) -> Option<&[(Vec<u8>, i32)]> {
        (!self.lost).then_some(&self.parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined_up_to_a_flush_and_given_up_when_there_are_too_many() {
        let mut history = History::default();
        for (bytes, flush) in [(&b"ab"[..], 0), (b"c", 0), (b"", 2), (b"d", 0), (b"", 0)] {
            history.note(bytes, flush);
        }
        assert_eq!(history.parts(), Some(&[(b"abc".to_vec(), 2), (b"d".to_vec(), 0)][..]));
        history.note(&vec![0; MOST], 0);
        assert_eq!(history.parts(), None);
    }
}
