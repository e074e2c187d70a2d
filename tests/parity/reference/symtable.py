"""The reference's symbol tables of every .py file of its library, for `taipan-parity symtable`.

    python3.14 symtable.py [FILE...]

For each file that compiles so far one frame on standard output: a line "S LENGTH PATH" and LENGTH bytes of
UTF-8: a line for each scope, deeper ones indented, with its name, type, line, whether it is nested, its
parameters and its symbols, sorted, as name=flags.
"""
import _symtable
import os
import sys
import warnings


def library():
    top = os.path.dirname(os.__file__)
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))


def lines(scope, depth, out):
    symbols = " ".join("%s=%d" % item for item in sorted(scope.symbols.items()))
    head = "%s%s %d %d %d" % ("  " * depth, scope.name, scope.type, scope.lineno, scope.nested)
    out.append("%s (%s) %s\n" % (head, " ".join(scope.varnames), symbols))
    for child in scope.children:
        lines(child, depth + 1, out)


def main():
    warnings.simplefilter("ignore")
    for path in sys.argv[1:] or library():
        out = []
        try:
            with open(path, "rb") as file:
                lines(_symtable.symtable(file.read(), path, "exec"), 0, out)
        except (OSError, SyntaxError, ValueError, RecursionError):
            continue
        text = "".join(out).encode("utf-8", "surrogatepass")
        sys.stdout.buffer.write(b"S %d %s\n" % (len(text), os.fsencode(path)) + text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
