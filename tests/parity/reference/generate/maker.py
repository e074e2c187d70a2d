"""The state of a program in the making: names with their types, lines, and expressions from the forms."""
import random
import re

from expressions import FORMS, LITERALS, SPECS

PLAIN = ["int", "float", "bool", "str", "bytes", "list", "tuple", "dict", "set", "none"]
TYPES = PLAIN + ["complex", "bytearray", "range", "slice", "obj"]
GROUPS = {
    "any": TYPES,
    "seq": ["list", "tuple", "str", "bytes", "range"],
    "it": ["list", "tuple", "str", "range", "dict", "gen", "set", "bytes"],
    "key": ["int", "str", "float", "bool", "tuple", "bytes"],
}
PLACE = re.compile(r"\{(\w+)\}")


class Maker:
    """Makes the pieces of one program."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.lines = []
        self.indent = 0
        self.scopes = [{}]
        self.functions = {"fun1": [], "fun2": [], "genfun": [], "cls": [], "manager": []}
        self.count = 0
        self.depth = 0

    def fresh(self, stem="v"):
        """A name that is not used yet."""
        self.count += 1
        return f"{stem}{self.count}"

    def line(self, text):
        """Adds a line of the block that is being made."""
        self.lines.append("    " * self.indent + text)

    def block(self, *makers):
        """Adds what the makers add as a deeper block; there is at least one line."""
        self.indent += 1
        before = len(self.lines)
        for maker in makers:
            maker()
        if len(self.lines) == before:
            self.line("pass")
        self.indent -= 1

    def bind(self, name, kind):
        """Notes that a name of the innermost scope is of this type."""
        self.scopes[-1][name] = kind

    def names(self, kind):
        """The names of a type that can be read here."""
        return [name for scope in self.scopes for name, of in scope.items() if of == kind]

    def pick(self, items):
        """One of the items."""
        return self.rng.choice(items)

    def chance(self, percent):
        """True so often."""
        return self.rng.randrange(100) < percent

    def expression(self, kind="any", depth=0):
        """The text of an expression of a type."""
        if kind in GROUPS:
            kind = self.pick(GROUPS[kind])
        if kind == "spec":
            return self.pick(SPECS)
        if kind == "x":
            return self.fresh("x")
        if kind in FORMS and self.chance(2):
            kind = self.pick(TYPES)
        if kind in ("genfun", "cls", "manager"):
            return self.pick(self.functions[kind] or ["list"])
        if kind in ("fun1", "fun2") and self.functions[kind] and self.chance(60):
            return self.pick(self.functions[kind])
        names = self.names(kind)
        if names and self.chance(45 if depth < 2 else 75):
            return self.pick(names)
        if kind not in FORMS or (kind in LITERALS and (depth >= 3 or self.chance(15 + 20 * depth))):
            return self.pick(LITERALS[kind])
        if kind == "obj" and depth >= 2:
            return f"{self.expression('cls')}({self.pick(LITERALS['int'])})"
        return self.form(self.pick(FORMS[kind]), depth)

    def form(self, form, depth=0):
        """A form with its places filled; places for new names all get the same one, which the last can use."""
        new = []

        def place(match):
            if match[1] == "x":
                if not new:
                    new.append(self.fresh("x"))
                return new[0]
            text = self.expression(match[1], depth + 1)
            if text[:1] in "-0123456789" and match[1] != "spec" and text and match.string[match.end():match.end() + 1] in (".", "["):
                return f"({text})"
            if "lambda" in text or ":=" in text:
                return f"({text})"
            return text

        return PLACE.sub(place, form).replace("«", "{").replace("»", "}")
