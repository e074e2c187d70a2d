"""Random programs, for `taipan-parity bytecode`.

    python3.14 programs.py FOLDER [--first SEED] [--count N] [--constants]

Writes N modules that compile into FOLDER, one for each seed: functions and statements nested at random, or
with --constants operators on constants, which the compiler folds. Then compare the two compilers on them:

    cargo xtask parity bytecode --python PATH FOLDER/*.py
"""
import argparse
import os
import random
import warnings

NUMBERS = "0 1 2 3 7 100 255 256 1000 2147483648 9223372036854775808 18446744073709551617 0.0 1.5 2.0 0.1 \
1e16 1e300 1e-300 1e1000 1j 0j 2.5j 1e1000j True False None ...".split()
TEXTS = ["'ab'", "''", "'\\ud800'", "'é😀x'", "b'xy'", "b''"]
OPERATORS = "+ - * / // % ** << >> | & ^ @".split()


def constant(rng, depth=0):
    """An expression of constants alone."""
    inner = lambda: constant(rng, depth + 1)
    kind = rng.randrange(20)
    if depth > 4 or kind < 6:
        return rng.choice(NUMBERS)
    if kind < 8:
        return rng.choice(TEXTS)
    if kind < 13:
        return f"({inner()} {rng.choice(OPERATORS)} {inner()})"
    if kind < 15:
        return f"({rng.choice(['-', '~', '+', 'not '])}{inner()})"
    if kind < 16:
        return "(" + "".join(inner() + "," for _ in range(rng.randrange(4))) + ")"
    if kind < 17:
        return f"{inner()}[{inner()}]"
    if kind < 18:
        parts = [rng.choice(["", inner()]) for _ in range(rng.randrange(2, 4))]
        return f"{inner()}[{':'.join(parts)}]"
    return f"({inner()} if {inner()} else {inner()})"


