//! Names that were perhaps meant: the closest one by edits, where a letter in another case counts half. As in the
//! reference it is the bytes of names that are compared.

const MOVE: usize = 2;
const CASE: usize = 1;
/// Longer names are not compared.
const LONGEST: usize = 40;
/// So many candidates are not looked at.
const MOST: usize = 750;

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// The distance of two names; none if it is above `limit`.
fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    let common = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(common..)?, b.get(common..)?);
    let common = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(..a.len() - common)?, b.get(..b.len() - common)?);
    if a.is_empty() || b.is_empty() {
        let distance = (a.len() + b.len()) * MOVE;
        return (distance <= limit).then_some(distance);
    }
    if a.len().max(b.len()) > LONGEST {
        return None;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|column| column * MOVE).collect();
    let mut result = 0;
    for (line, &letter) in b.iter().enumerate() {
        let mut corner = line * MOVE;
        result = corner + MOVE;
        let mut least = usize::MAX;
        for (place, &other) in row.iter_mut().zip(a) {
            let substituted = corner + substitution(letter, other);
            corner = *place;
            result = substituted.min(corner.min(result) + MOVE);
            *place = result;
            least = least.min(result);
        }
        if least > limit {
            return None;
        }
    }
    (result <= limit).then_some(result)
}

/// The candidate that is closest to a name, if one is close.
pub fn closest<'c>(name: &str, candidates: &'c [String]) -> Option<&'c str> {
    if candidates.len() >= MOST {
        return None;
    }
    let letters = name.as_bytes();
    let mut best = None;
    let mut best_distance = usize::MAX;
    for candidate in candidates.iter().filter(|candidate| *candidate != name) {
        let other = candidate.as_bytes();
        let limit = ((letters.len() + other.len() + 3) * MOVE / 6).min(best_distance.saturating_sub(1));
        if let Some(found) = distance(letters, other, limit)
            && found < best_distance
        {
            best = Some(candidate.as_str());
            best_distance = found;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_are_found() {
        let names: Vec<String> = ["value", "Value", "values", "other"].map(str::to_owned).into();
        assert_eq!(closest("valeu", &names), Some("value"));
        assert_eq!(closest("VALUES", &names), None);
        assert_eq!(closest("xyz", &names), None);
    }
}
