"""Statements: assignments, loops, handlers, matches and the like, each made of expressions and of one another."""
from expressions import LITERALS
from maker import PLAIN, TYPES

CHANGES = """
{list}.append({any})
{list}.extend({it})
{list}.insert({index}, {any})
{list}.remove({any})
{list}.pop()
{list}.sort(key={fun1}, reverse={bool})
{list}.clear()
{list}[{index}] = {any}
{list}[{index}:{index}] = {it}
{list}[::{index}] = {it}
{list}[{slice}] = {list}
del {list}[{index}]
del {list}[{index}:{index}]
del {list}[::{index}]
{dict}[{key}] = {any}
{dict}.update({dict}, extra={any})
{dict}.update({it})
{dict}.setdefault({key}, [])
{dict}.pop({key}, {any})
{dict}.pop({key})
del {dict}[{key}]
{dict} |= {dict}
{set}.add({key})
{set}.discard({key})
{set}.remove({key})
{set}.update({it}, {it})
{set}.difference_update({it})
{set}.symmetric_difference_update({it})
{bytearray}.extend({bytes})
{bytearray}.append({small})
{bytearray}[{index}] = {small}
{bytearray}[{index}:{index}] = {bytes}
del {bytearray}[{index}]
{bytearray}.insert({index}, {int})
{obj}.v = {int}
{obj}.extra = {any}
{obj}.twice = {int}
{obj}[{index}] = {any}
del {obj}[{index}]
del {obj}.v
{obj}.v += {int}
{tuple}[{index}] = {any}
{str}.x = {any}
setattr({obj}, {str}, {any})
delattr({obj}, {str})
""".strip().split("\n")

AUGMENTED = {
    "int": "+ - * // % & | ^".split(), "float": "+ - * /".split(), "str": "+ *".split(), "list": "+ *".split(),
    "tuple": ["+"], "set": "| & - ^".split(), "dict": ["|"], "bytes": ["+"], "obj": "+ - * @ // % & |".split(),
    "bytearray": ["+", "*"], "bool": ["&", "|", "^"], "complex": ["+", "*"],
}

PATTERNS = """
{literal}
{name}
_
[]
[{name}]
[{name}, *{rest}]
[*_, {name}]
({name}, {other})
[{literal}, {name}]
int({name})
int() | str()
str() as {name}
float({name}) | bool({name})
bytes()
list([{name}, _])
dict()
«'a': {name}»
«'a': int(), **{rest}»
«»
{class}()
{class}(v={name})
{class}({name})
{class}({name}, {other})
{class}(v=int({name}), w=None)
None | True | False
-1 | 1.5 | 1+2j
[[{name}, *_], *{rest}]
(int() | float()) as {name}
tuple([{literal}, *{rest}])
""".strip().split("\n")

ERRORS = ["ValueError", "TypeError", "KeyError", "IndexError", "ZeroDivisionError", "AttributeError", "LookupError",
          "ArithmeticError", "Exception", "StopIteration", "RuntimeError", "OSError", "(TypeError, ValueError)"]


def assign(m):
    """A name gets a value."""
    kind = m.pick(TYPES)
    names = m.scopes[-1]
    old = [name for name, of in names.items() if of == kind]
    name = m.pick(old) if old and m.chance(40) else m.fresh()
    text = m.expression(kind)
    m.line(f"{name} = clip({text})" if m.indent else f"{name} = {text}")
    m.bind(name, kind)


def several(m):
    """Targets with stars, chains of targets, nested targets, walrus."""
    one, two, three = m.fresh(), m.fresh(), m.fresh()
    form = m.pick([
        "{a}, {b} = {tuple}", "{a}, *{b} = {it}", "{a}, ({b}, *{c}) = {any}, {list}", "{a} = {b} = {any}",
        "[{a}, {b}, *{c}] = {str}", "{a}, {b} = {b2}, {a2} = {any}, {any}", "*{a}, {b} = {it}", "({a} := {any})",
        "{a}: {any} = {any}", "{a} = ({b} := {int}) + {b}", "{list}[{index}], {a} = {any}, {any}",
        "for {a}, {b} in {dict}.items(): {c} = {b}, {a}", "{a} = {b} if ({b} := {any}) else {any}",
    ])
    names = {"a": one, "b": two, "c": three, "a2": one, "b2": two}
    for key, name in names.items():
        form = form.replace("{" + key + "}", name)
    if "{b2}" in form or form.endswith(f"{one}, {two} = {two}, {one}"):
        form = "{any}"
    m.line(m.form(form))
    for name in (one, two, three):
        if name in m.lines[-1]:
            m.bind(name, m.pick(["int", "str", "list", "none"]))


def augmented(m):
    """An operator that works in place."""
    known = [(name, of) for name, of in m.scopes[-1].items() if of in AUGMENTED]
    if not known:
        return assign(m)
    name, kind = m.pick(known)
    operator = m.pick(AUGMENTED[kind])
    other = m.expression("small" if operator == "*" and kind != "int" else kind if m.chance(80) else "any")
    m.line(f"{name} {operator}= {other}")
    if m.indent:
        m.line(f"{name} = clip({name})")


def change(m):
    """A container or an object is changed."""
    m.line(m.form(m.pick(CHANGES)))


def show(m):
    """A value is printed."""
    m.line(f"show({m.expression(m.pick(TYPES + ['gen']))}, {m.expression('none')})")


def condition(m):
    """`if` with its branches."""
    m.line(f"if {m.expression(m.pick(['bool', 'any']))}:")
    m.block(lambda: body(m))
    for _ in range(m.rng.randrange(2)):
        m.line(f"elif {m.expression('bool')}:")
        m.block(lambda: body(m))
    if m.chance(60):
        m.line("else:")
        m.block(lambda: body(m))


