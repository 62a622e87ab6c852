"""Measures processes, pools, pipes, queues, locks and shared memory against CPython's.

    local.py --ours LocalHalf --python PYTHON [--rounds N] [--quick] --json FILE

Each case runs by turns in our program (Benchmarks/LocalHalf) and in CPython (local_cpython.py),
round by round; ratios are those within a round. It takes some five minutes.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Longest that one run may take, in seconds.
PATIENCE = 90


@dataclass
class Case:
    """What is measured: by our program, and by what it is compared with."""
    name: str
    title: str
    unit: str
    # How many times CPython's it is to be.
    goal: float = None
    # At most so much, where less is better.
    limit: float = None
    # The case of `CASES` in local_cpython.py, or of our own program where that begins with '='.
    other: str = None
    pinned: bool = False

    @property
    def less_is_better(self):
        return self.unit in ('ns', 'ms')


CASES = [
    Case('pool-chunk1', 'pool map of trivial tasks, 2 workers, chunks of 1', 'tasks/s', goal=3),
    Case('pool-chunks', 'the same, default chunks', 'tasks/s', goal=2),
    Case('queue-1-1', 'queue of numbers, 1 → 1', 'items/s', goal=5),
    Case('queue-1-1-blocking', 'the same by plain threads', 'items/s', goal=5, other='queue-1-1'),
    Case('queue-4-4', 'queue of numbers, 4 → 4', 'items/s', goal=5),
    Case('queue-1m', 'queue of 1 MiB items, 1 → 1', 'MiB/s', goal=1.5),
    Case('pipe', 'pipe ping-pong, tasks, one CPU', 'trips/s', goal=1.5, pinned=True),
    Case('pipe-loop', 'the same by tasks in `Connection.run`', 'trips/s', goal=1.5, other='pipe',
         pinned=True),
    Case('pipe-blocking', 'the same by plain threads', 'trips/s', goal=1.5, other='pipe',
         pinned=True),
    Case('lock', 'lock and unlock, nobody else there, a task', 'ns', limit=25),
    Case('lock-blocking', 'the same by a plain thread', 'ns', limit=25, other='lock'),
    Case('lock-contended', 'lock and unlock, 4 processes', 'pairs/s', goal=1.2),
    Case('start-spawn', 'start and join an empty process, spawn', 'ms', limit=8),
    Case('start-forkserver', 'the same, forkserver', 'ms', limit=3),
    Case('start-fork', 'the same, fork', 'ms', limit=1.5),
    Case('array-sum', 'sum of a SharedArray, beside a plain array', 'elements/s', goal=0.9,
         other='=plain-array-sum'),
]


def run(command, pinned):
    """What a program prints: a number."""
    if pinned:
        command = ['taskset', '-c', str(min(os.sched_getaffinity(0))), *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode != 0:
        raise RuntimeError(f'exit status {done.returncode}: {done.stderr.strip()[-300:]}')
    return float(done.stdout)


def measure(cases, ours, python, rounds, seconds):
    samples = {case.name: {'ours': [], 'other': []} for case in cases}
    failures = []
    for number in range(rounds):
        for case in cases:
            other = case.other or case.name
            commands = {
                'ours': [ours, case.name, str(seconds)],
                'other': ([ours, other[1:], str(seconds)] if other.startswith('=') else
                          [python, '-B', str(HERE / 'local_cpython.py'), other, str(seconds)])}
            # Who comes first changes from round to round.
            order = sorted(commands, reverse=number % 2 == 1)
            try:
                figures = {who: run(commands[who], case.pinned) for who in order}
            except (RuntimeError, ValueError, subprocess.TimeoutExpired) as error:
                failures.append(f'{case.name}: {error}')
                continue
            for who, figure in figures.items():
                samples[case.name][who].append(figure)
        print(f'round {number + 1} of {rounds}', file=sys.stderr, flush=True)
    return samples, failures


def summary(case, samples):
    ours, other = samples['ours'], samples['other']
    if not ours:
        return None
    pairs = zip(ours, other)
    ratios = [b / a if case.less_is_better else a / b for a, b in pairs]
    return {'title': case.title, 'unit': case.unit, 'goal': case.goal, 'limit': case.limit,
            'ours': statistics.median(ours), 'other': statistics.median(other),
            'ratio': statistics.median(ratios), 'least': min(ratios), 'most': max(ratios)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--ours', required=True)
    parser.add_argument('--python', required=True)
    parser.add_argument('--rounds', type=int)
    parser.add_argument('--only', help='names of cases, with commas between them')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--json', type=Path, required=True)
    arguments = parser.parse_args()
    rounds = arguments.rounds or (1 if arguments.quick else 7)
    seconds = 0.2 if arguments.quick else 1.0
    cases = [case for case in CASES
             if not arguments.only or case.name in arguments.only.split(',')]
    samples, failures = measure(cases, arguments.ours, arguments.python, rounds, seconds)
    version = subprocess.run([arguments.python, '-V'], capture_output=True, text=True).stdout
    facts = {'rounds': rounds, 'seconds': seconds, 'cpus': os.cpu_count(),
             'kernel': os.uname().release, 'python': version.split()[-1],
             'date': time.strftime('%Y-%m-%d')}
    result = {'facts': facts, 'failures': failures,
              'cases': {case.name: summary(case, samples[case.name]) for case in cases}}
    arguments.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + '\n')
    return bool(failures)


if __name__ == '__main__':
    sys.exit(main())
