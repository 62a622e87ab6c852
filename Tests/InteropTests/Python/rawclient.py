"""A client below the protocol: sockets and frames, right or wrong."""
import hashlib
import hmac
import pickle
import socket
import struct
import sys

import sharing

PROMISE = struct.pack('!i', -1) + struct.pack('!Q', 2**62)


def frame(body):
    return struct.pack('!i', len(body)) + body


class Raw:
    """A socket to the server; reading gives up after `timeout` seconds."""

    def __init__(self, timeout=30):
        address = sharing.parse_address(sys.argv[1])
        family = socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        # Blocking: a full backlog makes it wait, not fail.
        self.socket.connect(address)
        self.socket.settimeout(timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends what it can: a server that hangs up meanwhile is within its rights."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def read(self, count):
        """Exactly `count` bytes, or fewer at the end of the stream."""
        data = b''
        while len(data) < count:
            try:
                part = self.socket.recv(count - len(data))
            except ConnectionError:
                break
            if not part:
                break
            data += part
        return data

    def read_frame(self):
        header = self.read(4)
        if len(header) < 4:
            return None
        length, = struct.unpack('!i', header)
        body = self.read(length)
        return body if len(body) == length else None

    def is_closed(self):
        """Whether nothing more comes but the end."""
        try:
            return self.read(1) == b''
        except socket.timeout:
            return False

    def authenticate(self):
        """Both halves of the handshake, as a client up to Python 3.11 plays them."""
        key = sharing.read_key(sys.argv[2])
        challenge = self.read_frame()
        assert challenge.startswith(b'#CHALLENGE#'), challenge
        self.send(frame(hmac.new(key, challenge[11:], hashlib.md5).digest()))
        assert self.read_frame() == b'#WELCOME#'
        self.send(frame(b'#CHALLENGE#' + b'01234567890123456789'))
        assert self.read_frame() is not None
        self.send(frame(b'#WELCOME#'))
        return self

    def serve(self):
        """A connection on which calls are served."""
        self.authenticate()
        self.request(None, 'accept_connection', ('raw',), {})
        assert self.reply() == ('#RETURN', None)
        return self

    def request(self, *parts):
        return self.send(frame(pickle.dumps(parts)))

    def reply(self):
        body = self.read_frame()
        return None if body is None else pickle.loads(body)
