//! The whole of the training: from histories and weak samples to a model file and out-of-fold engines.

use super::FOLDS;
use super::calibrate::{Bounds, Cut, calibrate};
use super::decision::{Beliefs, Case, Corpus, Origin, Situation, Units, cross_validate, measure_all, teach_kinds};
use super::history::Answers;
use super::label::{article, label_units};
use super::lessons::lessons;
use super::sentences::{Sentences, fold_of};
use super::text::{ByFold, Rows, sample_rows, teach_headlines, teach_strong, teach_weak};
use super::weak::Taught;
use crate::engine::article::Article;
use crate::engine::features;
use crate::engine::language::is_familiar;
use crate::engine::lexicon::Lexicon;
use crate::engine::model::decision::{KINDS, LIST_COLUMN};
use crate::engine::model::text::{SECTIONS, TextModel, each_feature};
use crate::engine::observation::Seen;
use crate::engine::reading::read;
use crate::engine::span::Kind;
use crate::engine::text::segment::UnitKind;
use crate::engine::text::token::tokenize;
use crate::evaluation::flatten::flatten;
use crate::evaluation::gold::Gold;
use crate::learning::dense::DenseModel;
use crate::learning::folds::Folds;
use crate::learning::model::{ModelFile, Section};
use crate::learning::softmax::SoftmaxModel;
use crate::learning::sparse::Quantized;

/// Everything that is taught from.
#[derive(Debug, Default)]
pub struct Material {
    /// Annotated documents.
    pub gold: Vec<Gold>,
    /// Documents from this one on are measured apart from those before them.
    pub further_from: usize,
    /// Per annotated document what its stream's store knew; default for those without a stream.
    pub answers: Vec<Answers>,
    /// The same after a stream whose line breaks were taken out.
    pub flat_answers: Vec<Answers>,
    /// What the streams teach by themselves.
    pub taught: Taught,
    /// Strings of pages that are content (false) or residue (true), with the page's publisher: it must be the one that
    /// the page has among the annotated documents, or the page would teach the model that judges it.
    pub strings: Vec<(String, String, bool)>,
    /// Invented sentences, by language.
    pub written: Vec<Sentences>,
}

/// How to train.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Content that may be lost, as a share of its tokens, out of fold. The guards of the engine keep some of what this
    /// bound would let go, and no cut lies below `lowest`.
    pub loss: f64,
    /// The same for texts without history that are lists more than prose.
    pub list_loss: f64,
    /// Share of short lines, 0..1, from which a text is such a list: of the annotated news 1 % are, of web pages a third.
    pub list_from: f64,
    /// Probability below which no cut lies: without history, with it, and for lists without it. Counted out of fold
    /// with cuts at these and at an even chance, of the tokens in annotated news that go between them seven in ten are
    /// residue without history, and more with it; two numbers of a scaling do not hold everywhere. Of pages a third is,
    /// so for lists the even chance it is.
    pub lowest: [f64; 3],
    /// Documents of a source from which on its history counts.
    pub warm_from: u32,
    /// Threads.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { loss: 0.002, list_loss: 0.012, list_from: 0.45, lowest: [0.43, 0.4, 0.5], warm_from: 3, threads: 2 }
    }
}

/// What training yields.
#[derive(Debug)]
pub struct Outcome {
    /// Taught by everything: what ships.
    pub model: ModelFile,
    /// Per fold a model that its publishers did not teach.
    pub by_fold: Vec<ModelFile>,
    /// The folds.
    pub folds: Folds,
    /// All cases, for evaluation; lessons stand behind the annotated ones.
    pub cases: Vec<Case>,
    /// Columns and labels of all units of the cases.
    pub units: Units,
    /// The cut for sources without history, with it, and for lists without it.
    pub cuts: [Cut; 3],
}

