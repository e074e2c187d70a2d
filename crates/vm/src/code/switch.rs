//! From the optimised form of a code to the traced one, where an operation begins: which word goes on with the same
//! instruction, and what is to be moved on the stack for it.
//!
//! Loads that are pending have no operation, so a word is entered at the first instruction that it may stand for; the
//! traced form carries out the loads once more.

use super::Pending;
use crate::translate::Place;

/// How a frame goes on in the traced form.
pub(crate) struct Switch {
    /// The word of the optimised form.
    word: u32,
    /// The word of the traced form.
    pub(crate) to: u32,
    /// What is to be put into slots: positions of the stack and values.
    pub(crate) settle: Box<[(u32, Pending)]>,
    /// What the traced form puts into slots itself.
    pub(crate) release: Box<[u32]>,
}

/// The words of the optimised form at which a frame can go over, in their order.
pub(crate) struct Switches(Vec<Switch>);

impl Switches {
    /// Matches the places of the two forms.
    pub(crate) fn between(optimised: &[Place], traced: &[Place]) -> Switches {
        let mut switches: Vec<Switch> = Vec::new();
        for place in optimised {
            let last = switches.last().filter(|last| last.word == place.word).is_some();
            if last && !place.leads {
                continue;
            }
            let Ok(found) = traced.binary_search_by_key(&place.row, |traced| traced.row) else { continue };
            let Some(switch) = traced.get(found).and_then(|traced| Switch::between(place, traced)) else {
                continue;
            };
            if last {
                switches.pop();
            }
            switches.push(switch);
        }
        Switches(switches)
    }

    /// How a frame goes on that stands before a word.
    pub(crate) fn at(&self, word: u32) -> Option<&Switch> {
        self.0.binary_search_by_key(&word, |switch| switch.word).ok().and_then(|row| self.0.get(row))
    }

    /// The words.
    pub(crate) fn words(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|switch| switch.word)
    }
}

impl Switch {
    fn between(optimised: &Place, traced: &Place) -> Option<Switch> {
        if optimised.stack.len() != traced.stack.len() {
            return None;
        }
        let (mut settle, mut release) = (Vec::new(), Vec::new());
        for (position, (from, to)) in optimised.stack.iter().zip(&traced.stack).enumerate() {
            match (from, to) {
                (Some(pending), None) => settle.push((position as u32, *pending)),
                (None, Some(_)) => release.push(position as u32),
                (from, to) if from != to => return None,
                _ => {}
            }
        }
        let (settle, release) = (settle.into(), release.into());
        Some(Switch { word: optimised.word, to: traced.word, settle, release })
    }
}
