//! `gamma` and `lgamma`, by Lanczos' approximation with g = 6.0246… and thirteen terms.

use std::f64::consts::PI;

use taipan_object::libm;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};

use super::{range_error, real, shown};

/// g, chosen so that thirteen terms are enough for a double, and g less a half.
const G: f64 = 6.024_680_040_776_73;
const G_LESS_HALF: f64 = 5.524_680_040_776_73;

/// The rational function's numerator, lowest power first.
const NUMERATOR: [f64; 13] = [
    23_531_376_880.410_76,
    42_919_803_642.649_1,
    35_711_959_237.355_67,
    17_921_034_426.037_21,
    6_039_542_586.352_028,
    1_439_720_407.311_721_6,
    248_874_557.862_054_17,
    31_426_415.585_400_194,
    2_876_370.628_935_372_4,
    186_056.265_395_223_48,
    8_071.672_002_365_816,
    210.824_277_751_579_36,
    2.506_628_274_631_000_2,
];

/// And its denominator: x (x+1) … (x+11).
const DENOMINATOR: [f64; 13] = [
    0.0,
    39_916_800.0,
    120_543_840.0,
    150_917_976.0,
    105_258_076.0,
    45_995_730.0,
    13_339_535.0,
    2_637_558.0,
    357_423.0,
    32_670.0,
    1_925.0,
    66.0,
    1.0,
];

/// Lanczos' sum at a positive number.
fn lanczos(x: f64) -> f64 {
    let terms = NUMERATOR.iter().zip(&DENOMINATOR);
    let (numerator, denominator) = if x < 5.0 {
        terms.rev().fold((0.0, 0.0), |(n, d), (a, b)| (n * x + a, d * x + b))
    } else {
        terms.fold((0.0, 0.0), |(n, d), (a, b)| (n / x + a, d / x + b))
    };
    numerator / denominator
}

/// The sine of pi times a number, exact where the number is a multiple of a half.
fn sin_pi(x: f64) -> f64 {
    let y = libm::fmod(x.abs(), 2.0);
    let result = match (2.0 * y).round() as i32 {
        0 => libm::sin(PI * y),
        1 => libm::cos(PI * (y - 0.5)),
        2 => libm::sin(PI * (1.0 - y)),
        3 => -libm::cos(PI * (y - 1.5)),
        _ => libm::sin(PI * (y - 2.0)),
    };
    1_f64.copysign(x) * result
}

#[cold]
fn at_a_pole(thread: &Thread, x: f64) -> Raised {
    raise!(thread, VALUE_ERROR, "expected a noninteger or positive integer, got {}", shown(x))
}

pub(super) fn gamma(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    let x = real(thread, x)?;
    if x.is_nan() || x == f64::INFINITY {
        return Value::float(thread, x);
    }
    if x == 0.0 || x < 0.0 && x == x.floor() {
        return Err(at_a_pole(thread, x));
    }
    let result = gamma_of(x);
    if result.is_infinite() {
        return Err(range_error(thread));
    }
    Value::float(thread, result)
}

fn gamma_of(x: f64) -> f64 {
    if x == x.floor() && x <= 23.0 {
        return (2..x as i64).map(|factor| factor as f64).product();
    }
    let magnitude = x.abs();
    if magnitude < 1e-20 {
        return 1.0 / x;
    }
    if magnitude > 200.0 {
        return if x < 0.0 { 0.0 / sin_pi(x) } else { f64::INFINITY };
    }
    let y = magnitude + G_LESS_HALF;
    // what rounding lost of y
    let lost =
        if magnitude > G_LESS_HALF { (y - magnitude) - G_LESS_HALF } else { (y - G_LESS_HALF) - magnitude };
    let correction = lost * G / y;
    let mut result = if x < 0.0 {
        let result = -PI / sin_pi(magnitude) / magnitude * libm::exp(y) / lanczos(magnitude);
        result - correction * result
    } else {
        let result = lanczos(magnitude) / libm::exp(y);
        result + correction * result
    };
    // a power that would overflow is taken in two steps
    let (power, times) = match magnitude < 140.0 {
        true => (libm::pow(y, magnitude - 0.5), 1),
        false => (libm::pow(y, magnitude / 2.0 - 0.25), 2),
    };
    for _ in 0..times {
        result = if x < 0.0 { result / power } else { result * power };
    }
    result
}

pub(super) fn lgamma(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    let x = real(thread, x)?;
    if !x.is_finite() {
        return Value::float(thread, x.abs());
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(at_a_pole(thread, x)) } else { Value::float(thread, 0.0) };
    }
    let magnitude = x.abs();
    let mut result = if magnitude < 1e-20 {
        -libm::log(magnitude)
    } else {
        let sum = libm::log(lanczos(magnitude)) - G;
        sum + (magnitude - 0.5) * (libm::log(magnitude + G - 0.5) - 1.0)
    };
    if x < 0.0 && magnitude >= 1e-20 {
        result = libm::log(PI) - libm::log(sin_pi(magnitude).abs()) - libm::log(magnitude) - result;
    }
    if result.is_infinite() {
        return Err(range_error(thread));
    }
    Value::float(thread, result)
}