/// The publisher that a source belongs to: the longest part of its host name. Editions of one publisher share it.
/// Documents without a source stand for themselves.
#[must_use]
pub fn publisher(source: &str, id: &str) -> String {
    if source.is_empty() || source == "page" {
        return format!("id:{id}");
    }
    let host = source.split('|').next().unwrap_or(source).to_lowercase();
    let generic = ["com", "org", "net", "www", "co", "uk", "de", "gov", "news", "www1"];
    let parts = host.split(['.', '/', ' ']).filter(|p| p.len() >= 3 && !generic.contains(p));
    parts.max_by_key(|p| p.len()).unwrap_or(&host).to_string()
}

/// Trains. `report` hears what is being done.
#[must_use]
pub fn train(material: &Material, settings: Settings, report: &mut dyn FnMut(&str)) -> Outcome {
    let groups: Vec<String> = material.gold.iter().map(|g| publisher(&g.site, &g.id)).collect();
    // Further annotations go by the hash of their publisher: they change no fold of the others, which would move figures
    // more than most of what is tried.
    let folds = Folds::balanced(groups.iter().take(material.further_from).map(String::as_str), FOLDS);
    report("text model: recurrence");
    let fold_of = |source: &str| folds.fold(&publisher(source, ""));
    let weak = teach_weak(&sample_rows(&material.taught.recurrence, &fold_of), &folds, settings.threads);
    report("text model: annotations");
    let strong = teach_strong(&strong_rows(material, &groups, &folds), &folds, settings.threads);
    report("text model: headlines");
    let headlines = teach_headlines(&sample_rows(&material.taught.headlines, &fold_of), &folds, settings.threads);
    let taught = [weak, strong, headlines];
    let without = |k: usize| taught.each_ref().map(|model: &ByFold| &model.folds[k]);
    let models: Vec<TextModel> = (0..folds.count()).map(|k| TextModel::new(without(k))).collect();
    report("decision: columns");
    let mut cases = cases(material, &groups, &folds);
    cases.extend(lessons(Lexicon::shipped(), &material.written, folds.count()));
    let columns = features::names(Lexicon::shipped());
    let units = measure_all(&cases, &models, columns.len(), settings.threads);
    report("decision: folds");
    let believed = Beliefs::of(&columns, Lexicon::shipped());
    let linear = cross_validate(&units, &cases, &folds, &case_weight, &believed, settings.threads);
    let list_column = columns.iter().position(|column| column == LIST_COLUMN).unwrap_or(0);
    let cold = |c: &Case| c.situation == Situation::Cold;
    let is_list = |row: &[f32]| f64::from(row[list_column]) >= settings.list_from;
    let bounds = |loss: f64, cut: usize| Bounds { loss, lowest: settings.lowest[cut] };
    let cuts = [
        calibrate(&units, &cases, &linear.0, &|c, _| !c.corpus.pages && cold(c), bounds(settings.loss, 0)),
        calibrate(&units, &cases, &linear.0, &|c, _| !c.corpus.pages && !cold(c), bounds(settings.loss, 1)),
        calibrate(&units, &cases, &linear.0, &|c, row| cold(c) && is_list(row), bounds(settings.list_loss, 2)),
    ];
    report("kinds");
    let kinds = crate::learning::folds::in_parallel(FOLDS + 1, settings.threads, |k| {
        teach_kinds(&units, &cases, &language_weight, (k < FOLDS).then_some(k))
    });
    let means = content_means(&units, &cases, columns.len());
    let file = |text: [&Quantized; 3], linear: &DenseModel, kinds: &SoftmaxModel| {
        assemble(&columns, text, linear, kinds, &means, (&cuts, settings))
    };
    let by_fold = (0..FOLDS).map(|k| file(without(k), &linear.1[k], &kinds[k])).collect();
    let model = file(taught.each_ref().map(|model| &model.all), &linear.2, &kinds[FOLDS]);
    Outcome { model, by_fold, folds, cases, units, cuts }
}

