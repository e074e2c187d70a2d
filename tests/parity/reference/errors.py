"""Fills in what the reference says of the sources in fixtures/errors/*.txt.

    python3.14 errors.py FILE...

rewrites each file. A case is a line "> MODE[+FLAG...] SOURCE" and below it the answer: a line "CLASS
LINE:COLUMN-LINE:COLUMN MESSAGE", or "CLASS MESSAGE" if there is no place, and a line "| TEXT". A source
that is accepted has the answer "ok". In sources and texts `\\n`, `\\t`, `\\f`, `\\r` and `\\\\` are escapes,
and `\\s` is a blank at the end. A flag is a name or a version, "3.9". Other lines stay as they are.
"""
import ast
import re
import sys
import warnings

FLAGS = {"type_comments": 0x1000, "dont_imply_dedent": 0x200, "incomplete": 0x4000, "barry_as_flufl": 0x400000}
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\f": "\\f", "\r": "\\r"}


def unescape(text):
    letters = {escape[1]: letter for letter, escape in ESCAPES.items()} | {"s": " "}
    return re.sub(r"\\(.)", lambda found: letters[found[1]], text)


def escape(text):
    escaped = "".join(ESCAPES.get(letter, letter) for letter in text)
    return escaped[:-1] + "\\s" if escaped.endswith(" ") else escaped


def answer(options, source):
    mode, *options = options.split("+")
    versions = [int(option[2:]) for option in options if option.startswith("3.")]
    flags = ast.PyCF_ONLY_AST | sum(FLAGS[option] for option in options if not option.startswith("3."))
    try:
        compile(unescape(source), "<fixture>", mode, flags, True, _feature_version=versions[0] if versions else -1)
    except SyntaxError as error:
        place = f"{error.lineno}:{error.offset}-{error.end_lineno}:{error.end_offset}"
        text = [] if error.text is None else [f"| {escape(error.text)}".rstrip(" ")]
        return [f"{type(error).__name__} {place} {error.msg}", *text]
    except (ValueError, OverflowError, MemoryError) as error:
        return [f"{type(error).__name__} {error}"]
    return ["ok"]


def fill_in(lines):
    old = False
    for line in lines:
        if line.startswith("> "):
            yield line.rstrip("\n")
            options, _, source = line[2:].rstrip("\n").partition(" ")
            yield from answer(options, source)
        elif not old or not line.strip() or line.startswith("#"):
            yield line.rstrip("\n")
        old = line.startswith("> ") or old and bool(line.strip())


warnings.simplefilter("ignore")
for path in sys.argv[1:]:
    with open(path, encoding="utf-8", newline="\n") as file:
        lines = list(fill_in(file))
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)
