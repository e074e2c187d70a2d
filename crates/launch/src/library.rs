//! Where the library seems to stand, and with it what `sys.prefix` is. The library itself is part of the program; its
//! folder is where programs and tools look for the sources, and where packages are installed.

use std::path::{Path, PathBuf};

/// The folder below a prefix.
const BELOW: &str = "lib/python3.14";

/// A prefix and the folder of the library.
pub struct Place {
    /// `sys.prefix`.
    pub prefix: String,
    /// The library's folder, which need not be there.
    pub library: String,
}

impl Place {
    fn below(prefix: &Path) -> Place {
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        Place { prefix: text(prefix.to_path_buf()), library: text(prefix.join(BELOW)) }
    }
}

/// The place: what the user says (`PYTHONHOME`), else the folder above that of the program if the library is there, else
/// the one where the library was built if it is there still, else the folder above that of the program anyway.
pub fn find(home: Option<&str>, executable: &str) -> Place {
    let has_library = |prefix: &Path| prefix.join(BELOW).join("os.py").is_file();
    if let Some(home) = home {
        // a second part, behind a colon, is for what depends on the platform
        return Place::below(Path::new(home.split(':').next().unwrap_or(home)));
    }
    let above = Path::new(executable).parent().and_then(Path::parent).unwrap_or(Path::new("/usr"));
    let built = Path::new(taipan_pylib::BUILT);
    match !has_library(above) && has_library(built) {
        true => Place::below(built),
        false => Place::below(above),
    }
}

/// The program's path as it was called, links and all (`sys.executable`): a virtual environment is known by its link.
pub fn called_as() -> Option<String> {
    let name = std::env::args_os().next()?;
    let path = Path::new(&name);
    let found = match path.components().count() {
        0 => return None,
        1 => {
            let folders = std::env::var_os("PATH")?;
            std::env::split_paths(&folders).map(|folder| folder.join(path)).find(|path| path.is_file())?
        }
        _ => path.to_path_buf(),
    };
    let absolute = std::path::absolute(found).ok().filter(|path| path.is_file())?;
    Some(absolute.to_string_lossy().into_owned())
}

/// The virtual environment that a program is the link of (PEP 405): the folder above it has a `pyvenv.cfg` that names
/// a home, or its own folder has.
pub fn environment(executable: &str) -> Option<String> {
    let folder = Path::new(executable).parent()?;
    let above = folder.parent()?;
    let names_home = |place: &Path| {
        let text = std::fs::read_to_string(place.join("pyvenv.cfg"));
        text.is_ok_and(|text| {
            text.lines().any(|line| line.split_once('=').is_some_and(|(key, _)| key.trim() == "home"))
        })
    };
    // as in the reference, the environment is what is above the folder of programs
    (names_home(folder) || names_home(above)).then(|| above.to_string_lossy().into_owned())
}
