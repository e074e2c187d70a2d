"""Runs one module of the reference's test suite and writes how each test ends, a line each, to standard output.

usage: driver.py MODULE FILE [ONLY...]

FILE names tests that are left out, one a line: they ran before. With ONLY, no other tests are run. The lines, whose
fields tabs separate:

    begin  TEST
    end    TEST  passed|skipped|failed  REASON
    broken WHAT      the module, or what sets it up, failed
    done
"""
import os
import sys
import types
import unittest

# what tests print goes where errors go
lines = open(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
os.dup2(2, 1)

# modules of CPython's own build that test files mention; the tests which use them are not counted
INTERNAL = "_testcapi _testlimitedcapi _testinternalcapi _testbuffer _testmultiphase _testsinglephase _testclinic"


def tell(*fields):
    print(*(" ".join(field.split()) for field in fields), sep="\t", file=lines, flush=True)


def reason(error):
    kind, value, _ = error
    text = str(value).strip().splitlines()
    return f"{kind.__name__}: {text[0]}" if text else kind.__name__


class Teller(unittest.TestResult):
    ended = None

    def startTest(self, test):
        super().startTest(test)
        self.ended = ("passed", "")
        tell("begin", test.id())

    def stopTest(self, test):
        super().stopTest(test)
        tell("end", test.id(), *self.ended)

    def addError(self, test, error):
        if isinstance(test, unittest.TestCase):
            self.ended = ("failed", reason(error))
        else:
            tell("broken", f"{test.id()}: {reason(error)}")

    def addFailure(self, test, error):
        self.ended = ("failed", reason(error))

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.ended = ("failed", reason(error))

    def addSkip(self, test, why):
        if self.ended is not None and self.ended[0] == "passed":
            self.ended = ("skipped", why)

    def addUnexpectedSuccess(self, test):
        self.ended = ("failed", "unexpected success")


def single(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from single(test)
        else:
            yield test


def main():
    _, module, left_out, *only = sys.argv
    del sys.argv[1:]
    with open(left_out, encoding="utf-8") as file:
        done = set(file.read().split("\n"))
    for name in INTERNAL.split():
        sys.modules[name] = types.ModuleType(name)
    sys.modules["_testinternalcapi"].has_inline_values = lambda value: False
    from test import support

    support.verbose, support.use_resources = 0, {}
    try:
        suite = unittest.TestLoader().loadTestsFromName(f"test.{module}")
    except BaseException as error:
        tell("broken", f"{type(error).__name__}: {error}")
        suite = ()
    wanted = [test for test in single(suite) if test.id() not in done and (not only or test.id() in only)]
    unittest.TestSuite(wanted).run(Teller())
    tell("done")
    # threads that a test left behind do not keep the process
    os._exit(0)


main()
