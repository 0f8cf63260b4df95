//! Sentences as they are bent to slip past a filter: digits for letters, accents strewn about, letters doubled. No
//! annotation shows such a one, so the lessons do.

use crate::evaluation::disguise::{DIGITS, UMLAUTS, twin};

/// `sentence` bent in one of three ways, which `number` picks; the first letter stays, as it does with those who do this.
/// Letters without a double, and those of other scripts, stay too.
#[must_use]
pub fn disguise(sentence: &str, number: usize) -> String {
    let mut bent = String::with_capacity(2 * sentence.len());
    let mut inside = false;
    for c in sentence.chars() {
        match (inside, number % 3) {
            (true, 0) => bent.push(twin(c, DIGITS)),
            (true, 1) => bent.push(twin(c, UMLAUTS)),
            (true, _) if "eo".contains(c) => bent.extend([c, c]),
            _ => bent.push(c),
        }
        inside = c.is_alphabetic();
    }
    bent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_to_bend_a_sentence() {
        for (number, expected) in
            ["Ord3r our fr33 i55u3", "Ordër oür frëë issüë", "Ordeer our freeee issuee"].iter().enumerate()
        {
            assert_eq!(disguise("Order our free issue", number), *expected);
        }
    }
}
