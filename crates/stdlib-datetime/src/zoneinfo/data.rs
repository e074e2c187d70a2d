//! What a file of the time zone database says: when clocks were changed, to what, and what holds afterwards. Times are
//! seconds since 1970. Invariant: every index of a kind is of one that there is.

use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::text;

use super::posix::{self, Rule};
use crate::arguments::method;
use crate::delta::{self, SECOND};

/// A kind of local time.
pub(super) struct Kind {
    /// How far it is from UTC.
    pub(super) seconds: i64,
    pub(super) offset: Value,
    pub(super) summer: Value,
    pub(super) name: Value,
}

/// What holds behind the last change.
pub(super) enum After {
    /// One kind.
    Always(Kind),
    /// Winter and summer.
    Changes { rule: Rule, standard: Kind, summer: Kind },
}

/// A zone.
pub(super) struct Zone {
    kinds: Vec<Kind>,
    /// When clocks were changed, in UTC.
    changes: Vec<i64>,
    /// The same in local time, for both folds.
    local: [Vec<i64>; 2],
    /// The kind from each change on.
    becomes: Vec<usize>,
    /// The kind before the first change.
    before: Option<usize>,
    after: After,
    /// Whether there is one kind only.
    is_fixed: bool,
}

/// What is asked for.
pub(super) struct Question {
    /// The time, as if it were UTC.
    pub(super) time: i64,
    pub(super) year: i64,
    pub(super) fold: bool,
}

fn kind(thread: &Thread, seconds: i64, summer: i64, name: Value) -> PyResult<Kind> {
    let duration = |seconds: i64| delta::made(thread, i128::from(seconds) * SECOND);
    Ok(Kind { seconds, offset: duration(seconds)?, summer: duration(summer)?, name })
}

/// The numbers of a sequence.
fn numbers(thread: &Thread, sequence: Ref<'_>) -> PyResult<Vec<i64>> {
    let items = taipan_runtime_builtins::iterate::collect(thread, sequence)?;
    items.iter().map(|item| number(thread, item)).collect()
}

fn number(thread: &Thread, value: &Value) -> PyResult<i64> {
    let index = protocol::number::index(thread, value.as_ref())?;
    index.as_ref().to_i64().ok_or_else(|| too_large(thread))
}

#[cold]
fn too_large(thread: &Thread) -> Raised {
    raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long")
}

/// How much of the offset of each kind is summer time. The file says only which kinds are; the difference to the kind
/// before, or after, is taken for it.
fn summer_parts(becomes: &[usize], offsets: &[i64], is_summer: &[bool]) -> Vec<i64> {
    let at = |list: &[i64], index: usize| list.get(index).copied().unwrap_or(0);
    let summer = |index: usize| is_summer.get(index).copied().unwrap_or(false);
    let mut parts = vec![0; offsets.len()];
    let mut missing = is_summer.iter().filter(|is_summer| **is_summer).count();
    for (place, &now) in becomes.iter().enumerate().skip(1) {
        if missing == 0 {
            return parts;
        }
        if !summer(now) || at(&parts, now) != 0 {
            continue;
        }
        let mut part = 0;
        if let Some(&before) = becomes.get(place - 1).filter(|before| !summer(**before)) {
            part = at(offsets, now) - at(offsets, before);
        }
        if part == 0
            && now + 1 < offsets.len()
            && let Some(&next) = becomes.get(place + 1)
        {
            if summer(next) {
                continue;
            }
            part = at(offsets, now) - at(offsets, next);
        }
        if part != 0 {
            missing -= 1;
            parts[now] = part;
        }
    }
    if missing > 0 {
        // an hour is a better guess than nothing
        let unknown = parts.iter_mut().zip(is_summer).filter(|(part, is_summer)| **part == 0 && **is_summer);
        unknown.for_each(|(part, _)| *part = 3600);
    }
    parts
}

/// The changes in local time: with the larger of the two offsets for fold 0, else with the smaller one.
fn in_local_time(changes: &[i64], becomes: &[usize], offsets: &[i64]) -> [Vec<i64>; 2] {
    let offset = |index: usize| offsets.get(index).copied().unwrap_or(0);
    let mut local = [changes.to_vec(), changes.to_vec()];
    let mut before = offset(0);
    for (at, &now) in becomes.iter().enumerate() {
        let now = offset(now);
        for (list, by) in local.iter_mut().zip([before.max(now), before.min(now)]) {
            if let Some(time) = list.get_mut(at) {
                *time = time.saturating_add(by);
            }
        }
        before = now;
    }
    local
}

