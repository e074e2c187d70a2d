"""The reference's tokens of every .py file of its library, for `taipan-parity tokens`.

    python3.14 tokens.py [FILE...]

For each file one frame on standard output: a line "KIND LENGTH PATH", where KIND is T for tokens and E
for an error, and LENGTH bytes of UTF-8: the listing of `python -m tokenize -e`, or its error.
"""
import os
import sys
import token
import tokenize


def listing(path):
    out = []
    with open(path, "rb") as file:
        for row in tokenize.tokenize(file.readline):
            span = "%d,%d-%d,%d:" % (row.start + row.end)
            out.append("%-20s%-15s%-15r\n" % (span, token.tok_name[row.exact_type], row.string))
    return "".join(out)


def answer(path):
    try:
        return "T", listing(path)
    except IndentationError as error:
        return "E", "%s:%d:%d: error: %s" % (path, *error.args[1][1:3], error.args[0])
    except tokenize.TokenError as error:
        return "E", "%s:%d:%d: error: %s" % (path, *error.args[1], error.args[0])
    except SyntaxError as error:
        return "E", "%s: error: %s" % (path, error)


def library():
    top = os.path.dirname(os.__file__)
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))


for path in sys.argv[1:] or library():
    if not os.path.isfile(path):
        continue
    kind, text = answer(path)
    data = text.encode("utf-8", "surrogatepass")
    sys.stdout.buffer.write(b"%s %d %s\n" % (kind.encode(), len(data), os.fsencode(path)))
    sys.stdout.buffer.write(data)
