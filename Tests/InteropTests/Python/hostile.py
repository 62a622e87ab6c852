"""Strangers, garbage and bombs: after each the server serves others, and its memory stays flat.

    PYTHON hostile.py ADDRESS KEYFILE SERVER_PID [FRAMES]

For our server: CPython's own gives way to some of these. Every line must say `yes`.
"""
import multiprocessing
import os
import pickle
import random
import struct
import sys

import bombs
import sharing
from rawclient import PROMISE, Raw, frame
from sharing import check, say

FLAT = 128 << 20


def resident(pid):
    """Bytes of memory the process has in use."""
    with open('/proc/%d/statm' % pid) as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


class Watch:
    """Another client: is it served, and is the server no bigger than it was?"""

    def __init__(self, pid, *kinds):
        self.pid = pid
        self.manager = sharing.connect(*kinds)
        self.dict = self.manager.dict(key='value')
        self.before = resident(pid)

    def check(self, what):
        served = self.dict['key'] == 'value' and self.manager._number_of_objects() >= 1
        sharing.connect()
        check('%s: others are served' % what, served)
        growth = resident(self.pid) - self.before
        if growth > FLAT:
            say('%s: memory grew by %d MiB: NO' % (what, growth >> 20))
            self.before += growth


def strangers(watch):
    try:
        sharing.client(b'not the key')
        check('a wrong key is refused', False)
    except multiprocessing.AuthenticationError:
        check('a wrong key is refused', True)
    for name, answer in (('a wrong digest', b'0' * 16),
                         ('a wrong modern digest', b'{sha256}' + b'0' * 32),
                         ('an unknown digest', b'{crc32}' + b'0' * 4), ('no digest', b'x'),
                         ('a request at once', pickle.dumps((None, 'dummy', (), {}))),
                         ('its own challenge', None), ('an empty answer', b'')):
        with Raw() as raw:
            challenge = raw.read_frame()
            raw.send(frame(challenge if answer is None else answer))
            last = raw.read_frame()
            check('%s gets #FAILURE# or the door' % name, last in (b'#FAILURE#', None))
            check('%s gets nothing else' % name, raw.is_closed())
    for count in (257, 1000, 100000):
        with Raw() as raw:
            raw.read_frame()
            raw.send(frame(b'x' * count))
            check('%d bytes before authentication end it' % count,
                  raw.read_frame() in (b'#FAILURE#', None) and raw.is_closed())
    for name, data in (('a promise of 2^62 bytes', PROMISE),
                       ('a negative length', b'\xff\xff\xff\xfb'),
                       ('a promise of 1 GiB', struct.pack('!i', 1 << 30)),
                       ('no protocol', b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')):
        with Raw() as raw:
            raw.read_frame()
            raw.send(data)
            check('%s before authentication ends it' % name,
                  raw.read_frame() in (b'#FAILURE#', None) and raw.is_closed())
    watch.check('strangers')


def half_handshakes(watch):
    held = []
    for number in range(100):
        raw = Raw()
        held.append(raw)
        if number % 4 == 1:
            raw.send(b'\0\0')
        elif number % 4 == 2:
            raw.send(frame(b'0' * 16)[:10])
        elif number % 4 == 3:
            raw.read_frame()
    watch.check('100 half handshakes')
    for raw in held[:50]:
        raw.socket.close()
    for _ in range(300):
        Raw().socket.close()
    watch.check('300 that came and went')
    return held[50:]


def deadline(held):
    """Who does not finish the handshake in time is shown out."""
    closed = 0
    for raw in held:
        raw.read_frame()
        closed += raw.is_closed()
        raw.socket.close()
    check('unfinished handshakes end', closed == len(held))


def after_authentication(watch):
    for name, data in (('a promise of 2^62 bytes', PROMISE),
                       ('a negative length', b'\xff\xff\xff\xfb')):
        with Raw().serve() as raw:
            raw.send(data + b'x' * 100)
            raw.read_frame()
            check('%s ends the connection' % name, raw.is_closed())
        watch.check(name)
    with Raw().serve() as raw:
        raw.send(struct.pack('!i', 0x7fffffff) + b'x' * 1000)
        watch.check('a promise of 2 GiB')
    with Raw().serve() as raw:
        raw.send(frame(b''))
        raw.read_frame()
    watch.check('an empty frame')


def random_frames(watch, count):
    """Each frame gets an answer or the end of its connection; none waits."""
    source = random.Random(42)
    ident = watch.manager.dict()
    good = pickle.dumps((ident._id, '__setitem__', ('key', [1, 'two', {'three': (4.0, None)}]), {}))
    raw = Raw().serve()
    answered = 0
    for number in range(count):
        if number % 2:
            body = bytearray(good)
            for _ in range(source.randint(1, 4)):
                body[source.randrange(len(body))] = source.randrange(256)
        else:
            body = bytes(source.randrange(256) for _ in range(source.randint(1, 120)))
        raw.send(frame(bytes(body)))
        if raw.read_frame() is None:
            raw.socket.close()
            raw = Raw().serve()
        else:
            answered += 1
    check('%d random frames, most of them answered' % count, answered > count // 2)
    raw.socket.close()
    watch.check('random frames')
    for number in range(count // 50):
        with Raw().authenticate() as first:
            first.send(frame(bytes(source.randrange(256) for _ in range(source.randint(1, 120)))))
            first.read_frame()
    watch.check('random first requests')
    for number in range(count // 50):
        with Raw() as stream:
            stream.send(bytes(source.randrange(256) for _ in range(source.randint(1, 300))))
    watch.check('random streams')


def truncated(watch):
    """Pickles that end too early: answered or shown out."""
    target = watch.manager.dict()
    good = pickle.dumps((target._id, '__setitem__', ('key', {'a': [1.5, b'x', 2**70]}), {}))
    for end in range(len(good)):
        with Raw().serve() as raw:
            raw.send(frame(good[:end]))
            raw.read_frame()
    watch.check('pickles that end too early')


def big_pickles(watch):
    target = watch.manager.dict()
    scratch = watch.manager.list([1])
    for name, argument in bombs.arguments():
        for ident, method, first in ((target._id, '__setitem__', b'\x8c\x01k'),
                                     (target._id, '__contains__', b''),
                                     (target._id, '__setitem__', b'K\x01'),
                                     (scratch._id, 'count', b''), (scratch._id, 'append', b'')):
            key_is_bomb = first == b'K\x01'
            parts = argument + first if key_is_bomb else first + argument
            with Raw(timeout=120).serve() as raw:
                raw.send(frame(bombs.request(ident, method, parts)))
                raw.read_frame()
        with Raw(timeout=120).serve() as raw:
            raw.request(target._id, '__repr__', (), {})
            raw.read_frame()
            raw.request(scratch._id, 'count', ([[[]]],), {})
            raw.read_frame()
            raw.request(scratch._id, '__repr__', (), {})
            raw.read_frame()
        target.clear()
        while len(scratch) > 1:
            del scratch[1:]
        watch.check('a bomb: %s' % name)


def wrong_calls(watch):
    with Raw().serve() as raw:
        kinds = set()
        for number in range(1000):
            raw.request('no such ident %d' % number, 'get', (), {})
            raw.request(watch.dict._id, 'no_such_method_%d' % number, (), {})
            kinds |= {raw.reply()[0], raw.reply()[0]}
        check('unknown idents and methods get their traceback', kinds == {'#TRACEBACK'})
    watch.check('wrong calls')


def gone_in_the_middle(watch):
    """Connections that end inside a request, or before its reply."""
    queue, lock = watch.manager.Queue(), watch.manager.Lock()
    verbs = [('create', ('dict',)), ('incref', (queue._id,)), ('decref', ('nope',)), ('dummy', ()),
             ('number_of_objects', ()), ('debug_info', ()), ('accept_connection', ('x',))]
    for verb, args in verbs:
        body = frame(pickle.dumps((None, verb, args, {})))
        for end in (1, 4, 5, len(body) // 2, len(body) - 1, len(body)):
            with Raw().authenticate() as raw:
                raw.send(body[:end])
    for method in ('get', 'put', 'join', 'qsize', 'acquire', 'release'):
        ident = lock._id if method in ('acquire', 'release') else queue._id
        body = frame(pickle.dumps((ident, method, ('x',) if method == 'put' else (), {})))
        for end in (1, 4, len(body) // 2, len(body) - 1):
            with Raw().serve() as raw:
                raw.send(body[:end])
    watch.check('gone in the middle')
    check('nothing came of half a request', queue.qsize() == 0 and lock.acquire(False))


def slow_reader(watch):
    """Who asks and does not read makes the server wait, not grow."""
    store = watch.manager.dict(big=b'x' * 65536)
    raw = Raw().serve()
    raw.socket.setblocking(False)
    request = frame(pickle.dumps((store._id, '__getitem__', ('big',), {})))
    for _ in range(8000):
        if not raw.send(request):
            break
    watch.check('a client that does not read')
    raw.socket.close()
    watch.check('and left')


def main():
    pid = int(sys.argv[3])
    frames = int(sys.argv[4]) if len(sys.argv) > 4 else 10000
    watch = Watch(pid)
    descriptors = len(os.listdir('/proc/%d/fd' % pid))
    strangers(watch)
    held = half_handshakes(watch)
    after_authentication(watch)
    truncated(watch)
    wrong_calls(watch)
    gone_in_the_middle(watch)
    random_frames(watch, frames)
    big_pickles(watch)
    slow_reader(watch)
    deadline(held)
    watch.check('all of it')
    check('no descriptor is left open', len(os.listdir('/proc/%d/fd' % pid)) <= descriptors + 2)
    say('done')


if __name__ == '__main__':
    sys.exit(main())
