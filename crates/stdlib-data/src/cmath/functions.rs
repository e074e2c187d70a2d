//! The functions, for finite numbers; others go to `special.rs`. Where a square would overflow or lose what matters,
//! another way is taken.

use std::f64::consts::{E, FRAC_PI_2, LN_2, LN_10};

use taipan_object::libm::{
    asinh as real_asinh, sin as real_sin, sinh as real_sinh, tan as real_tan, tanh as real_tanh,
};
use taipan_object::libm::{
    atan2, cos as real_cos, cosh as real_cosh, exp as real_exp, log as real_log, log1p,
};

use super::{Complex, complex, special};

/// What a function gives.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Outcome {
    /// A number.
    Is(Complex),
    /// It is not defined there.
    Domain,
    /// The result is too large.
    Range,
}

use Outcome::{Domain, Is};

/// Beyond it sums of squares overflow.
const LARGE: f64 = f64::MAX / 4.0;
const TINY: f64 = f64::MIN_POSITIVE;
/// 2 to the power 53 and to the power -27: what takes tiny numbers out of the range where digits are lost, and their
/// roots back.
const SCALE_UP: f64 = 9_007_199_254_740_992.0;
const SCALE_DOWN: f64 = 1.0 / 134_217_728.0;

fn large_exponent() -> f64 {
    real_log(LARGE)
}

fn is_large(z: Complex) -> bool {
    z.re.abs() > LARGE || z.im.abs() > LARGE
}

/// The logarithm of the magnitude of a large number, doubled twice.
fn log_of_large(z: Complex) -> f64 {
    real_log((z.re / 2.0).hypot(z.im / 2.0)) + LN_2 * 2.0
}

fn in_range(z: Complex) -> Outcome {
    if z.is_infinite() { Outcome::Range } else { Is(z) }
}

fn root(z: Complex) -> Complex {
    if !z.is_finite() {
        return special::sqrt(z);
    }
    if z.re == 0.0 && z.im == 0.0 {
        return complex(0.0, z.im);
    }
    let (x, y) = (z.re.abs(), z.im.abs());
    let s = if x < TINY && y < TINY {
        let x = x * SCALE_UP;
        (x + x.hypot(y * SCALE_UP)).sqrt() * SCALE_DOWN
    } else {
        let x = x / 8.0;
        2.0 * (x + x.hypot(y / 8.0)).sqrt()
    };
    let d = y / (2.0 * s);
    if z.re >= 0.0 { complex(s, d.copysign(z.im)) } else { complex(d, s.copysign(z.im)) }
}

pub(super) fn sqrt(z: Complex) -> Outcome {
    Is(root(z))
}

pub(super) fn log(z: Complex) -> Outcome {
    if !z.is_finite() {
        return Is(special::log(z));
    }
    let (x, y) = (z.re.abs(), z.im.abs());
    let re = if x > LARGE || y > LARGE {
        real_log((x / 2.0).hypot(y / 2.0)) + LN_2
    } else if x < TINY && y < TINY {
        if x == 0.0 && y == 0.0 {
            return Domain;
        }
        real_log((x * SCALE_UP).hypot(y * SCALE_UP)) - 53.0 * LN_2
    } else {
        let h = x.hypot(y);
        if (0.71..=1.73).contains(&h) {
            let (most, least) = (x.max(y), x.min(y));
            log1p((most - 1.0) * (most + 1.0) + least * least) / 2.0
        } else {
            real_log(h)
        }
    };
    Is(complex(re, atan2(z.im, z.re)))
}

/// The logarithm to a base.
pub(super) fn log_to(z: Complex, base: Complex) -> Outcome {
    // that zero has no logarithm counts for the base only
    let above = match log(z) {
        Is(above) => above,
        _ => complex(f64::NEG_INFINITY, atan2(z.im, z.re)),
    };
    match log(base) {
        Is(base) => quotient(above, base),
        failed => failed,
    }
}

fn quotient(a: Complex, b: Complex) -> Outcome {
    if b.re == 0.0 && b.im == 0.0 {
        return Domain;
    }
    Is(if b.re.abs() >= b.im.abs() {
        let ratio = b.im / b.re;
        let below = b.re + b.im * ratio;
        complex((a.re + a.im * ratio) / below, (a.im - a.re * ratio) / below)
    } else if b.im.abs() >= b.re.abs() {
        let ratio = b.re / b.im;
        let below = b.re * ratio + b.im;
        complex((a.re * ratio + a.im) / below, (a.im * ratio - a.re) / below)
    } else {
        complex(f64::NAN, f64::NAN)
    })
}

pub(super) fn log10(z: Complex) -> Outcome {
    match log(z) {
        Is(z) => Is(complex(z.re / LN_10, z.im / LN_10)),
        other => other,
    }
}

pub(super) fn exp(z: Complex) -> Outcome {
    if !z.is_finite() {
        return special::exp(z);
    }
    in_range(if z.re > large_exponent() {
        let l = real_exp(z.re - 1.0);
        complex(l * real_cos(z.im) * E, l * real_sin(z.im) * E)
    } else {
        let l = real_exp(z.re);
        complex(l * real_cos(z.im), l * real_sin(z.im))
    })
}

pub(super) fn cosh(z: Complex) -> Outcome {
    if !z.is_finite() {
        return special::cosh(z);
    }
    in_range(if z.re.abs() > large_exponent() {
        let x = z.re - 1_f64.copysign(z.re);
        complex(real_cos(z.im) * real_cosh(x) * E, real_sin(z.im) * real_sinh(x) * E)
    } else {
        complex(real_cos(z.im) * real_cosh(z.re), real_sin(z.im) * real_sinh(z.re))
    })
}

