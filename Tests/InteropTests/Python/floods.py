"""Keys made to collide, texts made to be mixed up, numbers made to be slow: after each the server
serves others. What is not linear here does not end before the script's time is up.

    PYTHON floods.py ADDRESS KEYFILE SERVER_PID

For our server: CPython's own takes hours for some of these. Every line must say `yes`.
"""
import pickle
import struct
import sys
from multiprocessing.managers import SyncManager

import bombs
from hostile import Watch
from rawclient import Raw, frame
from sharing import check, say

COUNT = 30000
# Python's hash of an int is its rest by this.
MODULUS = (1 << 61) - 1


class Ours(SyncManager):
    """With what our servers offer besides."""


Ours.register('shared')
Ours.register('set')


def opcodes(value):
    """What pushes a value, without the frame round it."""
    return pickle.dumps(value, 2)[2:-1]


def long_int(value):
    length = value.bit_length() // 8 + 1
    return b'\x8a' + bytes([length]) + value.to_bytes(length, 'little', signed=True)


def colliding():
    """For each kind of key its name and many of them that have one hash in CPython: opcodes."""
    ints = [long_int(MODULUS * number + 7) for number in range(1, COUNT + 1)]
    yield 'ints', ints
    yield 'tuples of ints', [key + b'\x85' for key in ints]
    yield 'frozen sets of ints', [b'(' + key + b'\x91' for key in ints]
    yield 'floats', [b'G' + struct.pack('>d', float(2 ** 61 * number)) for number in
                     range(1, COUNT + 1)]
    # One length, and one text but for the last eight bytes, or for the first ones.
    yield 'strs with one beginning', [b'X\x18\0\0\0' + b'%024d' % number
                                      for number in range(COUNT)]
    yield 'strs with one end', [b'X\x18\0\0\0' + (b'%012d' % number) + b'x' * 12
                                for number in range(COUNT)]


def send(raw, ident, method, arguments):
    raw.send(frame(bombs.request(ident, method, arguments)))
    body = raw.read_frame()
    return None if body is None else body[4:20]


def answered(reply, kind=b'#RETURN'):
    return reply is not None and kind in reply


def hash_flooding(watch):
    manager = watch.manager
    for name, keys in colliding():
        target, members = manager.dict(), manager.set()
        pairs = b'](' + b''.join(key + b'N\x86' for key in keys) + b'e'
        elements = b'](' + b''.join(keys) + b'e'
        literal = b'\x8f(' + b''.join(keys) + b'\x90'
        table = b'}(' + b''.join(key + b'N' for key in keys) + b'u'
        with Raw(timeout=120).serve() as raw:
            check('%s as keys' % name, answered(send(raw, target._id, 'update', pairs)))
            check('each is one', len(target) == COUNT)
            check('again', answered(send(raw, target._id, 'update', table)) and
                  len(target) == COUNT)
            check('%s as elements' % name, answered(send(raw, members._id, 'update', elements)))
            check('a set of them', answered(send(raw, members._id, 'update', literal)))
            check('no more than there were', len(members) == COUNT)
        watch.check('colliding %s' % name)


def texts(watch):
    """Texts that look or compare alike are different ones, as in Python."""
    manager, table = watch.manager, watch.manager.dict()
    alike = ['\xe9', 'e\u0301', '\u212b', '\xc5', 'A\u030a', '\ufb01', 'fi', 'a\ufffd', 'a\ud800',
             'a\udfff', '\ud83d\ude00', '\U0001f600', '', '\0', '\u200b', 'K', '\u212a']
    for number, text in enumerate(alike):
        table[text] = number
    check('alike texts are different keys', len(table) == len(alike))
    check('each with its value', [table[text] for text in alike] == list(range(len(alike))))
    space = manager.Namespace()
    for number, text in enumerate(alike):
        if text:
            space._callmethod('__setattr__', ('x' + text, number))
    check('alike attributes are different', all(
        space._callmethod('__getattribute__', ('x' + text,)) == number
        for number, text in enumerate(alike) if text))
    whole = [text for text in alike if text.isprintable() and text]
    named = [manager.shared('list', text) for text in whole]
    for number, each in enumerate(named):
        each._callmethod('append', (number,))
    check('alike names are different objects', [
        manager.shared('list', text)._callmethod('copy') for text in whole
    ] == [[number] for number in range(len(whole))])
    watch.check('alike texts')


def numbers(watch):
    """Ints of a megabyte: what is quadratic in Python must not be here, or be refused."""
    scratch = watch.manager.list()
    huge = b'\x8b' + struct.pack('<i', 1 << 20) + b'\x7f' * (1 << 20)
    near = b'\x8b' + struct.pack('<i', 1 << 20) + b'\x7e' + b'\x7f' * ((1 << 20) - 1)
    # Short enough to be written in decimal digits.
    many = b'](' + (b'\x8b' + struct.pack('<i', 600) + b'\x7f' * 600) * 10000 + b'e'
    members = watch.manager.set()
    with Raw(timeout=120).serve() as raw:
        for method, arguments in (
                ('append', huge), ('append', near), ('count', huge), ('index', near),
                ('__repr__', b''), ('sort', b''), ('count', b'G\x7f\xe0\0\0\0\0\0\0'),
                ('__contains__', huge + b'\x85'), ('__mul__', huge), ('__getitem__', huge),
                ('insert', huge + b'N'), ('extend', many), ('__str__', b''), ('sort', b'')):
            check('%s with a huge int is answered' % method,
                  send(raw, scratch._id, method, arguments) is not None)
        check('long ints as elements are', answered(send(raw, members._id, 'update', many)))
        check('a huge int as a key is', send(raw, watch.dict._id, 'get', huge) is not None)
        for typeid in ('Semaphore', 'Barrier', 'Queue', 'Value'):
            with Raw(timeout=120).authenticate() as first:
                first.send(frame(
                    b'\x80\x04(N\x8c\x06create(\x8c' + bytes([len(typeid)]) + typeid.encode() +
                    huge + huge + b't}t.'))
                check('%s of a huge int is answered' % typeid, first.read_frame() is not None)
    watch.check('huge ints')


def heavy(watch):
    """Calls that take long, sent ahead by the thousand, hold nobody up but their sender."""
    scratch = watch.manager.list([0])
    scratch *= 200000
    with Raw(timeout=120).serve() as raw:
        call = frame(pickle.dumps((scratch._id, 'count', ('x',), {})))
        raw.send(call * (60000 // len(call)))
        watch.check('heavy calls')
    scratch *= 0
    watch.check('and their end')


def main():
    watch = Watch(int(sys.argv[3]), Ours)
    texts(watch)
    numbers(watch)
    hash_flooding(watch)
    heavy(watch)
    say('done')


if __name__ == '__main__':
    sys.exit(main())
