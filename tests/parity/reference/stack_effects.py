"""Prints what the reference's instructions do to the stack: `fixtures/bytecode/stack_effects.txt`.

usage: python stack_effects.py

A line is an opcode and an argument, the effects of not jumping and of jumping as `dis.stack_effect` has them,
and from the header that it installs: values popped, values pushed, and whether an error may come out of it.
Arguments that the reference refuses are left out.
"""

import dis
import opcode
import os
import re
import sysconfig

SPREAD = [0, 1, 2, 3, 4, 5, 7, 15, 16, 64, 255, 256, 1000, 0x1234]
HEADER = os.path.join(sysconfig.get_paths()["include"], "internal/pycore_opcode_metadata.h")


def counts(text, function):
    body = text[text.index(f"int {function}(int opcode, int oparg)  {{") :]
    body = body[: body.index("\n}")]
    return dict(re.findall(r"case (\w+):\n\s+return (.*);", body))


def main():
    with open(HEADER) as file:
        text = file.read()
    popped = counts(text, "_PyOpcode_num_popped")
    pushed = counts(text, "_PyOpcode_num_pushed")
    flags = dict(re.findall(r"\[(\w+)\] = \{ true, \w+, (.*?) \}", text))
    for number in range(129):
        name = opcode.opname[number]
        if name.startswith("<") or name not in popped:
            continue
        for arg in SPREAD if number > dis.HAVE_ARGUMENT else [0]:
            operand = arg if number > dis.HAVE_ARGUMENT else None
            try:
                effects = [dis.stack_effect(number, operand, jump=jump) for jump in (False, True)]
            except ValueError:
                continue
            moved = [eval(count[name], {"oparg": arg}) for count in (popped, pushed)]
            print(name, arg, *effects, *moved, int("HAS_ERROR_FLAG" in flags[name]))


main()
