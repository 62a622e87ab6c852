"""Classes that no server has heard of, and values made of them."""

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import math
import pathlib
import uuid


@dataclasses.dataclass
class Task:
    name: str
    weight: float = 1.5
    tags: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Place:
    row: int
    column: int


class Color(enum.Enum):
    RED = 1
    GREEN = 'green'


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


Point = collections.namedtuple('Point', 'x y')


class Comparable:
    """Instances are equal when their states are."""

    def state(self):
        return self.__dict__

    def __eq__(self, other):
        return type(self) is type(other) and self.state() == other.state()

    def __ne__(self, other):
        return not self == other

    __hash__ = None


class Slotted(Comparable):
    __slots__ = ('left', 'right')

    def __init__(self, left, right):
        self.left, self.right = left, right

    def state(self):
        return (self.left, self.right)


class Reduced(Comparable):
    def __init__(self, *parts):
        self.parts = parts

    def __reduce__(self):
        return (Reduced, self.parts)


class Stateful(Comparable):
    def __init__(self, secret):
        self.secret = secret
        self.cache = 'dropped'

    def __getstate__(self):
        return ('v1', self.secret)

    def __setstate__(self, state):
        self.secret = state[1]
        self.cache = 'dropped'


class NewArguments(Comparable):
    def __new__(cls, size, *, unit='m'):
        self = object.__new__(cls)
        self.size, self.unit = size, unit
        return self

    def __getnewargs_ex__(self):
        return (self.size,), {'unit': self.unit}


class TaggedList(list):
    """A list with attributes: REDUCE, APPENDS and BUILD in one pickle."""

    def __init__(self, items, tag):
        super().__init__(items)
        self.tag = tag

    def __eq__(self, other):
        return type(other) is TaggedList and list(self) == list(other) and self.tag == other.tag


class TaggedDict(dict):
    pass


class Node:
    """Part of a ring; compared by walking."""

    def __init__(self, name):
        self.name = name
        self.peer = None


class Refused(ValueError):
    def __init__(self, code, reason):
        super().__init__(code, reason)
        self.code = code


def ring():
    first, second = Node('first'), Node('second')
    first.peer, second.peer = second, first
    return first


def is_ring(value):
    return value.name == 'first' and value.peer.name == 'second' and value.peer.peer is value


def recursive_list():
    value = [1, 'two']
    value.append(value)
    return value


def recursive_dict():
    value = {'a': [1]}
    value['self'] = value
    value['a'].append(value)
    return value


def self_keeping_instance():
    value = Node('alone')
    value.peer = [{'me': (value,)}]
    return value


def tuple_of_itself():
    inner = []
    value = (inner, 'end')
    inner.append(value)
    return value


def shared():
    part = ['part']
    return [part, part, {'again': part}]


def equal(value):
    return lambda other: type(other) is type(value) and other == value


def plain_values():
    return {
        'none': None,
        'true': True,
        'false': False,
        'zero': 0,
        'minus one': -1,
        'byte': 255,
        'short': 65535,
        'int': 2**31 - 1,
        'minus int': -(2**31),
        'long': 2**63,
        '200 bits': 2**200 + 1,
        'minus 200 bits': -(2**200) - 1,
        '3000 bits': 7**1100,
        'float': 0.1,
        'tiny': 5e-324,
        'huge': 1.7976931348623157e308,
        'infinity': float('-inf'),
        'complex': complex(1.5, -2),
        'empty string': '',
        'ascii': 'plain',
        'unicode': 'é\u0301😀\0',
        'surrogate': 'a\udc80b',
        'surrogate pair': '\ud83d\ude00',
        'long string': 'ab' * 50000,
        'bytes': bytes(range(256)),
        'empty bytes': b'',
        'bytearray': bytearray(b'\0\xff'),
        'tuples': ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
        'list': [1, [2, [3, []]]],
        'dict': {'a': {'b': {}}, 1: (), None: []},
        'set': {1, 'a', None},
        'empty set': set(),
        'frozenset': frozenset([frozenset([1]), 2]),
        'ellipsis': Ellipsis,
        'range': range(1, 9, 3),
        'slice': slice(1, None, 2),
        'class': dict,
        'function': len,
        'nested': [[[[[[[[{}]]]]]]]],
        '1000 items': list(range(1000)),
        '1000 keys': {str(n): n for n in range(1000)},
    }


