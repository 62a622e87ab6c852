#!/usr/bin/env python3
"""Writes the golden pickles of this Python into Tests/PickleTests/Golden.

Run by hand, once under each CPython that is supported, the newest first:

    for version in 3.13 3.12 3.11 3.10 3.9 3.8; do python$version scripts/golden.py; done

The newest one's file holds everything, the others' only the lines that are not in it.

Each line is a JSON object: a pickle in hexadecimal with its repr (null where it holds an
address), or
values that are one and the same key of a dict, or a value
and what `<` says of it and each of the values that such lines hold.
"""

import array
import collections
import datetime
import decimal
import fractions
import json
import os
import pathlib
import pickle
import queue
import sys
import threading
import uuid
from multiprocessing import managers

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "PickleTests" / "Golden"
sys.path.insert(0, str(GOLDEN))
import golden_classes as classes  # noqa: E402


def cyclic_values():
    ring = []
    ring.append(ring)
    yield "recursive list", ring, True
    table = {}
    table["self"] = table
    yield "recursive dict", table, True
    through_tuple = []
    loop = (through_tuple,)
    through_tuple.append(loop)
    yield "recursive tuple", loop, True
    yield "recursive list through tuple", through_tuple, True
    deep = []
    inner = ({"up": deep}, "x")
    deep.extend([1, (2, inner), inner])
    yield "tuples in a ring", (inner, deep), False
    node = classes.Plain(name="node")
    node.me = node
    node.parts = [node, (node,)]
    yield "recursive instance", node, False
    member = classes.Plain(name="member")
    member.group = {member}
    yield "instance in its own set", member, False
    frozen = classes.Plain(name="frozen")
    frozen.group = frozenset([frozen])
    yield "instance in its own frozenset", frozen, False
    keyed = classes.Plain(name="keyed")
    keyed.table = {keyed: "value"}
    yield "instance as its own key", keyed, False
    shared = ["shared"]
    yield "shared list", [shared, shared, (shared, {"k": shared})], True


def numbers():
    for value in (
        0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63 - 1,
        2**63,
        -(2**63), -(2**63) - 1, 2**64, 2**200, -(2**200), 10**400, -128, -129, 127, 128, 32768,
        -32769,
        2**2040,
    ):
        name = "int %d" % value if abs(value) < 2**201 else "int %d bits" % value.bit_length()
        yield name, value, True
    for value in (
        0.0, -0.0, 1.0, 1.5, -2.5, 0.1, 1e16, 1e15, 123456789012345680.0, 1e-4, 1e-5, 1.5e-7, 1e22,
        1e100,
        1.7976931348623157e308, 5e-324, 2.2250738585072014e-308, float("inf"), float("-inf"),
        float("nan"), 12345678.9, 9007199254740993.0, 1e17, 123456.0, 0.00012345,
    ):
        yield "float %r" % value, value, True
    for value in (
        1 + 2j, 1j, -1j, complex(-0.0, 1), complex(0.0, -0.0), complex("nan+infj"), 1.5e300 - 2j,
        0j,
        complex(1, -0.0),
    ):
        yield "complex %r" % value, value, True


def texts():
    for value in (
        "", "a", "abc", "it's", 'say "x"', "both ' and \"",
        "tab\tnew\nreturn\r\\", "\0\x1f\x7f\x80\xa0\xad",
        "\u0301e\u0301", "é", "e\u0301", "日本語", "\U0001f600", "\ud800", "a\udfffb",
        "\u2028\u3000\ufeff", "\ue000",
        "x" * 300, "ü" * 200, "\u0378", "\U000e0001", "\\u0041",
    ):
        yield "str %s" % ascii(value)[:20], value, True
    for value in (b"", b"abc", b"it's", b"\0\xff\x80\n'\"", b"x" * 300, bytes(range(256))):
        yield "bytes %r" % value[:8], value, True
        yield "bytearray %r" % value[:8], bytearray(value), True


def containers():
    yield "None", None, True
    yield "True", True, True
    yield "False", False, True
    for value in (
        (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, "two", 3.0, None], {}, {"a": 1},
        {"a": [1, {"b": ()}], 2: None},
        set(), {1}, frozenset(), frozenset([1]), [[[]]], ((),), {(1, 2): {3}}, [True, False, None],
    ):
        yield "container %r" % (value,), value, True
    yield "long list", list(range(1200)), True
    yield "long list of lists", [[n] for n in range(1010)], True
    yield "long dict", {str(n): n for n in range(1010)}, True
    yield "long set", set(range(1100)), False
    yield "slice", slice(1, None, 2), True
    yield "range", range(0, 10, 3), True


