//! Teaching the decision and the kinds, on columns whose text scores come from models that never saw the publisher.

use super::label::{Label, article, label_units};
use crate::engine::features::{measure, text_sums};
use crate::engine::lexicon::Lexicon;
use crate::engine::model::decision::KINDS;
use crate::engine::model::text::TextModel;
use crate::engine::observation::Seen;
use crate::engine::reading::read;
use crate::engine::restraint::is_held;
use crate::engine::text::segment::UnitKind;
use crate::evaluation::gold::Gold;
use crate::learning::dense::{DenseMatrix, DenseModel, DenseOptions, Example, train};
use crate::learning::folds::{Folds, in_parallel};
use crate::learning::lbfgs::Limits;
use crate::learning::softmax::{self, ClassExample, SoftmaxModel};

/// How much was known when a document was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Situation {
    /// Empty store.
    Cold,
    /// By what came before it in its stream.
    Online,
    /// After the whole stream.
    Learned,
}

/// Where the labels of a document come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Annotators marked it: it teaches and is measured.
    Annotated,
    /// Made up from a cue whose example goes: it only teaches.
    Lesson,
    /// Made up from an invented sentence: it only teaches.
    Written,
    /// An invented article: it only teaches.
    Whole,
    /// Made up from a cue that is too weak to remove anything: its example teaches its kind only.
    KindLesson,
}

/// Which documents a case is measured with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Corpus {
    /// Arbitrary web pages, which are in no stream, rather than news articles of one.
    pub pages: bool,
    /// Annotated apart: see [`super::run::Material::further_from`].
    pub further: bool,
}

/// A document with labels, as it may be judged.
#[derive(Debug, Clone)]
pub struct Case {
    /// The document, flattened or not.
    pub gold: Gold,
    /// Fold of its publisher.
    pub fold: usize,
    /// How much is known.
    pub situation: Situation,
    /// Its line breaks were taken out.
    pub flat: bool,
    /// What it is measured with.
    pub corpus: Corpus,
    /// Where its labels come from.
    pub origin: Origin,
    /// The store's answer.
    pub seen: Seen,
}

/// The columns and labels of all units of all cases.
#[derive(Debug)]
pub struct Units {
    /// One row per unit.
    pub matrix: DenseMatrix,
    /// Per row its label.
    pub labels: Vec<Label>,
    /// Per row the index of its case.
    pub cases: Vec<usize>,
    /// Per row whether it is a bracketed group, whose tokens its sentence counts already.
    pub brackets: Vec<bool>,
    /// Per row whether a guard keeps it, however likely it is to be residue, unless nearly certain. A guard that gives way
    /// beside other units counts here as one that does not.
    pub held: Vec<bool>,
}

impl Units {
    fn new(columns: usize) -> Self {
        let (labels, cases, brackets, held) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { matrix: DenseMatrix::new(columns, 0), labels, cases, brackets, held }
    }
}

/// Measures every unit of `cases` with the text model of its fold. Brackets inside residue teach nothing of their own.
#[must_use]
pub fn measure_all(cases: &[Case], models: &[TextModel], columns: usize, threads: usize) -> Units {
    let lexicon = Lexicon::shipped();
    let tables = in_parallel(cases.len(), threads, |i| {
        let case = &cases[i];
        let article = article(&case.gold);
        let reading = read(&article, lexicon);
        let model = &models[case.fold];
        let sums = text_sums(&reading, model);
        let measured = measure(&reading, &case.seen, &sums, model, lexicon);
        let rows: Vec<Vec<f32>> = (0..measured.units())
            .map(|i| {
                let mut row = Vec::new();
                measured.row(i, &mut row);
                row
            })
            .collect();
        let units = &reading.parts.units;
        let own = label_units(&case.gold, &reading);
        let inside_residue = |parent: Option<usize>| parent.is_some_and(|p| own[p].residue() == Some(1.0));
        let labels: Vec<Label> = units
            .iter()
            .zip(&own)
            .map(|(u, label)| match (inside_residue(u.parent), case.origin, label.kind) {
                (true, ..) => Label::NONE,
                (false, Origin::KindLesson, Some(kind)) => Label { kind: Some(kind), ..Label::NONE },
                _ => *label,
            })
            .collect();
        let brackets: Vec<bool> = units.iter().map(|u| u.kind == UnitKind::Bracket).collect();
        let held: Vec<bool> = (0..measured.units()).map(|i| is_held(&measured, i)).collect();
        (rows, labels, brackets, held)
    });
    let mut all = Units::new(columns);
    for (case, (rows, labels, brackets, held)) in tables.into_iter().enumerate() {
        all.cases.extend(std::iter::repeat_n(case, rows.len()));
        for row in &rows {
            all.matrix.push(row);
        }
        all.labels.extend(labels);
        all.brackets.extend(brackets);
        all.held.extend(held);
    }
    all
}

/// Which cases teach a decision, and how much they count.
pub type Weigher<'a> = &'a (dyn Fn(&Case) -> f32 + Sync);

/// Penalty of the decision. Cross-validated F1 is flat from half of this to twice as much.
const L2: f64 = 1.5e-3;
/// Factor on it for the columns of single groups of cues: the annotations show most groups at a few publishers only.
/// Four in place of one raised F1 of unseen publishers by a point cold, ten was no better.
const GROUP_PENALTY: f64 = 4.0;
/// Penalty of the kinds: there are fewer examples.
const KIND_L2: f64 = 3e-3;

/// What is believed of the columns before any data is seen.
#[derive(Debug, Clone)]
pub struct Beliefs {
    prior: Vec<f64>,
    penalties: Vec<f64>,
}

