//! Running programs: in place of this one, or by the system's own call for that.

use taipan_host::{FileRef, Spawn, SpawnAction, of};
use taipan_object::list::PyList;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::iterate::collect;

use super::files::{Names, plain};
use super::scheduling::priority;
use super::transfers::sequence;
use crate::arguments::{Allows, PathArgument, any, flag, fs_bytes};

/// What the messages about arguments say.
struct Wording {
    wrong_type: &'static str,
    empty: &'static str,
    empty_first: &'static str,
}

const OF_EXECV: Wording = Wording {
    wrong_type: "execv() arg 2 must be a tuple or list",
    empty: "execv() arg 2 must not be empty",
    empty_first: "execv() arg 2 first element cannot be empty",
};
const OF_EXECVE: Wording = Wording {
    wrong_type: "execve: argv must be a tuple or list",
    empty: "execve: argv must not be empty",
    empty_first: "execve: argv first element cannot be empty",
};
const OF_SPAWN: Wording = Wording {
    wrong_type: "posix_spawn: argv must be a tuple or list",
    empty: "posix_spawn: argv must not be empty",
    empty_first: "posix_spawn: argv first element cannot be empty",
};
const OF_SPAWNP: Wording = Wording {
    wrong_type: "posix_spawnp: argv must be a tuple or list",
    empty: "posix_spawnp: argv must not be empty",
    empty_first: "posix_spawnp: argv first element cannot be empty",
};

/// The arguments of a program.
fn words(thread: &Thread, value: Ref<'_>, wording: &Wording) -> PyResult<Vec<Vec<u8>>> {
    if value.get::<PyTuple>().is_none() && value.get::<PyList>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "{}", wording.wrong_type));
    }
    let items = collect(thread, value)?;
    if items.is_empty() {
        return Err(raise!(thread, VALUE_ERROR, "{}", wording.empty));
    }
    let words = items.iter().map(|item| fs_bytes(thread, item.as_ref())).collect::<PyResult<Vec<_>>>()?;
    if words.first().is_some_and(Vec::is_empty) {
        return Err(raise!(thread, VALUE_ERROR, "{}", wording.empty_first));
    }
    Ok(words)
}

/// The entries of an environment.
fn entries(thread: &Thread, mapping: Ref<'_>, refusal: &str) -> PyResult<Vec<Vec<u8>>> {
    if mapping.ty().slots().subscript.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "{refusal}"));
    }
    let list = |name: &str| {
        let all = protocol::call_method(thread, mapping, &*intern_text(thread, name)?, &[])?;
        collect(thread, all.as_ref())
    };
    let (names, values) = (list("keys")?, list("values")?);
    let mut entries = Vec::new();
    for (name, value) in names.iter().zip(&values) {
        let (name, value) = (fs_bytes(thread, name.as_ref())?, fs_bytes(thread, value.as_ref())?);
        // a name may begin with the character, as on another system
        if name.iter().skip(1).any(|byte| *byte == b'=') || name.is_empty() {
            return Err(raise!(thread, VALUE_ERROR, "illegal environment variable name"));
        }
        entries.push([name.as_slice(), b"=", &value].concat());
    }
    Ok(entries)
}

pub(super) fn execv(thread: &Thread, _: Ref<'_>, path: Ref<'_>, arguments: Ref<'_>) -> PyResult<Value> {
    let path = plain(thread, "execv", path)?;
    let words = words(thread, arguments, &OF_EXECV)?;
    let error = of(thread).execute(FileRef::Path(&path.bytes), &words, None);
    Err(error.raise(thread))
}

const EXECVE: Parameters<3> = any("execve", ["path", "argv", "env"], 3);

pub(super) fn execve(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, given, environment] = EXECVE.bind(thread, arguments, names)?;
    let path = PathArgument::read(thread, "execve", "path", path.unwrap_or(module), Allows::Descriptor)?;
    let words = words(thread, given.unwrap_or(module), &OF_EXECVE)?;
    let refusal = "execve: environment must be a mapping object";
    let environment = entries(thread, environment.unwrap_or(module), refusal)?;
    let error = of(thread).execute(path.file(true), &words, Some(&environment));
    Err(path.failed(thread, error))
}

const fn spawning(function: &'static str) -> Parameters<10> {
    let names = [
        "",
        "",
        "",
        "file_actions",
        "setpgroup",
        "resetids",
        "setsid",
        "setsigmask",
        "setsigdef",
        "scheduler",
    ];
    Parameters { function, names, positional_only: 3, positional: 3, required: 3 }
}

const SPAWN: Parameters<10> = spawning("posix_spawn");
const SPAWNP: Parameters<10> = spawning("posix_spawnp");

