"""Forms of expressions, one a line, by the type that they are of.

A name in braces is a place for an expression of that type; the program's maker knows these besides the types:
{small} and {index} are small numbers, {spec} is a format specification, {any} is of any type, {seq} a sequence,
{it} an iterable, {key} is hashable, {fun1} and {fun2} are functions of one and two arguments, {x} is a new name.
Braces that the program is to have are written « and ».
"""

FORMS = {
    "int": """
({int} + {int})
({int} - {int})
({int} * {int})
({int} // {int})
({int} % {int})
({int} ** {small})
pow({int}, {small}, {int})
pow({int}, {index}, {int})
({int} << {small})
({int} >> {small})
({int} & {int})
({int} | {int})
({int} ^ {int})
(-{int})
(~{int})
(+{bool})
abs({int})
len({seq})
len({set})
len({dict})
sum({list})
sum({tuple}, {int})
max({int}, {int})
min({tuple}, default={int})
max({list}, key={fun1})
int({str})
int({float})
int({str}, {small})
int({bytes})
round({int}, {index})
round({float})
ord({str})
divmod({int}, {int})[{index}]
{str}.count({str})
{str}.find({str}, {index})
{str}.rindex({str})
{bytes}.index({bytes})
{bytes}.find({int})
{bytes}[{index}]
{list}.index({any})
{list}.count({int})
{tuple}.count({int})
{int}.bit_length()
{int}.bit_count()
{int}.conjugate()
({int}).__add__({int})
({float}).__floor__()
int.from_bytes({bytes}, "little", signed={bool})
int.from_bytes({bytes})
({int} if {bool} else {int})
({bool} and {int})
({int} or {int})
({x} := {int})
plain_hash({int})
plain_hash({float})
plain_hash({tuple})
{range}[{index}]
{range}.index({int})
len({range})
{fun2}({int}, {int})
{obj}.v
{obj}.twice
{obj}.method({int})
{obj}.method({int}, y={int})
len({obj})
{dict}.get({key}, {int})
{bytearray}.pop()
sorted({list})[{index}]
operator.index({obj})
""",
    "float": """
({float} + {float})
({float} - {int})
({float} * {float})
({int} / {int})
({float} // {float})
({float} % {float})
({float} ** {small})
abs({float})
float({str})
float({int})
round({float}, {index})
max({float}, {int})
sum({list}, 0.5)
{complex}.real
{complex}.imag
abs({complex})
float.fromhex({float}.hex())
({float} if {bool} else {float})
(-{float})
({int}).__truediv__({int})
""",
    "complex": """
({complex} + {float})
({complex} * {complex})
({complex} - {int})
({complex} / {float})
complex({float}, {float})
{complex}.conjugate()
({complex} ** {small})
""",
    "bool": """
({int} < {int})
({int} <= {float})
({str} < {str})
({list} <= {list})
({tuple} > {tuple})
({bytes} >= {bytes})
({any} == {any})
({any} != {any})
({any} is None)
({any} is not {any})
({any} in {seq})
({str} in {str})
({int} not in {range})
({key} in {dict})
({key} in {set})
({bytes} in {bytes})
({int} < {int} <= {int})
({int} == {float} != {int})
({set} <= {set})
({set} > {set})
({set}.isdisjoint({it}))
({set}.issubset({it}))
(not {any})
bool({any})
all({it})
any({list})
isinstance({any}, (int, str))
isinstance({any}, int | list | None)
callable({any})
hasattr({any}, "real")
{str}.startswith({str})
{str}.endswith(({str}, {str}))
{bytes}.startswith({bytes}, {index})
{str}.isdigit()
{str}.isidentifier()
{str}.istitle()
{str}.isupper()
{bytes}.isalpha()
{float}.is_integer()
({obj} == {obj})
({obj} < {any})
({obj} >= {obj})
({any} in {obj})
({dict} == {dict})
({dict}.keys() >= {set})
({bool} ^ {bool})
({bool} | {bool})
issubclass(type({obj}), {cls})
""",
    "str": """
({str} + {str})
({str} * {small})
{str}[{index}]
{str}[{index}:{index}]
{str}[{index}:{index}:{index}]
{str}[::-1]
str({any})
repr({any})
ascii({str})
{str}.upper()
{str}.title()
{str}.swapcase()
{str}.capitalize()
{str}.casefold()
{str}.strip({str})
{str}.lstrip()
{str}.rstrip({str})
{str}.replace({str}, {str})
{str}.replace({str}, {str}, {index})
{str}.center({small}, {str})
{str}.ljust({small})
{str}.rjust({small}, "*")
{str}.zfill({small})
{str}.join({list})
{str}.join(map(str, {it}))
{str}.join([{str}, {str}])
{str}.expandtabs({index})
{str}.removeprefix({str})
{str}.removesuffix({str})
{str}.translate(«97: {str}, 98: None, 99: {int»})
{str}.translate(str.maketrans("ab", "ba", "c"))
{str}.partition({str})[{index}]
{str}.format({any}, {int}, a={str})
"«» «1» «a!r:>«2»»".format({any}, {int}, {small}, a={str})
"«:{spec»}".format({int})
"«0[{index}]» «0.v»".format({any})
"«:>«»»|«:<«»»".format({str}, {small}, {str}, {small})
"%s and %r" % ({any}, {any})
"%5d|%-5d|%05d|%+d" % ({int}, {int}, {int}, {int})
"%x %o %X %#x %c" % ({int}, {int}, {int}, {int}, {small})
"%.3f %e %g %10.2f" % ({float}, {float}, {float}, {float})
"%(a)s %(b)5.1f" % «"a": {any}, "b": {float»}
"%s" % {any}
"%d %s" % {tuple}
"%*d" % ({small}, {int})
format({int}, "{spec}")
format({float}, "{spec}")
format({str}, "{spec}")
format({any}, "{spec}")
f"«{int}:{spec}»"
f"«{float}:{spec}»|«{str}!r:>«{small}»»"
f"« {any}!s» « {int}=» « {list} »"
hex({int})
bin({int})
oct({int})
chr({small} + 97)
{bytes}.decode("latin-1")
{bytes}.decode("ascii", "replace")
{bytes}.decode({str})
{bytes}.hex({str})
{bytes}.hex("-", {index})
{float}.hex()
type({any}).__name__
({str} if {bool} else {str})
({str} or {str})
max({str}, {str}, key=len)
{obj}.name
str({obj})
{str}.encode("utf-8").decode("utf-8", "ignore")
""",
    "bytes": """
({bytes} + {bytes})
({bytes} * {small})
{bytes}[{index}:{index}]
{bytes}[::{index}]
{str}.encode()
{str}.encode("ascii", "backslashreplace")
{str}.encode("ascii")
bytes({range})
bytes({small})
bytes({list})
bytes({bytearray})
bytes({str}, "utf-8")
{bytes}.upper()
{bytes}.replace({bytes}, {bytes})
{bytes}.strip({bytes})
{bytes}.join([{bytes}, {bytearray}])
{bytes}.center({small}, b"-")
{bytes}.translate(None, {bytes})
{bytes}.removeprefix({bytes})
{int}.to_bytes({small}, "big")
{int}.to_bytes({small}, "little", signed=True)
bytes.fromhex({str})
b"%d %s %a" % ({int}, {bytes}, {any})
b"%b|%x" % ({bytes}, {int})
""",
    "bytearray": """
bytearray({bytes})
bytearray({small})
bytearray({list})
({bytearray} + {bytes})
{bytearray}[{index}:]
{bytearray}.upper()
{bytearray}.copy()
""",
    "list": """
[{any}, {any}]
[{int}, {int}, {int}]
[*{it}, {any}]
[{int}] * {small}
({list} + {list})
({list} * {index})
{list}[{index}:{index}]
{list}[::{index}]
{list}[{slice}]
list({it})
list({str})
sorted({list})
sorted({list}, reverse={bool})
sorted({it}, key=repr)
sorted({list}, key={fun1})
{str}.split()
{str}.split({str}, {index})
{str}.rsplit(None, {index})
{str}.splitlines({bool})
{bytes}.split({bytes})
{list}.copy()
list(reversed({list}))
list(map({fun1}, {it}))
list(map({fun2}, {it}, {it}))
list(filter({fun1}, {it}))
list(filter(None, {list}))
list(zip({it}, {it}))
list(zip({list}, {list}, strict={bool}))
list(enumerate({it}, {int}))
list({dict}.items())
list({dict})
[{x} for {x} in {it}]
[({x}, {x} == {any}) for {x} in {it}]
[{x}.v for {x} in [{obj}, {obj}]]
[str({x}) + {str} for {x} in {it} if {x}]
[({x}, {int}) for {x} in {it} if {bool}]
[{x} for {x} in {it} for {x} in {range}]
[[{x} for {x} in {range}] for {x} in {range}]
list({obj})
list(itertools.accumulate({list}))
list(itertools.chain({it}, {it}))
list(itertools.islice({it}, {small}))
list(itertools.zip_longest({it}, {it}, fillvalue={any}))
list(itertools.pairwise({it}))
list(itertools.combinations({list}[:4], 2))
[{x} := {any}, {any}]
({list} if {bool} else {list})
list({gen})
""",
    "tuple": """
({any}, {any})
({int},)
({int}, {int}, {int})
()
({tuple} + {tuple})
({tuple} * {index})
{tuple}[{index}:{index}]
tuple({it})
divmod({int}, {int})
divmod({float}, {float})
{float}.as_integer_ratio()
{str}.partition({str})
{str}.rpartition({str})
{bytes}.partition({bytes})
(*{it}, *{it})
tuple({x} for {x} in {it})
{slice}.indices({small})
{fun2}.__name__, {int}
{dict}.popitem()
""",
    "dict": """
« {key}: {any}, {key}: {any} »
« "a": {int}, "b": {int} »
« **{dict}, {key}: {any} »
dict({dict}, a={any})
dict({list})
dict(zip({it}, {it}))
dict.fromkeys({it}, {int})
({dict} | {dict})
{dict}.copy()
« {x}: {int} for {x} in {it} »
« {x}: {x} for {x} in {str} if {bool} »
dict(sorted({dict}.items(), key=repr))
collections.Counter({str})
collections.defaultdict(list, {dict})
vars({obj})
""",
    "set": """
« {key}, {key} »
« {int}, {int}, {int} »
set({it})
frozenset({it})
({set} | {set})
({set} & {set})
({set} - {set})
({set} ^ {set})
{set}.union({it}, {it})
{set}.intersection({it})
{set}.difference({it})
{set}.symmetric_difference({it})
« {x} for {x} in {it} »
({dict}.keys() & {set})
({dict}.keys() | {dict}.keys())
{set}.copy()
set()
""",
    "range": """
range({small})
range({index}, {small})
range({small}, {index}, -1)
range({index}, {small}, {index})
{range}[{index}:]
{range}[::-1]
""",
    "slice": """
slice({index})
slice({index}, {index})
slice(None, None, {index})
slice({index}, None, {index})
""",
    "gen": """
({x} for {x} in {it})
({x} for {x} in {it} if {bool})
iter({list})
reversed({list})
map({fun1}, {it})
zip({it}, {it})
enumerate({it})
iter({dict}.values())
iter({obj})
{genfun}({small})
""",
    "obj": """
{cls}({int})
{cls}({int}, {any})
{cls}(v={int})
({obj} + {obj})
({obj} + {int})
({int} + {obj})
({obj} - {any})
({obj} * {int})
({int} * {obj})
({obj} @ {obj})
({obj} // {int})
({obj} % {any})
({int} - {obj})
({obj} & {obj})
({obj} << {small})
({obj} ** {small})
(-{obj})
(~{obj})
abs({obj})
({obj} or {obj})
max({obj}, {obj})
{cls}.make({any})
""",
    "none": """
None
print({any})
{list}.append({any})
{list}.sort()
{list}.reverse()
{dict}.update({dict})
{set}.add({key}) if isinstance({set}, set) else None
{any}.missing
{obj}.missing
{obj}[{any}]
{obj}({any})
next({gen}, None)
getattr({obj}, {str}, None)
{dict}[{key}]
{dict}.setdefault({key}, {any})
{list}[{index}]
{tuple}[{index}]
{list}.pop({index})
({any} + {any})
({any} - {any})
({any} * {index})
({any} < {any})
({any} @ {any})
({any})({any})
{any}[{any}]
len({any})
iter({any})
float({any})
int({any})
abs({any})
-{any}
plain_hash({key})
{str}.encode({str})
{fun1}({int})
{fun1}()
{fun2}({int})
{fun2}({int}, {int}, {int})
{fun2}(*{tuple}, **«"z": {int»})
{cls}()
{cls}({int}, {int}, {int}, {int})
{cls}(unknown={int})
{cls}.v
{cls}.method({int})
{str}.split("")
{str}.join({any})
sorted({any})
max({any})
sum({any})
list({any})
dict({any})
set({any})
bytes({any})
str({any}, {any})
isinstance({int}, {any})
range({any})
enumerate({any})
reversed({any})
format({any}, {str})
round({any}, {any})
divmod({any}, {any})
pow({any}, {any})
chr({int})
ord({any})
zip({any}, {any})
getattr({any}, {any})
complex({any}, {any})
slice({any}, {any})
{int}.to_bytes({any})
{str}.center({any}, {any})
{str}.replace({any}, {any})
{bytes}.join({any})
type({any})({any})
print(*{it}, sep={str}, end="\\n")
memoryview({bytes})[{index}]
iter({fun1}, {int})
map({any}, {any})
""",
}

