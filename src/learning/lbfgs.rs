//! Limited-memory BFGS with a backtracking line search, for the smooth convex objectives of this room.
//!
//! Nocedal and Wright, Numerical Optimization, algorithm 7.5. Exact Newton steps would cost rows × columns² each; here
//! an iteration costs one or two passes over the data, and some dozen to a few hundred iterations suffice on
//! standardised columns.

use std::collections::VecDeque;

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// At most this many iterations.
    pub iterations: usize,
    /// Stop when an iteration lowers the objective by less than this share of it.
    pub tolerance: f64,
}

impl Default for Limits {
    /// 500 iterations bound the time; a relative gain below 1e-7 moves no probability in its third digit.
    fn default() -> Self {
        Self { iterations: 500, tolerance: 1e-7 }
    }
}

/// Pairs of steps and gradient changes that approximate the curvature. Nocedal and Wright advise 3 to 20.
const MEMORY: usize = 10;
/// Share of the linear gain that a step must reach (Armijo); the usual small constant.
const SUFFICIENT: f64 = 1e-4;
/// Halvings before the search gives up: 2^-30 of a step is below the resolution of the data.
const HALVINGS: usize = 30;

struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    inverse_dot: f64,
}

/// Minimises `objective` from `at` on, which it overwrites, and returns the least value found. `objective(x, gradient)`
/// returns the value at `x` and writes the gradient. Deterministic; memory 20 × the length of `at`.
pub fn minimize(at: &mut [f64], limits: Limits, mut objective: impl FnMut(&[f64], &mut [f64]) -> f64) -> f64 {
    let mut gradient = vec![0.0; at.len()];
    let mut value = objective(at, &mut gradient);
    let mut pairs: VecDeque<Pair> = VecDeque::with_capacity(MEMORY);
    let mut next = vec![0.0; at.len()];
    let mut next_gradient = vec![0.0; at.len()];
    let mut stalls = 0;
    for _ in 0..limits.iterations {
        let mut direction = descent(&gradient, &pairs);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            pairs.clear();
            direction = gradient.iter().map(|g| -g).collect();
            slope = -dot(&gradient, &gradient);
        }
        if slope > -1e-18 || !slope.is_finite() {
            break;
        }
        // Without curvature the gradient's length says nothing about the step's: start with a step of length 1 at most.
        let mut length = if pairs.is_empty() { 1.0_f64.min(1.0 / (-slope).sqrt()) } else { 1.0 };
        let mut found = None;
        for _ in 0..HALVINGS {
            for ((n, x), d) in next.iter_mut().zip(at.iter()).zip(&direction) {
                *n = x + length * d;
            }
            let tried = objective(&next, &mut next_gradient);
            if tried <= value + SUFFICIENT * length * slope {
                found = Some(tried);
                break;
            }
            length *= 0.5;
        }
        let Some(lower) = found else { break };
        remember(&mut pairs, at, &next, &gradient, &next_gradient);
        at.copy_from_slice(&next);
        std::mem::swap(&mut gradient, &mut next_gradient);
        let gain = value - lower;
        value = lower;
        // One short step can be bad luck of the line search; two in a row are the bottom.
        stalls = if gain <= limits.tolerance * value.abs().max(1e-12) { stalls + 1 } else { 0 };
        if stalls == 2 {
            break;
        }
    }
    value
}

/// Keeps the newest [`MEMORY`] pairs with positive curvature; others would break the descent property.
fn remember(pairs: &mut VecDeque<Pair>, at: &[f64], next: &[f64], gradient: &[f64], next_gradient: &[f64]) {
    let step: Vec<f64> = next.iter().zip(at).map(|(n, x)| n - x).collect();
    let change: Vec<f64> = next_gradient.iter().zip(gradient).map(|(n, g)| n - g).collect();
    let curvature = dot(&step, &change);
    if curvature > 1e-12 * dot(&change, &change) {
        if pairs.len() == MEMORY {
            pairs.pop_front();
        }
        pairs.push_back(Pair { step, change, inverse_dot: 1.0 / curvature });
    }
}

/// The two-loop recursion: minus the approximate inverse Hessian times the gradient.
fn descent(gradient: &[f64], pairs: &VecDeque<Pair>) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut alphas = [0.0; MEMORY];
    for (pair, alpha) in pairs.iter().zip(&mut alphas).rev() {
        *alpha = pair.inverse_dot * dot(&pair.step, &q);
        add(&mut q, -*alpha, &pair.change);
    }
    if let Some(newest) = pairs.back() {
        let scale = 1.0 / (newest.inverse_dot * dot(&newest.change, &newest.change));
        for x in &mut q {
            *x *= scale;
        }
    }
    for (pair, alpha) in pairs.iter().zip(&alphas) {
        let beta = pair.inverse_dot * dot(&pair.change, &q);
        add(&mut q, alpha - beta, &pair.step);
    }
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn add(to: &mut [f64], factor: f64, from: &[f64]) {
    for (t, f) in to.iter_mut().zip(from) {
        *t += factor * f;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_bottom_of_a_skewed_bowl() {
        let mut at = vec![5.0; 50];
        let value = minimize(&mut at, Limits { iterations: 500, tolerance: 1e-14 }, |x, gradient| {
            let mut value = 0.0;
            for (i, (x, g)) in x.iter().zip(gradient).enumerate() {
                let stiffness = 1.0 + 20.0 * i as f64;
                let off = x - 1.0;
                value += 0.5 * stiffness * off * off;
                *g = stiffness * off;
            }
            value
        });
        assert!(value < 1e-9, "{value}");
        assert!(at.iter().all(|x| (x - 1.0).abs() < 1e-4));
    }

    #[test]
    fn follows_a_bent_valley() {
        // Rosenbrock's function: not convex, the classic trap for line searches.
        let mut at = vec![-1.2, 1.0];
        minimize(&mut at, Limits { iterations: 1000, tolerance: 0.0 }, |x, g| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            g[0] = -2.0 * a - 400.0 * x[0] * b;
            g[1] = 200.0 * b;
            a * a + 100.0 * b * b
        });
        assert!((at[0] - 1.0).abs() < 1e-3 && (at[1] - 1.0).abs() < 1e-3, "{at:?}");
    }

    #[test]
    fn survives_nothing_to_do_and_nonsense() {
        assert!(minimize(&mut [], Limits::default(), |_, _| 3.0) > 2.0);
        let mut at = vec![1.0];
        minimize(&mut at, Limits::default(), |_, g| {
            g[0] = f64::NAN;
            f64::NAN
        });
    }
}
