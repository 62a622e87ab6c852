"""The classes of the golden pickles: what a Python program might define."""

import collections
import collections.abc
import dataclasses
import enum


@dataclasses.dataclass
class Point:
    x: int
    y: float
    label: str = "p"


@dataclasses.dataclass(frozen=True)
class Frozen:
    key: str
    value: tuple


class Plain:
    def __init__(self, **fields):
        self.__dict__.update(fields)


class Slots:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


class KeywordNew:
    def __new__(cls, *, width):
        self = super().__new__(cls)
        self.width = width
        return self

    def __getnewargs_ex__(self):
        return (), {"width": self.width}


class Colour(enum.Enum):
    RED = 1
    GREEN = "g"


class OddError(Exception):
    def __init__(self, code, detail):
        super().__init__(code, detail)
        self.code = code


class MyList(list):
    pass


class MyDict(dict):
    pass


class MySet(set):
    pass


Pair = collections.namedtuple("Pair", "first second")


def same(left, right, seen=None):
    """Whether two values are equal in type and content, cycles included."""
    seen = set() if seen is None else seen
    if type(left) is not type(right):
        return False
    pair = (id(left), id(right))
    if pair in seen or left is right:
        return True
    if isinstance(left, (type(None), bool, int, str, bytes, bytearray, type)):
        return left == right
    if isinstance(left, (float, complex)):
        return repr(left) == repr(right)
    seen.add(pair)
    keep = [left, right]
    if type(left) in (list, tuple):
        return len(left) == len(right) and all(same(a, b, seen) for a, b in zip(left, right))
    if type(left) is dict:
        return len(left) == len(right) and all(
            same(a, b, seen) and same(left[a], right[b], seen) for a, b in zip(left, right)
        )
    if type(left) in (set, frozenset):
        if len(left) != len(right):
            return False
        if any(type(item).__hash__ is object.__hash__ for item in left):
            return all(same(a, b, seen) for a, b in zip(left, right))
        return left == right
    reduced = left.__reduce_ex__(4), right.__reduce_ex__(4)
    if isinstance(reduced[0], str):
        return reduced[0] == reduced[1]
    reduced = [
        [list(part) if isinstance(part, collections.abc.Iterator) else part for part in r]
        for r in reduced
    ]
    keep.append(reduced)
    seen.add(("keep", id(keep)))
    KEEP.append(keep)
    return same(reduced[0], reduced[1], seen)


KEEP = []
