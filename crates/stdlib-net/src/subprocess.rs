//! The module `_posixsubprocess`: `fork_exec`.

use taipan_host::{Launch, Streams, of, path};
use taipan_object::bytes::PyBytes;
use taipan_object::declare::method_table;
use taipan_object::list::PyList;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, to_int, wrong_type};
use taipan_runtime_builtins::modules::ModuleDef;

method_table! { FUNCTIONS:
    Instance Positional c"fork_exec" "($module, args, executable_list, close_fds, pass_fds, cwd,\n          env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,\n          errpipe_read, errpipe_write, restore_signals, call_setsid,\n          pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn,\n          /)" fork_exec, c"Runs a program in a new process.";
}

/// `_posixsubprocess`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_posixsubprocess",
    doc: Some("What the module subprocess runs programs with."),
    functions: &FUNCTIONS,
    exec: None,
};

const PARAMETERS: usize = 22;

fn fork_exec(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "fork_exec", arguments.len(), PARAMETERS, PARAMETERS)?;
    let all: Vec<Ref<'_>> = arguments.iter().map(Value::as_ref).collect();
    let Ok(all) = <[Ref<'_>; PARAMETERS]>::try_from(all) else { return Ok(Value::none()) };
    let [args, executables, closes, kept, folder, environment, descriptors @ .., umask, before] = all;
    let [
        input,
        input_end,
        output_end,
        output,
        errors_end,
        errors,
        report_end,
        report,
        signals,
        session,
        process_group,
        group,
        groups,
        user,
    ] = descriptors;
    if !before.is_none() && thread.interp().is_closed() {
        let message = "preexec_fn not supported at interpreter shutdown";
        return Err(raise!(thread, PYTHON_FINALIZATION_ERROR, "{message}"));
    }
    let int = |value| to_int(thread, value);
    let truth = |value| protocol::truth(thread, value);
    let closes = truth(closes)?;
    let Some(kept) = kept.get::<PyTuple>() else {
        return Err(wrong_type(thread, "fork_exec", "argument 4", "tuple", kept));
    };
    let streams = Streams {
        input: int(input)?,
        output: int(output)?,
        errors: int(errors)?,
        parents: [int(input_end)?, int(output_end)?, int(errors_end)?, int(report_end)?],
        report: int(report)?,
    };
    let (restores_signals, new_session) = (truth(signals)?, truth(session)?);
    let process_group = Some(int(process_group)?).filter(|&group| group >= 0);
    let umask = u32::try_from(int(umask)?).ok();
    if closes && streams.report < 3 {
        return Err(raise!(thread, VALUE_ERROR, "errpipe_write must be >= 3"));
    }
    let kept = descriptors_of(thread, kept)?;
    let launch = Launch {
        executables: texts(thread, executables)?,
        arguments: arguments_of(thread, args)?,
        environment: present(environment).map(|environment| texts(thread, environment)).transpose()?,
        folder: present(folder).map(|folder| path_of(thread, folder)).transpose()?,
        streams,
        closes,
        kept,
        restores_signals,
        new_session,
        process_group,
        groups: present(groups).map(|groups| groups_of(thread, groups)).transpose()?,
        group: present(group).map(|group| id_of(thread, "gid", group)).transpose()?.flatten(),
        user: present(user).map(|user| id_of(thread, "uid", user)).transpose()?.flatten(),
        umask,
    };
    let process = match present(before) {
        None => of(thread).launch(&launch, None),
        Some(function) => {
            let mut before = || prepared(thread, function, streams.report);
            of(thread).launch(&launch, Some(&mut before))
        }
    };
    process.map(Value::small).map_err(|error| error.raise(thread))
}

