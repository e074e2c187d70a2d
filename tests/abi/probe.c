/* Looks at objects and changes them as compiled extensions do: by CPython's own macros and structs, without a call of
 * any function of the interpreter but the one that ends an object, which whoever loads this gives to it. */

#define NDEBUG
#define _Py_Dealloc probe_dealloc
#define _PyByteArray_empty_string probe_no_bytes
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <datetime.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

char probe_no_bytes[] = "";

static void (*dealloc)(PyObject *);
static int dealloc_calls;

void probe_dealloc(PyObject *object) {
    dealloc_calls++;
    dealloc(object);
}

void probe_begin(void (*end)(PyObject *)) { dealloc = end; }

/* -- text ------------------------------------------------------------------------------------------ */

typedef struct {
    char *at;
    size_t left;
} Out;

static void say(Out *out, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(out->at, out->left, format, arguments);
    va_end(arguments);
    if (count > 0 && (size_t)count < out->left) {
        out->at += count;
        out->left -= count;
    }
}

static void say_bytes(Out *out, const char *bytes, Py_ssize_t size) {
    for (Py_ssize_t at = 0; at <= size; at++) say(out, "%02x", (unsigned char)bytes[at]);
}

static void describe(Out *out, PyObject *object, int depth);

static void part(Out *out, const char *name, PyObject *object, int depth) {
    say(out, " %s=", name);
    if (object == NULL) {
        say(out, "NULL");
    } else {
        describe(out, object, depth + 1);
    }
}

/* -- types ----------------------------------------------------------------------------------------- */

/* the flags that compiled code looks at */
#define SEEN_FLAGS                                                                                              \
    (Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |              \
     Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_LIST_SUBCLASS |                       \
     Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_BYTES_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS |                      \
     Py_TPFLAGS_DICT_SUBCLASS | Py_TPFLAGS_BASE_EXC_SUBCLASS | Py_TPFLAGS_TYPE_SUBCLASS | Py_TPFLAGS_SEQUENCE | \
     Py_TPFLAGS_MAPPING)