/// Reads what `zoneinfo._common.load_data` gives of a file.
///
/// # Errors
/// `ValueError` if the file says nothing, or what it says is wrong.
pub(super) fn read(thread: &Thread, loaded: Ref<'_>) -> PyResult<Zone> {
    let parts = taipan_runtime_builtins::iterate::collect(thread, loaded)?;
    let [becomes, changes, offsets, is_summer, names, after] = parts.as_slice() else {
        return Err(raise!(thread, VALUE_ERROR, "load_data() returned something else than six values"));
    };
    let (changes, offsets) = (numbers(thread, changes.as_ref())?, numbers(thread, offsets.as_ref())?);
    let is_summer: Vec<bool> = numbers(thread, is_summer.as_ref())?.into_iter().map(|is| is != 0).collect();
    let names = taipan_runtime_builtins::iterate::collect(thread, names.as_ref())?;
    let becomes = numbers(thread, becomes.as_ref())?.into_iter().map(|index| {
        let index = usize::try_from(index).ok().filter(|index| *index < offsets.len());
        index.ok_or_else(|| raise!(thread, VALUE_ERROR, "Invalid transition index found while reading TZif"))
    });
    let becomes = becomes.collect::<PyResult<Vec<usize>>>()?;
    let summer = summer_parts(&becomes, &offsets, &is_summer);
    let local = in_local_time(&changes, &becomes, &offsets);
    let all = offsets.iter().zip(&summer).zip(names);
    let kinds: Vec<Kind> =
        all.map(|((&offset, &summer), name)| kind(thread, offset, summer, name)).collect::<PyResult<_>>()?;
    let before = is_summer.iter().position(|is_summer| !is_summer).or_else(|| becomes.first().copied());
    let text = after.as_ref().get::<PyBytes>().map(|text| text.as_slice().to_vec()).unwrap_or_default();
    let last = becomes.last().copied().or_else(|| kinds.len().checked_sub(1));
    let after = after_changes(thread, &text, last.and_then(|last| kinds.get(last)), &after.clone())?;
    let is_fixed = match (&after, kinds.as_slice()) {
        (After::Always(_), []) => true,
        (After::Always(after), [only]) => is_same(thread, after, only)?,
        _ => false,
    };
    Ok(Zone { kinds, changes, local, becomes, before, after, is_fixed })
}

/// What holds behind the last change: what the text says, if there is one, else the last kind.
fn after_changes(thread: &Thread, text: &[u8], last: Option<&Kind>, shown: &Value) -> PyResult<After> {
    if text.is_empty() {
        let Some(last) = last else {
            return Err(raise!(thread, VALUE_ERROR, "No time zone information found."));
        };
        let (offset, summer, name) = (last.offset.clone(), last.summer.clone(), last.name.clone());
        return Ok(After::Always(Kind { seconds: last.seconds, offset, summer, name }));
    }
    let rule = match posix::parse(text) {
        Ok(rule) => rule,
        Err(wrong) => {
            let shown = text::repr(thread, shown.as_ref())?.to_text_lossy();
            return Err(raise!(thread, VALUE_ERROR, "{} {shown}", wrong.message()));
        }
    };
    let made = |of: &posix::Kind, summer: i64| {
        kind(thread, of.offset, summer, PyStr::from_text(thread, &of.name)?.into_value())
    };
    let standard = made(&rule.standard, 0)?;
    match &rule.summer {
        None => Ok(After::Always(standard)),
        Some(summer) => {
            let summer = made(&summer.kind, summer.kind.offset - rule.standard.offset)?;
            Ok(After::Changes { rule, standard, summer })
        }
    }
}

fn is_same(thread: &Thread, a: &Kind, b: &Kind) -> PyResult<bool> {
    for (a, b) in [(&a.offset, &b.offset), (&a.summer, &b.summer), (&a.name, &b.name)] {
        if !protocol::same_or_equal(thread, a.as_ref(), b.as_ref())? {
            return Ok(false);
        }
    }
    Ok(true)
}

impl After {
    /// The kind at a local time.
    fn at(&self, question: &Question) -> &Kind {
        match self {
            After::Always(kind) => kind,
            After::Changes { rule, standard, summer } => {
                let Question { time, year, fold } = *question;
                let is_summer =
                    rule.summer.as_ref().is_some_and(|s| s.holds(&rule.standard, time, year, fold));
                if is_summer { summer } else { standard }
            }
        }
    }

