"""Finds the modules of the library, whose code is part of the program.

The library's folder stands on sys.path as any other, so that what stands before it is found first. The folder may
be there or not: if a file is there, and not of the size that it had when the program was built, it is compiled as any
other; else its code is taken from the program.
"""

import _frozen_importlib_external as _external
import _imp
import sys


class LibraryLoader(_external.SourceFileLoader):
    """Loads a module of the library."""

    def get_code(self, fullname):
        """The module's code, without compiling if its file is as it was."""
        try:
            size = _external._path_stat(self.path).st_size
        except OSError:
            size = None
        code = _imp._library_code(self.path, size)
        return super().get_code(fullname) if code is None else code

    def get_data(self, path):
        """The bytes of a file; sources are there without a file."""
        try:
            return super().get_data(path)
        except OSError:
            source = _imp._library_source(path)
            if source is None:
                raise
            return source


class LibraryFinder(_external.FileFinder):
    """Finds modules in a folder of the library; what else stands there is found as in other folders."""

    def find_spec(self, fullname, target=None):
        """The spec of a module, or None."""
        found = _imp._library_find(self.path, fullname.rpartition('.')[2])
        if found is None:
            return super().find_spec(fullname, target)
        is_package, path = found
        folders = None
        if is_package:
            folder = path.rpartition('/')[0]
            if folder not in sys.path_importer_cache:
                sys.path_importer_cache[folder] = _finder(folder)
            folders = [folder]
        loader = LibraryLoader(fullname, path)
        return _external.spec_from_file_location(
            fullname, path, loader=loader, submodule_search_locations=folders)


def _finder(folder):
    return LibraryFinder(folder, *_external._get_supported_file_loaders())


def _archive_hook(path):
    """For sys.path_hooks: archives. zipimport is imported when there is a file that may be one."""
    if path and _external._path_isdir(path):
        raise ImportError('not a Zip file', path=path)
    import zipimport
    return zipimport.zipimporter(path)


def _hook(path):
    """For sys.path_hooks, behind those of folders and archives: folders of the library that are not there."""
    folder = sys._stdlib_dir
    if path == folder or path.startswith(folder + '/'):
        return _finder(path)
    raise ImportError('not a folder of the library', path=path)


def install():
    """Lets modules of the library be found."""
    sys.path_hooks.insert(0, _archive_hook)
    sys.path_hooks.append(_hook)
    sys.path_importer_cache[sys._stdlib_dir] = _finder(sys._stdlib_dir)
