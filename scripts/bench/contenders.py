"""The servers that are measured: those of the yardstick, a folder beside this repository.

The yardstick starts our server, CPython's, Redis and the C echo server (the floor), pins them to
CPUs, and has the load generator. This module finds it, and runs things against all of them in
turn.
"""
import argparse
import contextlib
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
YARDSTICK = Path(os.environ.get('YARDSTICK', ROOT.parent / 'shared/perf')).resolve()
sys.dont_write_bytecode = True
sys.path.insert(0, str(YARDSTICK))
try:
    import yardstick
except ImportError:
    raise SystemExit(f'no yardstick at {YARDSTICK}: set YARDSTICK to its folder') from None

Failed = yardstick.Failed


class Contenders:
    """Our server, CPython's, Redis and the floor in both its styles; Redis only if it is here."""

    def __init__(self, directory, manager, python):
        self.place = yardstick.Place(directory)
        self.place.build('gcc')
        self.manager = manager
        self.ours = yardstick.Ours(self.place, f'{manager} serve')
        reference = YARDSTICK.parent / 'cpython/reference_server.py'
        self.cpython = yardstick.CPython(self.place, python, reference)
        redis = shutil.which('redis-server')
        self.redis = yardstick.Redis(self.place, redis) if redis else None
        self.floors = {style: yardstick.Floor(self.place, style) for style in ('epoll', 'blocking')}

    def stop(self):
        for contender in (self.ours, self.cpython, self.redis, *self.floors.values()):
            if contender:
                contender.stop()

    def load(self, contender, mode, *options, transport='unix', pin='server'):
        """Runs the load generator once: what it printed, numbers as numbers."""
        return numbers(yardstick.load(contender, mode, transport, *options, pin_name=pin))

    def pin(self, contender, transport, pin):
        """Keeps the server where it is to be."""
        yardstick.pin(contender.server(transport).pid, yardstick.PINS[pin][0])


def numbers(result):
    return {key: float(value) for key, value in result.items() if key != 'mode'}


@contextlib.contextmanager
def contenders(manager, python):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix='bench-') as directory:
        everyone = Contenders(directory, manager, python)
        try:
            yield everyone
        finally:
            everyone.stop()


def options(description, rounds):
    """What the command line says, with how many rounds of how many seconds."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument('--manager', required=True, metavar='PROGRAM')
    parser.add_argument('--python', default=sys.executable, metavar='INTERPRETER')
    parser.add_argument('--rounds', type=int)
    parser.add_argument('--quick', action='store_true', help='one round of very short runs')
    parser.add_argument('--json', type=Path, required=True, metavar='FILE')
    arguments = parser.parse_args()
    arguments.rounds = arguments.rounds or (1 if arguments.quick else rounds)
    arguments.seconds = 0.15 if arguments.quick else 1.0
    return arguments


class Samples:
    """Figures by name of series and point, over the rounds."""

    def __init__(self):
        self.series = {}
        self.failures = []
        self.start = time.monotonic()

    def add(self, series, point, **figures):
        points = self.series.setdefault(series, {}).setdefault(str(point), {})
        for key, figure in figures.items():
            points.setdefault(key, []).append(figure)

    @contextlib.contextmanager
    def attempt(self, what, contender):
        """A failure is noted, and the contender started anew for the next one."""
        try:
            yield
        except Failed as reason:
            self.failures.append(f'{what}, {contender.name}: {reason}')
            print(self.failures[-1], file=sys.stderr)
            contender.stop()

    def tell(self, text):
        print(f'{time.monotonic() - self.start:6.0f} s: {text}', file=sys.stderr)

    def result(self):
        return {'series': self.series, 'failures': self.failures}
