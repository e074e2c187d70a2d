"""Profiling by `_lsprof`, with the interface of the module `profile`."""

__all__ = ["run", "runctx", "Profile"]

import _lsprof
import profile as _plain


def run(statement, filename=None, sort=-1):
    """Profiles a statement in `__main__`; prints what was found out, or writes it to a file."""
    return _plain._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    """The same with the given namespaces."""
    return _plain._Utils(Profile).runctx(statement, globals, locals, filename, sort)


class Profile(_lsprof.Profiler):
    """A profiler: Profile(timer=None, timeunit=None, subcalls=True, builtins=True).

    Without a timer it measures real time. Of a timer that gives integers `timeunit` says how many seconds one is.
    """

    def print_stats(self, sort=-1):
        from pstats import Stats

        keys = sort if isinstance(sort, tuple) else (sort,)
        Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        from marshal import dump

        with open(file, "wb") as out:
            self.create_stats()
            dump(self.stats, out)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Puts what was found out so far into `stats`, in the form that `pstats` reads."""
        entries = self.getstats()
        self.stats = {}
        callers_of = {}
        for entry in entries:
            callers = callers_of[id(entry.code)] = {}
            self.stats[label(entry.code)] = (*_numbers(entry), callers)
        for entry in entries:
            caller = label(entry.code)
            for called in entry.calls or ():
                # what was called may have no entry of its own
                callers = callers_of.get(id(called.code))
                if callers is not None:
                    known = callers.get(caller, (0, 0, 0, 0))
                    callers[caller] = tuple(map(sum, zip(known, _numbers(called))))

    def run(self, cmd):
        """Profiles a statement in `__main__`."""
        import __main__

        return self.runctx(cmd, vars(__main__), vars(__main__))

    def runctx(self, cmd, globals, locals):
        """The same with the given namespaces."""
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        """Profiles a call; gives its result."""
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *raised):
        self.disable()


def _numbers(entry):
    """Calls that were not recursive, calls, time without and with that of what was called."""
    calls = entry.callcount
    return calls - entry.reccallcount, calls, entry.inlinetime, entry.totaltime


def label(code):
    """What a function is known by: its file, line and name."""
    if isinstance(code, str):
        return "~", 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def _parser():
    from optparse import OptionParser
    from pstats import Stats

    usage = "cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ..."
    parser = OptionParser(usage=usage)
    parser.allow_interspersed_args = False
    parser.add_option("-o", "--outfile", dest="outfile", default=None, help="Save stats to <outfile>")
    parser.add_option(
        "-s",
        "--sort",
        dest="sort",
        default=2,
        choices=sorted(Stats.sort_arg_dict_default),
        help="Sort order when printing to stdout, based on pstats.Stats class",
    )
    parser.add_option(
        "-m", dest="module", action="store_true", default=False, help="Profile a library module"
    )
    return parser


def _script(path):
    """The code of a script, and the namespace that it runs in as `__main__`."""
    import io
    import os
    import sys
    from importlib.machinery import ModuleSpec
    from importlib.util import module_from_spec

    sys.path.insert(0, os.path.dirname(path))
    with io.open_code(path) as file:
        code = compile(file.read(), path, "exec")
    module = module_from_spec(ModuleSpec(name="__main__", loader=None, origin=path))
    sys.modules["__main__"] = module
    space = vars(module)
    space.update(__spec__=None, __file__=path, __name__="__main__", __package__=None, __cached__=None)
    return code, space


def main():
    """Profiles what the command line names."""
    import os
    import sys

    parser = _parser()
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, arguments = parser.parse_args()
    sys.argv[:] = arguments
    # the program may change the current folder
    outfile = options.outfile and os.path.abspath(options.outfile)
    if not arguments:
        parser.print_usage()
        return parser
    if options.module:
        from runpy import run_module

        code = "run_module(modname, run_name='__main__')"
        space = {"run_module": run_module, "modname": arguments[0]}
    else:
        code, space = _script(arguments[0])
    try:
        runctx(code, space, None, outfile, options.sort)
    except BrokenPipeError as error:
        # nothing is to be flushed to it at the end
        sys.stdout = None
        sys.exit(error.errno)
    return parser


if __name__ == "__main__":
    main()
