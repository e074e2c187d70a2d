"""Definitions: functions, closures, generators, managers and classes with special methods."""
from statements import body, handlers, loop, raising, simple

BINARY = "add sub mul matmul floordiv mod and lshift pow truediv or xor".split()
COMPARE = "eq ne lt le gt ge".split()
RESULTS = [
    "type(self)(self.v {op} other)", "{cls}(self.v {op} getattr(other, 'v', 1))", "NotImplemented",
    "('{name}', self.v, fmt(other))", "{any}", "self", "other",
]
OPERATORS = {"add": "+", "sub": "-", "mul": "*", "floordiv": "//", "mod": "%", "and": "&", "or": "|", "xor": "^"}


def function(m):
    """A function with parameters of some kinds, and calls of it."""
    name = m.fresh("f")
    parameters, scope = [], {}
    one, two = m.fresh("a"), m.fresh("a")
    kinds = m.pick(["int", "str", "list", "none"]), m.pick(["int", "dict", "tuple", "none"])
    arity = m.rng.randrange(1, 3)
    parameters.append(one)
    scope[one] = kinds[0]
    if arity == 2:
        parameters.append(two)
        scope[two] = kinds[1]
    parameters += m.pick([[], ["/"], ["k=1"], ["*rest"], ["*", "z=0"], ["**options"], ["*rest", "z=2", "**options"]])
    decorator = m.pick(["", "", "", "@functools.wraps(len)", "@(lambda f: f)", "@functools.cache"])
    if decorator:
        m.line(decorator)
    m.line(f"def {name}({', '.join(parameters)}):")
    m.scopes.append(scope)
    m.block(lambda: globals_of(m), lambda: body(m), lambda: m.line(f"return {m.expression('any')}"))
    m.scopes.pop()
    m.functions["fun1" if arity == 1 else "fun2"].append(name)
    for _ in range(2):
        arguments = m.pick(["{any}, {any}", "{any}", "*{tuple}", "{any}, k={int}", "{int}, {int}, {int}", "{any}, z={any}",
                            "**{dict}", f"{one}={{any}}", f"{{int}}, {two}={{any}}", "{int}, *{it}, **{dict}"])
        # a cache takes names that are no strings
        arguments = arguments.replace("{dict}", "{options}" if "cache" in decorator else "{dict}")
        m.line(m.form(f"attempt(lambda: {name}({arguments}))"))


def globals_of(m):
    """Perhaps a declaration of a global name that the function changes."""
    names = [name for name, kind in m.scopes[0].items() if kind == "int"]
    if names and m.chance(30):
        name = m.pick(names)
        m.line(f"global {name}")
        m.line(f"{name} = clip({m.expression('int')})")


def closure(m):
    """A counter that closes over names, changed by nonlocal."""
    outer, inner, cell = m.fresh("f"), m.fresh("g"), m.fresh("c")
    m.line(f"def {outer}({cell}):")
    m.scopes.append({cell: "int"})
    kind = m.pick(["int", "list", "str"])
    other = m.fresh("c")

    def inside():
        m.line(f"nonlocal {cell}")
        m.scopes.append({})
        m.line(f"{cell} = clip({m.expression('int')})")
        body(m)
        m.line(f"return {m.pick([cell, other, f'({cell}, {other}, x)', m.expression('any')])}")
        m.scopes.pop()

    def outside():
        m.line(f"{other} = {m.expression(kind)}")
        m.bind(other, kind)
        m.line(f"def {inner}(x={m.expression('any', 2)}):")
        m.block(inside)
        m.line(f"return {inner}")

    m.block(outside)
    m.scopes.pop()
    m.line(f"{inner} = {outer}({m.expression('int')})")
    for _ in range(3):
        m.line(f"attempt({inner}{m.pick(['', ', 1', ', x=2', ', 1, 2'])})")
    m.functions["fun1"].append(inner)


