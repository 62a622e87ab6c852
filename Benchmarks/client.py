#!/usr/bin/env python3
"""How many instructions a call takes a Swift client, by callgrind: the same on every run.

    Benchmarks/client.py                           a table of the ways to call
    Benchmarks/client.py --only loop --functions   the functions in which most of them are

`manager bench get` runs under callgrind against a server that does not, with 2,000 and with
22,000 calls; the difference is that of 20,000. What the bench itself does for a call is counted
too, about a thousand instructions. Builds a release of the command.
"""
import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COUNTS = (2000, 22000)
LIMIT = 300     # seconds for one run
WAYS = {
    'blocking': ['--door', 'blocking'],
    'loop': ['--door', 'loop'],
    'loop, 50 tasks': ['--door', 'loop', '--tasks', '50'],
    'global, 50 tasks': ['--door', 'global', '--tasks', '50'],
    'batches of 64, 4 tasks': ['--door', 'batch', '--tasks', '4', '--depth', '64'],
}
ENVIRONMENT = os.environ | {'MANAGER_AUTHKEY': 'a benchmark', 'SWIFT_BACKTRACE': 'enable=no'}


def build():
    command = ['swift', 'build', '-c', 'release', '--product', 'manager']
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    shown = subprocess.run([*command, '--show-bin-path'], cwd=ROOT, check=True,
                           stdout=subprocess.PIPE, text=True)
    return Path(shown.stdout.strip()) / 'manager'


@contextlib.contextmanager
def server(manager, address):
    process = subprocess.Popen([manager, 'serve', '--listen', address], env=ENVIRONMENT,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        process.stdout.readline()
        yield
    finally:
        process.terminate()
        process.wait()


def callgrind(program, address, way, count, profile):
    """The instructions of a whole run."""
    run = subprocess.run(
        ['valgrind', '--tool=callgrind', f'--callgrind-out-file={profile}', program, 'bench', 'get',
         address, '--count', str(count), '--warmup', '0.01', '--no-progress', *WAYS[way]],
        env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
    match = re.search(r'Collected\s*:\s*(\d+)', run.stdout)
    if run.returncode or not match:
        raise SystemExit(f'{way}: {run.stdout.strip()[-500:]}')
    return int(match[1])


def functions(profile):
    """The instructions of each function by itself."""
    shown = subprocess.run(['callgrind_annotate', '--threshold=99.9', '--auto=no', profile],
                           check=True, stdout=subprocess.PIPE, text=True)
    found = {}
    for line in shown.stdout.splitlines():
        match = re.match(r'\s*([\d,]+) \(\s*[\d.]+%\)\s+(\S.*)', line)
        if match:
            name = re.sub(r' \[.*', '', match[2]).removeprefix('???:')
            found[name] = found.get(name, 0) + int(match[1].replace(',', ''))
    return found


def demangled(name):
    match = re.search(r'\$s\w+', name)
    if not match:
        return name
    run = subprocess.run(['swift', 'demangle', '--simplified', '--compact', match[0]],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return name.replace(match[0], run.stdout.strip()) if run.returncode == 0 else name


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--only', action='append', choices=WAYS, metavar='WAY',
                        help='repeatable: ' + '; '.join(WAYS))
    parser.add_argument('--functions', action='store_true',
                        help='list the functions in which most instructions are')
    arguments = parser.parse_args()
    if not shutil.which('valgrind'):
        raise SystemExit('install valgrind (Debian: apt-get install valgrind)')
    manager = build()
    calls = COUNTS[1] - COUNTS[0]
    with tempfile.TemporaryDirectory() as folder:
        # Valgrind stumbles over what Swift has debuggers told.
        program = Path(folder) / 'manager'
        subprocess.run(['strip', '-g', '-o', program, manager], check=True)
        address = f'unix://{folder}/s'
        print('| way to call | instructions a call |\n|---|---:|')
        for way in arguments.only or WAYS:
            profiles = [Path(folder) / str(count) for count in COUNTS]
            with server(manager, address):
                few, many = (callgrind(program, address, way, count, profile)
                             for count, profile in zip(COUNTS, profiles))
            print(f'| {way} | {(many - few) / calls:,.0f} |', flush=True)
            if arguments.functions:
                few, many = map(functions, profiles)
                own = {name: (total - few.get(name, 0)) / calls for name, total in many.items()}
                for name in sorted(own, key=own.get, reverse=True)[1:41]:
                    print(f'{own[name]:8.0f}  {demangled(name)[:110]}')


if __name__ == '__main__':
    main()