#define SLOT(table, field) \
    if (type->table != NULL && type->table->field != NULL) say(out, " " #field)
#define FIELD(field) \
    if (type->field != NULL) say(out, " " #field)

static void slots(Out *out, PyTypeObject *type) {
    say(out, "\n  slots:");
    FIELD(tp_dealloc);
    FIELD(tp_repr);
    FIELD(tp_hash);
    FIELD(tp_call);
    FIELD(tp_str);
    FIELD(tp_getattro);
    FIELD(tp_setattro);
    FIELD(tp_traverse);
    FIELD(tp_clear);
    FIELD(tp_richcompare);
    FIELD(tp_iter);
    FIELD(tp_iternext);
    FIELD(tp_descr_get);
    FIELD(tp_descr_set);
    FIELD(tp_init);
    FIELD(tp_alloc);
    FIELD(tp_new);
    FIELD(tp_free);
    FIELD(tp_finalize);
    SLOT(tp_as_async, am_await);
    SLOT(tp_as_async, am_aiter);
    SLOT(tp_as_async, am_anext);
    SLOT(tp_as_number, nb_add);
    SLOT(tp_as_number, nb_subtract);
    SLOT(tp_as_number, nb_multiply);
    SLOT(tp_as_number, nb_remainder);
    SLOT(tp_as_number, nb_power);
    SLOT(tp_as_number, nb_negative);
    SLOT(tp_as_number, nb_bool);
    SLOT(tp_as_number, nb_lshift);
    SLOT(tp_as_number, nb_and);
    SLOT(tp_as_number, nb_or);
    SLOT(tp_as_number, nb_int);
    SLOT(tp_as_number, nb_float);
    SLOT(tp_as_number, nb_inplace_or);
    SLOT(tp_as_number, nb_floor_divide);
    SLOT(tp_as_number, nb_true_divide);
    SLOT(tp_as_number, nb_index);
    SLOT(tp_as_sequence, sq_length);
    SLOT(tp_as_sequence, sq_concat);
    SLOT(tp_as_sequence, sq_repeat);
    SLOT(tp_as_sequence, sq_item);
    SLOT(tp_as_sequence, sq_ass_item);
    SLOT(tp_as_sequence, sq_contains);
    SLOT(tp_as_sequence, sq_inplace_concat);
    SLOT(tp_as_mapping, mp_length);
    SLOT(tp_as_mapping, mp_subscript);
    SLOT(tp_as_mapping, mp_ass_subscript);
    SLOT(tp_as_buffer, bf_getbuffer);
    SLOT(tp_as_buffer, bf_releasebuffer);
}

static void of_type(Out *out, PyTypeObject *type) {
    say(out, "%s basicsize=%zd itemsize=%zd flags=%lx", type->tp_name, type->tp_basicsize, type->tp_itemsize,
        type->tp_flags & SEEN_FLAGS);
    say(out, " weak=%zd dict=%zd mro=", type->tp_weaklistoffset, type->tp_dictoffset);
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(type->tp_mro); at++) {
        say(out, "%s,", ((PyTypeObject *)PyTuple_GET_ITEM(type->tp_mro, at))->tp_name);
    }
    say(out, " base=%s", type->tp_base == NULL ? "NULL" : type->tp_base->tp_name);
}

/* -- objects --------------------------------------------------------------------------------------- */

static void of_int(Out *out, PyLongObject *object) {
    uintptr_t tag = object->long_value.lv_tag;
    say(out, " tag=%zx compact=%d digits", (size_t)tag, PyUnstable_Long_IsCompact(object));
    for (size_t at = 0; at < (tag >> _PyLong_NON_SIZE_BITS); at++) say(out, ",%x", object->long_value.ob_digit[at]);
    if (PyUnstable_Long_IsCompact(object)) say(out, " value=%zd", PyUnstable_Long_CompactValue(object));
}

static void of_str(Out *out, PyObject *object, int depth) {
    Py_ssize_t length = PyUnicode_GET_LENGTH(object);
    int kind = PyUnicode_KIND(object);
    const void *data = PyUnicode_DATA(object);
    say(out, " length=%zd kind=%d ascii=%d compact=%d max=%x end=%x", length, kind, PyUnicode_IS_ASCII(object),
        PyUnicode_IS_COMPACT(object), PyUnicode_MAX_CHAR_VALUE(object), PyUnicode_READ(kind, data, length));
    say(out, " offset=%zd characters", PyUnicode_IS_COMPACT(object) ? (char *)data - (char *)object : -1);
    for (Py_ssize_t at = 0; at < length; at++) say(out, ",%x", PyUnicode_READ_CHAR(object, at));
    /* who asked for the hash of a name before is no matter here */
    if (depth == 0) say(out, " hash=%zx", (size_t)((PyASCIIObject *)object)->hash);
}

static void of_buffer(Out *out, Py_buffer *view) {
    say(out, " len=%zd itemsize=%zd readonly=%d ndim=%d format=%s", view->len, view->itemsize, view->readonly,
        view->ndim, view->format == NULL ? "NULL" : view->format);
    for (int at = 0; at < view->ndim; at++) say(out, " %zd/%zd", view->shape[at], view->strides[at]);
    say(out, " first=%02x", view->len > 0 ? *(unsigned char *)view->buf : 0);
}

static void of_exception(Out *out, PyObject *object, int depth) {
    PyBaseExceptionObject *base = (PyBaseExceptionObject *)object;
    part(out, "args", base->args, depth);
    part(out, "cause", base->cause, depth);
    part(out, "context", base->context, depth);
    say(out, " suppress=%d notes=%d traceback=%d", base->suppress_context, base->notes != NULL,
        base->traceback != NULL);
    const char *name = Py_TYPE(object)->tp_name;
    if (strcmp(name, "StopIteration") == 0) part(out, "value", ((PyStopIterationObject *)object)->value, depth);
    if (strcmp(name, "SystemExit") == 0) part(out, "code", ((PySystemExitObject *)object)->code, depth);
    if (strcmp(name, "FileNotFoundError") == 0) {
        PyOSErrorObject *error = (PyOSErrorObject *)object;
        part(out, "errno", error->myerrno, depth);
        part(out, "strerror", error->strerror, depth);
        part(out, "filename", error->filename, depth);
    }
    if (strcmp(name, "SyntaxError") == 0) {
        PySyntaxErrorObject *error = (PySyntaxErrorObject *)object;
        part(out, "msg", error->msg, depth);
        part(out, "lineno", error->lineno, depth);
        part(out, "text", error->text, depth);
    }
    if (strcmp(name, "UnicodeDecodeError") == 0) {
        PyUnicodeErrorObject *error = (PyUnicodeErrorObject *)object;
        part(out, "encoding", error->encoding, depth);
        say(out, " start=%zd end=%zd", error->start, error->end);
    }
    if (strcmp(name, "ImportError") == 0) part(out, "name", ((PyImportErrorObject *)object)->name, depth);
    if (strcmp(name, "KeyError") == 0) say(out, " size=%zu", sizeof(PyBaseExceptionObject));
}

static void of_datetime(Out *out, PyObject *object) {
    const char *name = strrchr(Py_TYPE(object)->tp_name, '.');
    name = name == NULL ? Py_TYPE(object)->tp_name : name + 1;
    if (strcmp(name, "date") == 0 || strcmp(name, "datetime") == 0) {
        say(out, " %d-%d-%d", PyDateTime_GET_YEAR(object), PyDateTime_GET_MONTH(object), PyDateTime_GET_DAY(object));
    }
    if (strcmp(name, "datetime") == 0) {
        say(out, " %d:%d:%d.%d fold=%d zone=%d", PyDateTime_DATE_GET_HOUR(object), PyDateTime_DATE_GET_MINUTE(object),
            PyDateTime_DATE_GET_SECOND(object), PyDateTime_DATE_GET_MICROSECOND(object),
            PyDateTime_DATE_GET_FOLD(object), ((PyDateTime_DateTime *)object)->hastzinfo);
    }
    if (strcmp(name, "time") == 0) {
        say(out, " %d:%d:%d.%d fold=%d zone=%d", PyDateTime_TIME_GET_HOUR(object), PyDateTime_TIME_GET_MINUTE(object),
            PyDateTime_TIME_GET_SECOND(object), PyDateTime_TIME_GET_MICROSECOND(object),
            PyDateTime_TIME_GET_FOLD(object), ((PyDateTime_Time *)object)->hastzinfo);
    }
    if (strcmp(name, "timedelta") == 0) {
        say(out, " %d %d %d", PyDateTime_DELTA_GET_DAYS(object), PyDateTime_DELTA_GET_SECONDS(object),
            PyDateTime_DELTA_GET_MICROSECONDS(object));
    }
}

static void of_callable(Out *out, PyObject *object, int depth) {
    const char *name = Py_TYPE(object)->tp_name;
    if (strcmp(name, "method") == 0) {
        say(out, " function=%s", Py_TYPE(PyMethod_GET_FUNCTION(object))->tp_name);
        part(out, "self", PyMethod_GET_SELF(object), depth);
    } else if (strcmp(name, "builtin_function_or_method") == 0) {
        PyCFunctionObject *function = (PyCFunctionObject *)object;
        say(out, " name=%s self=%s function=%d", function->m_ml->ml_name,
            function->m_self == NULL ? "NULL" : Py_TYPE(function->m_self)->tp_name, function->m_ml->ml_meth != NULL);
        part(out, "module", function->m_module, depth);
    } else if (strcmp(name, "method_descriptor") == 0) {
        PyMethodDescrObject *method = (PyMethodDescrObject *)object;
        say(out, " type=%s name=%s", PyDescr_TYPE(object)->tp_name, method->d_method->ml_name);
        part(out, "name", PyDescr_NAME(object), depth);
    }
}

static void of_struct(Out *out, PyObject *object, int depth) {
    const char *name = Py_TYPE(object)->tp_name;
    if (strcmp(name, "float") == 0) {
        say(out, " %a", PyFloat_AS_DOUBLE(object));
    } else if (strcmp(name, "complex") == 0) {
        Py_complex value = ((PyComplexObject *)object)->cval;
        say(out, " %a,%a", value.real, value.imag);
    } else if (strcmp(name, "bytearray") == 0) {
        say(out, " size=%zd ", PyByteArray_GET_SIZE(object));
        say_bytes(out, PyByteArray_AS_STRING(object), PyByteArray_GET_SIZE(object));
    } else if (strcmp(name, "set") == 0 || strcmp(name, "frozenset") == 0) {
        say(out, " size=%zd struct=%zu", PySet_GET_SIZE(object), sizeof(PySetObject));
    } else if (strcmp(name, "slice") == 0) {
        PySliceObject *slice = (PySliceObject *)object;
        part(out, "start", slice->start, depth);
        part(out, "stop", slice->stop, depth);
        part(out, "step", slice->step, depth);
    } else if (strcmp(name, "cell") == 0) {
        part(out, "ref", PyCell_GET(object), depth);
    } else if (strcmp(name, "memoryview") == 0) {
        of_buffer(out, PyMemoryView_GET_BUFFER(object));
    } else if (strcmp(name, "weakref.ReferenceType") == 0) {
        say(out, " to=%s", Py_TYPE(((PyWeakReference *)object)->wr_object)->tp_name);
    }
    of_callable(out, object, depth);
}

static void describe(Out *out, PyObject *object, int depth) {
    if (depth > 4) {
        say(out, "...");
        return;
    }
    PyTypeObject *type = Py_TYPE(object);
    say(out, "<%s", type->tp_name);
    if (!_Py_IsImmortal(object) && object->ob_refcnt_full >> 32 != 0) say(out, " HIGH BITS OF THE COUNT");
    if (PyLong_Check(object)) of_int(out, (PyLongObject *)object);
    else if (PyUnicode_Check(object)) of_str(out, object, depth);
    else if (PyBytes_Check(object)) {
        say(out, " size=%zd ", PyBytes_GET_SIZE(object));
        say_bytes(out, PyBytes_AS_STRING(object), PyBytes_GET_SIZE(object));
    } else if (PyTuple_Check(object)) {
        for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(object); at++) part(out, "item", PyTuple_GET_ITEM(object, at), depth);
    } else if (PyList_Check(object)) {
        say(out, " room=%d", ((PyListObject *)object)->allocated >= PyList_GET_SIZE(object));
        for (Py_ssize_t at = 0; at < PyList_GET_SIZE(object); at++) part(out, "item", PyList_GET_ITEM(object, at), depth);
    } else if (PyDict_Check(object)) say(out, " size=%zd struct=%zu", PyDict_GET_SIZE(object), sizeof(PyDictObject));
    else if (PyExceptionInstance_Check(object)) of_exception(out, object, depth);
    else if (PyType_Check(object)) {
        say(out, " ");
        of_type(out, (PyTypeObject *)object);
    } else if (strstr(type->tp_name, "date") != NULL || strstr(type->tp_name, "time") != NULL) of_datetime(out, object);
    else of_struct(out, object, depth);
    say(out, ">");
}

