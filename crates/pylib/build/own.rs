//! Modules of the library that are ours, in `library/`.

use crate::Module;
use std::path::Path;

/// Adds them.
pub fn add(modules: &mut Vec<Module>) -> Result<(), String> {
    add_one(modules, "_sysconfigdata", format!("_sysconfigdata__{}", platform()?))?;
    for name in ["_library_finder", "_without_compiler", "cProfile"] {
        add_one(modules, name, name.to_owned())?;
    }
    modules.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(())
}

fn add_one(modules: &mut Vec<Module>, file: &str, name: String) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("library/{file}.py"));
    let source = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    modules.push(Module {
        file: format!("{name}.py"),
        name,
        is_package: false,
        source,
        code: Vec::new(),
        index: Vec::new(),
    });
    Ok(())
}

/// `sys.platform` and `sys.implementation._multiarch` of what is built for, as `sysconfig` puts them into the name.
fn platform() -> Result<String, String> {
    let variable = |name: &str| std::env::var(name).map_err(|error| format!("{name}: {error}"));
    let (system, machine) = (variable("CARGO_CFG_TARGET_OS")?, variable("CARGO_CFG_TARGET_ARCH")?);
    Ok(match system.as_str() {
        "macos" => "darwin_darwin".to_owned(),
        system => format!("{system}_{machine}-{system}-gnu"),
    })
}
