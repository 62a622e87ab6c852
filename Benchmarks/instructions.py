#!/usr/bin/env python3
"""How many instructions and allocations each hot path takes, by valgrind: the same on every run.

    Benchmarks/instructions.py             the table; fails where one is over its threshold
    Benchmarks/instructions.py --update    new thresholds, 3 % above what was counted
    Benchmarks/instructions.py --only 'store get'

A path is gone along 100 and 1,100 times; the difference is that of 1,000. Builds HotPathCount.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
THRESHOLDS = HERE / 'thresholds.json'
TIMES = (100, 1100)
# Instructions may be so many times what they were: another compiler, another machine's memcpy.
ALLOWANCE = 1.03
LIMIT = 300     # seconds for one run
# Hash values that are the same on every run.
ENVIRONMENT = {'SWIFT_DETERMINISTIC_HASHING': '1', 'SWIFT_BACKTRACE': 'enable=no'}


def build():
    command = ['swift', 'build', '-c', 'release', '--product', 'HotPathCount']
    subprocess.run(command, cwd=HERE, check=True, stdout=sys.stderr)
    shown = subprocess.run([*command, '--show-bin-path'], cwd=HERE, check=True,
                           stdout=subprocess.PIPE, text=True)
    program = Path(shown.stdout.strip()) / 'HotPathCount'
    # Valgrind stumbles over what Swift has debuggers told.
    bare = program.with_name('HotPathCount.bare')
    subprocess.run(['strip', '-g', '-o', bare, program], check=True)
    return bare


def valgrind(tool, pattern, program, name, times):
    """The figure that the pattern finds in what the tool says of a run."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            ['valgrind', f'--tool={tool}', *TOOLS[tool], program, name, str(times)], cwd=folder,
            env=os.environ | ENVIRONMENT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
    match = re.search(pattern, run.stdout)
    if run.returncode or not match:
        raise SystemExit(f'{name}: {run.stdout.strip()[-500:]}')
    return int(match[1].replace(',', ''))


TOOLS = {'callgrind': ['--callgrind-out-file=/dev/null'],
         'memcheck': ['--leak-check=no', '--undef-value-errors=no']}
FIGURES = {'instructions': ('callgrind', r'Collected\s*:\s*(\d+)'),
           'allocations': ('memcheck', r'total heap usage: ([\d,]+) allocs')}


def count(program, name):
    """Instructions and allocations of going along the path once."""
    figures = {}
    for figure, (tool, pattern) in FIGURES.items():
        few, many = (valgrind(tool, pattern, program, name, times) for times in TIMES)
        figures[figure] = round((many - few) / (TIMES[1] - TIMES[0]), 2)
    return figures


def verdict(figures, threshold):
    if threshold is None:
        return 'has no threshold'
    worse = [key for key in FIGURES if figures[key] > threshold[key]]
    if worse:
        return 'OVER its ' + ' and '.join(worse)
    if figures['instructions'] * ALLOWANCE ** 2 < threshold['instructions']:
        return 'far below: lower the threshold'
    return ''


def table(counted, thresholds):
    lines = ['| path | instructions | at most | allocations | at most | |',
             '|---|---:|---:|---:|---:|---|']
    for name, figures in counted.items():
        threshold = thresholds.get(name)
        limits = threshold or dict.fromkeys(FIGURES, '–')
        lines.append(f'| {name} | {figures["instructions"]:,.0f} | {limits["instructions"]} | '
                     f'{figures["allocations"]:g} | {limits["allocations"]} | '
                     f'{verdict(figures, threshold)} |')
    return '\n'.join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--only', action='append', metavar='PATH', help='repeatable')
    parser.add_argument('--update', action='store_true', help='write the thresholds')
    arguments = parser.parse_args()
    if not shutil.which('valgrind'):
        raise SystemExit('install valgrind (Debian: apt-get install valgrind)')
    program = build()
    listed = subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True)
    names = listed.stdout.splitlines()
    for name in arguments.only or []:
        if name not in names:
            raise SystemExit(f'no path is called {name}; there are: {", ".join(names)}')
    names = arguments.only or names
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        counted = dict(zip(names, pool.map(lambda name: count(program, name), names)))
    thresholds = json.loads(THRESHOLDS.read_text()) if THRESHOLDS.exists() else {}
    if arguments.update:
        for name, figures in counted.items():
            thresholds[name] = {'instructions': round(figures['instructions'] * ALLOWANCE),
                                'allocations': round(figures['allocations'] + 0.1, 1)}
        THRESHOLDS.write_text(json.dumps(thresholds, indent=1) + '\n')
    print(table(counted, thresholds))
    return any(verdict(*pair) and 'far' not in verdict(*pair) for pair in
               ((figures, thresholds.get(name)) for name, figures in counted.items()))


if __name__ == '__main__':
    sys.exit(main())
