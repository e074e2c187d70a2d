"""What the reference's objects look like to the probe: the same answers that Taipan's give, by ctypes."""
import ctypes
import sys
import weakref

probe = ctypes.PyDLL(sys.argv[1])
probe.probe_describe.argtypes = [ctypes.py_object, ctypes.c_char_p, ctypes.c_size_t]
probe.probe_describe.restype = None
probe.probe_change.argtypes = [ctypes.py_object]
probe.probe_change.restype = None
probe.probe_hold.argtypes = [ctypes.py_object]
probe.probe_hold.restype = None
probe.probe_release.argtypes = [ctypes.c_void_p, ctypes.c_int]
probe.probe_begin(ctypes.cast(ctypes.pythonapi._Py_Dealloc, ctypes.c_void_p))
text = ctypes.create_string_buffer(1 << 16)

space = {}
with open(sys.argv[2], encoding="utf-8") as file:
    setup, _, rest = file.read().partition("\n---\n")
exec(setup, space)
for line in rest.splitlines():
    if not line or line.startswith("#"):
        continue
    expression, _, after = line.partition(" -> ")
    print(line)
    o = eval(expression, space)
    probe.probe_describe(o, text, len(text))
    sys.stdout.write("  " + text.value.decode())
    if after == "ends":
        for old in 0, 1:
            o = eval(expression, space)
            probe.probe_hold(o)
            address = id(o)
            del o
            print("  ended:", probe.probe_release(address, old), space["log"])
    elif after:
        probe.probe_change(o)
        space["o"] = o
        print("  changed:", eval(after, space))
        del space["o"]
