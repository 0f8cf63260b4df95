//! Trains the clickbait model: `train_clickbait POSTS.jsonl MODEL < BACKGROUND.jsonl`.
//!
//! POSTS has `text`, `mean` and `clickbait`; BACKGROUND, on standard input, has `text` in any language, of which the
//! English documents are used for word vectors. Prints the figures of a five-fold cross-validation first.

use promosieve::engine::clickbait::Clickbait;
use promosieve::engine::clickbait::rules::Rules;
use promosieve::engine::clickbait::train::{Post, cross_validate, train_clickbait};
use promosieve::engine::text::token::tokenize;
use promosieve::learning::vectors::{VectorBuilder, VectorOptions};
use std::error::Error;
use std::io::BufRead;

#[derive(serde::Deserialize)]
struct Judged {
    text: String,
    mean: f32,
    clickbait: bool,
}

#[derive(serde::Deserialize)]
struct Document {
    title: Option<String>,
    text: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, posts, model] = arguments.as_slice() else {
        return Err("usage: train_clickbait POSTS MODEL < TEXTS".into());
    };
    let judged: Vec<Judged> =
        std::fs::read_to_string(posts)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let posts: Vec<Post<'_>> =
        judged.iter().map(|j| Post { text: &j.text, mean: j.mean, clickbait: j.clickbait }).collect();
    let started = std::time::Instant::now();
    let vectors = background()?;
    eprintln!("{} word vectors after {:?}", vectors.hashes().len(), started.elapsed());
    let threads = std::thread::available_parallelism()?.get();
    println!("{:#?}", cross_validate(&posts, &vectors, threads));
    eprintln!("cross-validated after {:?}", started.elapsed());
    let file = train_clickbait(&posts, &vectors, threads);
    let judge = Clickbait::new(&file, Rules::default())?;
    let started = std::time::Instant::now();
    let sum: f64 = posts.iter().map(|post| judge.score(post.text, &[])).sum();
    let each = started.elapsed() / u32::try_from(posts.len().max(1))?;
    println!("mean score {:.3}, {each:?} a headline", sum / posts.len() as f64);
    let bytes = file.to_bytes();
    println!("{} bytes", bytes.len());
    std::fs::write(model, bytes)?;
    Ok(())
}

/// The longest stretch of a document that is read: enough, and no single one dominates.
const WORDS: usize = 900;

fn background() -> Result<promosieve::learning::vectors::WordVectors, Box<dyn Error>> {
    let mut documents: Vec<Vec<u64>> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let document: Document = serde_json::from_str(&line?)?;
        // Three times the commonest English word, and no doubt is left.
        if document.text.matches(" the ").count() >= 3 {
            let tokens = tokenize(&format!("{} {}", document.title.unwrap_or_default(), document.text));
            documents.push(tokens.words.iter().take(WORDS).map(|word| word.hash).collect());
        }
    }
    let mut builder = VectorBuilder::new(VectorOptions::default());
    for document in &documents {
        builder.count(document);
    }
    for document in &documents {
        builder.observe(document);
    }
    Ok(builder.build())
}
