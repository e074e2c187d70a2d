//! The module `_statistics`: the inverse of the normal distribution, by algorithm AS 241 of M. J. Wichura (Applied
//! Statistics, 1988), PPND16: one quotient of polynomials in the middle, two in the tails.
#![allow(clippy::excessive_precision, reason = "coefficients as they were published")]

use taipan_object::declare::method_table;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::check_count;
use taipan_runtime_builtins::modules::ModuleDef;

use crate::real;

method_table! { FUNCTIONS:
    Instance Positional c"_normal_dist_inv_cdf" "($module, p, mu, sigma, /)" inverse, c"The value below which a part of a normal distribution lies.";
}

/// `_statistics`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_statistics",
    doc: Some("Parts of statistics that take long."),
    functions: &FUNCTIONS,
    exec: None,
};

/// Coefficients of a numerator and a denominator, the highest power first.
type Quotient = ([f64; 8], [f64; 8]);

const MIDDLE: Quotient = (
    [
        2.509_080_928_730_122_6e3,
        3.343_057_558_358_812_8e4,
        6.726_577_092_700_870_3e4,
        4.592_195_393_154_987_1e4,
        1.373_169_376_550_946_1e4,
        1.971_590_950_306_551_4e3,
        1.331_416_678_917_843_8e2,
        3.387_132_872_796_366_5,
    ],
    [
        5.226_495_278_852_854_6e3,
        2.872_908_573_572_194_3e4,
        3.930_789_580_009_271e4,
        2.121_379_430_158_659_7e4,
        5.394_196_021_424_751e3,
        6.871_870_074_920_579e2,
        4.231_333_070_160_091e1,
        1.0,
    ],
);

const NEAR: Quotient = (
    [
        7.745_450_142_783_414e-4,
        2.272_384_498_926_918_4e-2,
        2.417_807_251_774_506e-1,
        1.270_458_252_452_368_4,
        3.647_848_324_763_204_5,
        5.769_497_221_460_691,
        4.630_337_846_156_546,
        1.423_437_110_749_683_5,
    ],
    [
        1.050_750_071_644_416_9e-9,
        5.475_938_084_995_345e-4,
        1.519_866_656_361_645_7e-2,
        1.481_039_764_274_800_8e-1,
        6.897_673_349_851_e-1,
        1.676_384_830_183_803_8,
        2.053_191_626_637_759,
        1.0,
    ],
);

const FAR: Quotient = (
    [
        2.010_334_399_292_288_1e-7,
        2.711_555_568_743_487_6e-5,
        1.242_660_947_388_078_4e-3,
        2.653_218_952_657_612_4e-2,
        2.965_605_718_285_048_7e-1,
        1.784_826_539_917_291_3,
        5.463_784_911_164_114,
        6.657_904_643_501_103,
    ],
    [
        2.044_263_103_389_939_8e-15,
        1.421_511_758_316_446e-7,
        1.846_318_317_510_054_8e-5,
        7.868_691_311_456_133e-4,
        1.487_536_129_085_061_5e-2,
        1.369_298_809_227_358e-1,
        5.998_322_065_558_88e-1,
        1.0,
    ],
);

fn quotient((numerator, denominator): &Quotient, x: f64) -> (f64, f64) {
    let value = |all: &[f64; 8]| all.iter().copied().reduce(|so_far, next| so_far * x + next).unwrap_or(0.0);
    (value(numerator), value(denominator))
}

#[cold]
fn undefined(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "inv_cdf undefined for these parameters")
}

fn inverse(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "_normal_dist_inv_cdf", arguments.len(), 3, 3)?;
    let [p, mu, sigma] = arguments else { return Ok(Value::none()) };
    let (p, mu, sigma) =
        (real(thread, p.as_ref())?, real(thread, mu.as_ref())?, real(thread, sigma.as_ref())?);
    if p.is_nan() || p <= 0.0 || p >= 1.0 {
        return Err(undefined(thread));
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let (numerator, denominator) = quotient(&MIDDLE, 0.180_625 - q * q);
        return Value::float(thread, mu + numerator * q / denominator * sigma);
    }
    let r = (-(if q <= 0.0 { p } else { 1.0 - p }).ln()).sqrt();
    let (numerator, denominator) = if r <= 5.0 { quotient(&NEAR, r - 1.6) } else { quotient(&FAR, r - 5.0) };
    let x = numerator / denominator;
    Value::float(thread, mu + if q < 0.0 { -x } else { x } * sigma)
}