/// All situations teach one decision, whose columns tell how much is known; flattened texts count half, lest layout
/// lose its meaning.
fn case_weight(case: &Case) -> f32 {
    let further = if case.corpus.further { FURTHER_WEIGHT } else { 1.0 };
    let own = match case {
        Case { origin: Origin::Annotated, flat: true, .. } => FLAT_WEIGHT * further,
        Case { origin: Origin::Annotated, corpus: Corpus { pages: true, .. }, .. } => PAGE_WEIGHT * further,
        Case { origin: Origin::Annotated, .. } => further,
        Case { origin: Origin::Lesson | Origin::KindLesson, .. } => LESSON_WEIGHT,
        Case { origin: Origin::Written, .. } => WRITTEN_WEIGHT,
        Case { origin: Origin::Whole, .. } => WHOLE_WEIGHT,
    };
    own * language_weight(case)
}

/// What a flattened document counts.
const FLAT_WEIGHT: f32 = 0.5;
/// What a web page counts: they come in one situation, and news in three. F1 of pages rose by .02, that of news did not move.
const PAGE_WEIGHT: f32 = 2.0;
/// What a document of the further annotations counts in the decision. There are as many of them as of the others, and most have no
/// residue: where they counted as much, residue that only a few publishers show was let go.
const FURTHER_WEIGHT: f32 = 0.5;
/// A lesson of a cue stands for the many sentences of its manner that no annotator met.
const LESSON_WEIGHT: f32 = 3.0;
/// What an invented sentence counts. Twice as much changed nothing.
const WRITTEN_WEIGHT: f32 = 0.5;

/// What an invented article counts, in the decision and in the text model. With half of it annotated documents fared
/// the same, and invented articles without residue lost twice as much.
const WHOLE_WEIGHT: f32 = 2.0;

/// Lessons in other languages than the annotated ones count less; those of rules for all languages are of none.
fn language_weight(case: &Case) -> f32 {
    let lang = case.gold.lang.as_str();
    let familiar = case.origin == Origin::Annotated || lang == "mul" || is_familiar(lang);
    if familiar { 1.0 } else { FOREIGN }
}

/// Where lessons in all languages counted as much, the thirty others outweighed the annotations: F1 of unseen news fell
/// below that without them.
const FOREIGN: f32 = 0.2;

/// Every document in every situation that it was seen in, as it is and flattened.
fn cases(material: &Material, groups: &[String], folds: &Folds) -> Vec<Case> {
    let mut cases = Vec::new();
    for (i, gold) in material.gold.iter().enumerate() {
        let fold = folds.fold(&groups[i]);
        let answers = &material.answers[i];
        let corpus = Corpus { pages: answers.learned.is_none(), further: i >= material.further_from };
        for flat in [false, true] {
            let gold = if flat { flatten(gold) } else { gold.clone() };
            let answers = if flat { &material.flat_answers[i] } else { answers };
            let mut add = |situation, seen: Option<&Seen>| {
                if let Some(seen) = seen {
                    cases.push(Case {
                        gold: gold.clone(),
                        fold,
                        situation,
                        flat,
                        corpus,
                        origin: Origin::Annotated,
                        seen: seen.clone(),
                    });
                }
            };
            add(Situation::Cold, Some(&Seen::default()));
            add(Situation::Online, answers.online.as_ref());
            add(Situation::Learned, answers.learned.as_ref());
        }
    }
    cases
}

/// Annotated units, as they are and flattened, and page strings.
fn strong_rows(material: &Material, groups: &[String], folds: &Folds) -> Rows {
    let mut rows = Rows::default();
    for (gold, group) in material.gold.iter().zip(groups) {
        push_units(&mut rows, gold, 1.0, folds.fold(group));
    }
    for (language, whole) in material.written.iter().flat_map(|l| l.whole.iter().map(move |whole| (l, whole))) {
        push_units(&mut rows, &whole.gold(&language.lang), WHOLE_WEIGHT, fold_of(&whole.text, folds.count()));
    }
    let mut string = |text: &str, residue: bool, weight: f32, fold: usize| {
        let tokens = tokenize(text);
        let mut buckets = Vec::new();
        each_feature(&tokens, 0, tokens.words.len(), text, &mut |bucket| buckets.push(bucket));
        rows.push(&buckets, f32::from(u8::from(residue)), weight, fold);
    };
    for (publisher, text, residue) in &material.strings {
        string(text, *residue, 1.0, folds.fold(publisher));
    }
    for (sentence, residue) in material.written.iter().flat_map(sentences) {
        let words = sentence.split_whitespace().count() as f32;
        string(sentence, residue, SENTENCE_WEIGHT * words, fold_of(sentence, folds.count()));
    }
    rows
}

