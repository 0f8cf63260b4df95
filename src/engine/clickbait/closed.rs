//! English words of the closed classes: pronouns, articles, prepositions, conjunctions, auxiliaries, question words and
//! the commonest adverbs. Headlines differ in what they report, but bait is built of these.

/// Sorted, for bisection. Fragments (`ll`, `ve`, `n`) are what an apostrophe leaves.
#[rustfmt::skip]
const CLOSED: [&str; 194] = [
    "a", "about", "above", "after", "again", "against", "ago", "all", "almost", "already", "also", "although",
    "always", "am", "among", "an", "and", "another", "any", "anyone", "anything", "are", "aren", "around", "as",
    "at", "away", "be", "because", "been", "before", "behind", "being", "best", "better", "between", "both", "but",
    "by", "can", "could", "d", "did", "didn", "do", "does", "doesn", "don", "down", "during", "each", "either",
    "else", "enough", "even", "ever", "every", "everyone", "everything", "few", "for", "from", "get", "gets", "go",
    "goes", "got", "had", "has", "have", "he", "her", "here", "hers", "herself", "him", "himself", "his", "how",
    "however", "i", "if", "in", "into", "is", "isn", "it", "its", "itself", "just", "least", "less", "let", "ll",
    "m", "made", "make", "many", "may", "maybe", "me", "might", "mine", "more", "most", "much", "must", "my",
    "myself", "need", "neither", "never", "no", "nobody", "none", "nor", "not", "nothing", "now", "of", "off",
    "often", "on", "once", "one", "only", "onto", "or", "other", "others", "our", "ours", "out", "over", "own",
    "perhaps", "please", "rather", "re", "really", "s", "same", "see", "she", "should", "since", "so", "some",
    "someone", "something", "still", "such", "t", "than", "that", "the", "their", "them", "then", "there", "these",
    "they", "this", "those", "through", "to", "too", "under", "until", "up", "us", "ve", "very", "was", "we",
    "well", "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "without", "won",
    "would", "yes", "yet", "you", "your", "yours",
];

/// Whether `folded` is an English word of the closed classes.
pub(super) fn is_closed(folded: &str) -> bool {
    CLOSED.binary_search(&folded).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(CLOSED.is_sorted());
        assert!(is_closed("your") && is_closed("a") && !is_closed("tesla"));
    }
}