/* Writes what there is to say of an object. */
void probe_describe(PyObject *object, char *text, size_t size) {
    Out out = {text, size};
    describe(&out, object, 0);
    say(&out, "\n  type: ");
    of_type(&out, Py_TYPE(object));
    slots(&out, Py_TYPE(object));
    say(&out, "\n  immortal: %d, counts:", _Py_IsImmortal(object));
    /* both forms of counting, and back */
    Py_ssize_t before = Py_REFCNT(object);
    Py_INCREF(object);
    say(&out, " %+zd", Py_REFCNT(object) - before);
    Py_DECREF(object);
    say(&out, " %+zd", Py_REFCNT(object) - before);
    if (!_Py_IsImmortal(object)) {
        Py_ssize_t *old = (Py_ssize_t *)object;
        ++*old;
        say(&out, " %+zd", Py_REFCNT(object) - before);
        --*old;
    }
    say(&out, " %+zd\n", Py_REFCNT(object) - before);
}

/* -- changes --------------------------------------------------------------------------------------- */

static void change_struct(PyObject *object) {
    const char *name = Py_TYPE(object)->tp_name;
    if (strcmp(name, "float") == 0) ((PyFloatObject *)object)->ob_fval = 0x1.8p+90;
    else if (strcmp(name, "complex") == 0) ((PyComplexObject *)object)->cval.imag = -0.5;
    else if (strcmp(name, "bytearray") == 0) PyByteArray_AS_STRING(object)[0] = 'X';
    else if (strcmp(name, "slice") == 0) {
        PySliceObject *slice = (PySliceObject *)object;
        PyObject *start = slice->start;
        slice->start = slice->stop;
        slice->stop = start;
    } else if (strcmp(name, "cell") == 0) PyCell_SET(object, (PyObject *)Py_TYPE(object));
    else if (strcmp(name, "memoryview") == 0) *(char *)PyMemoryView_GET_BUFFER(object)->buf = 'X';
    else if (strcmp(name, "datetime.date") == 0) ((PyDateTime_Date *)object)->data[3] = 28;
    else if (strcmp(name, "datetime.time") == 0) ((PyDateTime_Time *)object)->data[1] = 59;
    else if (strcmp(name, "datetime.datetime") == 0) ((PyDateTime_DateTime *)object)->data[9] = 1;
    else if (strcmp(name, "datetime.timedelta") == 0) ((PyDateTime_Delta *)object)->days = -1;
}

