//! Floats as decimal text: digits, then where the point goes. Invariant: digits are exact, or the fewest
//! that read back as the same float; ties of exact digits go to even.

use std::fmt::Write;

/// What a float is laid out as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// The shortest digits, with an exponent where it is far from one: `repr`.
    Shortest,
    /// `e`: one digit before the point, an exponent.
    Exponent,
    /// `f`: all digits before the point.
    Fixed,
    /// `g`: so many digits in all, with an exponent where it is far from one.
    General,
}

/// How a float is written.
#[derive(Clone, Copy, Debug)]
pub struct FloatLayout {
    /// The kind of layout.
    pub style: Style,
    /// Digits behind the point, or in all; of no meaning for the shortest.
    pub precision: usize,
    /// Keeps the point and the zeros behind it.
    pub alternate: bool,
    /// Appends `.0` to what looks like an int.
    pub point_zero: bool,
}

/// A double has no more digits than this behind its point; what is asked for beyond is zeros.
const MOST_DIGITS: usize = 1100;

/// Digits `d.ddd` without the point, and the exponent of ten.
struct Decimal {
    digits: String,
    exponent: i32,
}

impl Decimal {
    /// Of `d.dde12`, whose point goes.
    fn of_scientific(mut text: String) -> Decimal {
        let end = text.rfind('e').unwrap_or(text.len());
        let exponent = text.get(end + 1..).and_then(|exponent| exponent.parse().ok()).unwrap_or(0);
        text.truncate(end);
        if text.len() > 1 {
            text.remove(1);
        }
        Decimal { digits: text, exponent }
    }

    fn shortest(value: f64) -> Decimal {
        // no text of this form is longer
        let mut text = String::with_capacity(24);
        let _ = write!(text, "{value:e}");
        let shortest = Decimal::of_scientific(text);
        // between two texts that are equally near, the one with the even digit; fewer digits are never equally near
        if shortest.digits.len() > 15 && shortest.may_be_tie(value) {
            let behind = shortest.digits.len() - 1;
            let even = format!("{value:.behind$e}");
            if even.parse() == Ok(value) {
                return Decimal::of_scientific(even);
            }
        }
        shortest
    }

    /// Whether the value may stand in the middle between two numbers of so many digits: then it has one digit more,
    /// and as many decimals as binary places behind the point.
    fn may_be_tie(&self, value: f64) -> bool {
        let bits = value.to_bits();
        let exponent = (bits >> 52 & 0x7FF) as i32;
        let mantissa = bits & ((1 << 52) - 1) | if exponent == 0 { 0 } else { 1 << 52 };
        let places = 1075 - exponent.max(1) - mantissa.trailing_zeros() as i32;
        places <= 0 || places == self.digits.len() as i32 - self.exponent
    }

    fn rounded(value: f64, digits: usize) -> Decimal {
        let behind = digits.saturating_sub(1).min(MOST_DIGITS);
        Decimal::of_scientific(format!("{value:.behind$e}"))
    }

    fn without_zeros(mut self) -> Decimal {
        let kept = self.digits.trim_end_matches('0').len().max(1);
        self.digits.truncate(kept);
        self
    }

    fn with_exponent(&self, text: &mut String, alternate: bool) {
        let (first, rest) = self.digits.split_at(1);
        text.push_str(first);
        if alternate || !rest.is_empty() {
            text.push('.');
        }
        text.push_str(rest);
        let sign = if self.exponent < 0 { '-' } else { '+' };
        // writing to a string does not fail
        let _ = write!(text, "e{sign}{:02}", self.exponent.unsigned_abs());
    }

    fn plain(&self, text: &mut String, alternate: bool) {
        let digits = &self.digits;
        match usize::try_from(self.exponent) {
            Err(_) => {
                text.push_str("0.");
                text.extend(std::iter::repeat_n('0', self.exponent.unsigned_abs() as usize - 1));
                text.push_str(digits);
            }
            Ok(exponent) if exponent + 1 >= digits.len() => {
                text.push_str(digits);
                text.extend(std::iter::repeat_n('0', exponent + 1 - digits.len()));
                if alternate {
                    text.push('.');
                }
            }
            Ok(exponent) => {
                let (whole, fraction) = digits.split_at(exponent + 1);
                text.push_str(whole);
                text.push('.');
                text.push_str(fraction);
            }
        }
    }
}