FORMS = {kind: lines.strip("\n").split("\n") for kind, lines in FORMS.items()}
SPECS = """ 5 <5 >8 ^9 *^9 05 +5 5d 05d +d x #x b #b o #010x , _ _x 010,d c e .2e .3f 8.2f +.1f g .4g % .1% G
n =+8 0=8 s .2s >6s *<7.1s ,.2f _.3f z.0f #.0f 1.1 X E F 10.3 ^+9.1f 08.2f d f""".split(" ")

LITERALS = {
    "int": "0 1 2 3 -1 -2 5 7 10 97 255 256 -128 1000 99999 (2**31) (2**63) (-2**64) (10**20) 0x7f 0b101 1_000".split(),
    "float": "0.0 1.0 -0.5 1.5 2.5 3.25 1e10 1e-7 -1e300 1e16 0.1 123456.789 float('inf') float('nan') -0.0".split(),
    "complex": "0j 1j (1+2j) (2.5-1j) (-0.0+0j)".split(),
    "bool": ["True", "False"],
    "str": ["''", "'a'", "'abc'", "'Hello World'", "'é'", "'αβγ'", "'a,b,,c'", "' x y '", "'12'", "'-7'", "'1.5'",
            "'tab\\there'", "'line\\nend\\r\\nx'", "'😀!'", "'ab' 'cd'", "r'\\d'", "'%s'", "'{}'", "'ß'", "'0x1f'", "'Aa'",
            "'\\x00'", "'aaaa'"],
    "bytes": ["b''", "b'a'", "b'abc'", "b'a b c'", "b'\\xff\\x00'", "b'12'", "b'aXbXc'"],
    "bytearray": ["bytearray(b'xyz')", "bytearray()"],
    "list": ["[]", "[1, 2, 3]", "['b', 'a']", "[[1], [2]]", "[0.5, 1]", "[3, 1, 2]", "[None]", "[(1, 2), (3, 4)]"],
    "tuple": ["()", "(1,)", "(1, 2)", "('a', 1.5)", "(3, (4, 5))"],
    "dict": ["{}", "{'a': 1}", "{1: 'x', 2: 'y'}", "{(1, 2): [3]}", "{True: 'yes', 1.0: 'no'}"],
    "set": ["set()", "{1, 2, 3}", "{'a'}", "frozenset({1, 2})", "{1, 1.0, True}"],
    "range": ["range(3)", "range(1, 10, 3)", "range(0)", "range(5, 0, -2)"],
    "slice": ["slice(1, 3)", "slice(None)", "slice(None, None, -1)"],
    "gen": ["iter((1, 2, 3))", "iter('ab')"],
    "none": ["None", "...", "NotImplemented"],
    "small": "0 1 2 3 4 5 6 8 12".split(),
    "index": "0 1 2 -1 -2 3 5".split(),
    "options": ["{'k': 1}", "{'z': 2, 'a': 3}", "{}"],
    "fun1": ["abs", "len", "str", "bool", "repr", "(lambda x: x)", "(lambda x, y=2: (x, y))", "(lambda *a: len(a))"],
    "fun2": ["max", "divmod", "(lambda a, b: (a, b))", "(lambda a, b=1, /, *, z=0: a)", "operator.add",
             "(lambda *a, **k: (a, sorted(k)))"],
}
