"""Lines of Python that call hosted objects at random, with good and with bad arguments.

A line is an expression, or `o3 = EXPRESSION`. `m` is the manager, `o1` and so on are proxies made
by earlier lines, and the rest is what `names` has. A line contains its arguments as text, so that
it can be evaluated twice, once for each server, and be read by people. The templates of lines
stand in randomcalls.txt.
"""
import array
import collections
import datetime
import decimal
import fractions
import operator
import os
import queue
import re
import threading

import opaque_classes

# Their plain calls may wait for ever: bad arguments go to them in templates only.
WAITING = {'put', 'get', 'acquire', 'wait', 'join'}
REPEATING = {'__mul__', '__rmul__', '__imul__'}
# One of our keywords more than the version has would be a difference of words only.
KEYWORDS = ('x', 'key', 'reverse', 'default', 'block', 'timeout', 'blocking', 'value', 'n')

ATOMS = '''
    None True False 0 1 -1 2 3 7 0 1 2 -2 255 256 65536 2**31 -2**31 2**63-1 2**63 -2**63 2**64
    2**100 -2**100 0.0 -0.0 0.5 1.0 2.0 -1.5 1e16 1e300 5e-324 nan inf -inf 1j 2+0j complex(nan,1)
    '' 'a' 'b' 'ab' 'key' 'x' '1' 'it\\'s' 'a"\\'b' '\\n\\t\\x00\\x7f' '\\u00e9' '\\ud800'
    '\\udc80\\udfff' '\\U0001f600' '\\u2028\\xad' b'' b'a' b'\\x00\\xff\\'' bytearray()
    bytearray(b'a') () ... NotImplemented int len ValueError range(3) range(0)
    range(5,-5,-3) slice(1,2) slice(None,'a',2)
'''.split()
INSTANCES = '''
    Decimal('0.1') Decimal('-7.50') Fraction(1,3) datetime.date(2024,2,29)
    datetime.datetime(2024,1,1,12,30) datetime.timedelta(1,2,3) Task('t',1) Place(1.5,2.5)
    Color.RED Level.HIGH KeyError('k') ValueError('v',1) OrderedDict([('a',1)]) deque([1,2])
'''.split()
FUNCTIONS = '''
    len abs str int float str.lower str.upper str.casefold operator.neg operator.itemgetter(0)
    operator.itemgetter(-1) operator.itemgetter(1,0) operator.itemgetter('a') operator.itemgetter(7)
    operator.attrgetter('row') operator.attrgetter('column','row')
'''.split()
# Texts, numbers, and what is made of both: the rows of a list.
TEXTS = re.findall("'[^']*'", r'''
    'b' 'A' 'a' '' 'B1' ' 12 ' '-3' '1_0' '1__0' '0x1' '1.5' '1e3' 'nan' ' INF' 'stra\xdfe'
    'STRASSE' '\u039f\u03a3' '\u03a3' 'o\u03c3' '\u0130' '\u0131' '\u1e9e' '\u13f8' '\uab70'
    '\ud800A'
''')
CODES = "'b' 'B' 'h' 'H' 'i' 'I' 'l' 'L' 'q' 'Q' 'f' 'd' 'i' 'i' 'd' 'z' '' 'ii' 1 None".split()
NAMES = '''
    'x' 'y' 'z' 'x' 'y' 'parties' 'value' '_x' '\\u00e9' 'nope' '\\ud800' 1 None b'x'
'''.split()
TIMES = '0 1 2 -1 True False None 1.0 \'a\' 2**100 -2**100 [1]'.split()
SHORT = "0 0.0 0.001 -2 -0.5 False 'x' [] 1j -inf".split()
FALSY = "False 0 '' None 0.0 []".split()


def call(proxy, name, *args, **kwds):
    return proxy._callmethod(name, args, kwds)


def thread(function):
    """`function()` over a connection of its own."""
    results = []

    def run():
        try:
            results.append(function())
        except Exception as error:
            results.append(error)
    running = threading.Thread(target=run)
    running.start()
    running.join()
    if isinstance(results[0], Exception):
        raise results[0]
    return results[0]