def library_values():
    zone = datetime.timezone(datetime.timedelta(hours=2), 'two')
    return {
        'datetime': datetime.datetime(2024, 2, 29, 12, 30, 15, 999999),
        'aware datetime': datetime.datetime(2024, 2, 29, 12, 30, tzinfo=zone),
        'date': datetime.date(1999, 12, 31),
        'time': datetime.time(23, 59, 59, 1),
        'timedelta': datetime.timedelta(days=-1, microseconds=3),
        'decimal': decimal.Decimal('1.10'),
        'big decimal': decimal.Decimal('-1E+40'),
        'fraction': fractions.Fraction(-7, 3),
        'uuid': uuid.UUID(int=2**127 + 5),
        'ordered dict': collections.OrderedDict([('z', 1), ('a', [2])]),
        'counter': collections.Counter('abracadabra'),
        'deque': collections.deque([1, 2], maxlen=3),
        'default dict': collections.defaultdict(list, {'a': [1]}),
        'path': pathlib.PurePosixPath('/tmp/x'),
    }


def instances():
    return {
        'dataclass': Task('sweep', 2.0, ['a', {'b': (1,)}]),
        'frozen dataclass': Place(1, -2),
        'nested dataclass': Task('outer', 0.0, [Task('inner'), Place(0, 0)]),
        'enum': Color.GREEN,
        'int enum': Level.HIGH,
        'namedtuple': Point(1, Point(2, None)),
        'slots': Slotted([1], {'x': 2}),
        'reduce': Reduced(1, 'two', [3]),
        'getstate': Stateful({'k': b'v'}),
        'getnewargs_ex': NewArguments(3, unit='km'),
        'list subclass': TaggedList([1, [2]], {'tag': True}),
        'dict subclass': TaggedDict(a=1),
        'instances in containers': {'a': [Place(1, 2), (Color.RED, {Place(3, 4)})]},
    }


def values():
    """For each name, a value and how to tell that what came back is it."""
    found = {}
    for group in (plain_values(), library_values(), instances()):
        for name, value in group.items():
            found[name] = (value, equal(value))
    found.update(
        {
            'not a number': (float('nan'), math.isnan),
            'minus zero': (-0.0, lambda x: x == 0 and math.copysign(1, x) < 0),
            'ring of instances': (ring(), is_ring),
            'recursive list': (recursive_list(), lambda x: x[:2] == [1, 'two'] and x[2] is x),
            'recursive dict': (recursive_dict(), lambda x: x['self'] is x and x['a'][1] is x),
            'instance in itself': (self_keeping_instance(), lambda x: x.peer[0]['me'][0] is x),
            'tuple in itself': (tuple_of_itself(), lambda x: x[0][0] is x and x[1] == 'end'),
            'shared references': (shared(), lambda x: x[0] is x[1] is x[2]['again'] == ['part']),
            'exception': (Refused(5, 'no'), lambda x: type(x) is Refused and x.args == (5, 'no')),
            'exception in a list': ([KeyError('k', 1)], lambda x: x[0].args == ('k', 1)),
        }
    )
    found.update(arrays())
    return found


def arrays():
    try:
        import numpy
    except ImportError:
        return {}
    made = {
        'numpy ints': numpy.arange(12, dtype='int32').reshape(3, 4),
        'numpy floats': numpy.array([[1.5, float('nan')], [-0.0, float('inf')]]),
        'numpy strings': numpy.array(['a', 'bcd']),
        'numpy scalar': numpy.float32(1.5),
        'numpy empty': numpy.zeros((0, 3)),
        'numpy fortran': numpy.ones((2, 3), order='F'),
        'numpy records': numpy.array([(1, 2.5)], dtype=[('a', 'i4'), ('b', 'f8')]),
    }

    def same(value):
        return lambda x: (
            x.dtype == value.dtype and x.shape == value.shape and x.tobytes() == value.tobytes()
        )

    return {name: (value, same(value)) for name, value in made.items()}


def keys():
    """Values that an equal value made elsewhere must find again as a key."""
    plain = plain_values()
    for unhashable in (
        'bytearray',
        'list',
        'dict',
        'set',
        'empty set',
        'nested',
        '1000 items',
        '1000 keys',
        'slice',
    ):
        del plain[unhashable]
    library = library_values()
    for unhashable in ('ordered dict', 'counter', 'deque', 'default dict'):
        del library[unhashable]
    made = instances()
    chosen = {name: made[name] for name in ('frozen dataclass', 'enum')}
    chosen['tuple of instances'] = (Place(1, 2), Color.RED, 'x')
    # `1` and `True` would be one key.
    del plain['true'], plain['false']
    return {**plain, **library, **chosen}
