"""A client of the soak: stock Python, a thread and so a connection for each lane.

    PYTHON client.py ADDRESS KEYFILE LEDGER NAME LANES SECONDS LOCKS

At a `tls://` address it trusts the authority in `ca.pem` beside KEYFILE. It works for so many
seconds, and writes down what it is told (ledger.py). LOCKS is 0 for a client that may be killed and
whose process the server does not see: over TCP its locks would stay locked.
"""
import multiprocessing
import os
import queue
import random
import ssl
import sys
import threading
import time
from multiprocessing import managers

from ledger import Ledger


class Soaked(managers.SyncManager):
    """What the server shares, under these names."""


for each, proxy in (('items', None), ('few', None), ('counters', managers.DictProxy),
                    ('table', managers.DictProxy), ('log', managers.ListProxy),
                    ('lock', managers.AcquirerProxy), ('rlock', managers.AcquirerProxy),
                    ('permits', managers.AcquirerProxy), ('inside', managers.DictProxy)):
    Soaked.register(each, proxytype=proxy)
# A queue with a limit has its name from who asks first.
Soaked.register('shared')


def parse_address(text):
    """`tcp://host:port`, `tls://host:port`, `unix:///path` or `unix:@name` as CPython has it."""
    scheme, _, rest = text.partition(':')
    if scheme == 'unix':
        return '\0' + rest[1:] if rest.startswith('@') else rest[2:]
    host, _, port = rest[2:].rpartition(':')
    return (host.strip('[]'), int(port))


class Shared:
    """The proxies, one of each for all threads: each thread has its own connection."""

    def __init__(self, manager):
        self.manager = manager
        for name in ('items', 'counters', 'table', 'log', 'lock', 'rlock', 'permits', 'inside'):
            setattr(self, name, getattr(manager, name)())
        self.few = manager.shared('Queue', 'few', 20)


class Lane:
    """One thread's work."""

    def __init__(self, shared, ledger, client, number, has_locks):
        self.shared, self.ledger, self.number = shared, ledger, number
        self.name = '%s.%d' % (client, number)
        self.count = 0
        self.keys = []
        self.works = [self.put, self.put, self.get, self.get, self.put_few, self.get_few,
                      self.set, self.append, self.visit]
        if has_locks:
            self.works += [self.add, self.add, self.pass_permit, self.pass_rlock, self.own]

    def run(self, end):
        while time.monotonic() < end:
            try:
                random.choice(self.works)()
            except Exception as error:
                self.write('!', type(error).__name__, *str(error).split())
                return
            time.sleep(random.random() * 0.3)

    def write(self, mark, *words):
        self.ledger.write(self.number, mark, *words)

    def fresh(self):
        self.count += 1
        return '%s:%d' % (self.name, self.count)

    def tell(self, call, *words):
        """Makes a call between two lines of the ledger: `+` where it returns, `-` for no."""
        self.write('?', *words)
        try:
            done = call() is not False
        except queue.Full:
            done = False
        self.write('+' if done else '-', *words)
        return done

    def put(self):
        item = self.fresh()
        self.tell(lambda: self.shared.items.put(item), 'put', 'items', item)

    def put_few(self):
        item = self.fresh()
        self.tell(lambda: self.shared.few.put(item, True, 0.2), 'put', 'few', item)

    def get(self):
        self.take('items', self.shared.items)

    def get_few(self):
        self.take('few', self.shared.few)

    def take(self, name, items):
        self.write('?', 'get', name)
        try:
            self.write('+', 'get', name, items.get(True, random.choice((0, 0.05, 0.5))))
        except queue.Empty:
            self.write('-', 'get', name)

    def set(self):
        if self.keys and random.random() < 0.3:
            key = self.keys.pop()
            self.tell(lambda: self.shared.table.pop(key) and None, 'remove', key)
            return
        key = random.choice(self.keys) if len(self.keys) > 3 else self.fresh()
        value = self.fresh()
        if self.tell(lambda: self.shared.table.__setitem__(key, value), 'set', key, value):
            self.keys = [each for each in self.keys if each != key] + [key]

    def append(self):
        item = self.fresh()
        self.tell(lambda: self.shared.log.append(item), 'append', item)

    def visit(self):
        self.tell(lambda: self.shared.table.get(self.name) and None, 'visit', 'table')
        self.tell(lambda: self.shared.items.qsize() and None, 'visit', 'items')

    def own(self):
        """An object of one's own, which goes with its last proxy."""
        self.write('?', 'visit', 'own')
        mine = self.shared.manager.list([self.name])
        mine.append(1)
        if mine[:] != [self.name, 1]:
            self.write('!', 'another list', mine[:])
        del mine
        self.write('+', 'visit', 'own')

    def add(self):
        """What two may not do at once: it is read and written one by one."""
        if self.tell(lambda: self.shared.lock.acquire(True, 2), 'section', 'lock'):
            self.increment('lock')
            self.shared.lock.release()

    def increment(self, name):
        counters, inside = self.shared.counters, self.shared.inside
        inside[name] = self.name
        value = counters.get(name, 0)
        self.tell(lambda: counters.__setitem__(name, value + 1), 'add', name)
        if inside[name] != self.name:
            self.write('!', 'somebody else is inside', inside[name])

    def pass_rlock(self):
        rlock = self.shared.rlock
        if self.tell(lambda: rlock.acquire(True, 2), 'section', 'rlock'):
            rlock.acquire()
            self.increment('rlock')
            rlock.release()
            rlock.release()

    def pass_permit(self):
        if self.tell(lambda: self.shared.permits.acquire(True, 0.5), 'section', 'permits'):
            time.sleep(0.01)
            self.shared.permits.release()


def main():
    address, keyfile, path, name, lanes, seconds, has_locks = sys.argv[1:8]
    with open(keyfile, 'rb') as file:
        authkey = file.read()
    multiprocessing.current_process().authkey = authkey
    if address.startswith('tls:'):
        sys.path.append(os.path.join(
            os.path.dirname(os.path.abspath(__file__)), '..', 'Examples', 'Secured'))
        from secured import use_tls
        authority = os.path.join(os.path.dirname(keyfile), 'ca.pem')
        use_tls(ssl.create_default_context(cafile=authority))
    manager = Soaked(address=parse_address(address), authkey=authkey)
    manager.connect()
    shared, ledger = Shared(manager), Ledger(path)
    end = time.monotonic() + float(seconds)
    threads = [threading.Thread(target=Lane(
        shared, ledger, name, number, has_locks == '1').run, args=(end,))
        for number in range(int(lanes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == '__main__':
    main()
