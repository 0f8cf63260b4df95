//! The clickbait model: judged headlines, and word vectors from the English documents of the streams.

use crate::{
    cli::{
        corpus::{Articles, Layout, explain, lines, stream_bar},
        error::CliError,
        input::Input,
    },
    engine::{
        article::Article,
        clickbait::train::{Figures, Post, cross_validate, train_clickbait},
        text::token::tokenize,
    },
    evaluation::table::Table,
    learning::{
        model::ModelFile,
        vectors::{VectorBuilder, VectorOptions, WordVectors},
    },
};
use serde::Deserialize;
use std::path::Path;

/// The longest stretch of a document that is read, in words: enough, and no single one dominates.
const WORDS: usize = 900;

/// A document with so many times the commonest English word is English beyond doubt.
const ENGLISH: usize = 3;

/// A judged headline.
#[derive(Debug, Deserialize)]
pub(super) struct Judged {
    text: String,
    mean: f32,
    clickbait: bool,
}

/// Reads judged headlines.
pub(super) fn read(path: &Path) -> Result<Vec<Judged>, CliError> {
    let parse = |(place, _, content): (String, usize, String)| {
        let post = serde_json::from_str(&content);
        post.map_err(|e| CliError::Data {
            place,
            what: format!("{}; a post has text, mean (0 to 1), clickbait", explain(&e)),
        })
    };
    lines(path)?.into_iter().map(parse).collect()
}

/// Trains, and cross-validates into a table.
pub(super) fn train(judged: &[Judged], streams: &mut [Input], threads: usize) -> Result<(ModelFile, Table), CliError> {
    let posts: Vec<Post<'_>> =
        judged.iter().map(|j| Post { text: &j.text, mean: j.mean, clickbait: j.clickbait }).collect();
    let vectors = vectors(streams)?;
    let figures = cross_validate(&posts, &vectors, threads);
    Ok((train_clickbait(&posts, &vectors, threads), table(posts.len(), &figures)))
}

/// Two passes over the streams: words, then their neighbours.
fn vectors(streams: &mut [Input]) -> Result<WordVectors, CliError> {
    let mut builder = VectorBuilder::new(VectorOptions::default());
    let bar = stream_bar(streams, 2);
    bar.set_message("word vectors");
    for work in [VectorBuilder::count, VectorBuilder::observe] {
        for stream in &mut *streams {
            let mut articles = Articles::of(stream, Layout::AsIs, &bar)?;
            for article in articles.by_ref().filter(is_english) {
                let tokens = tokenize(&format!("{} {}", article.title, article.text));
                let words: Vec<u64> = tokens.words.iter().take(WORDS).map(|word| word.hash).collect();
                work(&mut builder, &words);
            }
            articles.finish()?;
        }
    }
    bar.finish_and_clear();
    Ok(builder.build())
}

fn is_english(article: &Article) -> bool {
    article.text.matches(" the ").count() >= ENGLISH
}

fn table(posts: usize, figures: &Figures) -> Table {
    let Figures { auc, f1, best_f1, mse_mean, mse_score } = *figures;
    let mut table = Table::new("Clickbait in English headlines", &["", "reached"])
        .with_note(format!("{posts} judged headlines, five folds, the same words in one fold."));
    for (name, value) in [
        ("AUC of the score", auc),
        ("F1 of score ≥ 0.5", f1),
        ("F1 at the cut that suits the held-out scores best (cannot be shipped)", best_f1),
        ("MSE of judges_mean against the judges' mean", mse_mean),
        ("MSE of the score against the judges' mean", mse_score),
    ] {
        table.push(vec![name.to_owned(), format!("{value:.4}")]);
    }
    table
}
