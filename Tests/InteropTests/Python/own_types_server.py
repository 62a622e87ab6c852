"""CPython's own manager server with types of one's own, behind the command line of ours."""
import time
from multiprocessing.managers import SyncManager

import reference_server


class Odd(Exception):
    pass


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Slotted:
    __slots__ = ('name', 'size')

    def __init__(self, name, size):
        self.name = name
        self.size = size


class Maths:
    def __init__(self, base=0, *, sign=1):
        if base < 0:
            raise Odd('a base below zero')
        self.base = base
        self.sign = sign

    def add(self, left, right):
        return self.sign * (self.base + left + right)

    def named(self, *arguments, **keywords):
        return [list(arguments), list(keywords.items())]

    def point(self, x, y):
        return Point(x, y)

    def slotted(self):
        return Slotted('a', 3)

    def kind(self, value):
        return type(value).__name__

    def fail(self):
        raise Odd('not today', 7)

    def rest(self, seconds):
        time.sleep(seconds)

    def count(self, first):
        while first > 0:
            yield first
            first -= 1
        raise Odd('all counted')

    def shifted(self, distance):
        return Maths(self.base + distance)

    def table(self, number):
        return [number, 2 * number]

    def _secret(self):
        return 'secret'

    def __str__(self):
        return 'Maths from %d' % self.base


SyncManager.register(
    'Maths', Maths,
    method_to_typeid={'count': 'Iterator', 'shifted': 'Shifted', 'table': 'list'})
SyncManager.register('Shifted', create_method=False)
SyncManager.register('Bare', Maths, exposed=('add', '_secret'))
the_maths = Maths(1000)
SyncManager.register('maths', lambda: the_maths)


if __name__ == '__main__':
    reference_server.main()