def generator(m):
    """A generator that is driven by next, send, throw and close."""
    name = m.fresh("gen")
    parameter = m.fresh("n")
    m.line(f"def {name}({parameter}):")
    m.scopes.append({parameter: "int"})
    got = m.fresh("s")

    def yields():
        m.line(f"for i in range(min({parameter} if isinstance({parameter}, int) else 2, 4)):")
        m.indent += 1
        m.line("try:")
        m.block(lambda: m.line(f"{got} = yield {m.expression('any')}"), lambda: m.line(f"show({got})"),
                lambda: simple(m))
        m.line(f"except {m.pick(['ValueError', 'GeneratorExit', 'KeyError', 'Exception'])} as error:")
        m.block(lambda: m.line("show(error)"),
                lambda: m.line(m.pick(["yield 'caught'", "raise", "return 5", "pass", raising(m), "continue"])))
        if m.chance(40):
            m.line("finally:")
            m.block(lambda: m.line("show('finally')"), lambda: simple(m))
        m.indent -= 1
        if m.chance(50):
            m.line(f"{got} = yield from {m.expression(m.pick(['gen', 'list', 'str']))}")
        if m.chance(50):
            m.line(f"return {m.expression('any')}")

    m.block(yields)
    m.scopes.pop()
    m.functions["genfun"].append(name)
    instance = m.fresh("it")
    m.line(f"{instance} = {name}({m.expression('small')})")
    for _ in range(m.rng.randrange(2, 6)):
        step = m.pick(["next({g})", "{g}.send(" + m.expression("any", 2) + ")", "{g}.throw(ValueError('t'))",
                       "{g}.throw(KeyError)", "{g}.close()", "list({g})", "next({g}, 'end')", "{g}.gi_running",
                       "[*{g}]", "{g}.send(None)"])
        m.line(f"attempt(lambda: {step.replace('{g}', instance)})")


def manager(m):
    """A context manager that tells what it sees, and perhaps swallows it."""
    name = m.fresh("M")
    m.line(f"class {name}:")
    end = m.pick(["return True", "return False", "return self.v", raising(m), "pass",
                  "return kind is not None and issubclass(kind, LookupError)"])

    def methods():
        m.line("def __init__(self, v): self.v = v")
        m.line("def __enter__(self):")
        m.block(lambda: m.line(f"show('enter', self.v)"), lambda: m.line(f"return {m.pick(['self', 'self.v', '(1, 2)'])}"))
        m.line("def __exit__(self, kind, error, trace):")
        m.block(lambda: m.line("show('exit', kind and kind.__name__, error, trace is None)"), lambda: m.line(end))
        m.line(f"def __repr__(self): return '{name}'")

    m.block(methods)
    m.functions["manager"].append(name)


def a_class(m):
    """A class with an attribute `v`, special methods, a property and perhaps a base."""
    name = m.fresh("C")
    bases = m.functions["cls"]
    base = m.pick(bases) if bases and m.chance(50) else ""
    m.line(f"class {name}{f'({base})' if base else m.pick(['', '', '(Base)'])}:")
    m.indent += 1
    if not base:
        if m.chance(15):
            m.line("__slots__ = ('v', 'w', 'extra')")
        m.line("__match_args__ = ('v', 'w')")
        if m.chance(20):
            m.line("__qualname__ = 'Outer.Inner'")
        if m.chance(10):
            m.line("__module__ = 'some.where'")
        m.line("def __init__(self, v, w=None):")
        m.block(lambda: m.line("self.v = v"), lambda: m.line("self.w = w"))
        m.line("def __repr__(self): return f'{type(self).__name__}({fmt(getattr(self, \"v\", \"?\"))})'")
        m.line("twice = property(lambda self: self.v * 2)")
        m.line("name = 'n'")
        m.line("def method(self, x, *, y=1): return (x, y, self.v)")
        m.line("@classmethod")
        m.line("def make(cls, w): return cls(1, w)")
    elif m.chance(60):
        m.line("def __init__(self, v, *more):")
        m.block(lambda: m.line("super().__init__(v, *more)"), lambda: m.line(f"self.w = {m.expression('any', 2)}"))
    m.scopes.append({})
    for _ in range(m.rng.randrange(2, 7)):
        special(m, name, base)
    m.scopes.pop()
    m.indent -= 1
    m.functions["cls"].append(name)
    for _ in range(2):
        instance = m.fresh()
        m.line(f"{instance} = {name}({m.expression('int')})")
        m.bind(instance, "obj")


