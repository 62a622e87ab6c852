"""How throughput and latency change with connections, keys and load, for ours, Redis and the floor.

    curves.py --manager PROGRAM --python INTERPRETER --json FILE [--quick]

Each point is measured once a round for everyone in turn. The server has one CPU for itself and
shares it with the clients, who may use all.
"""
import json
import subprocess
import sys
import time

from contenders import Failed, Samples, contenders, numbers, options, yardstick

CONNECTIONS = (1, 10, 100, 1000, 10_000)
KEYS = (100, 10_000, 1_000_000)
# So many connections keep the server busy while another one measures latency.
LOAD = (0, 1, 2, 4, 8, 16, 32, 64, 128)
# CPython's server has a thread for each connection.
CPYTHON_CONNECTIONS = 1000


def by_connections(everyone, samples, contender, seconds):
    for count in CONNECTIONS:
        if contender is everyone.cpython and count > CPYTHON_CONNECTIONS:
            continue
        with samples.attempt(f'{count} connections', contender):
            # Many connections take a while until each has been served once.
            result = everyone.load(contender, 'get', '-c', count, '-s', max(seconds, count / 5000))
            samples.add(contender.name, count, rate=result['rate'])


def by_keys(everyone, samples, contender, seconds):
    for count in KEYS:
        with samples.attempt(f'{count} keys', contender):
            result = everyone.load(contender, 'get', '-c', 50, '-r', count, '-s', seconds)
            samples.add(contender.name, count, rate=result['rate'])


def by_load(everyone, samples, contender, seconds):
    for count in LOAD:
        with samples.attempt(f'{count} connections of load', contender):
            rate, probe = probed(everyone, contender, count, seconds)
            samples.add(contender.name, count, rate=rate + probe['rate'],
                        p50=probe['p50_us'], p99=probe['p99_us'])


def probed(everyone, contender, count, seconds):
    """What `count` connections get out of the server, and what one more sees meanwhile."""
    command = [everyone.place.loadgen, f'{contender.prefix}get', contender.address('unix'),
               '-A', everyone.place.authkey_file]
    if count == 0:
        return 0.0, everyone.load(contender, 'get', '-s', seconds)
    # The load begins a little before and ends a little after.
    crowd = yardstick.spawn([*command, '-c', count, '-s', seconds * 1.2 + 0.3],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)
    try:
        time.sleep(0.15)
        probe = everyone.load(contender, 'get', '-s', seconds)
        output, errors = crowd.communicate(timeout=yardstick.COMMAND_LIMIT)
        if crowd.returncode:
            raise Failed(errors.strip() or f'exit status {crowd.returncode}')
        return numbers(yardstick.parse_result(output))['rate'], probe
    finally:
        yardstick.end(crowd)


CURVES = {'connections': by_connections, 'keys': by_keys, 'load': by_load}


def measure(everyone, rounds, seconds):
    samples = {name: Samples() for name in CURVES}
    for number in range(rounds):
        for name, curve in CURVES.items():
            runners = [everyone.ours, everyone.redis, everyone.floors['epoll']]
            if name == 'connections':
                runners.append(everyone.cpython)
            if number % 2:     # nobody always goes first
                runners.reverse()
            for contender in filter(None, runners):
                curve(everyone, samples[name], contender, seconds)
            samples[name].tell(f'round {number + 1} of {rounds}: {name}')
    return {name: sample.result() for name, sample in samples.items()}


def main():
    arguments = options(__doc__, rounds=3)
    with contenders(arguments.manager, arguments.python) as everyone:
        result = measure(everyone, arguments.rounds, arguments.seconds)
    arguments.json.write_text(json.dumps(result | {'rounds': arguments.rounds}, indent=1) + '\n')
    return any(curve['failures'] for curve in result.values())


if __name__ == '__main__':
    sys.exit(main())