impl Beliefs {
    /// The beliefs about `columns`, by name.
    #[must_use]
    pub fn of(columns: &[String], lexicon: &Lexicon) -> Self {
        let penalty = |column: &String| if column.starts_with("cue.") { GROUP_PENALTY } else { 1.0 };
        Self { prior: prior(columns, lexicon), penalties: columns.iter().map(penalty).collect() }
    }
}

/// What the rules say of the columns: a cue's prior log-odds for its group's column, where one
/// hit makes a half, and `ALONE_PRIOR` for a cue that suffices alone. Groups that the annotations never show keep it.
fn prior(columns: &[String], lexicon: &Lexicon) -> Vec<f64> {
    let group = |column: &str| lexicon.groups().iter().find(|g| column.strip_prefix("cue.") == Some(&g.id));
    let of = |column: &String| match column.as_str() {
        "cues.alone" => ALONE_PRIOR,
        "cues.label" => LABEL_PRIOR,
        "marks.copyright" => COPYRIGHT_PRIOR,
        "code.script" => SCRIPT_PRIOR,
        "seen.title" => TITLE_PRIOR,
        "seen.pointer_style" => STYLE_PRIOR,
        column => group(column).map_or(0.0, |g| f64::from(g.weight)),
    };
    columns.iter().map(of).collect()
}

/// Log-odds that a cue which suffices alone adds: with its own weight it takes an average sentence (about 1 in 60 is
/// residue, log-odds -4) beyond an even chance.
const ALONE_PRIOR: f64 = 2.0;

/// Log-odds that a colon behind the cue which opens a unit adds: it makes a label of the cue.
const LABEL_PRIOR: f64 = 2.0;

/// Log-odds that a copyright sign adds: hardly any article sentence has one, and few annotated publishers do.
const COPYRIGHT_PRIOR: f64 = 5.0;

/// Log-odds that it adds to be a script that the text around it does not explain: few annotated texts have one, and an
/// article that nobody explains code in is not about code. What data there is decides most of it: with 0 in place of 6 a
/// fiftieth less of the scripts in `tests/data/remains` was found, by an earlier version. Otherwise not varied.
const SCRIPT_PRIOR: f64 = 6.0;

/// Log-odds that it adds to be another article's title of the same source, and to be set as such titles are. Among the
/// annotated publishers only one has such pointers, so that no fold could learn it from the others. There F1 on news was
/// .005 lower with 5 and .001 higher with 9 (online, before the style was counted); the style's prior was not varied.
const TITLE_PRIOR: f64 = 7.0;
/// See [`TITLE_PRIOR`].
const STYLE_PRIOR: f64 = 5.0;

/// A decision taught by all folds but `skip`. Columns that never vary keep their prior.
#[must_use]
pub fn teach(units: &Units, cases: &[Case], weigh: Weigher<'_>, believed: &Beliefs, skip: Option<usize>) -> DenseModel {
    let Beliefs { prior, penalties } = believed;
    let examples: Vec<Example> = (0..units.labels.len())
        .filter(|&i| Some(cases[units.cases[i]].fold) != skip)
        .filter_map(|i| {
            let label = &units.labels[i];
            let weight = label.weight() * weigh(&cases[units.cases[i]]);
            label.residue().filter(|_| weight > 0.0).map(|residue| Example { row: i as u32, label: residue, weight })
        })
        .collect();
    let limits = Limits { iterations: 300, ..Limits::default() };
    let mut model = train(&units.matrix, &examples, &DenseOptions { l2: L2, penalties, prior, limits });
    for (column, weight) in model.weights.iter_mut().enumerate() {
        let first = examples.first().map_or(0.0, |e| units.matrix.row(e.row as usize)[column]);
        if examples.iter().all(|e| (units.matrix.row(e.row as usize)[column] - first).abs() < f32::EPSILON) {
            *weight = prior.get(column).copied().unwrap_or(0.0) as f32;
        }
    }
    model
}

/// The kinds taught by all folds but `skip`; `weigh` says how much a case counts.
#[must_use]
pub fn teach_kinds(units: &Units, cases: &[Case], weigh: Weigher<'_>, skip: Option<usize>) -> SoftmaxModel {
    let examples: Vec<ClassExample> = (0..units.labels.len())
        .filter(|&i| Some(cases[units.cases[i]].fold) != skip)
        .filter_map(|i| {
            let weight = units.labels[i].weight() * weigh(&cases[units.cases[i]]);
            units.labels[i].kind.map(|class| ClassExample { row: i as u32, class, weight })
        })
        .collect();
    softmax::train(&units.matrix, &examples, KINDS.len(), KIND_L2, Limits { iterations: 200, ..Limits::default() })
}

/// Scores of every unit by the model that its publisher did not teach, and the models: one per fold, and one taught by
/// all.
#[must_use]
pub fn cross_validate(
    units: &Units,
    cases: &[Case],
    folds: &Folds,
    weigh: Weigher<'_>,
    believed: &Beliefs,
    threads: usize,
) -> (Vec<f64>, Vec<DenseModel>, DenseModel) {
    let count = folds.count();
    let mut models =
        in_parallel(count + 1, threads, |k| teach(units, cases, weigh, believed, (k < count).then_some(k)));
    let all = models.pop().unwrap_or_default();
    let scores = (0..units.labels.len())
        .map(|i| f64::from(models[cases[units.cases[i]].fold].score(units.matrix.row(i))))
        .collect();
    (scores, models, all)
}
