//! The little linear algebra that [`super::vectors`] needs: tall matrices of few columns.

/// A matrix of many rows and few columns, row by row.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    width: usize,
    values: Vec<f32>,
}

impl Columns {
    /// All zeros.
    pub(super) fn new(rows: usize, width: usize) -> Self {
        Self { width, values: vec![0.0; rows * width] }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    pub(super) fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// Adds `factor × other` to row `row`.
    pub(super) fn add_row(&mut self, row: usize, factor: f32, other: &[f32]) {
        let own = &mut self.values[row * self.width..(row + 1) * self.width];
        for (own, other) in own.iter_mut().zip(other) {
            *own += factor * other;
        }
    }

    /// Transpose × self: `width` × `width`, symmetric, row by row.
    pub(super) fn gram(&self) -> Vec<f64> {
        let mut out = vec![0.0; self.width * self.width];
        for row in self.values.chunks_exact(self.width.max(1)) {
            for (x, sums) in row.iter().zip(out.chunks_exact_mut(self.width)) {
                for (y, sum) in row.iter().zip(sums) {
                    *sum += f64::from(*x) * f64::from(*y);
                }
            }
        }
        out
    }

    /// Makes the columns orthonormal without changing what they span: self × (Gram matrix)^(−1/2). Directions that the
    /// columns do not span become zero.
    pub(super) fn orthonormalize(&mut self) {
        let width = self.width;
        let (values, vectors) = symmetric_eigen(&self.gram(), width);
        let floor = values.first().copied().unwrap_or(0.0) * 1e-10;
        let scale: Vec<f64> = values.iter().map(|&v| if v > floor { 1.0 / v.sqrt() } else { 0.0 }).collect();
        let mut turned = vec![0.0_f32; width];
        for row in self.values.chunks_exact_mut(width.max(1)) {
            for (d, turned) in turned.iter_mut().enumerate() {
                let sum: f64 = row.iter().zip(&vectors[d * width..]).map(|(x, v)| f64::from(*x) * v).sum();
                *turned = (sum * scale[d]) as f32;
            }
            row.copy_from_slice(&turned);
        }
    }
}

/// Sweeps after which the Jacobi method has long converged at these sizes (it is quadratic after some five).
const SWEEPS: usize = 30;

/// Eigenvalues in descending order and the eigenvectors as rows, of a symmetric `n` × `n` matrix given row by row.
/// Cyclic Jacobi (Golub and Van Loan, section 8.5). n³ per sweep.
pub(super) fn symmetric_eigen(matrix: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut a = matrix.to_vec();
    let mut v = vec![0.0; n * n];
    (0..n).for_each(|i| v[i * n + i] = 1.0);
    let size: f64 = a.iter().map(|x| x * x).sum();
    for _ in 0..SWEEPS {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i * n + j] * a[i * n + j]).sum();
        if off <= 1e-24 * size {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut v, n, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&x, &y| a[y * n + y].total_cmp(&a[x * n + x]));
    let values = order.iter().map(|&i| a[i * n + i]).collect();
    let vectors = order.iter().flat_map(|&i| v[i * n..(i + 1) * n].iter().copied()).collect();
    (values, vectors)
}

/// One Jacobi rotation that makes `a[p][q]` zero; the rows of `v` turn along.
#[expect(clippy::many_single_char_names, reason = "the letters of the textbook")]
fn rotate(a: &mut [f64], v: &mut [f64], n: usize, p: usize, q: usize) {
    let apq = a[p * n + q];
    if apq.abs() < f64::MIN_POSITIVE {
        return;
    }
    let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for k in 0..n {
        let (x, y) = (a[k * n + p], a[k * n + q]);
        a[k * n + p] = c * x - s * y;
        a[k * n + q] = s * x + c * y;
    }
    for k in 0..n {
        let (x, y) = (a[p * n + k], a[q * n + k]);
        a[p * n + k] = c * x - s * y;
        a[q * n + k] = s * x + c * y;
        let (x, y) = (v[p * n + k], v[q * n + k]);
        v[p * n + k] = c * x - s * y;
        v[q * n + k] = s * x + c * y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let matrix = [4.0, 1.0, 0.5, 1.0, 3.0, -1.0, 0.5, -1.0, 2.0];
        let (values, vectors) = symmetric_eigen(&matrix, 3);
        assert!(values.is_sorted_by(|a, b| a >= b));
        for i in 0..3 {
            for j in 0..3 {
                let rebuilt: f64 = (0..3).map(|d| values[d] * vectors[d * 3 + i] * vectors[d * 3 + j]).sum();
                assert!((rebuilt - matrix[i * 3 + j]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn columns_become_orthonormal() {
        let mut columns = Columns::new(5, 2);
        for (i, value) in columns.values_mut().iter_mut().enumerate() {
            *value = (i * i % 7) as f32;
        }
        columns.orthonormalize();
        let gram = columns.gram();
        for (found, expected) in gram.iter().zip([1.0, 0.0, 0.0, 1.0]) {
            assert!((found - expected).abs() < 1e-4, "{gram:?}");
        }
        Columns::new(0, 3).orthonormalize();
    }
}