def instances():
    yield "dataclass", classes.Point(1, 2.5), False
    yield "frozen dataclass", classes.Frozen("k", (1, [2])), False
    yield "plain", classes.Plain(a=1, b=[2]), False
    yield "slots", classes.Slots(1, "r"), False
    yield "keyword new", classes.KeywordNew(width=7), False
    yield "enum", classes.Colour.RED, False
    yield "enum twice", [classes.Colour.GREEN, classes.Colour.GREEN], False
    yield "list subclass", classes.MyList([1, 2, 3]), False
    yield "dict subclass", classes.MyDict(a=1), False
    yield "set subclass", classes.MySet([1]), False
    yield "namedtuple", classes.Pair(1, "b"), False
    yield "class", classes.Point, False
    yield "builtin type", int, True
    yield "builtin function", len, False
    yield "datetime", datetime.datetime(2024, 2, 29, 12, 30, 15, 999999), False
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30), "X")
    yield "aware datetime", datetime.datetime(2024, 2, 29, 12, 30, tzinfo=zone), False
    yield "date", datetime.date(1999, 12, 31), False
    yield "Decimal", decimal.Decimal("1.50"), True
    yield "Fraction", fractions.Fraction(1, 3), False
    yield "UUID", uuid.UUID(int=5), False
    yield "OrderedDict", collections.OrderedDict([("a", 1), ("b", [2])]), False
    yield "defaultdict", collections.defaultdict(list, {"a": [1]}), False
    yield "Counter", collections.Counter("aab"), False
    yield "deque", collections.deque([1, 2], maxlen=3), False
    yield "array", array.array("i", [1, -2, 3]), False
    yield "array of floats", array.array("d", [1.5]), False
    yield "reversed", reversed([1, 2, 3]), False
    try:
        import numpy
    except ImportError:
        return
    yield "numpy array", numpy.arange(6, dtype="int32").reshape(2, 3), False
    yield "numpy floats", [numpy.array([1.5, 2.5]), numpy.float64(3.5)], False


def exceptions():
    for value in (
        KeyError("x"), ValueError(), ValueError("bad", 1), IndexError("list index out of range"),
        queue.Empty(), queue.Full(), threading.BrokenBarrierError(), OSError(2, "No such file"),
        AttributeError("no such"), StopIteration(3), UnicodeDecodeError("ascii", b"x", 0, 1, "bad"),
        TypeError("unhashable type: 'list'"), managers.RemoteError("trace"), KeyboardInterrupt(),
    ):
        yield "exception %s" % type(value).__name__, value, True
    odd = classes.OddError(5, "detail")
    odd.note = [odd]
    yield "exception with state", odd, True
    yield "exception plain", classes.OddError(5, "detail"), True
    token = managers.Token("dict", ("127.0.0.1", 50000), "7f00")
    yield "token", token, True
    yield "token with path", managers.Token("Queue", "/tmp/x", "1"), True


NEWEST = "3.13"

KEYS = [
    1, 1.0, True, complex(1, 0), 0, 0.0, -0.0, False, 2, 2.5, "1", b"1", "a", b"a", None, (), (1,),
    (1.0,), (True, "a"),
    (1, "a"), frozenset(), frozenset([1, 2]), frozenset([2.0, 1]), 2**70, float(2**70), 2**70 + 1,
    1e300, int(1e300),
    float("inf"), float("-inf"), "é", "e\u0301", "\ud800", 1 + 2j, complex(0.0, 1), complex(-0.0,
    1), ((), ()), (((1,),),),
    -1, -1.0, 2**53 + 1, float(2**53), 2**53, 2**64, -(2**64), -float(2**64), 10**5000,
    10**5000 + 1, ("", ""), ("",),
    "n", "i1", int, len, "s", b"", "",
]

ORDERED = [
    1, 2, 1.5, True, 2**70, -(2**70), float(2**70), 2**70 + 1, 2**53 + 1, float(2**53),
    float("inf"), float("nan"), "a", "b",
    "ab", "é", "\U00010000", "\uffff", "", b"a", b"b", bytearray(b"ab"), [1, 2], [1, 3], [1], [],
    ["a", 1], [1.0, 2], (1, 2), (1, "a"),
    ((1,), 2), {1}, {1, 2}, frozenset([1, 2, 3]), None, {}, 1j, [[1, 2], 3], [[1, 3], 0], [None],
    [None, 1], KeyError("x"),
]


def write(path):
    lines = []
    for part in (cyclic_values, numbers, texts, containers, instances, exceptions):
        for name, value, has_repr in part():
            lines += pickles(name, value, repr(value) if has_repr else None)
    groups = collections.defaultdict(list)
    for key in KEYS:
        groups[key].append(pickle.dumps(key, 4).hex())
    lines.append(json.dumps({"keys": list(groups.values())}))
    for left in ORDERED:
        answers = [order(left, right) for right in ORDERED]
        lines.append(json.dumps({"value": pickle.dumps(left, 4).hex(), "less": answers}))
    newest = path.with_name("python%s.jsonl" % NEWEST)
    if path != newest:
        known = set(newest.read_text().splitlines())
        lines = [line for line in lines if line not in known]
    path.write_text("".join(line + "\n" for line in lines))
    print(path.name, len(lines), "lines,", path.stat().st_size, "bytes")


def pickles(name, value, text):
    last = None
    for protocol in range(6):
        try:
            data = pickle.dumps(value, protocol)
        except (TypeError, ValueError, pickle.PicklingError, RecursionError):
            continue
        if len(data) > 2000 and protocol not in (0, 2, 4):
            continue
        if data[2:] != last:
            yield json.dumps(
                {"name": name, "protocol": protocol, "pickle": data.hex(), "repr": text}
            )
        last = data[2:]


def order(left, right):
    try:
        return str(left < right)
    except TypeError as error:
        return str(error)


if __name__ == "__main__":
    sys.setrecursionlimit(300)
    write(GOLDEN / ("python%d.%d.jsonl" % sys.version_info[:2]))
