"""What the library needs of the compiler as soon as it is imported, where there is none.

For `collections`: the `__new__` of named tuples, whose code is put together from that of a function here. For `annotationlib`:
this module stands for `ast`. Nodes can be made, and nothing can be made of them.
"""

from opcode import opmap


class AST:
    """A node of any class."""

    def __init__(self, *values, **fields):
        self.__dict__.update(fields)


class NodeTransformer:
    """What goes through trees, of which there are none."""


def parse(*_, **__):
    """Fails: there is no parser."""
    raise NotImplementedError("cannot parse: this program has no compiler")


def unparse(*_, **__):
    """Fails: there are no trees."""
    raise NotImplementedError("cannot unparse: this program has no compiler")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    made = globals()[name] = type(name, (AST,), {})
    return made


def named_tuple_new(fields, namespace):
    """What `lambda _cls, *fields: _tuple_new(_cls, (*fields,))` is, with the fields as parameters of their names."""
    model = (lambda _cls, field: _tuple_new(_cls, (field,))).__code__
    units = [model.co_code[at : at + 2] for at in range(0, len(model.co_code), 2)]
    build = [unit[0] for unit in units].index(opmap["BUILD_TUPLE"])
    # before that stands one instruction that loads both parameters
    code = bytearray(b"".join(units[: build - 1]))

    def emit(name, argument):
        for shift in 24, 16, 8:
            if argument >> shift:
                code.extend((opmap["EXTENDED_ARG"], argument >> shift & 255))
        code.extend((opmap[name], argument & 255))

    for at in range(len(fields) + 1):
        emit("LOAD_FAST", at)
    emit("BUILD_TUPLE", len(fields))
    code.extend(b"".join(units[build + 1 :]))
    # one line, and no columns, for all of it
    size = len(code) // 2
    table = b"".join(bytes((0x80 | 13 << 3 | min(8, size - at) - 1, 0)) for at in range(0, size, 8))
    made = model.replace(
        co_code=bytes(code),
        co_varnames=("_cls", *fields),
        co_nlocals=len(fields) + 1,
        co_argcount=len(fields) + 1,
        co_stacksize=len(fields) + 4,
        co_filename="<string>",
        co_firstlineno=1,
        co_linetable=table,
        co_name="<lambda>",
        co_qualname="<lambda>",
    )
    return type(parse)(made, namespace)