def room(shared):
    """Makes room in a queue, so that `put` need not wait."""
    if shared.full():
        shared.get_nowait()


def item(shared):
    """Puts an item into a queue, so that `get` need not wait."""
    if not shared.full():
        shared.put_nowait('item')


def drain(shared):
    """Calls `task_done` until nothing is left to do, so that `join` need not wait."""
    try:
        while True:
            shared.task_done()
    except ValueError:
        pass


def free(lock):
    """Releases a lock or a semaphore, so that `acquire` need not wait."""
    try:
        lock.release()
    except (RuntimeError, ValueError):
        pass


def names():
    """What a line may mention besides objects and the manager."""
    import copy
    found = dict(vars(opaque_classes), **globals())
    found.update(
        nan=float('nan'), inf=float('inf'), copy=copy, array=array, datetime=datetime,
        operator=operator, Decimal=decimal.Decimal, Fraction=fractions.Fraction,
        OrderedDict=collections.OrderedDict, deque=collections.deque, Full=queue.Full)
    return found


class Templates:
    """How objects of one type are made, and how they are called."""

    def __init__(self):
        self.making, self.lines, self.weights = [], [], []

    def add(self, line, others):
        if line.startswith('make '):
            self.making.append(line[5:])
        elif line.startswith('like '):
            self.lines += others[line[5:]].lines
            self.weights += others[line[5:]].weights
        else:
            weight, template = re.match(r'(\d+ )?(.*)', line).groups()
            self.lines.append(template)
            self.weights.append(int(weight or 1))

    @staticmethod
    def read():
        """The templates of all types."""
        found = {}
        folder = os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(folder, 'randomcalls.txt'), encoding='utf-8') as file:
            for line in file:
                line = line.strip()
                if line.startswith('['):
                    section = found[line.strip('[]')] = Templates()
                elif line and not line.startswith('#'):
                    section.add(line, found)
        return found