/// Adds the units of an annotated document, each with `weight` times its own.
fn push_units(rows: &mut Rows, gold: &Gold, weight: f32, fold: usize) {
    let article = article(gold);
    let reading = read(&article, Lexicon::shipped());
    let labels = label_units(gold, &reading);
    for (i, unit) in reading.parts.units.iter().enumerate() {
        let Some(label) = labels[i].residue().filter(|_| unit.kind != UnitKind::Bracket || labels[i].marked > 0) else {
            continue;
        };
        let mut buckets = Vec::new();
        each_feature(&reading.tokens, unit.first, unit.last, reading.raw(i), &mut |bucket| buckets.push(bucket));
        rows.push(&buckets, label, weight * labels[i].weight(), fold);
    }
}

/// Weight of an invented sentence in the text model, per word; an annotated one has a quarter per token. From a quarter
/// to this made no difference to news, a twentieth was worse.
const SENTENCE_WEIGHT: f32 = 0.5;

/// The sentences of one language that are residue (true) or article (false); bylines are neither.
fn sentences(language: &Sentences) -> impl Iterator<Item = (&str, bool)> {
    let residue = language.residue.iter().filter(|(kind, _)| **kind != Kind::Byline).flat_map(|(_, all)| all);
    let article = language.article.iter().map(|sentence| (sentence.as_str(), false));
    residue.map(|sentence| (sentence.as_str(), true)).chain(article)
}

/// Means of the columns over the articles' own units, as annotators marked them.
fn content_means(units: &Units, cases: &[Case], columns: usize) -> Vec<f32> {
    let mut sums = vec![0.0_f64; columns];
    let mut n = 0_u32;
    for i in 0..units.labels.len() {
        if units.labels[i].residue() == Some(0.0) && cases[units.cases[i]].origin == Origin::Annotated {
            n += 1;
            for (sum, value) in sums.iter_mut().zip(units.matrix.row(i)) {
                *sum += f64::from(*value);
            }
        }
    }
    sums.into_iter().map(|s| (s / f64::from(n.max(1))) as f32).collect()
}

fn assemble(
    columns: &[String],
    text: [&Quantized; 3],
    linear: &DenseModel,
    kinds: &SoftmaxModel,
    means: &[f32],
    (cuts, settings): (&[Cut; 3], Settings),
) -> ModelFile {
    let mut file = ModelFile::default();
    let named = |weights: &[f32]| columns.iter().cloned().zip(weights.iter().copied()).collect::<Vec<_>>();
    for (section, table) in SECTIONS.into_iter().zip(text) {
        file.push(section, Section::Table(table.clone()));
    }
    file.push("decision.linear", Section::Dense { columns: named(&linear.weights), bias: linear.bias });
    file.push("decision.means", Section::Dense { columns: named(means), bias: 0.0 });
    let number = |cut: &Cut| [cut.platt.slope, cut.platt.offset, cut.cut];
    let mut numbers: Vec<f64> = cuts[..2].iter().flat_map(number).collect();
    numbers.push(f64::from(settings.warm_from));
    numbers.extend(number(&cuts[2]));
    numbers.push(settings.list_from);
    file.push("decision.cuts", Section::Numbers(numbers));
    for i in 0..KINDS.len() {
        let class = kinds.classes.get(i).cloned().unwrap_or_default();
        file.push(&format!("kinds.{i}"), Section::Dense { columns: named(&class.weights), bias: class.bias });
    }
    file
}

/// An annotated document as the store shall see it.
#[must_use]
pub fn watched(gold: &[Gold]) -> Vec<Article> {
    gold.iter().map(article).collect()
}