    /// The kind at an instant, and whether the local time is there for the second time; none for the latter if that
    /// depends on what was before.
    fn at_instant(&self, question: &Question) -> (&Kind, Option<bool>) {
        match self {
            After::Always(kind) => (kind, None),
            After::Changes { rule, standard, summer } => {
                let holds = |s: &posix::Summer| s.holds_at(&rule.standard, question.time, question.year);
                let (is_summer, fold) = rule.summer.as_ref().map_or((false, false), holds);
                (if is_summer { summer } else { standard }, Some(fold))
            }
        }
    }
}

impl Zone {
    /// Whether there is one kind only; it.
    pub(super) fn only(&self) -> Option<&Kind> {
        match &self.after {
            After::Always(kind) if self.is_fixed => Some(kind),
            _ => None,
        }
    }

    fn kind_from(&self, change: usize) -> Option<&Kind> {
        self.kinds.get(*self.becomes.get(change)?)
    }

    fn first(&self) -> Option<&Kind> {
        self.kinds.get(self.before?)
    }

    /// The kind at a local time.
    pub(super) fn at(&self, question: &Question) -> &Kind {
        let [early, late] = &self.local;
        let changes = if question.fold { late } else { early };
        let found = match (changes.first(), changes.last()) {
            (Some(first), _) if question.time < *first => self.first(),
            (Some(_), Some(last)) if question.time <= *last => {
                let next = changes.partition_point(|change| *change <= question.time);
                next.checked_sub(1).and_then(|change| self.kind_from(change))
            }
            _ => None,
        };
        found.unwrap_or_else(|| self.after.at(question))
    }

    /// The kind at an instant, and whether the local time then is there for the second time.
    pub(super) fn at_instant(&self, question: &Question) -> (&Kind, bool) {
        let time = question.time;
        let (Some(first), Some(last)) = (self.changes.first(), self.changes.last()) else {
            let (kind, fold) = self.after.at_instant(question);
            return (kind, fold.unwrap_or(false));
        };
        if time < *first {
            return (self.first().unwrap_or_else(|| self.after.at(question)), false);
        }
        if time > *last
            && let (kind, Some(fold)) = self.after.at_instant(question)
        {
            return (kind, fold);
        }
        let next = self.changes.partition_point(|change| *change <= time);
        let single_is_over = self.changes.len() == 1 && time > *last;
        let before = next.checked_sub(2).map_or_else(|| self.first(), |change| self.kind_from(change));
        let now = next.checked_sub(1).filter(|_| !single_is_over).and_then(|change| self.kind_from(change));
        let now = now.unwrap_or_else(|| self.after.at_instant(question).0);
        let since = next.checked_sub(1).and_then(|change| self.changes.get(change)).map_or(0, |at| time - at);
        (now, before.is_some_and(|before| before.seconds - now.seconds > since))
    }
}

/// What is asked of a zone by a datetime, or by what looks like one.
///
/// # Errors
/// `AttributeError` of what does not.
pub(super) fn question(thread: &Thread, time: Ref<'_>) -> PyResult<Question> {
    use taipan_object::datetime::PyDateTime;
    if let Some(time) = time.get::<PyDateTime>() {
        let parts = crate::fields::parts_of(time);
        let seconds = crate::moment::micros(parts).div_euclid(SECOND) as i64 - crate::moment::EPOCH;
        let ([year, ..], _) = parts;
        return Ok(Question { time: seconds, year, fold: time.fold() != 0 });
    }
    let number = |value: Value| match number(thread, &value)? {
        number if number.unsigned_abs() < 1 << 40 => Ok(number),
        _ => Err(too_large(thread)),
    };
    let attribute = |name: &str| {
        let name = taipan_object::str::intern::intern_text(thread, name)?;
        number(protocol::get_attribute(thread, time, &name)?)
    };
    let day = number(method(thread, time, "toordinal", &[])?)? - crate::civil::EPOCH_ORDINAL;
    let seconds = attribute("hour")? * 3600 + attribute("minute")? * 60 + attribute("second")?;
    Ok(Question { time: day * 86_400 + seconds, year: attribute("year")?, fold: attribute("fold")? != 0 })
}

impl Zone {
    /// Shows what it refers to.
    pub(super) fn traverse(&self, visitor: &mut taipan_object::native::Visitor) {
        let after = match &self.after {
            After::Always(kind) => [Some(kind), None],
            After::Changes { standard, summer, .. } => [Some(standard), Some(summer)],
        };
        for kind in self.kinds.iter().chain(after.into_iter().flatten()) {
            [&kind.offset, &kind.summer, &kind.name].into_iter().for_each(|value| visitor.value(value));
        }
    }
}
