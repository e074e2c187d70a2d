//! `__doc__` of the built-in types, by their names. What stands before `--` is the signature, as in CPython's.

/// The documentation of a type; none if there is none.
pub(crate) fn of(name: &str) -> Option<&'static str> {
    entry(name).map(|(_, doc)| doc)
}

/// What is to be written between the name of a type and its documentation: `(iterable=(), /)`; none if nothing says it.
pub(crate) fn signature_of(name: &str) -> Option<&'static str> {
    let (signature, _) = entry(name)?;
    let short = name.rsplit('.').next().unwrap_or(name);
    signature?.strip_prefix(short)
}

fn entry(name: &str) -> Option<(Option<&'static str>, &'static str)> {
    let at = DOCS.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    let (_, doc) = DOCS.get(at)?;
    Some(match doc.split_once("\n--\n\n") {
        Some((signature, doc)) => (Some(signature), doc),
        None => (None, doc),
    })
}

/// Names, sorted, and documentation.
static DOCS: &[(&str, &str)] = &[
    ("ArithmeticError", "Base of errors of arithmetic."),
    ("AssertionError", "An assertion failed."),
    ("AttributeError", "There is no such attribute."),
    ("BaseException", "Common base class for all exceptions."),
    ("BaseExceptionGroup", "A combination of several exceptions."),
    ("BlockingIOError", "An operation would wait."),
    ("BrokenPipeError", "The other end of a pipe is closed."),
    ("BufferError", "A buffer can't be had or given up."),
    ("BytesWarning", "A probable mistake with bytes."),
    ("ChildProcessError", "A child process failed."),
    ("ConnectionAbortedError", "A connection was aborted."),
    ("ConnectionError", "Base of errors of connections."),
    ("ConnectionRefusedError", "A connection was refused."),
    ("ConnectionResetError", "A connection was reset."),
    ("DeprecationWarning", "Something will go; for developers."),
    ("EOFError", "The end of input was met where more was expected."),
    ("EncodingWarning", "An encoding was left out."),
    ("Exception", "Base of all exceptions that do not end the program."),
    ("ExceptionGroup", "A combination of several exceptions that do not end the program."),
    ("FileExistsError", "The file is there already."),
    ("FileNotFoundError", "There is no such file."),
    ("FloatingPointError", "A floating point operation failed."),
    ("FutureWarning", "Something will change; for users."),
    ("GeneratorExit", "Ends a generator."),
    ("ImportError", "A module or a name of it can't be imported."),
    ("ImportWarning", "A probable mistake in an import."),
    ("IndentationError", "Source code is indented wrongly."),
    ("IndexError", "An index is out of range."),
    ("InterruptedError", "A signal interrupted a call."),
    ("IsADirectoryError", "It is a directory."),
    ("KeyError", "There is no such key."),
    ("KeyboardInterrupt", "The user interrupted the program."),
    ("LookupError", "Base of errors of lookups."),
    ("MemoryError", "There is no memory."),
    ("ModuleNotFoundError", "There is no such module."),
    ("NameError", "A name is not known."),
    ("NoneType", "The type of None, of which there is nothing else."),
    ("NotADirectoryError", "It is no directory."),
    ("NotImplementedError", "Something is not implemented."),
    (
        "NotImplementedType",
        "The type of NotImplemented, by which operators say that they do not know an operand.",
    ),
    ("OSError", "The operating system refused something."),
    ("OverflowError", "A result is too large."),
    ("PendingDeprecationWarning", "Something will go some day."),
    ("PermissionError", "It is not allowed."),
    ("ProcessLookupError", "There is no such process."),
    ("PythonFinalizationError", "The interpreter is ending."),
    ("RecursionError", "Calls nest too deeply."),
    ("ReferenceError", "What a weak reference refers to is gone."),
    ("ResourceWarning", "Something was not closed."),
    ("RuntimeError", "An error of no other kind."),
    ("RuntimeWarning", "Dubious behaviour at run time."),
    ("StopAsyncIteration", "There is no more item of an asynchronous iterator."),
    ("StopIteration", "There is no more item."),
    ("SyntaxError", "Source code is not valid."),
    ("SyntaxWarning", "Dubious source code."),
    ("SystemError", "An error of the interpreter itself."),
    ("SystemExit", "Ends the interpreter."),
    ("TabError", "Source code mixes tabs and spaces."),
    ("TimeoutError", "It took too long."),
    ("TypeError", "A value is of the wrong type."),
    ("UnboundLocalError", "A local variable has no value."),
    ("UnicodeDecodeError", "Bytes can't be decoded."),
    ("UnicodeEncodeError", "Text can't be encoded."),
    ("UnicodeError", "An error of text and encodings."),
    ("UnicodeTranslateError", "Text can't be translated."),
    ("UnicodeWarning", "A probable mistake with text."),
    ("UserWarning", "Base of warnings of programs."),
    ("ValueError", "A value is of the right type and not acceptable."),
    ("Warning", "Base of all warnings."),
    ("ZeroDivisionError", "Division by zero."),
    (
        "_io.BufferedRWPair",
        "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)\n--\n\nA stream that reads from one raw stream and writes to another.",
    ),
    (
        "_io.BufferedRandom",
        "BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer before a raw stream that can be read, written and sought in.",
    ),
    (
        "_io.BufferedReader",
        "BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer before a raw stream that is read.",
    ),
    (
        "_io.BufferedWriter",
        "BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer before a raw stream that is written.",
    ),
    ("_io.BytesIO", "BytesIO(initial_bytes=b'')\n--\n\nA stream of bytes in memory."),
    ("_io.FileIO", "FileIO(file, mode='r', closefd=True, opener=None)\n--\n\nA file without a buffer."),
    (
        "_io.IncrementalNewlineDecoder",
        "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n--\n\nDecodes, and makes all ends of lines one.",
    ),
    ("_io.StringIO", "StringIO(initial_value='', newline='\\n')\n--\n\nA stream of text in memory."),
    (
        "_io.TextIOWrapper",
        "TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)\n--\n\nText over a stream of bytes.",
    ),
    (
        "_pickle.Pickler",
        "Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)\n--\n\nWrites objects as a pickle.",
    ),
    (
        "_pickle.Unpickler",
        "Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict',\n          buffers=())\n--\n\nReads the objects of a pickle.",
    ),
    (
        "bool",
        "bool(object=False, /)\n--\n\nTrue if the argument counts as true, else False. There are no other instances, and nothing derives from it.",
    ),
    (
        "bytearray",
        "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy\nbytearray(int) -> so many zeros\nbytearray() -> no bytes\n\nA sequence of bytes that can be changed.",
    ),
    (
        "bytes",
        "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy\nbytes(int) -> so many zeros\nbytes() -> no bytes\n\nA sequence of bytes that does not change.",
    ),
    ("cell", "cell([contents])\n--\n\nA variable that functions share."),
    (
        "classmethod",
        "classmethod(function, /)\n--\n\nA function in a class that is given the class in place of the instance.",
    ),
    (
        "code",
        "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, codestring, constants, names, varnames, filename, name,\n     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n     cellvars=(), /)\n--\n\nWhat was compiled of a function, a class or a module.",
    ),
    ("collections.OrderedDict", "A dict whose order can be changed."),
    (
        "collections.defaultdict",
        "defaultdict(default_factory=None, /, [...])\n--\n\nA dict that makes the values of keys that it does not have.",
    ),
    ("collections.deque", "deque([iterable[, maxlen]])\n--\n\nA sequence that is fast at both ends."),
    ("complex", "complex(real=0, imag=0)\n--\n\nA complex number: of its parts, of a number or of a text."),
    (
        "dict",
        "dict() -> empty dictionary\ndict(mapping) -> the same keys and values\ndict(iterable) -> of pairs of key and value\ndict(**kwargs) -> of names and values",
    ),
    ("ellipsis", "The type of Ellipsis, which is also written as three dots."),
    ("enumerate", "enumerate(iterable, start=0)\n--\n\nPairs of a count and an item."),
    (
        "filter",
        "filter(function, iterable, /)\n--\n\nThe items for which a function is true, or which are true themselves if it is None.",
    ),
    ("float", "float(x=0, /)\n--\n\nA floating point number: of a number or of a text."),
    ("frozenset", "frozenset(iterable=(), /)\n--\n\nA set that does not change."),
    (
        "function",
        "function(code, globals, name=None, argdefs=None, closure=None,\n         kwdefaults=None)\n--\n\nA function.",
    ),
    (
        "functools.partial",
        "partial(func, /, *args, **keywords)\n--\n\nA callable with some of its arguments.",
    ),
    (
        "int",
        "int([x]) -> integer\nint(x, base=10) -> integer\n\nAn integer of any size: of a number without its fraction, or of the digits in a text.\nThe base is 0 or from 2 to 36; 0 reads it off the text, as in source code.\n\n>>> int('0o17', base=0)\n15",
    ),
    (
        "itertools.batched",
        "batched(iterable, n, *, strict=False)\n--\n\nTuples of n items each.\n\n>>> list(batched('spinach', 3))\n[('s', 'p', 'i'), ('n', 'a', 'c'), ('h',)]",
    ),
    ("itertools.count", "count(start=0, step=1)\n--\n\nNumbers from start on, step apart."),
    ("list", "list(iterable=(), /)\n--\n\nA sequence that can be changed, of the items of an iterable."),
    (
        "map",
        "map(function, iterable, /, *iterables, strict=False)\n--\n\nThe results of a function for the items of iterables.",
    ),
    ("mappingproxy", "mappingproxy(mapping)\n--\n\nA view of a mapping that can't change it."),
    ("memoryview", "memoryview(object)\n--\n\nA view of the memory that an object lends."),
    ("method", "method(function, instance, /)\n--\n\nA function bound to an instance."),
    ("module", "module(name, doc=None)\n--\n\nA module."),
    (
        "object",
        "object()\n--\n\nThe base of all classes, with what every object can do.\n\nobject() has no attributes and takes no arguments.",
    ),
    ("operator.attrgetter", "attrgetter(attr, /, *attrs)\n--\n\nGets attributes by their names."),
    ("operator.itemgetter", "itemgetter(item, /, *items)\n--\n\nGets items by their keys."),
    ("operator.methodcaller", "methodcaller(name, /, *args, **kwargs)\n--\n\nCalls a method by its name."),
    (
        "property",
        "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nAn attribute that is computed by functions: one that gets it, one that sets it, one that deletes it.",
    ),
    (
        "range",
        "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nThe integers from start to before stop, in steps.",
    ),
    ("reversed", "reversed(sequence, /)\n--\n\nThe items from the last to the first."),
    ("set", "set(iterable=(), /)\n--\n\nAn unordered collection of different hashable items."),
    (
        "slice",
        "slice(stop)\nslice(start, stop[, step])\n\nWhat stands between the brackets of s[start:stop:step].",
    ),
    (
        "staticmethod",
        "staticmethod(function, /)\n--\n\nA function in a class that is not given the instance or the class.",
    ),
    (
        "str",
        "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nThe text of an object, or the text that bytes stand for in an encoding.",
    ),
    (
        "string.templatelib.Interpolation",
        "A value of a t-string, with its source text, conversion and format specification.",
    ),
    ("string.templatelib.Template", "What a t-string gives: its strings and interpolations."),
    (
        "super",
        "super() -> the attributes of the classes behind the one that the method stands in\nsuper(type, object) -> those behind type, bound to object\nsuper(type, type2) -> those behind type, bound to type2",
    ),
    (
        "traceback",
        "traceback(tb_next, tb_frame, tb_lasti, tb_lineno)\n--\n\nAn entry of the way that an exception took.",
    ),
    ("tuple", "tuple(iterable=(), /)\n--\n\nA sequence that does not change, of the items of an iterable."),
    ("type", "type(object) -> the type of an object\ntype(name, bases, dict, **kwds) -> a new class"),
    ("types.GenericAlias", "GenericAlias(origin, args, /)\n--\n\nA type with parameters."),
    (
        "types.SimpleNamespace",
        "SimpleNamespace(mapping_or_iterable=(), /, **kwargs)\n--\n\nAttributes and nothing else.",
    ),
    ("typing.NoDefaultType", "The type of typing.NoDefault, which stands for a default that there is not."),
    (
        "typing.ParamSpec",
        "The parameters of a function, as a parameter of types.\n\n>>> P = ParamSpec('P')\n>>> P.args.__origin__ is P\nTrue",
    ),
    (
        "typing.ParamSpecArgs",
        "The positional arguments of a ParamSpec.\n\n>>> P = ParamSpec('P')\n>>> P.args\nP.args",
    ),
    (
        "typing.ParamSpecKwargs",
        "The keyword arguments of a ParamSpec.\n\n>>> P = ParamSpec('P')\n>>> P.kwargs\nP.kwargs",
    ),
    ("typing.Union", "A union of types, as int | str gives it."),
    (
        "zip",
        "zip(*iterables, strict=False)\n--\n\nTuples of one item of each iterable, until the shortest ends; with strict, they must be of the same length.\n\n>>> list(zip('ab', (3, 5, 7)))\n[('a', 3), ('b', 5)]",
    ),
];

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_sorted() {
        assert!(super::DOCS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(
            super::of("int").is_some_and(|doc| doc.starts_with("int(")) && super::of("nothing").is_none()
        );
        assert_eq!(super::signature_of("functools.partial"), Some("(func, /, *args, **keywords)"));
    }
}
