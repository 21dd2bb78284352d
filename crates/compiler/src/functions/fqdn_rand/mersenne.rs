//! The Mersenne Twister MT19937 as Ruby's `Random` seeds and draws from it.

const SIZE: usize = 624;
const SHIFT: usize = 397;

pub(in crate::functions) struct Mersenne {
    state: [u32; SIZE],
    next: usize,
}

impl Mersenne {
    /// A generator seeded with the 32-bit words of an integer, lowest first.
    pub(in crate::functions) fn new(seed: &[u32]) -> Mersenne {
        let mut generator = Mersenne { state: [0; SIZE], next: SIZE };
        match seed {
            [] => generator.seed(0),
            [word] => generator.seed(*word),
            words => generator.seed_by(words),
        }
        generator
    }

    fn seed(&mut self, word: u32) {
        let mut last = word;
        for (index, slot) in self.state.iter_mut().enumerate() {
            if index > 0 {
                last = 1_812_433_253u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(index as u32);
            }
            *slot = last;
        }
    }

    fn seed_by(&mut self, words: &[u32]) {
        self.seed(19_650_218);
        let mut at = Cursor { index: 1, last: self.state[0] };
        let mut keys = words.iter().enumerate().cycle();
        for _ in 0..SIZE.max(words.len()) {
            let Some((index, &key)) = keys.next() else { return };
            at.step(&mut self.state, 1_664_525, key.wrapping_add(index as u32));
        }
        for _ in 0..SIZE - 1 {
            let index = at.index as u32;
            at.step(&mut self.state, 1_566_083_941, index.wrapping_neg());
        }
        self.state[0] = 0x8000_0000;
    }

    fn refill(&mut self) {
        for index in 0..SIZE {
            let (here, after) = (self.state[index], self.state[(index + 1) % SIZE]);
            let mixed = (here & 0x8000_0000) | (after & 0x7fff_ffff);
            let odd = if after & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[index] = self.state[(index + SHIFT) % SIZE] ^ (mixed >> 1) ^ odd;
        }
        self.next = 0;
    }

    fn draw(&mut self) -> u32 {
        if self.next >= SIZE {
            self.refill();
        }
        let mut word = self.state[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// A number from 0 to the limit: the high word first, and all over again as soon as it is too large.
    pub(in crate::functions) fn below_or_equal(&mut self, limit: u64) -> u64 {
        if limit == 0 {
            return 0;
        }
        let mask = u64::MAX >> limit.leading_zeros();
        loop {
            let mut number = 0;
            if mask > u64::from(u32::MAX) {
                number = (u64::from(self.draw()) << 32) & mask;
                if number > limit {
                    continue;
                }
            }
            number |= u64::from(self.draw()) & mask;
            if number <= limit {
                return number;
            }
        }
    }
}

/// Where seeding by several words stands in the state.
struct Cursor {
    index: usize,
    last: u32,
}

impl Cursor {
    fn step(&mut self, state: &mut [u32; SIZE], factor: u32, add: u32) {
        let mixed = (self.last ^ (self.last >> 30)).wrapping_mul(factor);
        self.last = (state[self.index] ^ mixed).wrapping_add(add);
        state[self.index] = self.last;
        self.index += 1;
        if self.index >= SIZE {
            state[0] = self.last;
            self.index = 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_ruby() {
        // `Random.new(0x1234567890abcdef1234567890abcdef)`
        let mut large = Mersenne::new(&[0x90ab_cdef, 0x1234_5678, 0x90ab_cdef, 0x1234_5678]);
        assert_eq!(large.below_or_equal(99), 27);
        assert_eq!(large.below_or_equal(999_999), 602_167);
        assert_eq!(large.below_or_equal((1 << 40) - 1), 301_996_467_273);
        // `Random.new(5)`
        assert_eq!(Mersenne::new(&[5]).below_or_equal(99), 99);
        assert_eq!(Mersenne::new(&[]).below_or_equal(0), 0);
    }
}
