//! What the module `site` does at the start, where it has little to do: no virtual environment, no `.pth` files, nobody's
//! `sitecustomize`. Then nothing need be imported for it: folders of packages go to `sys.path`, and in the place of
//! what `site` adds to the built-ins (`exit`, `help`) stand objects that import it when they are used.

use crate::interpreter::import;
use crate::sys::{self, Facts};
use taipan_host::{Host, of};
use taipan_object::declare::native_state;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{PyResult, PyTypeObject, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::text;

/// Where `site` itself puts something, and its name there.
#[derive(Default)]
pub(crate) struct Deferred {
    place: Option<(&'static str, &'static str)>,
}

native_type! {
    /// What stands for something that `site` makes.
    pub(crate) static DEFERRED: Deferred = "_sitebuiltins.Deferred", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does { getattr: attribute, call: call, repr: repr }
}

native_state!(Deferred in DEFERRED:);

/// The types of this file.
pub(crate) fn types() -> [&'static PyTypeObject; 1] {
    [&DEFERRED]
}

const BUILTINS: [&str; 6] = ["quit", "exit", "copyright", "credits", "license", "help"];

/// Does what `site` would do, if that is little; says whether it did.
///
/// # Errors
/// `MemoryError`.
pub(crate) fn start(thread: &Thread, facts: &Facts) -> PyResult<bool> {
    let host = of(thread);
    let Some(folders) = folders(host, facts) else { return Ok(false) };
    if let Some(path) = sys::get(thread, "path")?.as_ref().and_then(|path| path.as_ref().get::<PyList>()) {
        for folder in folders {
            path.push(thread, PyStr::from_text(thread, &folder)?.into_value())?;
        }
    }
    let builtins = thread.interp().builtins.get_as::<PyDict>();
    let deferred = |module, name| -> PyResult<Value> {
        Ok(Native::new(thread, Deferred { place: Some((module, name)) })?.into_value())
    };
    if let Some(builtins) = builtins {
        BUILTINS
            .into_iter()
            .try_for_each(|name| sys::set(thread, &builtins, name, deferred("builtins", name)?))?;
    }
    let system = thread.interp().sys.get_as::<PyDict>();
    if let Some(system) = system.filter(|_| !facts.flags.isolated) {
        sys::set(thread, &system, "__interactivehook__", deferred("site", "register_readline")?)?;
    }
    Ok(true)
}

/// The folders of packages that are there; none where the module has to look.
fn folders(host: &dyn Host, facts: &Facts) -> Option<Vec<String>> {
    let is_folder = |path: &str| host.status_of(path.as_bytes(), true).is_ok_and(|status| status.is_folder());
    if facts.flags.verbose > 0 || !facts.base_prefix.is_empty() && facts.base_prefix != facts.prefix {
        return None;
    }
    if !facts.flags.no_user_site && is_folder(&packages_of(&user_base(host)?)) {
        return None;
    }
    let packages = packages_of(&facts.prefix);
    let found: Vec<String> = [packages].into_iter().filter(|folder| is_folder(folder)).collect();
    for folder in &found {
        let entries = host.list(folder.as_bytes()).ok()?;
        if entries.iter().any(|entry| entry.name.ends_with(b".pth")) {
            return None;
        }
    }
    let all = || facts.path.iter().chain(&found);
    let is_plain = all().all(|folder| is_normal(folder))
        && all().zip(1..).all(|(folder, behind)| !all().skip(behind).any(|other| other == folder));
    (is_plain && !all().any(|folder| may_customize(host, folder))).then_some(found)
}

/// Where the packages of a prefix are installed.
fn packages_of(prefix: &str) -> String {
    format!("{prefix}/lib/python3.14/site-packages")
}

/// The prefix of what the user has installed for himself.
fn user_base(host: &dyn Host) -> Option<String> {
    let variables = host.variables();
    let variable = |wanted: &[u8]| {
        let (_, value) = variables.iter().find(|(name, value)| name == wanted && !value.is_empty())?;
        String::from_utf8(value.clone()).ok()
    };
    variable(b"PYTHONUSERBASE").or_else(|| Some(format!("{}/.local", variable(b"HOME")?)))
}

/// Whether a path would stay as it is if it were made absolute.
fn is_normal(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.next() == Some("") && parts.all(|part| !part.is_empty() && part != "." && part != "..")
}

/// Whether there may be a module in a folder, or in an archive, that somebody wrote to be run at the start.
fn may_customize(host: &dyn Host, folder: &str) -> bool {
    let there = |path: &str| host.status_of(path.as_bytes(), true).ok();
    match there(folder) {
        None => false,
        Some(status) if !status.is_folder() => true,
        Some(_) => ["sitecustomize", "usercustomize"].iter().any(|name| {
            ["", ".py", ".pyc", ".so", ".abi3.so"]
                .iter()
                .any(|ending| there(&format!("{folder}/{name}{ending}")).is_some())
        }),
    }
}

/// What `site` has put in the place of a stand-in.
fn real(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let place = this.get::<Native<Deferred>>().and_then(|deferred| deferred.place);
    let Some((module, name)) = place else { return Ok(Value::none()) };
    drop(import(thread, "site")?);
    let module = import(thread, module)?;
    let found = protocol::get_attribute(thread, module.as_ref(), &*intern_text(thread, name)?)?;
    match found.as_ref().get::<Native<Deferred>>() {
        None => Ok(found),
        Some(_) => Err(raise!(thread, RUNTIME_ERROR, "the module site has not defined '{name}'")),
    }
}

fn attribute(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    protocol::get_attribute(thread, real(thread, this)?.as_ref(), name)
}

fn call(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    protocol::call(thread, real(thread, this)?.as_ref(), arguments, names)
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(text::repr(thread, real(thread, this)?.as_ref())?.into_value())
}