def special(m, name, base):
    """One method of a class."""
    kind = m.rng.randrange(14)
    if kind < 5:
        operation = m.pick(BINARY)
        text = m.pick(RESULTS).replace("{op}", OPERATORS.get(operation, "+")).replace("{cls}", base or name)
        text = text.replace("{name}", operation).replace("{any}", m.expression("any", 2))
        m.line(f"def __{m.pick(['', '', 'r', 'i'])}{operation}__(self, other): return {text}")
    elif kind < 7:
        operation = m.pick(COMPARE)
        result = m.pick([f"self.v {dict(eq='==', ne='!=', lt='<', le='<=', gt='>', ge='>=')[operation]} "
                         "getattr(other, 'v', other)", "NotImplemented", m.expression("any", 2)])
        m.line(f"def __{operation}__(self, other): return {result}")
        if operation == "eq" and m.chance(60):
            m.line("def __hash__(self): return hash(self.v)")
    elif kind < 11:
        one = m.expression("any", 2)
        m.line(m.pick([
            "def __len__(self): return self.v", f"def __bool__(self): return {m.expression('bool', 2)}",
            f"def __bool__(self): return {one}", "def __iter__(self): return iter((self.v, self.w))",
            "def __iter__(self): yield from (1, self.v)", f"def __contains__(self, x): return {one}",
            f"def __getitem__(self, i): return {m.pick(['i', one, '(self.v, self.w)[i]', '[1, 2][i]'])}",
            "def __setitem__(self, i, x): self.w = (i, x)", "def __delitem__(self, i): self.w = ('del', i)",
            f"def __call__(self, *args, **more): return ({one}, args, more)",
            "def __getattr__(self, name): return name + '!' if name[:1] != '_' else object.__getattribute__(self, name)",
            "def __setattr__(self, name, x): object.__setattr__(self, name, x if name != 'extra' else (x, x))",
            "def __str__(self): return 's' + str(self.v)", f"def __str__(self): return {one}",
            "def __format__(self, spec): return f'<{self.v}|{spec}>'", f"def __neg__(self): return {one}",
            f"def __abs__(self): return {one}", "def __index__(self): return self.v", f"def __hash__(self): return {one}",
            f"def __int__(self): return {one}", f"def __float__(self): return {one}", "def __invert__(self): return ~self.v",
            f"def __reversed__(self): return {one}", "def __missing__(self, key): return key",
            f"def __round__(self, n=None): return (n, {one})", "def __enter__(self): return self.v",
            f"def __exit__(self, *error): return {one}", f"def __next__(self): return {one}",
        ]))
    elif kind < 12 and base:
        m.line(f"def method(self, x, **more): return ({m.pick(['super().method(x)', 'super().method(x, **more)'])}, 'sub')")
    elif kind < 13:
        m.line("@property")
        m.line(f"def twice(self): return {m.pick(['self.v + self.v', m.expression('any', 2), 'self.missing'])}")
        m.line("@twice.setter")
        m.line("def twice(self, x): self.v = x")
    else:
        m.line(f"name = {m.expression('any', 2)}")


def recursion(m):
    """A function that calls itself."""
    name = m.fresh("r")
    m.line(f"def {name}(n, acc={m.expression('tuple', 2)}):")
    m.block(lambda: m.line(f"if n <= 0: return {m.pick(['acc', 'len(acc)', '0'])}"), lambda: simple_in(m),
            lambda: m.line(f"return {m.pick([f'{name}(n - 1, acc + (n,))', f'(n, {name}(n - 2, acc))'])}"))
    m.line(f"attempt({name}, {m.rng.randrange(8)})")


def simple_in(m):
    """A statement that works on names of its own scope."""
    m.scopes.append({})
    m.pick([simple, loop, handlers])(m)
    m.scopes.pop()


def coroutine(m):
    """A coroutine that awaits another one, driven by hand."""
    inner, outer = m.fresh("co"), m.fresh("co")
    m.line(f"async def {inner}(x):")
    m.scopes.append({})
    m.block(lambda: simple(m), lambda: m.line(m.pick([raising(m), "pass"])), lambda: m.line("return x"))
    m.line(f"async def {outer}(x):")
    m.block(lambda: m.line(f"y = await {inner}(x)"), lambda: simple(m),
            lambda: m.line(f"return [y, [i async for i in Ticks({m.rng.randrange(3)})]]"))
    m.scopes.pop()
    m.line(f"attempt(drive, {outer}({m.expression('any')}))")


DEFINITIONS = [function, function, closure, generator, generator, manager, a_class, a_class, a_class, recursion, coroutine]
