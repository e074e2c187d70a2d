//! The Mersenne Twister, MT19937, of Matsumoto and Nishimura, as `random` seeds it. Invariant: the state has
//! [`LENGTH`] words.

/// Words of the state.
pub(super) const LENGTH: usize = 624;
const MIDDLE: usize = 397;

/// A generator.
pub(super) struct Twister {
    state: Vec<u32>,
    index: usize,
}

impl Default for Twister {
    fn default() -> Twister {
        Twister { state: Vec::new(), index: LENGTH }
    }
}

impl Twister {
    fn at(&self, at: usize) -> u32 {
        self.state.get(at % LENGTH).copied().unwrap_or(0)
    }

    fn put(&mut self, at: usize, word: u32) {
        if let Some(place) = self.state.get_mut(at) {
            *place = word;
        }
    }

    /// Begins from one word.
    fn seed_word(&mut self, word: u32) {
        self.state.clear();
        self.state.reserve_exact(LENGTH);
        let mut last = word;
        self.state.push(last);
        for at in 1..LENGTH as u32 {
            last = 1_812_433_253_u32.wrapping_mul(last ^ last >> 30).wrapping_add(at);
            self.state.push(last);
        }
        self.index = LENGTH;
    }

    /// Begins from some words, at least one.
    pub(super) fn seed(&mut self, key: &[u32]) {
        self.seed_word(19_650_218);
        let zero = [0];
        let key = if key.is_empty() { &zero[..] } else { key };
        let (mut at, mut from) = (1, 0);
        let mixed = |last: u32, factor: u32| (last ^ last >> 30).wrapping_mul(factor);
        for _ in 0..LENGTH.max(key.len()) {
            let word = self.at(at) ^ mixed(self.at(at - 1), 1_664_525);
            let word = word.wrapping_add(key.get(from).copied().unwrap_or(0)).wrapping_add(from as u32);
            self.put(at, word);
            (at, from) = (at + 1, if from + 1 < key.len() { from + 1 } else { 0 });
            if at >= LENGTH {
                self.put(0, self.at(LENGTH - 1));
                at = 1;
            }
        }
        for _ in 0..LENGTH - 1 {
            let word = self.at(at) ^ mixed(self.at(at - 1), 1_566_083_941);
            self.put(at, word.wrapping_sub(at as u32));
            at += 1;
            if at >= LENGTH {
                self.put(0, self.at(LENGTH - 1));
                at = 1;
            }
        }
        self.put(0, 0x8000_0000);
    }

    fn refill(&mut self) {
        if self.state.len() != LENGTH {
            self.seed_word(5489);
        }
        for at in 0..LENGTH {
            let pair = self.at(at) & 0x8000_0000 | self.at(at + 1) & 0x7FFF_FFFF;
            let twist = if pair & 1 == 1 { 0x9908_B0DF } else { 0 };
            let word = self.at(at + MIDDLE) ^ pair >> 1 ^ twist;
            self.put(at, word);
        }
        self.index = 0;
    }

    /// The next 32 bits.
    pub(super) fn word(&mut self) -> u32 {
        if self.index >= LENGTH {
            self.refill();
        }
        let mut word = self.at(self.index);
        self.index += 1;
        word ^= word >> 11;
        word ^= word << 7 & 0x9D2C_5680;
        word ^= word << 15 & 0xEFC6_0000;
        word ^ word >> 18
    }

    /// The next float, of 53 bits.
    pub(super) fn float(&mut self) -> f64 {
        let (high, low) = (self.word() >> 5, self.word() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    /// The state and the place in it.
    pub(super) fn parts(&self) -> (Vec<u32>, usize) {
        ((0..LENGTH).map(|at| self.at(at)).collect(), self.index)
    }

    /// Goes on from a state.
    pub(super) fn restore(&mut self, state: Vec<u32>, index: usize) {
        self.state = state;
        self.index = index;
    }
}
