"""Writes the reference's own code objects of source files, for the tests of the bytecode format.

usage: python bytecode.py OUT FILE-OR-FOLDER...

Each file that compiles is its path, its marshalled code object (CPython's layout) and the facts about all
code objects in it, each behind its length in four bytes, the least significant first. The facts are one
line for each code object, outermost first: `co_positions()`, `co_lines()` and the exception table.
"""

import dis
import marshal
import os
import sys


def files(arguments):
    for argument in arguments:
        if os.path.isdir(argument):
            for folder, folders, names in sorted(os.walk(argument)):
                folders.sort()
                for name in sorted(names):
                    if name.endswith(".py"):
                        yield os.path.join(folder, name)
        else:
            yield argument


def facts(code):
    positions = [p for p in code.co_positions()]
    table = [(e.start, e.end, e.target, e.depth, e.lasti) for e in dis._parse_exception_table(code)]
    out = [repr((code.co_name, positions, list(code.co_lines()), table)).replace(" ", "")]
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            out += facts(constant)
    return out


def main():
    with_facts = "--facts" in sys.argv
    arguments = [a for a in sys.argv[1:] if a != "--facts"]
    count = 0
    with open(arguments[0], "wb") as out:
        for path in files(arguments[1:]):
            try:
                with open(path, "rb") as source:
                    code = compile(source.read(), os.path.basename(path), "exec", dont_inherit=True)
            except (OSError, SyntaxError, ValueError):
                continue
            lines = "\n".join(facts(code)) if with_facts else ""
            for part in path.encode("utf-8", "surrogateescape"), marshal.dumps(code), lines.encode():
                out.write(len(part).to_bytes(4, "little") + part)
            count += 1
    print(count, "files")


main()