class Writer:
    """Writes lines; the same ones for the same `random` and the same objects."""

    def __init__(self, random, templates):
        self.random = random
        self.templates = templates
        self.objects = {}
        self.excluded = []
        self.count = 0

    def making(self):
        """A line that makes an object."""
        usual = ['list', 'list', 'dict', 'dict']
        typeid = self.random.choice(usual + [name for name in self.templates if name != 'Iterator'])
        self.count += 1
        template = self.random.choice(self.templates[typeid].making)
        # CPython's server hangs when it makes an object of what it must make an iterator of.
        self.excluded = [name for name, typeid in self.objects.items()
                         if typeid in ('dict', 'Iterator')]
        return 'o%d = %s' % (self.count, self.fill(template))

    def calling(self, name, exposed):
        """A line that calls the object `name`."""
        typeid = self.objects[name]
        self.excluded = [name]
        if self.random.random() < 0.15:
            method = self.random.choice(sorted(set(exposed) - WAITING - REPEATING) + ['nope'])
            if method not in WAITING:
                return self.fill("call(%s, '%s', <args>)" % (name, method))
        templates = self.templates[typeid]
        line = self.random.choices(templates.lines, templates.weights)[0]
        line = re.sub(r'\bo\b', name, line)
        if line.startswith('new ='):
            self.count += 1
            line = line.replace('new', 'o%d' % self.count, 1)
        return self.fill(line)

    def fill(self, template):
        return re.sub(r'<(\w+)>', lambda match: getattr(self, match.group(1))(), template)

    def pick(self, *kinds):
        return getattr(self, self.random.choice(kinds))()

    def many(self, kind, least=0, most=4):
        count = self.random.randint(least, most)
        return [getattr(self, kind)() for _ in range(count)]

    def v(self):
        """Any value."""
        return self.pick('a', 'a', 'a', 'a', 'n', 'it', 'k', 'other', 'instance')

    def a(self):
        return self.random.choice(ATOMS)

    def instance(self):
        return self.random.choice(INSTANCES)

    def other(self):
        """A proxy, or a value where there is none."""
        others = sorted(set(self.objects) - set(self.excluded))
        return self.random.choice(others) if others else self.a()

    def n(self):
        return self.random.choice('0 1 2 3 -1 5 True 0.5 2.5 2**70 100 1e3 None'.split())

    def k(self):
        """A key, nearly always hashable."""
        return self.pick('a', 'a', 'n', 'name', 'tuple', 'frozenset')

    def i(self):
        """An index, nearly always a good one."""
        good = self.random.randint(-4, 5)
        return self.a() if self.random.random() < 0.15 else str(good)

    def s(self):
        parts = [self.random.choice(['None', str(self.random.randint(-6, 7))]) for _ in range(2)]
        step = self.random.choice(['None', 'None', '1', '2', '-1', '-2', '3', '0', '2**70'])
        if self.random.random() < 0.1:
            parts[self.random.randint(0, 1)] = self.a()
        return 'slice(%s, %s, %s)' % (parts[0], parts[1], step)

    def it(self):
        """Something that can be iterated over, or cannot."""
        return self.pick('list', 'list', 'ints', 'strings', 'pairs', 'tuple', 'frozenset', 'set',
                         'm', 'a', 'other', 'iterator')

    def iterator(self):
        maker = self.random.choice(['iter(%s)', 'reversed(%s)', 'enumerate(%s)', 'zip(%s)'])
        return maker % self.list()

    def list(self):
        return '[%s]' % ', '.join(self.many('v', 0, 3))

    def tuple(self):
        return '(%s)' % ''.join(part + ', ' for part in self.many('k', 0, 2))

    def set(self):
        return '{%s}' % self.random.choice(['1', "'a'", '1.5', 'None', '()', '7, 1'])

    def frozenset(self):
        return 'frozenset(%s)' % self.random.choice(['', '[1]', "['a']", '[1, 2]', '[0.0]'])

    def ints(self):
        return '[%s]' % ', '.join(str(self.random.randint(-3, 9)) for _ in range(
            self.random.randint(0, 8)))

    def numbers(self):
        return '[%s]' % ', '.join(self.many('n', 0, 4))

    def function(self):
        return self.random.choice(FUNCTIONS)

    def rows(self):
        """Values of one kind, mostly."""
        kind = self.random.choice(['text', 'number', 'pair', 'place', 'dict', 'moment', 'v'])
        return '[%s]' % ', '.join(self.many(kind, 0, 6))

    def text(self):
        return self.random.choice(TEXTS)

    def number(self):
        return self.random.choice(
            "0 1 -1 2**63 -2**70 0.5 -1.5 1e30 -inf True Decimal('0.5') Fraction(-1,3)".split())

    def pair(self):
        return '(%s, %s)' % (self.number(), self.text())

    def place(self):
        return 'Place(%d, %d)' % (self.random.randint(0, 3), self.random.randint(0, 3))

    def dict(self):
        return "{'a': %s}" % self.number()

    def moment(self):
        return self.random.choice(
            "datetime.date(2024,2,29) datetime.date(2023,12,1) datetime.datetime(2024,1,1,12,30)"
            " datetime.datetime(2024,1,1,12,31)".split())

    def strings(self):
        return '[%s]' % ', '.join(self.many('name', 0, 4))

    def pairs(self):
        return '[%s]' % ', '.join('(%s, %s)' % (self.k(), self.v()) for _ in range(
            self.random.randint(0, 3)))

    def m(self):
        if self.random.random() < 0.2:
            return self.pick('pairs', 'other', 'a', 'list')
        return '{%s}' % ', '.join('%s: %s' % (self.name(), self.v()) for _ in range(
            self.random.randint(0, 3)))

    def name(self):
        return self.random.choice(NAMES)

    def code(self):
        return self.random.choice(CODES)

    def times(self):
        return self.random.choice(TIMES)

    def t(self):
        """A timeout that is soon over, or bad."""
        return self.random.choice(SHORT)

    def falsy(self):
        return self.random.choice(FALSY)

    def args(self):
        """Arguments as they come."""
        parts = self.many('v', 0, 3)
        if self.random.random() < 0.25:
            parts.append('%s=%s' % (self.random.choice(KEYWORDS), self.v()))
        return ', '.join(parts)

