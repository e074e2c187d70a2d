"""What `sysconfig` says of how the interpreter was built.

Nothing was compiled by a C compiler, so there are no flags of one; the names are those that tools read.
"""

import sys

_major, _minor = sys.version_info[:2]
_version = f"{_major}.{_minor}"
_soabi = f"{sys.implementation.cache_tag}-{sys.implementation._multiarch}"
_prefix = sys.base_prefix
_library = f"{_prefix}/lib/python{_version}"

build_time_vars = {
    "ABIFLAGS": "",
    "AR": "ar",
    "ARFLAGS": "rcs",
    "BINDIR": f"{_prefix}/bin",
    "BINLIBDEST": _library,
    "CC": "cc",
    "CCSHARED": "-fPIC",
    "CFLAGS": "",
    "CONFINCLUDEPY": f"{_prefix}/include/python{_version}",
    "CONFIG_ARGS": "",
    "CXX": "c++",
    "DESTDIRS": f"{_prefix} {_prefix}/lib {_library} {_library}/lib-dynload",
    "DESTSHARED": f"{_library}/lib-dynload",
    "EXT_SUFFIX": f".{_soabi}.so",
    "HAVE_FORK": 1,
    "HAVE_GETRANDOM": 1,
    "INCLDIRSTOMAKE": "",
    "INCLUDEDIR": f"{_prefix}/include",
    "INCLUDEPY": f"{_prefix}/include/python{_version}",
    "INSTSONAME": "",
    "LDFLAGS": "",
    "LDLIBRARY": "",
    "LDSHARED": "cc -shared",
    "LDVERSION": _version,
    "LIBDEST": _library,
    "LIBDIR": f"{_prefix}/lib",
    "LIBPC": f"{_prefix}/lib/pkgconfig",
    "LIBPL": f"{_library}/config-{_version}-{sys.implementation._multiarch}",
    "LIBPYTHON": "",
    "LIBRARY": "",
    "LIBS": "",
    "MACHDEP": sys.platform,
    "MULTIARCH": sys.implementation._multiarch,
    "MULTIARCH_CPPFLAGS": "",
    "OPT": "",
    "PLATLIBDIR": sys.platlibdir,
    "PYTHON": "taipan",
    "PYTHONPATH": "",
    "PY_CFLAGS": "",
    "Py_DEBUG": 0,
    "Py_ENABLE_SHARED": 0,
    "Py_GIL_DISABLED": 0,
    "Py_TRACE_REFS": 0,
    "SCRIPTDIR": f"{_prefix}/lib",
    "SHELL": "/bin/sh",
    "SHLIB_SUFFIX": ".so",
    "SIZEOF_LONG": 8,
    "SIZEOF_SIZE_T": 8,
    "SIZEOF_VOID_P": 8,
    "SOABI": _soabi,
    "SRCDIRS": "",
    "TZPATH": "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo",
    "VERSION": _version,
    "WITH_DOC_STRINGS": 1,
    "WITH_PYMALLOC": 0,
    "exec_prefix": _prefix,
    "prefix": _prefix,
    "projectbase": f"{_prefix}/bin",
    "srcdir": ".",
}