pub(super) fn sinh(z: Complex) -> Outcome {
    if !z.is_finite() {
        return special::sinh(z);
    }
    in_range(if z.re.abs() > large_exponent() {
        let x = z.re - 1_f64.copysign(z.re);
        complex(real_cos(z.im) * real_sinh(x) * E, real_sin(z.im) * real_cosh(x) * E)
    } else {
        complex(real_cos(z.im) * real_sinh(z.re), real_sin(z.im) * real_cosh(z.re))
    })
}

pub(super) fn tanh(z: Complex) -> Outcome {
    if !z.is_finite() {
        return special::tanh(z);
    }
    Is(if z.re.abs() > large_exponent() {
        complex(1_f64.copysign(z.re), 4.0 * real_sin(z.im) * real_cos(z.im) * real_exp(-2.0 * z.re.abs()))
    } else {
        let (tx, ty, cx) = (real_tanh(z.re), real_tan(z.im), 1.0 / real_cosh(z.re));
        let both = tx * ty;
        let below = 1.0 + both * both;
        complex(tx * (1.0 + ty * ty) / below, ty / below * cx * cx)
    })
}

pub(super) fn acos(z: Complex) -> Outcome {
    if !z.is_finite() {
        return Is(special::acos(z));
    }
    if is_large(z) {
        let im = log_of_large(z);
        let im = if z.re < 0.0 { -im.copysign(z.im) } else { im.copysign(-z.im) };
        return Is(complex(atan2(z.im.abs(), z.re), im));
    }
    let (a, b) = (root(complex(1.0 - z.re, -z.im)), root(complex(1.0 + z.re, z.im)));
    Is(complex(2.0 * atan2(a.re, b.re), real_asinh(b.re * a.im - b.im * a.re)))
}

pub(super) fn acosh(z: Complex) -> Outcome {
    if !z.is_finite() {
        return Is(special::acosh(z));
    }
    if is_large(z) {
        return Is(complex(log_of_large(z), atan2(z.im, z.re)));
    }
    let (a, b) = (root(complex(z.re - 1.0, z.im)), root(complex(z.re + 1.0, z.im)));
    Is(complex(real_asinh(a.re * b.re + a.im * b.im), 2.0 * atan2(a.im, b.re)))
}

fn asinh_of(z: Complex) -> Complex {
    if !z.is_finite() {
        return special::asinh(z);
    }
    if is_large(z) {
        let re = log_of_large(z);
        let re = if z.im >= 0.0 { re.copysign(z.re) } else { -re.copysign(-z.re) };
        return complex(re, atan2(z.im, z.re.abs()));
    }
    let (a, b) = (root(complex(1.0 + z.im, -z.re)), root(complex(1.0 - z.im, z.re)));
    complex(real_asinh(a.re * b.im - b.re * a.im), atan2(z.im, a.re * b.re - a.im * b.im))
}

fn atanh_of(z: Complex) -> Outcome {
    if !z.is_finite() {
        return Is(special::atanh(z));
    }
    if z.re.is_sign_negative() {
        return match atanh_of(complex(-z.re, -z.im)) {
            Is(z) => Is(complex(-z.re, -z.im)),
            other => other,
        };
    }
    let y = z.im.abs();
    let limit = LARGE.sqrt();
    if z.re > limit || y > limit {
        let h = (z.re / 2.0).hypot(z.im / 2.0);
        return Is(complex(z.re / 4.0 / h / h, -FRAC_PI_2.copysign(-z.im)));
    }
    if z.re == 1.0 && y < TINY.sqrt() {
        if y == 0.0 {
            return Domain;
        }
        let re = -real_log(y.sqrt() / y.hypot(2.0).sqrt());
        return Is(complex(re, (atan2(2.0, -y) / 2.0).copysign(z.im)));
    }
    let left = 1.0 - z.re;
    let re = log1p(4.0 * z.re / (left * left + y * y)) / 4.0;
    Is(complex(re, -atan2(-2.0 * z.im, left * (1.0 + z.re) - y * y) / 2.0))
}

pub(super) fn asinh(z: Complex) -> Outcome {
    Is(asinh_of(z))
}

pub(super) fn atanh(z: Complex) -> Outcome {
    atanh_of(z)
}

/// A number turned by a quarter.
fn turned(z: Complex) -> Complex {
    complex(-z.im, z.re)
}

/// The result turned back.
fn turned_back(outcome: Outcome) -> Outcome {
    match outcome {
        Is(z) => Is(complex(z.im, -z.re)),
        other => other,
    }
}

pub(super) fn asin(z: Complex) -> Outcome {
    turned_back(asinh(turned(z)))
}

pub(super) fn atan(z: Complex) -> Outcome {
    turned_back(atanh(turned(z)))
}

pub(super) fn sin(z: Complex) -> Outcome {
    turned_back(sinh(turned(z)))
}

pub(super) fn cos(z: Complex) -> Outcome {
    cosh(turned(z))
}

pub(super) fn tan(z: Complex) -> Outcome {
    turned_back(tanh(turned(z)))
}

/// The number of a distance and an angle.
pub(super) fn rect(r: f64, phi: f64) -> Outcome {
    if !r.is_finite() || !phi.is_finite() {
        return special::rect(r, phi);
    }
    Is(if phi == 0.0 { complex(r, r * phi) } else { complex(r * real_cos(phi), r * real_sin(phi)) })
}
