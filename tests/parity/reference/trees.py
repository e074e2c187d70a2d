"""The reference's tree of a source, for `taipan-parity ast`.

    python3.14 trees.py list            prints the .py files of the library, one a line
    python3.14 trees.py serve           answers questions until standard input ends

A question is a line of JSON, {"path": str} or {"source": str, "mode": str, "flags": int}, and with either
"optimize": int, "feature_version": int and "type_comments": bool as `ast.parse` has them. The answer is
a line "KIND LENGTH" and LENGTH bytes of UTF-8. KIND is A for `ast.dump(tree, include_attributes=True,
indent=1)`, E for the error that refuses the source, and S for a tree that `ast.dump` cannot print.
"""
import ast
import json
import os
import sys
import threading
import warnings


def library():
    top = os.path.dirname(os.__file__)
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))


def answer(question):
    path = question.get("path")
    try:
        if path is not None:
            with open(path, "rb") as file:
                question |= {"source": file.read(), "mode": "exec", "flags": 0}
        flags = question["flags"] | ast.PyCF_ONLY_AST
        if question["type_comments"]:
            flags |= ast.PyCF_TYPE_COMMENTS
        optimize, version = question["optimize"], question["feature_version"]
        if optimize > 0:
            flags |= ast.PyCF_OPTIMIZED_AST
        source, mode = question["source"], question["mode"]
        tree = compile(source, "<parity>", mode, flags, True, optimize, _feature_version=version)
    except BaseException as error:
        return "E", "%s: %s" % (type(error).__name__, getattr(error, "msg", None) or error)
    try:
        return "A", ast.dump(tree, include_attributes=True, indent=1)
    except (RecursionError, ValueError) as error:
        return "S", "%s: %s" % (type(error).__name__, error)


def serve():
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(100_000)
    for line in sys.stdin:
        kind, text = answer(json.loads(line))
        data = text.encode("utf-8", "surrogatepass")
        sys.stdout.buffer.write(b"%s %d\n" % (kind.encode(), len(data)))
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


if sys.argv[1:] == ["list"]:
    for path in library():
        if os.path.isfile(path):
            print(path)
else:
    # deep trees are printed by recursion
    threading.stack_size(512 << 20)
    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()
