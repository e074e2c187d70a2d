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
