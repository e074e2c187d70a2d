//! The bytes of a pickle that is being made, in frames from protocol 4 on (PEP 3154).

use crate::opcodes::FRAME;

/// A frame is closed when it is so long, and what is so long itself stands in none.
pub(crate) const FRAME_TARGET: usize = 64 * 1024;
const FRAME_MIN: usize = 4;
const HEADER: usize = 9;

/// The bytes so far.
#[derive(Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
    framing: bool,
    frame: Option<usize>,
}

impl Writer {
    /// Begins to make frames, or ends it; the current one is closed.
    pub(crate) fn set_framing(&mut self, framing: bool) {
        self.close_frame();
        self.framing = framing;
    }

    /// Appends.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.out.len());
            self.out.extend([0; HEADER]);
        }
        self.out.extend_from_slice(bytes);
    }

    /// Appends an opcode with what follows it; long data goes past the frames.
    pub(crate) fn push_data(&mut self, header: &[u8], data: &[u8]) {
        if data.len() < FRAME_TARGET {
            self.push(header);
            return self.push(data);
        }
        let framing = self.framing;
        self.set_framing(false);
        self.push(header);
        self.push(data);
        self.framing = framing;
    }

    /// Ends the current frame: its length is written in front of it, if it is worth one.
    fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let length = self.out.len().saturating_sub(start + HEADER);
        if length < FRAME_MIN {
            self.out.drain(start..start + HEADER);
            return;
        }
        let header = std::iter::once(FRAME).chain((length as u64).to_le_bytes());
        self.out.iter_mut().skip(start).zip(header).for_each(|(place, byte)| *place = byte);
    }

    /// Called between opcodes: says whether a frame is full, which then was closed.
    pub(crate) fn boundary(&mut self) -> bool {
        let full = self.frame.is_some_and(|start| self.out.len() - start - HEADER >= FRAME_TARGET);
        if full {
            self.close_frame();
        }
        full
    }

    /// Takes the bytes out.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.close_frame();
        std::mem::take(&mut self.out)
    }

    /// Forgets everything.
    pub(crate) fn reset(&mut self) {
        *self = Writer::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_frames_have_no_header() {
        let mut writer = Writer::default();
        writer.set_framing(true);
        writer.push(b"N.");
        assert_eq!(writer.take(), b"N.");
        writer.push(b"NNNN.");
        assert_eq!(writer.take(), b"\x95\x05\0\0\0\0\0\0\0NNNN.");
    }
}
