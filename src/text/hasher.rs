//! A quick hash for tables of words.

use std::hash::Hasher;

/// Hashes words by eight letters at a time (the multiplication of Fx): whoever writes texts has no say
/// in which words are kept, so that nothing has to be made hard to foresee.
#[derive(Debug, Default)]
pub struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut add = |letters: u64| {
            self.0 = (self.0.rotate_left(5) ^ letters).wrapping_mul(0x517c_c1b7_2722_0a95);
        };
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            add(u64::from_le_bytes(*eight));
        }
        add(rest.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)));
    }

    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}
