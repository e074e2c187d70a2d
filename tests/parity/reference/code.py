"""The reference's code objects of every .py file of its library, for `taipan-parity bytecode`.

    python3.14 code.py [--optimize N] [FILE...]

For each file that compiles one frame on standard output: a line "C LENGTH PATH" and LENGTH bytes, the code
object of the module as marshal writes it. A file that is refused is a frame "E" with the error's words.
"""
import marshal
import os
import sys
import warnings


def library():
    top = os.path.dirname(os.__file__)
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))


def main():
    warnings.simplefilter("ignore")
    files = sys.argv[1:]
    optimize = 0
    if files[:1] == ["--optimize"]:
        optimize, files = int(files[1]), files[2:]
    for path in files or library():
        try:
            with open(path, "rb") as file:
                code = compile(file.read(), path, "exec", dont_inherit=True, optimize=optimize)
            kind, answer = b"C", marshal.dumps(code)
        except (OSError, SyntaxError, ValueError, RecursionError) as error:
            kind, answer = b"E", str(error).encode("utf-8", "surrogatepass")
        sys.stdout.buffer.write(b"%s %d %s\n" % (kind, len(answer), os.fsencode(path)) + answer)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