/// What happens to descriptors before the program begins.
fn actions(thread: &Thread, given: Ref<'_>) -> PyResult<Vec<SpawnAction>> {
    let items = sequence(thread, given, "file_actions must be a sequence or None")?;
    let mut actions = Vec::new();
    for item in &items {
        let Some(tuple) = item.as_ref().get::<PyTuple>().filter(|tuple| !tuple.is_empty()) else {
            let message = "Each file_actions element must be a non-empty tuple";
            return Err(raise!(thread, TYPE_ERROR, "{message}"));
        };
        let parts: Vec<Value> = tuple.iter().map(Ref::to_value).collect();
        let wrong = |kind: &str, count: usize| {
            raise!(thread, TYPE_ERROR, "A {kind} file_action tuple must have {count} elements")
        };
        let kind = parts.first().map_or(Ok(-1), |kind| to_int(thread, kind.as_ref()))?;
        let int = |value: &Value| to_int(thread, value.as_ref());
        actions.push(match (kind, parts.as_slice()) {
            (0, [_, fd, path, flags, mode]) => {
                let (fd, path) = (int(fd)?, fs_bytes(thread, path.as_ref())?);
                SpawnAction::Open(fd, path, int(flags)?, int(mode)? as u32)
            }
            (0, _) => return Err(wrong("open", 5)),
            (1, [_, fd]) => SpawnAction::Close(int(fd)?),
            (1, _) => return Err(wrong("close", 2)),
            (2, [_, fd, new]) => SpawnAction::Duplicate(int(fd)?, int(new)?),
            (2, _) => return Err(wrong("dup2", 3)),
            (3, [_, fd]) => SpawnAction::CloseFrom(int(fd)?),
            (3, _) => return Err(wrong("closefrom", 2)),
            _ => return Err(raise!(thread, TYPE_ERROR, "Unknown file_actions identifier")),
        });
    }
    Ok(actions)
}

/// Numbers of signals.
fn signals(thread: &Thread, given: Ref<'_>) -> PyResult<Vec<i32>> {
    let mut signals = Vec::new();
    for item in collect(thread, given)? {
        let signal = to_int(thread, item.as_ref())?;
        if !(1..=64).contains(&signal) {
            return Err(raise!(thread, VALUE_ERROR, "signal number {signal} out of range [1; 64]"));
        }
        signals.push(signal);
    }
    Ok(signals)
}

/// Policy and priority.
fn scheduler(thread: &Thread, function: &str, given: Ref<'_>) -> PyResult<(Option<i32>, i32)> {
    let Some(tuple) = given.get::<PyTuple>() else {
        return Err(raise!(thread, TYPE_ERROR, "{function}: scheduler must be a tuple or None"));
    };
    let (2, Some(policy), Some(parameter)) = (tuple.len(), tuple.get(0), tuple.get(1)) else {
        return Err(raise!(thread, TYPE_ERROR, "A scheduler tuple must have two elements"));
    };
    let policy = match policy.as_ref().is_none() {
        true => None,
        false => Some(to_int(thread, policy.as_ref())?),
    };
    Ok((policy, priority(thread, parameter.as_ref())?))
}

fn spawn(
    thread: &Thread,
    parameters: &Parameters<10>,
    (arguments, names): (&[Value], Names<'_>),
    wording: &Wording,
) -> PyResult<Value> {
    let function = parameters.function;
    let [Some(path), Some(given), Some(environment), all @ ..] = parameters.bind(thread, arguments, names)?
    else {
        return Ok(Value::none());
    };
    let [file_actions, group, resets, session, mask, defaults, policy] = all;
    let path = plain(thread, function, path)?;
    let words = words(thread, given, wording)?;
    let environment = match environment.is_none() {
        true => None,
        false => {
            let refusal = format!("{function}: environment must be a mapping object or None");
            Some(entries(thread, environment, &refusal)?)
        }
    };
    let present = |value: Option<Ref<'_>>| value.is_some_and(|value| !value.is_none());
    let spawn = Spawn {
        path: path.bytes.clone(),
        searches: function == SPAWNP.function,
        arguments: words,
        environment,
        actions: match file_actions {
            Some(given) if present(file_actions) => actions(thread, given)?,
            _ => Vec::new(),
        },
        group: group.filter(|_| present(group)).map(|group| to_int(thread, group)).transpose()?,
        resets_ids: flag(thread, resets, false)?,
        new_session: flag(thread, session, false)?,
        mask: mask.map(|mask| signals(thread, mask)).transpose()?,
        defaults: defaults.map(|defaults| signals(thread, defaults)).transpose()?,
        scheduler: policy
            .filter(|_| present(policy))
            .map(|policy| scheduler(thread, function, policy))
            .transpose()?,
    };
    match of(thread).spawn_program(&spawn) {
        Ok(process) => Ok(Value::small(process)),
        Err(error) => Err(path.failed(thread, error)),
    }
}

pub(super) fn posix_spawn(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    spawn(thread, &SPAWN, (arguments, names), &OF_SPAWN)
}

pub(super) fn posix_spawnp(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    spawn(thread, &SPAWNP, (arguments, names), &OF_SPAWNP)
}
