//! A stack that grows without moving what it holds, while untrusted bytes are read.
//! Invariant: no allocation is larger than eight times the bytes left, but for a constant. A vector grows
//! with what was read already instead, and is largest at the end.

/// Bytes of a chunk at the least, so that small inputs need one.
const LEAST: usize = 2048;

/// Items of the first chunk; later ones double.
const FIRST: usize = 64;

/// The stack.
#[derive(Debug)]
pub(crate) struct Chunks<T> {
    /// Each full but the last, none empty.
    chunks: Vec<Vec<T>>,
    length: usize,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Chunks { chunks: Vec::new(), length: 0 }
    }
}

impl<T> Chunks<T> {
    /// The number of items.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Puts an item on top; `left` bytes are left to read, each of which may lead to one more item.
    pub(crate) fn push(&mut self, item: T, left: usize) {
        self.length += 1;
        match self.chunks.last_mut().filter(|last| last.len() < last.capacity()) {
            Some(last) => last.push(item),
            None => {
                let size = size_of::<T>().max(1);
                let room = (FIRST << self.chunks.len().min(20)).min(left.saturating_mul(8) / size);
                let mut chunk = Vec::with_capacity(room.max(LEAST / size).max(1));
                chunk.push(item);
                self.chunks.push(chunk);
            }
        }
    }

    /// Takes the topmost item.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let last = self.chunks.last_mut()?;
        let item = last.pop();
        if last.is_empty() {
            self.chunks.pop();
        }
        self.length = self.length.saturating_sub(1);
        item
    }

    /// The topmost item.
    pub(crate) fn last_mut(&mut self) -> Option<&mut T> {
        self.chunks.last_mut()?.last_mut()
    }

    /// The item of a number, counted from the bottom.
    pub(crate) fn get_mut(&mut self, mut at: usize) -> Option<&mut T> {
        for chunk in &mut self.chunks {
            if at < chunk.len() {
                return chunk.get_mut(at);
            }
            at -= chunk.len();
        }
        None
    }

    /// Drops all items.
    pub(crate) fn clear(&mut self) {
        self.chunks.clear();
        self.length = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed_is_found_and_popped() {
        let mut chunks = Chunks::default();
        for number in 0..100_000usize {
            chunks.push(number, 100_000 - number);
        }
        assert_eq!((chunks.len(), chunks.last_mut()), (100_000, Some(&mut 99_999)));
        assert!(
            [0, 63, 64, 255, 256, 5000, 99_999].iter().all(|at| chunks.get_mut(*at) == Some(&mut { *at }))
        );
        assert_eq!(chunks.get_mut(100_000), None);
        for number in (0..100_000).rev() {
            assert_eq!(chunks.pop(), Some(number));
        }
        assert_eq!((chunks.len(), chunks.pop(), chunks.last_mut()), (0, None, None));
    }

    #[test]
    fn no_chunk_is_larger_than_eight_times_the_bytes_left() {
        let mut chunks = Chunks::<[u64; 9]>::default();
        for left in (0..200_000usize).rev() {
            chunks.push([0; 9], left);
            let newest =
                chunks.chunks.last().map_or(0, |chunk| if chunk.len() == 1 { chunk.capacity() } else { 0 });
            assert!(72 * newest <= (8 * left).max(LEAST));
        }
        assert!(chunks.chunks.len() < 170, "{}", chunks.chunks.len());
    }
}