fn zeros(text: &mut String, count: usize) {
    text.extend(std::iter::repeat_n('0', count));
}

/// The text of a float, with a minus if it is negative. The precision is what memory is for: the caller limits it.
pub fn float_text(value: f64, layout: FloatLayout) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    let mut text = String::with_capacity(24);
    if value.is_sign_negative() {
        text.push('-');
    }
    let value = value.abs();
    if value.is_infinite() {
        text.push_str("inf");
        return text;
    }
    let start = text.len();
    let (precision, alternate) = (layout.precision, layout.alternate);
    match layout.style {
        Style::Shortest => {
            let decimal = Decimal::shortest(value);
            laid_out(&decimal, &mut text, 16, alternate);
        }
        Style::Exponent => {
            let mut decimal = Decimal::rounded(value, precision + 1);
            let missing = (precision + 1).saturating_sub(decimal.digits.len());
            zeros(&mut decimal.digits, missing);
            decimal.with_exponent(&mut text, alternate);
        }
        Style::Fixed if !alternate && push_fixed(&mut text, value, precision) => {}
        Style::Fixed => {
            let behind = precision.min(MOST_DIGITS);
            let _ = write!(text, "{value:.behind$}");
            zeros(&mut text, precision - behind);
            if alternate && precision == 0 {
                text.push('.');
            }
        }
        Style::General => {
            let wanted = precision.max(1);
            let mut decimal = Decimal::rounded(value, wanted);
            if alternate {
                zeros(&mut decimal.digits, wanted.saturating_sub(MOST_DIGITS + 1));
            } else {
                decimal = decimal.without_zeros();
            }
            laid_out(&decimal, &mut text, wanted as i64 - i64::from(layout.point_zero), alternate);
        }
    }
    let shown = text.get(start..).unwrap_or_default();
    if layout.point_zero && shown.ends_with('.') {
        text.push('0');
    } else if layout.point_zero && !shown.contains(['.', 'e']) {
        text.push_str(".0");
    }
    text
}

/// Appends a float with so many digits behind the point, where they follow from a product of 128 bits: all of them
/// exact, ties to even. False, and nothing is appended, where the product would be longer.
fn push_fixed(text: &mut String, value: f64, precision: usize) -> bool {
    const MOST: usize = 19;
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i32;
    let mantissa = if exponent == 0 { bits & ((1 << 52) - 1) } else { bits & ((1 << 52) - 1) | 1 << 52 };
    // the value is the mantissa, shifted to the right by so many bits
    let shift = 1075 - exponent.max(1);
    if precision > MOST || shift < 1 {
        return false;
    }
    // below 2 ** 53 * 10 ** 19, which is below 2 ** 117: shifted by more than 127 bits it is far below a half
    let product = u128::from(mantissa) * u128::from(10u64.pow(precision as u32));
    let scaled = if shift > 127 {
        0
    } else {
        let (whole, rest) = (product >> shift, product & ((1u128 << shift) - 1));
        let half = 1u128 << (shift - 1);
        let up = rest > half || rest == half && whole & 1 == 1;
        whole + u128::from(up)
    };
    let Ok(mut scaled) = u64::try_from(scaled) else { return false };
    let mut digits = [b'0'; 32];
    let mut at = digits.len();
    for place in 0.. {
        if place > precision && scaled == 0 {
            break;
        }
        if place == precision && precision > 0 {
            at -= 1;
            digits[at] = b'.';
        }
        at -= 1;
        digits[at] = b'0' + (scaled % 10) as u8;
        scaled /= 10;
    }
    text.push_str(str::from_utf8(&digits[at..]).unwrap_or_default());
    true
}

/// Plain where the point is not before the fifth zero nor behind so many digits.
fn laid_out(decimal: &Decimal, text: &mut String, most: i64, alternate: bool) {
    if decimal.exponent < -4 || i64::from(decimal.exponent) >= most {
        decimal.with_exponent(text, alternate);
    } else {
        decimal.plain(text, alternate);
    }
}

/// `repr(value)`.
pub fn repr(value: f64) -> String {
    float_text(
        value,
        FloatLayout { style: Style::Shortest, precision: 0, alternate: false, point_zero: true },
    )
}
