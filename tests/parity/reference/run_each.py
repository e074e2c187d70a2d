"""Runs programs one after the other in one process, each in a namespace of its own.

    python3.14 run_each.py FILE...

Before each program its number is printed behind a mark, at the end the mark alone.
"""
import gc
import sys

MARK = "\x01program"


def run(path):
    """Runs one program; what it leaves uncaught is printed."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    try:
        exec(compile(source, "program.py", "exec"), {"__name__": "__main__"})
    except BaseException as error:
        print("uncaught", type(error).__name__, error)


for number, path in enumerate(sys.argv[1:]):
    print(MARK, number, flush=True)
    run(path)
    # what the program leaves ends with it
    gc.collect()
print(MARK, flush=True)
