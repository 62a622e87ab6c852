"""What the interop scripts share: how they find the server, and how they write a transcript.

Each script runs as `PYTHON script.py ADDRESS KEYFILE [ARGUMENT...]` against any manager server and
prints one line for each thing it did. Nothing in a line depends on the run: the transcript of one
server can be compared with that of another, line by line.
"""
import multiprocessing
import re
import sys
from multiprocessing import connection
from multiprocessing.managers import BaseProxy, RemoteError, SyncManager


def parse_address(text):
    """`tcp://host:port`, `tcp://[v6]:port`, `unix:///path` or `unix:@name` as CPython has it."""
    scheme, _, rest = text.partition(':')
    if scheme == 'unix':
        return '\0' + rest[1:] if rest.startswith('@') else rest[2:]
    host, _, port = rest[2:].rpartition(':')
    return (host.strip('[]'), int(port))


def read_key(path):
    with open(path, 'rb') as file:
        return file.read()


def connect(cls=SyncManager):
    """A manager connected to the server named on the command line."""
    authkey = read_key(sys.argv[2])
    multiprocessing.current_process().authkey = authkey
    manager = cls(address=parse_address(sys.argv[1]), authkey=authkey)
    manager.connect()
    return manager


def client(authkey=None):
    """A connection that has only been through the handshake."""
    return connection.Client(parse_address(sys.argv[1]), authkey=authkey or read_key(sys.argv[2]))


def say(*parts):
    print(*[part if isinstance(part, str) else outcome_text(part) for part in parts], flush=True)


def check(claim, truth):
    """A line that must read `yes`."""
    say('%s: %s' % (claim, 'yes' if truth else 'NO'))


def outcome(function, *args, **kwds):
    """What a call came to, as text: its result, or the exception."""
    try:
        result = function(*args, **kwds)
    except Exception as error:
        return error_text(error)
    return outcome_text(result)


def outcome_text(result):
    if isinstance(result, BaseProxy):
        return '%s of %s' % (type(result).__name__, result._token.typeid)
    if type(result).__name__.endswith('iterator'):
        return '%s %s' % (type(result).__name__, outcome_text(list(result)))
    return steady(ascii(result))


def error_text(error):
    if isinstance(error, RemoteError):
        # Only the last line of a server's traceback says something about the call.
        lines = str(error.args[0]).strip().splitlines() or ['']
        return 'RemoteError: ' + steady(lines[-1])
    kind = type(error)
    name = kind.__name__ if kind.__module__ == 'builtins' else '%s.%s' % (
        kind.__module__, kind.__name__)
    text = '%s: %s' % (name, steady(ascii(error.args)))
    if isinstance(error, AttributeError):
        text += ' name=%r' % (getattr(error, 'name', None),)
    return text


def steady(text):
    """`text` without what differs from run to run: addresses, thread numbers, order in a set."""
    text = re.sub(r'0x[0-9a-f]+', '0x...', text)
    text = re.sub(r'owner=\d+', 'owner=...', text)
    return re.sub(r'exposed=\{(.*?)\}', lambda match: 'exposed={%s}' % ', '.join(
        sorted(match.group(1).split(', '))), text)