/* Changes an object in place. */
void probe_change(PyObject *object) {
    if (PyLong_Check(object)) {
        PyLongObject *number = (PyLongObject *)object;
        number->long_value.ob_digit[0] = 0x1234567;
        number->long_value.lv_tag ^= 2;
    } else if (PyUnicode_Check(object)) {
        PyUnicode_WRITE(PyUnicode_KIND(object), PyUnicode_DATA(object), 0, 'X');
        ((PyASCIIObject *)object)->hash = -1;
    } else if (PyBytes_Check(object)) PyBytes_AS_STRING(object)[0] = 'X';
    else if (PyTuple_Check(object)) {
        PyObject *first = PyTuple_GET_ITEM(object, 0);
        PyTuple_SET_ITEM(object, 0, PyTuple_GET_ITEM(object, 1));
        PyTuple_SET_ITEM(object, 1, first);
    } else if (PyList_Check(object)) {
        PyListObject *list = (PyListObject *)object;
        PyObject *first = PyList_GET_ITEM(object, 0);
        PyList_SET_ITEM(object, 0, PyList_GET_ITEM(object, 1));
        PyList_SET_ITEM(object, 1, first);
        /* as Cython appends where there is room */
        Py_ssize_t length = Py_SIZE(list);
        if (list->allocated > length) {
            list->ob_item[length] = Py_NewRef(first);
            Py_SET_SIZE(list, length + 1);
        }
    } else if (PyExceptionInstance_Check(object)) {
        PyBaseExceptionObject *base = (PyBaseExceptionObject *)object;
        Py_XSETREF(base->cause, Py_NewRef(base->args));
        base->suppress_context = 1;
    } else change_struct(object);
}

/* -- ends ------------------------------------------------------------------------------------------ */

void probe_hold(PyObject *object) { Py_INCREF(object); }

/* Lets an object go, in the form of today or in that of extensions built before counts had 32 bits; how many ended. */
int probe_release(PyObject *object, int old) {
    dealloc_calls = 0;
    if (old) {
        if (--*(Py_ssize_t *)object == 0) _Py_Dealloc(object);
    } else {
        Py_DECREF(object);
    }
    return dealloc_calls;
}
