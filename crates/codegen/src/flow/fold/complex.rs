//! Complex numbers: C99's annex G, and an operand that is real is not made complex first.

use super::number::Number;

type Complex = (f64, f64);

/// A binary operator on numbers of which one is complex.
pub(super) fn binary(operator: &str, left: &Number<'_>, right: &Number<'_>) -> Option<Complex> {
    match (operator, left, right) {
        ("**", ..) => power(left.to_complex()?, right.to_complex()?),
        (_, &Number::Complex(a, b), &Number::Complex(c, d)) => match operator {
            "+" => Some((a + c, b + d)),
            "-" => Some((a - c, b - d)),
            "*" => Some(multiply((a, b), (c, d))),
            "/" => divide((a, b), (c, d)),
            _ => None,
        },
        (_, &Number::Complex(a, b), _) => {
            let real = right.to_float()?;
            match operator {
                "+" => Some((a + real, b)),
                "-" => Some((a - real, b)),
                "*" => Some((a * real, b * real)),
                "/" if real != 0.0 => Some((a / real, b / real)),
                _ => None,
            }
        }
        (_, _, &Number::Complex(c, d)) => {
            let real = left.to_float()?;
            match operator {
                "+" => Some((c + real, d)),
                "-" => Some((real - c, -d)),
                "*" => Some((c * real, d * real)),
                "/" => divide_real(real, (c, d)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_infinite((real, imaginary): Complex) -> bool {
    real.is_infinite() || imaginary.is_infinite()
}

fn is_finite((real, imaginary): Complex) -> bool {
    real.is_finite() && imaginary.is_finite()
}

/// 1 in place of infinity, else 0, with the same sign.
fn boxed(value: f64) -> f64 {
    f64::from(u8::from(value.is_infinite())).copysign(value)
}

fn boxed_parts((real, imaginary): Complex) -> Complex {
    (boxed(real), boxed(imaginary))
}

/// 0 in place of what is no number, with the same sign.
fn without_nan((real, imaginary): Complex) -> Complex {
    let number = |value: f64| if value.is_nan() { 0f64.copysign(value) } else { value };
    (number(real), number(imaginary))
}

fn multiply(mut left: Complex, mut right: Complex) -> Complex {
    let products = [left.0 * right.0, left.1 * right.1, left.0 * right.1, left.1 * right.0];
    let [ac, bd, ad, bc] = products;
    let result = (ac - bd, ad + bc);
    if !result.0.is_nan() || !result.1.is_nan() {
        return result;
    }
    let mut again = false;
    if is_infinite(left) {
        (left, right) = (boxed_parts(left), without_nan(right));
        again = true;
    }
    if is_infinite(right) {
        (left, right) = (without_nan(left), boxed_parts(right));
        again = true;
    }
    if !again && products.iter().any(|product| product.is_infinite()) {
        (left, right) = (without_nan(left), without_nan(right));
        again = true;
    }
    if !again {
        return result;
    }
    let ((a, b), (c, d)) = (left, right);
    (f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c))
}

fn divide(left: Complex, right: Complex) -> Option<Complex> {
    let ((a, b), (c, d)) = (left, right);
    let result = if c.abs() >= d.abs() {
        if c == 0.0 {
            return None;
        }
        let ratio = d / c;
        let divisor = c + d * ratio;
        ((a + b * ratio) / divisor, (b - a * ratio) / divisor)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let divisor = c * ratio + d;
        ((a * ratio + b) / divisor, (b * ratio - a) / divisor)
    } else {
        (f64::NAN, f64::NAN)
    };
    if !result.0.is_nan() || !result.1.is_nan() {
        return Some(result);
    }
    if is_infinite(left) && is_finite(right) {
        let (x, y) = boxed_parts(left);
        return Some((f64::INFINITY * (x * c + y * d), f64::INFINITY * (y * c - x * d)));
    }
    if is_infinite(right) && is_finite(left) {
        let (x, y) = boxed_parts(right);
        return Some((0.0 * (a * x + b * y), 0.0 * (b * x - a * y)));
    }
    Some(result)
}

fn divide_real(left: f64, right: Complex) -> Option<Complex> {
    let (c, d) = right;
    let result = if c.abs() >= d.abs() {
        if c == 0.0 {
            return None;
        }
        let ratio = d / c;
        let divisor = c + d * ratio;
        (left / divisor, (-left * ratio) / divisor)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let divisor = c * ratio + d;
        ((left * ratio) / divisor, -left / divisor)
    } else {
        (f64::NAN, f64::NAN)
    };
    if result.0.is_nan() && result.1.is_nan() && left.is_finite() && is_infinite(right) {
        let (x, y) = boxed_parts(right);
        return Some((0.0 * (left * x), 0.0 * (-left * y)));
    }
    Some(result)
}

/// A power; none if it is beyond all, or of 0 by what is not above 0.
pub(super) fn power(base: Complex, exponent: Complex) -> Option<Complex> {
    let (real, imaginary) = exponent;
    let result = if imaginary == 0.0 && real == real.floor() && real.abs() <= 100.0 {
        let size = power_of_natural(base, real.abs() as u32);
        if real > 0.0 { size } else { divide((1.0, 0.0), size)? }
    } else {
        polar_power(base, exponent)?
    };
    (!is_infinite(result)).then_some(result)
}

fn power_of_natural(base: Complex, exponent: u32) -> Complex {
    let (mut result, mut square) = ((1.0, 0.0), base);
    let mut bit = 1;
    while exponent >= bit {
        if exponent & bit != 0 {
            result = multiply(result, square);
        }
        bit <<= 1;
        square = multiply(square, square);
    }
    result
}

fn polar_power(base: Complex, (real, imaginary): Complex) -> Option<Complex> {
    if base == (0.0, 0.0) {
        return (imaginary == 0.0 && real >= 0.0).then_some((0.0, 0.0));
    }
    let size = base.0.hypot(base.1);
    let angle = base.1.atan2(base.0);
    let mut length = size.powf(real);
    let mut phase = angle * real;
    if imaginary != 0.0 {
        length *= (-angle * imaginary).exp();
        phase += imaginary * size.ln();
    }
    (!phase.is_infinite()).then(|| (length * phase.cos(), length * phase.sin()))
}