fn present(value: Ref<'_>) -> Option<Ref<'_>> {
    Some(value).filter(|value| !value.is_none())
}

/// Calls the function that is to be called in the child; if it raises, the parent is told.
fn prepared(thread: &Thread, function: Ref<'_>, report: i32) -> bool {
    match protocol::call(thread, function, &[], None) {
        Ok(_) => true,
        Err(raised) => {
            drop(thread.catch(raised));
            // nobody is left to tell of a failure
            let _ = of(thread).write(report, b"SubprocessError:0:Exception occurred in preexec_fn.");
            false
        }
    }
}

/// Descriptors in ascending order.
fn descriptors_of(thread: &Thread, kept: &PyTuple) -> PyResult<Vec<i32>> {
    let mut all = Vec::new();
    for fd in kept.iter() {
        let fd = fd.to_i64().filter(|_| fd.is_int()).and_then(|fd| i32::try_from(fd).ok());
        match fd.filter(|&fd| fd >= 0 && all.last().is_none_or(|&last| last < fd)) {
            Some(fd) => all.push(fd),
            None => return Err(raise!(thread, VALUE_ERROR, "bad value(s) in fds_to_keep")),
        }
    }
    Ok(all)
}

fn items(thread: &Thread, sequence: Ref<'_>) -> PyResult<Vec<Value>> {
    protocol::length(thread, sequence)?;
    let iterator = protocol::iter(thread, sequence)?;
    let mut items = Vec::new();
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        items.push(item);
    }
    Ok(items)
}

fn without_null(thread: &Thread, bytes: Vec<u8>) -> PyResult<Vec<u8>> {
    match bytes.contains(&0) {
        true => Err(raise!(thread, VALUE_ERROR, "embedded null byte")),
        false => Ok(bytes),
    }
}

/// A sequence of bytes.
fn texts(thread: &Thread, sequence: Ref<'_>) -> PyResult<Vec<Vec<u8>>> {
    let text = |item: Value| match item.as_ref().get::<PyBytes>() {
        Some(bytes) => without_null(thread, bytes.as_slice().to_vec()),
        None => {
            let ty = item.as_ref().ty().name();
            Err(raise!(thread, TYPE_ERROR, "expected bytes, {ty} found"))
        }
    };
    items(thread, sequence)?.into_iter().map(text).collect()
}

fn arguments_of(thread: &Thread, sequence: Ref<'_>) -> PyResult<Vec<Vec<u8>>> {
    if sequence.ty().slots().length.get().is_none() || sequence.get::<PyStr>().is_some() {
        return Err(raise!(thread, TYPE_ERROR, "argv must be a tuple"));
    }
    items(thread, sequence)?.into_iter().map(|item| path_of(thread, item.as_ref())).collect()
}

/// A path, or what is written as one.
fn path_of(thread: &Thread, value: Ref<'_>) -> PyResult<Vec<u8>> {
    let text = path::fspath(thread, value)?;
    let bytes = match (text.as_ref().get::<PyBytes>(), text.as_ref().get::<PyStr>()) {
        (Some(bytes), _) => bytes.as_slice().to_vec(),
        (None, Some(text)) => path::encode(thread, text)?,
        (None, None) => Vec::new(),
    };
    without_null(thread, bytes)
}

/// A number of a user or group; none for -1, which means that it stays.
fn id_of(thread: &Thread, name: &str, value: Ref<'_>) -> PyResult<Option<u32>> {
    if value.ty().slots().index.get().is_none() {
        let ty = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "{name} should be integer, not {ty}"));
    }
    let index = protocol::number::index(thread, value)?;
    match index.as_ref().to_i64() {
        Some(-1) => Ok(None),
        Some(number) if u32::try_from(number).is_ok() => Ok(Some(number as u32)),
        Some(_) => Err(raise!(thread, OVERFLOW_ERROR, "{name} is less than minimum")),
        None => Err(raise!(thread, OVERFLOW_ERROR, "{name} is greater than maximum")),
    }
}

fn groups_of(thread: &Thread, groups: Ref<'_>) -> PyResult<Vec<u32>> {
    let Some(groups) = groups.get::<PyList>() else {
        return Err(raise!(thread, TYPE_ERROR, "setgroups argument must be a list"));
    };
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(group) = groups.get(at) {
        if !group.as_ref().is_int() {
            return Err(raise!(thread, TYPE_ERROR, "extra_groups must be integers"));
        }
        let group = id_of(thread, "gid", group.as_ref()).map_err(|raised| {
            drop(thread.catch(raised));
            raise!(thread, VALUE_ERROR, "invalid group id")
        })?;
        all.push(group.unwrap_or(u32::MAX));
        at += 1;
    }
    Ok(all)
}
