"""CPython's own tests of managers, as the interpreter that runs this ships them, against a server.

    PYTHON cpython_suite.py ADDRESS KEYFILE [fork|spawn]

Only `SyncManager.start()` is replaced: it connects to the server at ADDRESS. Each test runs in a
process group of its own, within a time limit. Prints `test.id: passed` or what became of it, then
`N passed`.
"""
import importlib.util
import multiprocessing
import multiprocessing.util
import os
import signal
import sys
import tempfile
import time
import unittest
from multiprocessing import context, managers, process

import sharing

LIMIT = 120
OTHER_CLASSES = ('TestSyncManagerTypes', 'TestInitializers', 'TestManagerExceptions')
# Tests that an external server cannot pass, and why.
SKIPPED = {
    'WithManagerTestMyManager': 'starts a server of its own',
    'WithManagerTestRemoteManager': 'starts a server of its own',
    'WithManagerTestManagerRestart': 'starts a server of its own',
    'TestManagerExceptions.test_dispatch': 'it uses no server',
    'WithManagerTestPool': 'a hosted pool runs Python functions in the server',
    'TestSyncManagerTypes.test_pool': 'a hosted pool runs Python functions in the server',
    'WithManagerTestBarrier.test_action': 'the action is an object of a Python class',
}


class NoProcess:
    """Stands where a started manager keeps its server's process."""
    pid, exitcode, name = None, 0, 'another server'

    def join(self, timeout=None):
        pass

    def is_alive(self):
        return False


def attach(address, authkey):
    """Makes `SyncManager().start()` connect."""
    process.current_process().authkey = authkey
    real_start = managers.SyncManager.start
    real_count = managers.SyncManager._number_of_objects

    def start(self, initializer=None, initargs=()):
        if type(self) is not managers.SyncManager or initializer is not None:
            return real_start(self, initializer, initargs)
        self._address, self._authkey = address, process.AuthenticationString(authkey)
        self.connect()
        self._process = NoProcess()
        base = real_count(self)
        self._number_of_objects = lambda: max(0, real_count(self) - base)
        self.shutdown = lambda: None

    def manager(self):
        made = managers.SyncManager(ctx=self.get_context())
        made.start()
        return made

    managers.SyncManager.start = start
    context.BaseContext.Manager = manager
    multiprocessing.Manager = context._default_context.Manager


def install(start_method):
    """Puts the tests into this module; all their ids."""
    import test._test_multiprocessing as suite
    names = globals()
    suite.install_tests_in_module_dict(names, start_method)
    loader = unittest.TestLoader()
    for name in sorted(names):
        case = names[name]
        if (isinstance(case, type) and issubclass(case, unittest.TestCase)
                and (name.startswith('WithManager') or name in OTHER_CLASSES)):
            for method in loader.getTestCaseNames(case):
                yield '%s.%s' % (name, method)


def run_here(test):
    """Runs a test; what became of it."""
    name, method = test.split('.')
    result = unittest.TestResult()
    unittest.TestSuite([unittest.TestSuite([globals()[name](method)])]).run(result)
    for _, text in result.errors + result.failures:
        return text
    if result.skipped:
        return 'skipped: ' + result.skipped[0][1]
    return 'passed' if result.testsRun == 1 else 'it did not run'


def run(test):
    """Runs a test in a process group of its own; what became of it."""
    with tempfile.TemporaryFile('w+') as said:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os.setsid()
            for descriptor in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
            said.write(run_here(test))
            said.flush()
            multiprocessing.util._exit_function()
            os._exit(0)
        deadline = time.monotonic() + LIMIT
        ended = 0
        while not ended and time.monotonic() < deadline:
            ended, status = os.waitpid(child, os.WNOHANG)
            time.sleep(0.005)
        try:
            os.killpg(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        if not ended:
            os.waitpid(child, 0)
            return 'no end within %d s' % LIMIT
        said.seek(0)
        return said.read() or 'it ended with %d' % status


def main():
    if importlib.util.find_spec('test._test_multiprocessing') is None:
        # Some systems keep CPython's tests in a package of their own.
        return print('none here')
    address, authkey = sharing.parse_address(sys.argv[1]), sharing.read_key(sys.argv[2])
    attach(address, authkey)
    passed = 0
    for test in list(install(sys.argv[3] if len(sys.argv) > 3 else 'fork')):
        reason = SKIPPED.get(test) or SKIPPED.get(test.split('.')[0])
        outcome = 'left out: ' + reason if reason else run(test)
        passed += outcome == 'passed'
        print('%s: %s' % (test, outcome), flush=True)
    print('%d passed' % passed)


if __name__ == '__main__':
    main()
elif __name__ == '__mp_main__':
    # A process that a test has spawned looks here for what it is to run.
    list(install('spawn'))
