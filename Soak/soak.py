"""Runs clients against a server for a while, a third of which are killed, and reckons up.

    python3 soak.py MANAGER SWIFT_CLIENT MINUTES CLIENTS PYTHON…

CLIENTS is how many there are at once, each with a connection of its own; PYTHONs are interpreters.
The exit status is 0 only if all that must be so at the end is.
"""
import glob
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import client
from ledger import Reckoning

FOLDER = os.path.dirname(os.path.abspath(__file__))
SHARED = ('items:Queue', 'counters:dict', 'table:dict', 'log:list', 'lock:Lock', 'rlock:RLock',
          'permits:Semaphore', 'inside:dict')
# How long a client lives, in seconds, and how many lanes one process has.
LIFE = (5, 40)
PYTHON_LANES, SWIFT_LANES = 6, 60
# A Python process costs as much as hundreds of lanes in Swift.
PYTHON_SHARE = 0.15
# How much more memory the server may have at the end than after its first minute.
GROWTH = 48 << 20


class Server:
    """`manager serve`, on each transport, with an authority and a certificate made for it."""

    def __init__(self, manager, folder):
        self.folder = folder
        self.keyfile = os.path.join(folder, 'key')
        with open(self.keyfile, 'wb') as file:
            file.write(os.urandom(32))
        os.chmod(self.keyfile, 0o600)
        for made in (['init'], ['issue', 'server']):
            subprocess.run([manager, 'certs', *made, '--directory', folder], check=True,
                           stdout=subprocess.DEVNULL)
        command = [manager, 'serve', '--authkey-file', self.keyfile,
                   '--tls-certificate', os.path.join(folder, 'server.pem'),
                   '--tls-key', os.path.join(folder, 'server.key')]
        addresses = ('unix://' + os.path.join(folder, 's'), 'tcp://127.0.0.1:0',
                     'tls://127.0.0.1:0')
        for address in addresses:
            command += ['--listen', address]
        for each in SHARED:
            command += ['--share', each]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=open(os.path.join(folder, 'log'), 'wb'))
        lines = [self.process.stdout.readline().decode().split()[-1] for _ in addresses]
        self.addresses = {line.partition(':')[0]: line for line in lines}

    def status(self, name):
        with open('/proc/%d/status' % self.process.pid) as file:
            return int(next(line for line in file if line.startswith(name + ':')).split()[1])

    @property
    def memory(self):
        return self.status('VmRSS') << 10

    @property
    def descriptors(self):
        return len(os.listdir('/proc/%d/fd' % self.process.pid))

    def stop(self):
        self.process.terminate()
        return self.process.wait(30)


class Life:
    """One client process, from its start to its end, which it may not choose."""

    def __init__(self, command, seconds, fate, lanes):
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE)
        self.fate, self.lanes = fate, lanes
        now = time.monotonic()
        # Orderly clients end by themselves; the others half-way on the average.
        self.moment = now + seconds * random.random()
        self.resume = None
        self.deadline = now + seconds + 60

    def step(self):
        """What the time has come for; False when it has ended."""
        if self.process.poll() is not None:
            return False
        now = time.monotonic()
        if self.resume is not None and now > self.resume:
            self.process.send_signal(signal.SIGCONT)
            self.resume = None
        if self.fate == 'kill' and now > self.moment:
            self.process.kill()
            self.fate = 'killed'
        if self.fate == 'stall' and now > self.moment:
            self.process.send_signal(signal.SIGSTOP)
            self.resume = now + random.uniform(0.5, 4)
            self.fate = 'stalled'
        if now > self.deadline:
            self.process.kill()
            self.fate = 'hung'
        return True


