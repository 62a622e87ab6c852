"""What TLS takes of a Swift client's calls, and of a C client's beside it.

    tls.py --manager PROGRAM --json FILE [--quick]

Ours: `manager bench` of our server over TCP with and without TLS. The floor: `tls_echo.c`, two
processes that exchange as much by OpenSSL's memory BIOs, and keep nothing.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from contenders import Failed, Samples, options, yardstick

DOORS = ('blocking', 'loop', 'global')
MEBIBYTE = 1 << 20
LARGE = ['--value-size', str(MEBIBYTE), '--keys', '16']


class Servers:
    """One server with TLS and one without, and the C program."""

    def __init__(self, folder, manager):
        self.folder, self.manager = Path(folder), manager
        self.key = self.folder / 'key'
        self.key.write_text('bench')
        for words in (['init'], ['issue', 'server', '--host', '127.0.0.1']):
            subprocess.run([manager, 'certs', *words, '--directory', folder], check=True,
                           stdout=subprocess.DEVNULL)
        self.pem, self.private = self.folder / 'server.pem', self.folder / 'server.key'
        self.echo = self.folder / 'tls_echo'
        source = Path(__file__).with_name('tls_echo.c')
        subprocess.run(['gcc', '-O2', '-o', self.echo, source, '-lssl', '-lcrypto'], check=True)
        self.processes, self.addresses = {}, {}
        secured = ['--tls-certificate', self.pem, '--tls-key', self.private]
        for name, scheme, more in (('plain', 'tcp', []), ('tls', 'tls', secured)):
            process = subprocess.Popen(
                [manager, 'serve', '--listen', f'{scheme}://127.0.0.1:0', '--authkey-file',
                 self.key, *more], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            self.processes[name] = process
            self.addresses[name] = process.stdout.readline().split()[-1]

    def stop(self):
        for process in self.processes.values():
            process.terminate()
            process.wait()

    def bench(self, name, operation, door, pin, seconds, *words):
        """Calls a second."""
        yardstick.pin(self.processes[name].pid, yardstick.PINS[pin][0])
        trust = ['--tls-ca', self.folder / 'ca.pem'] if name == 'tls' else []
        return json.loads(yardstick.run(
            [self.manager, 'bench', operation, self.addresses[name], '--authkey-file', self.key,
             '--door', door, '--duration', seconds, '--warmup', '0.2', '--json', '--no-progress',
             *trust, *words], pin))['rate']

    def floor(self, mode, size, pin, seconds):
        """Exchanges a second."""
        return float(yardstick.run(
            [self.echo, mode, size, seconds, self.pem, self.private], pin))


def measure(servers, rounds, seconds):
    samples = Samples()
    for number in range(rounds):
        names = ('plain', 'tls') if number % 2 else ('tls', 'plain')
        for door in DOORS:
            for name in names:
                samples.add(name, door, rate=servers.bench(name, 'get', door, 'same', seconds))
        # One and the same exchange, whichever way the client calls.
        small = servers.floor('get', 64, 'same', seconds)
        for door in DOORS:
            samples.add('floor', door, rate=small)
        for operation in ('get', 'set'):
            for name in names:
                rate = servers.bench(name, operation, 'blocking', 'free', seconds, *LARGE)
                samples.add(name, operation, rate=rate * MEBIBYTE / 1e6)
            rate = servers.floor(operation, MEBIBYTE, 'free', seconds)
            samples.add('floor', operation, rate=rate * MEBIBYTE / 1e6)
        samples.tell(f'round {number + 1} of {rounds}: TLS')
    return samples.result()


def main():
    arguments = options(__doc__, rounds=5)
    with tempfile.TemporaryDirectory(prefix='bench-tls-') as folder:
        servers = Servers(folder, arguments.manager)
        try:
            result = measure(servers, arguments.rounds, arguments.seconds)
        except Failed as reason:
            print(reason, file=sys.stderr)
            return 1
        finally:
            servers.stop()
    result |= {'rounds': arguments.rounds}
    arguments.json.write_text(json.dumps(result, indent=1) + '\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
