//! Ridge regression: the least sum of squared errors plus a penalty on the squared weights.
//!
//! Solved by conjugate gradients (Hestenes and Stiefel 1952), which need the rows only as a product with a vector: the
//! caller may store its rows as it likes, or make them anew in every step.

use super::dense::add;

/// How to solve.
#[derive(Debug, Clone, Copy)]
pub struct RidgeOptions {
    /// The objective is the sum of the squared errors plus `penalty` × the squared weights.
    pub penalty: f32,
    /// At most this many steps, each of one product with all rows.
    pub steps: usize,
    /// Stop when the residual is this small against the right side.
    pub tolerance: f64,
}

/// Fits the weights `w` of rows `X` to targets `y`: solves `(XᵀX + penalty) w = right`, where `right` is `Xᵀy` and
/// `add_normal(w, out)` adds `XᵀX w` to `out`.
/// Deterministic if `add_normal` is.
#[must_use]
pub fn ridge(right: &[f32], options: &RidgeOptions, mut add_normal: impl FnMut(&[f32], &mut [f32])) -> Vec<f32> {
    let mut weights = vec![0.0; right.len()];
    let mut residual = right.to_vec();
    let mut direction = right.to_vec();
    let mut image = vec![0.0; right.len()];
    let mut size = square(&residual);
    let enough = options.tolerance * options.tolerance * size;
    for _ in 0..options.steps {
        if size <= enough {
            break;
        }
        for (out, x) in image.iter_mut().zip(&direction) {
            *out = options.penalty * x;
        }
        add_normal(&direction, &mut image);
        let curvature: f64 = direction.iter().zip(&image).map(|(a, b)| f64::from(a * b)).sum();
        let step = (size / curvature) as f32;
        add(&mut weights, step, &direction);
        add(&mut residual, -step, &image);
        let next = square(&residual);
        let keep = (next / size) as f32;
        size = next;
        for (x, r) in direction.iter_mut().zip(&residual) {
            *x = r + keep * *x;
        }
    }
    weights
}

fn square(values: &[f32]) -> f64 {
    values.iter().map(|x| f64::from(x * x)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::dense::dot;
    use super::*;

    const ROWS: [([f32; 2], f32); 4] = [([1.0, 0.0], 1.0), ([0.0, 1.0], 2.0), ([1.0, 1.0], 3.5), ([2.0, -1.0], 0.0)];

    fn solve(penalty: f32, steps: usize) -> Vec<f32> {
        let mut right = [0.0; 2];
        for (row, y) in &ROWS {
            add(&mut right, *y, row);
        }
        let options = RidgeOptions { penalty, steps, tolerance: 1e-7 };
        ridge(&right, &options, |w, out| ROWS.iter().for_each(|(row, _)| add(out, dot(row, w), row)))
    }

    #[test]
    fn agrees_with_the_normal_equations() {
        // (XᵀX + 1) = [7 -1; -1 4], Xᵀy = [4.5, 5.5]: weights by Cramer's rule.
        let weights = solve(1.0, 10);
        assert!((weights[0] - 23.5 / 27.0).abs() < 1e-5 && (weights[1] - 43.0 / 27.0).abs() < 1e-5, "{weights:?}");
    }

    #[test]
    fn a_penalty_shrinks_and_nothing_to_learn_is_nothing() {
        assert!(square(&solve(10.0, 10)) < square(&solve(0.1, 10)));
        assert_eq!(solve(1.0, 0), [0.0, 0.0]);
        let options = RidgeOptions { penalty: 1.0, steps: 5, tolerance: 1e-3 };
        assert_eq!(ridge(&[0.0; 3], &options, |_, _| ()), [0.0; 3]);
    }
}
