"""What a Swift client gets, by `manager bench`, of our server and CPython's; beside it a C client.

    clients.py --manager PROGRAM --python INTERPRETER --json FILE [--quick]

The C client is the load generator against the C echo server: the floor.
"""
import json
import sys
from dataclasses import dataclass

from contenders import Samples, contenders, options, yardstick

# The ways of calling that `manager bench --door` knows.
DOORS = ('global', 'loop', 'blocking')
TASKS = ('global', 'loop')


@dataclass
class Case:
    """`words` are those of `manager bench`; `floor` those of the load generator for as much."""
    name: str
    title: str
    words: list
    floor: list
    transport: str = 'unix'
    pin: str = 'server'
    style: str = 'epoll'
    doors: tuple = DOORS
    factor: float = 1.0
    unit: str = 'calls/s'


MEBIBYTE = ['--value-size', '1048576', '--keys', '16']
CASES = [
    Case('one-unix', '1 task, get, Unix', ['get'], ['get'], 'unix', 'same', 'blocking'),
    Case('one-tcp', '1 task, get, TCP', ['get'], ['get'], 'tcp', 'same', 'blocking'),
    Case('tasks50', '50 tasks on 1 connection, get', ['get', '--tasks', '50'],
         ['get', '-P', '50'], doors=TASKS),
    Case('tasks1000', '1,000 tasks on 1 connection, get', ['get', '--tasks', '1000'],
         ['get', '-P', '1000'], doors=TASKS),
    Case('batch64', 'batches of 64 on 1 connection, get', ['get', '--depth', '64'],
         ['get', '-P', '64'], doors=('batch',)),
    Case('batch64x16', 'batches of 64 by 16 tasks on 1 connection, get',
         ['get', '--depth', '64', '--tasks', '16'], ['get', '-P', '1024'], doors=('batch',)),
    Case('c50', '50 tasks, a connection each, get', ['get', '--connections', '50'],
         ['get', '-c', '50'], doors=TASKS),
    Case('set50', '50 tasks on 1 connection, set', ['set', '--tasks', '50'],
         ['set', '-P', '50'], doors=TASKS),
    Case('queue', '1 task, put then get', ['queue'], ['qput'], 'unix', 'same', 'blocking'),
    Case('lock', '1 task, acquire then release', ['lock'], ['lock'], 'unix', 'same', 'blocking'),
    Case('get-1m', '1 task, get 1 MiB', ['get', *MEBIBYTE], ['get', '-d', '1048576', '-r', '16'],
         'unix', 'free', 'blocking', factor=(1 << 20) / 1e6, unit='MB/s'),
    Case('set-1m', '1 task, set 1 MiB', ['set', *MEBIBYTE], ['set', '-d', '1048576', '-r', '16'],
         'unix', 'free', 'blocking', factor=(1 << 20) / 1e6, unit='MB/s'),
]


def bench(everyone, contender, case, door, seconds):
    """One run of `manager bench`."""
    everyone.pin(contender, case.transport, case.pin)
    scheme = {'unix': 'unix://', 'tcp': 'tcp://'}[case.transport]
    command = [everyone.manager, 'bench', *case.words,
               scheme + str(contender.address(case.transport)),
               '--authkey-file', everyone.place.authkey_file, '--door', door,
               '--duration', seconds, '--warmup', '0.2', '--json', '--no-progress']
    result = json.loads(yardstick.run(command, case.pin))
    return {'rate': result['rate'] * case.factor, 'p50': result['latency']['p50'],
            'p99': result['latency']['p99']}


def measure(everyone, cases, rounds, seconds):
    samples = Samples()
    for number in range(rounds):
        for case in cases:
            runs = [(door, contender) for door in case.doors
                    for contender in (everyone.ours, everyone.cpython)]
            for door, contender in reversed(runs) if number % 2 else runs:
                with samples.attempt(f'{case.name} by {door}', contender):
                    figures = bench(everyone, contender, case, door, seconds)
                    samples.add(f'{door}@{contender.name}', case.name, **figures)
            floor = everyone.floors[case.style]
            with samples.attempt(case.name, floor):
                result = everyone.load(floor, case.floor[0], *case.floor[1:], '-s', seconds,
                                       transport=case.transport, pin=case.pin)
                samples.add('floor', case.name, rate=result['rate'] * case.factor)
        samples.tell(f'round {number + 1} of {rounds}: Swift clients')
    return samples.result()


def main():
    arguments = options(__doc__, rounds=5)
    with contenders(arguments.manager, arguments.python) as everyone:
        result = measure(everyone, CASES, arguments.rounds, arguments.seconds)
    cases = {case.name: {'title': case.title, 'unit': case.unit, 'pin': case.pin} for case in CASES}
    result |= {'cases': cases, 'doors': [*DOORS, 'batch'], 'rounds': arguments.rounds}
    arguments.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + '\n')
    return bool(result['failures'])


if __name__ == '__main__':
    sys.exit(main())
