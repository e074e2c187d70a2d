//! Sums of floats that keep what each addition rounds away (Neumaier's form of compensated summation).

use taipan_object::Ref;
use taipan_object::types::statics::FLOAT;

/// A sum and the error that was made on the way.
#[derive(Clone, Copy)]
pub(crate) struct CompensatedSum {
    high: f64,
    low: f64,
}

impl CompensatedSum {
    /// A sum that starts with a number.
    pub(crate) fn new(start: f64) -> CompensatedSum {
        CompensatedSum { high: start, low: 0.0 }
    }

    /// Adds a number.
    pub(crate) fn add(&mut self, value: f64) {
        let sum = self.high + value;
        self.low += if self.high.abs() >= value.abs() {
            (self.high - sum) + value
        } else {
            (value - sum) + self.high
        };
        self.high = sum;
    }

    /// Adds a number without regard to what is rounded away.
    pub(crate) fn add_plain(&mut self, value: f64) {
        self.high += value;
    }

    /// The sum.
    pub(crate) fn total(self) -> f64 {
        // an infinite or lost error says nothing; a zero must not change the sign of a zero
        if self.low != 0.0 && self.low.is_finite() { self.high + self.low } else { self.high }
    }
}

/// The number of an exact float.
pub(crate) fn is_exact_float(value: Ref<'_>) -> Option<f64> {
    std::ptr::eq(value.ty(), &raw const FLOAT).then(|| value.to_f64()).flatten()
}
