"""Programs to run under two interpreters: closed, they end, and they print what became of every variable.

    python3.14 generate FOLDER SEED COUNT

Writes COUNT programs into FOLDER, named for their seeds, which begin at SEED. Same seed, same program. Statements of the
top level stand in handlers of their own, so that what one raises is printed and the next one runs.
"""
import pathlib
import sys

from definitions import DEFINITIONS, a_class
from maker import Maker
from statements import statement, variables

PRELUDE = (pathlib.Path(__file__).parent / "prelude.py").read_text()
# from here on, what differs may be dropped
MARK = "# the program\n"


def program(seed):
    """The program of a seed."""
    m = Maker(seed)
    variables(m)
    guarded(m, a_class)
    for _ in range(m.rng.randrange(8, 22)):
        guarded(m, m.pick(DEFINITIONS) if m.chance(35) else statement)
    return PRELUDE + MARK + "\n".join(m.lines) + "\n\nfinish()\n"


def guarded(m, make):
    """A statement in a handler that prints what it raises."""
    m.line("try:")
    m.block(lambda: make(m))
    m.line("except Exception as error:")
    m.line("    show('raised', error)")


def main():
    """Writes the programs."""
    folder, seed, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for number in range(seed, seed + count):
        (folder / f"{number}.py").write_text(program(number), "utf-8")


main()