class Soak:
    def __init__(self, manager, swift_client, pythons, clients, folder):
        self.server = Server(manager, folder)
        self.swift_client, self.pythons, self.folder = swift_client, pythons, folder
        python_slots = max(2, round(clients * PYTHON_SHARE / PYTHON_LANES))
        swift_slots = max(2, round(clients * (1 - PYTHON_SHARE) / SWIFT_LANES))
        self.slots = ['python'] * python_slots + ['swift'] * swift_slots
        self.lives = [None] * len(self.slots)
        self.ends, self.faults, self.started = {}, [], 0

    def start(self, slot, end):
        seconds = min(random.uniform(*LIFE), end - time.monotonic())
        transports = sorted(self.server.addresses)
        transport = transports[self.started % len(transports)]
        fate = random.choice(('end', 'kill', 'stall'))
        name = '%s%d.%d' % (self.slots[slot][0], slot, self.started)
        self.started += 1
        if self.slots[slot] == 'python':
            lanes, has_locks = PYTHON_LANES, str(int(transport == 'unix'))
            command = [random.choice(self.pythons), os.path.join(FOLDER, 'client.py')]
        else:
            lanes, has_locks, command = SWIFT_LANES, '1', [self.swift_client]
        command += [self.server.addresses[transport], self.server.keyfile,
                    os.path.join(self.folder, name + '.ledger'), name, str(lanes),
                    '%.1f' % seconds, has_locks]
        self.lives[slot] = Life(command, seconds, fate, lanes)

    def step(self, end):
        """Looks after all clients; starts new ones for those that have ended, up to `end`."""
        for slot, life in enumerate(self.lives):
            if life is not None and not life.step():
                self.note_end(life)
                self.lives[slot] = life = None
            if life is None and time.monotonic() < end - 2:
                self.start(slot, end)

    def note_end(self, life):
        self.ends[life.fate] = self.ends.get(life.fate, 0) + 1
        words = life.process.stderr.read().decode(errors='replace')
        expected = -signal.SIGKILL if life.fate == 'killed' else 0
        # One that was to be killed may have ended first.
        if life.process.returncode not in (expected, 0):
            self.faults.append('a client (%s) ended with %d: %s' % (
                life.fate, life.process.returncode, words[-500:]))

    def progress(self, start):
        alive = [life for life in self.lives if life is not None]
        written = sum(os.path.getsize(path) for path in glob.glob(self.folder + '/*.ledger'))
        print('soak: %4d s, %d processes with %d clients, %d lives so far, %d killed, %d stalled; '
              'server: %d descriptors, %d MiB; ledgers: %d MiB' % (
                  time.monotonic() - start, len(alive), sum(life.lanes for life in alive),
                  self.started, self.ends.get('killed', 0), self.ends.get('stalled', 0),
                  self.server.descriptors, self.server.memory >> 20, written >> 20), flush=True)

    def run(self, seconds):
        start = time.monotonic()
        end = start + seconds
        said = memory = 0
        while time.monotonic() < end or any(self.lives):
            self.step(end)
            if not memory and time.monotonic() - start > min(60, seconds / 4):
                memory = self.server.memory
            if time.monotonic() - start > said + 10:
                said = time.monotonic() - start
                self.progress(start)
            time.sleep(0.05)
        self.progress(start)
        return memory


def eventually(is_so, seconds=30):
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.1)
    return is_so()


def drained(items):
    left = []
    while True:
        try:
            left.append(items.get(False))
        except client.queue.Empty:
            return left


class Checks:
    """What must be so at the end, each a line."""

    def __init__(self):
        self.failures = 0

    def __call__(self, claim, is_so, otherwise=''):
        self.failures += not is_so
        print('soak: %s%s' % (claim, '' if is_so else ': NO, but %s' % (otherwise,)), flush=True)


def reckon(soak, shared, before, memory):
    check, server = Checks(), soak.server
    reckoning = Reckoning()
    for path in glob.glob(soak.folder + '/*.ledger'):
        reckoning.read(path)
    faults = soak.faults + reckoning.faults
    check('%d calls, %d of them acknowledged, %d in doubt' % (
        reckoning.calls, reckoning.acknowledged, reckoning.unknown), reckoning.acknowledged > 0)
    check('%d clients ended as they were to: %s' % (soak.started, ', '.join(
        '%d %s' % (count, fate) for fate, count in sorted(soak.ends.items()))),
          not faults, faults[:5])
    check('the descriptors are back: %d' % before[0],
          eventually(lambda: server.descriptors <= before[0]), server.descriptors)
    check('no lock is held', all(lock.acquire(True, 10) for lock in (
        shared.lock, shared.rlock, shared.permits)) and not shared.permits.acquire(False))
    for name in ('items', 'few'):
        for line in reckoning.check_queue(name, drained(getattr(shared, name))):
            check(*line)
    for line in reckoning.check_counters(shared.counters.copy()):
        check(*line)
    for line in reckoning.check_list(shared.log[:]):
        check(*line)
    for line in reckoning.check_dict(shared.table.copy()):
        check(*line)
    objects = shared.manager._number_of_objects
    check('no object is left: %d, as before' % before[1],
          eventually(lambda: objects() == before[1]), objects())
    shared.table.clear()
    shared.log[:] = []
    check('the memory is back: %d MiB, %d MiB after its first minute' % (
        server.memory >> 20, memory >> 20), server.memory < memory + GROWTH, server.memory >> 20)
    check('the server lives, and ends when it is told to', server.stop() == 0)
    return check.failures


def main():
    manager, swift_client, minutes, clients = sys.argv[1:5]
    folder = tempfile.mkdtemp(prefix='soak-')
    soak = Soak(manager, swift_client, sys.argv[5:], int(clients), folder)
    try:
        with open(soak.server.keyfile, 'rb') as file:
            authkey = file.read()
        client.multiprocessing.current_process().authkey = authkey
        hub = client.Soaked(client.parse_address(soak.server.addresses['unix']), authkey)
        hub.connect()
        shared = client.Shared(hub)
        shared.table.get('nothing')
        for each in (shared.lock, shared.rlock, shared.permits):
            each.acquire(False)
            each.release()
        before = soak.server.descriptors, hub._number_of_objects()
        memory = soak.run(float(minutes) * 60)
        failures = reckon(soak, shared, before, memory)
    finally:
        for life in soak.lives:
            if life is not None:
                life.process.kill()
        soak.server.process.kill()
    with open(os.path.join(folder, 'log')) as log:
        tail = log.read()[-2000:]
    print('soak: %s' % ('passed' if not failures else '%d claims FAILED; %s\n%s' % (
        failures, folder, tail)))
    if not failures:
        shutil.rmtree(folder)
    return failures > 0


if __name__ == '__main__':
    sys.exit(main())
