"""Prints what `dis.dis` prints of a source file, less the addresses of code objects.

usage: python disassembly.py FILE
"""

import contextlib
import dis
import io
import os
import re
import sys

with open(sys.argv[1], "rb") as source:
    code = compile(source.read(), os.path.basename(sys.argv[1]), "exec", dont_inherit=True)
out = io.StringIO()
with contextlib.redirect_stdout(out):
    dis.dis(code)
sys.stdout.write(re.sub(r"(<code object .*?) at 0x[0-9a-f]+", r"\1", out.getvalue()))