class Program:
    """Writes one function, or the statements of a module."""

    def __init__(self, rng, function, asynchronous=False):
        self.rng = rng
        self.function = function
        self.asynchronous = asynchronous
        self.scopes_inside = 0
        self.captures = 0

    def name(self):
        return self.rng.choice("abcdefgh")

    def expression(self, depth=0):
        rng, name, inner = self.rng, self.name, lambda: self.expression(depth + 1)
        kind = rng.randrange(34)
        if depth > 3 or kind < 8:
            return name()
        if kind < 10:
            return rng.choice(["0", "1", "300", "None", "True", "'s'", "...", "1.5", "()"])
        if kind < 14:
            return f"({inner()} {rng.choice(['and', 'or'])} {inner()})"
        if kind < 15:
            return f"(not {inner()})"
        if kind < 17:
            operator = rng.choice(["<", "==", "is", "is not", "in", "not in"])
            return f"({inner()} {operator} {rng.choice([inner(), 'None', '(1, 2)', '[1, a]', '{1, 2}'])})"
        if kind < 18:
            return f"({inner()} < {inner()} <= {inner()})"
        if kind < 19:
            return f"({inner()} if {inner()} else {inner()})"
        if kind < 23:
            calls = [f"{name()}.m({inner()})", f"{name()}({inner()}, {inner()})", f"{name()}(*{inner()}, **{name()})"]
            return rng.choice(calls)
        if kind < 25:
            return rng.choice([f"{name()}[{inner()}]", f"{name()}.x"])
        if kind < 28:
            return self.with_scope(inner, name)
        if kind < 29:
            displays = [f"[{inner()}, {inner()}, 3]", "[1, 2, 3, 4]", "{1, 2, 3}", f"({inner()}, 2)", "(1, (2, 3))"]
            return rng.choice(displays + [f"{{{inner()}: {inner()}}}"])
        if kind < 30:
            return f"f'{{{name()}}}a{{{name()}!r:>{{{name()}}}}}'"
        if kind < 31 and not self.scopes_inside:
            return f"({name()} := {inner()})"
        if kind < 32:
            return constant(rng, 2)
        if kind < 33 and self.function and not self.scopes_inside:
            return f"(await {inner()})" if self.asynchronous else rng.choice([f"(yield {inner()})", "(yield)"])
        return f"({inner()} {rng.choice('+-*/')} {inner()})"

    def with_scope(self, inner, name):
        self.scopes_inside += 1
        text = self.rng.choice([
            lambda: f"[{inner()} for {name()} in {inner()} if {inner()}]",
            lambda: f"{{{inner()}: {inner()} for {name()}, {name()} in {inner()}}}",
            lambda: f"(lambda x={inner()}: {inner()})",
        ])()
        self.scopes_inside -= 1
        return text

    def target(self):
        name = self.name
        return self.rng.choice([name(), name(), name(), f"{name()}, {name()}", f"{name()}, *{name()}", f"{name()}.y"])

    def pattern(self, depth=0):
        self.captures += 1
        capture, inner = f"v{self.captures}", lambda: self.pattern(depth + 1)
        if depth > 2:
            return capture
        return self.rng.choice([
            lambda: capture,
            lambda: self.rng.choice(["1", "'s'", "None", "-2", "a.b", "(1 | 2 | 'x')", "_"]),
            lambda: f"[{inner()}, {self.rng.choice(['*_', inner()])}]",
            lambda: f"{{'k': {inner()}, **{capture}}}",
            lambda: f"C({inner()}, z={inner()})",
            lambda: f"({inner()} as {capture})",
        ])()

    def block(self, indent, depth, loop):
        return "".join(self.statement(indent, depth, loop) for _ in range(self.rng.randrange(1, 4)))

    def statement(self, indent, depth, loop):
        rng, pad, inner = self.rng, "    " * indent, self.expression
        kind = rng.randrange(40)
        if depth > 4 or kind < 8:
            return f"{pad}{self.target()} = {inner()}\n"
        if kind < 12:
            simple = [inner(), f"{self.name()} += {inner()}", f"del {self.name()}", f"assert {inner()}, {inner()}"]
            return pad + rng.choice(simple + ["pass", "...", f"raise {inner()} from {inner()}"]) + "\n"
        if kind < 15 and loop:
            return pad + rng.choice(["break", "continue"]) + "\n"
        if kind < 17 and self.function:
            return pad + rng.choice(["return", "return " + inner()]) + "\n"
        return self.compound(kind, indent, depth, loop)

    def compound(self, kind, indent, depth, loop):
        rng, pad, inner = self.rng, "    " * indent, self.expression
        body = lambda loop=loop: self.block(indent + 1, depth + 1, loop)
        also = lambda words, chance, loop=loop: f"{pad}{words}:\n{body(loop)}" if rng.random() < chance else ""
        marker = "async " if self.asynchronous and rng.random() < 0.4 else ""
        if kind < 23:
            test = rng.choice([inner(), inner(), "0", "1", "None", "True"])
            return f"{pad}if {test}:\n{body()}" + also(f"elif {inner()}", 0.4) + also("else", 0.5)
        if kind < 26:
            return f"{pad}while {rng.choice([inner(), '1', 'True', '0'])}:\n{body(True)}" + also("else", 0.3)
        if kind < 29:
            return f"{pad}{marker}for {self.target()} in {inner()}:\n{body(True)}" + also("else", 0.3)
        if kind < 33:
            text = f"{pad}try:\n{body()}"
            if rng.random() < 0.7:
                text += f"{pad}except {rng.choice(['E', '(E, F)'])}{rng.choice(['', ' as ' + self.name()])}:\n{body()}"
                return text + also("except", 0.3) + also("else", 0.3) + also("finally", 0.4)
            return text + f"{pad}finally:\n{body()}"
        if kind < 34:
            return f"{pad}try:\n{body()}{pad}except* E as {self.name()}:\n{pad}    {self.name()} = {inner()}\n"
        if kind < 37:
            second = rng.choice(["", f", {inner()} as {self.name()}"])
            return f"{pad}{marker}with {inner()}{rng.choice(['', ' as ' + self.name()])}{second}:\n{body()}"
        if kind < 39:
            text = f"{pad}match {inner()}:\n"
            for _ in range(rng.randrange(1, 4)):
                self.captures = 0
                guard = rng.choice(["", f" if {inner()}"])
                text += f"{pad}    case {self.pattern()}{guard}:\n{self.block(indent + 2, depth + 1, loop)}"
            return text
        head = f"class K{rng.randrange(9)}" if self.asynchronous or depth > 2 else f"def g{rng.randrange(9)}(a, *b)"
        return f"{pad}{head}:\n{pad}    {self.name()} = {inner()}\n"


def function(rng, number):
    parameters = ["", "a", "a, b, c", "a, /, b, *c, d, **e", ", ".join(f"q{n}" for n in range(70)) + ", a, b"]
    program = Program(rng, True, rng.random() < 0.3)
    head = f"{'async ' if program.asynchronous else ''}def f{number}({rng.choice(parameters)}):\n"
    return head + program.block(1, 0, False)


def module(seed, constants):
    """A module of parts that compile."""
    rng, parts = random.Random(seed), []
    while len(parts) < 8:
        if constants:
            part = f"x = {constant(rng)}\n"
        elif len(parts) < 7:
            part = function(rng, len(parts))
        else:
            part = Program(rng, False).block(0, 1, False)
        try:
            compile(part, "program", "exec")
        except SyntaxError:
            continue
        parts.append(part)
    return "".join(parts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--constants", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    os.makedirs(arguments.folder, exist_ok=True)
    for seed in range(arguments.first, arguments.first + arguments.count):
        with open(os.path.join(arguments.folder, f"p{seed}.py"), "w", encoding="utf-8") as file:
            file.write(module(seed, arguments.constants))


if __name__ == "__main__":
    main()