def loop(m):
    """`for` over something short, or `while` with a counter; perhaps with break, continue and else."""
    counter = m.fresh("i")
    if m.chance(60):
        m.line(f"for {counter} in list({m.expression('it')})[:4]:")
        m.bind(counter, "int")
        m.block(lambda: body(m), lambda: leave(m))
    else:
        m.line(f"{counter} = {m.rng.randrange(4)}")
        m.line(f"while ({counter} := {counter} - 1) >= 0:")
        m.block(lambda: body(m), lambda: leave(m))
    if m.chance(40):
        m.line("else:")
        m.block(lambda: body(m))


def leave(m):
    """Perhaps an end of the loop or of one round."""
    if m.chance(50):
        m.line(f"if {m.expression('bool')}: {m.pick(['break', 'continue'])}")
    if m.chance(30):
        body(m)


def handlers(m):
    """`try` with handlers, else and finally."""
    m.line("try:")
    m.block(lambda: body(m), lambda: m.line(raising(m)) if m.chance(50) else None)
    if m.chance(15):
        for _ in range(m.rng.randrange(1, 3)):
            m.line(f"except* {m.pick(ERRORS)} as group:")
            m.block(lambda: m.line("show(group)"), lambda: simple(m))
        return
    count = m.rng.randrange(3)
    for number in range(count):
        name = m.fresh("e")
        m.line(f"except {m.pick(ERRORS)}" + (f" as {name}:" if m.chance(70) else ":"))
        m.block(lambda: simple(m), lambda: m.line(raising(m)) if m.chance(25) else None)
    if count and m.chance(30):
        m.line("else:")
        m.block(lambda: body(m))
    if not count or m.chance(40):
        m.line("finally:")
        m.block(lambda: simple(m))


def raising(m):
    """A statement that raises."""
    error = m.pick([e for e in ERRORS if e[0] != "("])
    return m.form(m.pick([
        f"raise {error}({{any}})", f"raise {error}", f"raise {error}({{any}}, {{str}}) from {{any}}", "raise",
        f"raise {error}({{str}}) from None", f"raise {error} from KeyError({{key}})", "assert {bool}, {any}",
        f"raise ExceptionGroup({{str}}, [ValueError({{int}}), {error}({{str}}), "
        "ExceptionGroup('in', [TypeError({int})])])", "1 // 0", "undefined", "raise {any}", "None.x", "[][1]",
    ]))


def manager(m):
    """`with` one or two managers."""
    names = m.fresh("w"), m.fresh("w")
    first = f"{m.expression('manager')}({m.expression('int')})" if m.functions["manager"] else m.expression("obj")
    second = m.form("{obj}")
    m.line(m.pick([f"with {first} as {names[0]}:", f"with ({first} as {names[0]}, {first}):",
                   f"with {first} as {names[0]}, {second} as {names[1]}:", f"with {first}:"]))
    m.block(lambda: body(m), lambda: m.line(raising(m)) if m.chance(40) else None)


def match(m):
    """`match` with some cases."""
    m.line(f"match {m.expression(m.pick(['any', 'list', 'tuple', 'dict', 'obj']))}:")
    m.indent += 1
    for _ in range(m.rng.randrange(1, 4)):
        pattern = m.pick([p for p in PATTERNS if p not in ("{name}", "_")])
        case(m, pattern)
    case(m, m.pick(["{name}", "_", "[*_]"]))
    m.indent -= 1


def case(m, pattern):
    """One case."""
    names = [m.fresh("p") for _ in range(3)]
    literal = m.pick(["0", "1", "'a'", "b'x'", "-2", "2.5", "None", "True"])
    classes = m.functions["cls"]
    for place, text in [("name", names[0]), ("other", names[1]), ("rest", names[2]), ("literal", literal),
                        ("class", m.pick(classes) if classes else "Exception")]:
        pattern = pattern.replace("{" + place + "}", text)
    pattern = pattern.replace("«", "{").replace("»", "}")
    if pattern.count(names[0]) > 1 and "|" not in pattern:
        pattern = "_ if 1"
    guard = f" if {m.expression('bool')}" if m.chance(20) and " if " not in pattern else ""
    guard = guard or (" if True" if pattern in (names[0], "_") and m.chance(10) else "")
    m.line(f"case {pattern}{guard}:")
    used = [name for name in names if name in pattern]
    m.block(lambda: m.line(f"show({pattern.split('(')[0]!r}, {', '.join(used)})"), lambda: simple(m))


def delete(m):
    """`del` of a name."""
    names = [name for name in m.scopes[-1] if name[0] == "v"]
    if not names:
        return change(m)
    name = m.pick(names)
    m.line(f"del {name}")
    del m.scopes[-1][name]


SIMPLE = [assign, assign, augmented, change, change, show, several]
COMPOUND = [condition, loop, loop, handlers, handlers, manager, match]


def simple(m):
    """A statement without a block."""
    m.pick(SIMPLE)(m)


def body(m):
    """One to three statements of a block."""
    for _ in range(m.rng.randrange(1, 3)):
        if m.indent < 4 and m.chance(30):
            m.pick(COMPOUND)(m)
        else:
            simple(m)


def statement(m):
    """A statement of the top level."""
    m.pick([*SIMPLE, *COMPOUND, *COMPOUND, delete])(m)


def variables(m):
    """A name of each plain type, so that there is something to begin with."""
    for kind in PLAIN:
        if m.chance(70):
            name = m.fresh()
            m.line(f"{name} = {m.pick(LITERALS[kind])}")
            m.bind(name, kind)
