"""Makes the same random calls of two servers, and says where they answer differently.

    PYTHON differential.py ADDRESS KEYFILE REFERENCE [--calls N] [--seed SEED] [--seconds S]

ADDRESS is our server's, REFERENCE that of CPython's (reference_server.py, same version, same key).
Calls come in episodes, each with objects of its own; `--episode` plays only one of them. Where the
results, the errors or the whole values differ, the shortest sequence of lines that still shows it
is printed. The last line says `done` and the seed.
"""
import argparse
import os
import random
import re
import sys
import threading
import time
from multiprocessing import managers

import randomcalls
import sharing

# What methods say is compared with that CPython whose words ours uses; before, only the class.
HAS_OUR_WORDS = sys.version_info >= (3, 13)
WORDY = re.compile(r'(TypeError|ValueError|IndexError|AttributeError|OverflowError|RuntimeError'
                   r'|UnicodeEncodeError|MemoryError|RemoteError: \w+)\b.*', re.DOTALL)
HANGING = 60.0  # seconds
WHOLE = ('list', 'dict', 'Namespace', 'Value', 'Array')
LONGEST = 4000  # characters of a value; longer ones end an episode


def show(value, around=()):
    """A text that is the same for the same value, whatever process has made it."""
    if isinstance(value, managers.BaseProxy):
        return '<%s of %s>' % (type(value).__name__, value._token.typeid)
    if isinstance(value, (managers.Namespace, managers.Value)):
        return type(value).__name__ + show(vars(value), around)
    kind = type(value)
    if kind not in (list, tuple, dict, set, frozenset):
        if kind.__name__.endswith('iterator') or kind.__name__ in ('reversed', 'zip', 'enumerate'):
            return kind.__name__ + show(list(value), around)
        return sharing.steady(ascii(value))
    if id(value) in around:
        return '<cycle>'
    around += (id(value),)
    if kind is dict:
        return '{%s}' % ', '.join('%s: %s' % (show(key, around), show(item, around))
                                  for key, item in value.items())
    parts = [show(item, around) for item in value]
    if kind in (set, frozenset):
        parts.sort()
    return '%s(%s)' % (kind.__name__, ', '.join(parts))


class World:
    """One server, and the objects that an episode has made there."""

    def __init__(self, manager):
        self.manager = manager
        self.names = dict(randomcalls.names(), m=manager)

    def forget(self):
        for name in [name for name in self.names if re.match(r'o\d+$', name)]:
            del self.names[name]

    def perform(self, line):
        """What a line came to, as text."""
        target, text = re.match(r'(?:(o\d+) = )?(.*)', line, re.DOTALL).groups()
        try:
            result = eval(text, self.names)
            if target and isinstance(result, managers.BaseProxy):
                self.names[target] = result
            return show(result)
        except Exception as error:
            return sharing.error_text(error)

    def objects(self):
        return {name: value._token.typeid for name, value in self.names.items()
                if re.match(r'o\d+$', name)}

    def is_whole(self, name):
        """Whether the whole value of an object can be had."""
        return name in self.names and self.names[name]._token.typeid in WHOLE

    def state(self, name):
        """The whole value of an object, or what can be had of it."""
        if self.is_whole(name):
            return self.perform('%s._getvalue()' % name)
        if 'Queue' in self.names[name]._token.typeid:
            return self.perform('%s.qsize()' % name)
        return ''


class Difference(Exception):
    """Two servers disagree; `is_known` when they are meant to."""

    def __init__(self, line, model, ours):
        super().__init__('%s\n    CPython %s\n    ours    %s' % (line, model, ours))
        self.is_known = is_known(line, model, ours)
        # The one server has done it, the other has not: taken an instance for a number, a slice for
        # a key.
        self.is_partial = '_registry' in model or ('Error' in model) != ('Error' in ours) and (
            re.search(INSTANCE, line) is not None or "unhashable type: 'slice'" in model)


# The classes of instances, which our server does not know (docs/PROTOCOL.md).
INSTANCE = r'\b(Task|Place|Color|Level|KeyError|ValueError)'
SEARCHING = re.compile(r'\bin o|index|count|remove|contains|get|item__|pop|setdefault|update|dict'
                       r'|o\d+\[')
CLOSED = re.compile(r"'NoneType' object cannot be interpreted as an integer|\(got type NoneType\)")
KNOWN = [
    # A client of CPython's closes its connection under a call, where garbage collection just then
    # drops the last proxy that was: of either server, and not where an episode is played alone.
    lambda line, model, ours: bool(CLOSED.search(model)) != bool(CLOSED.search(ours)),
    # Beyond a limit.
    lambda line, model, ours: 'over the limit' in ours or 'C ssize_t' in ours,
    # Instances print as `<module.Class object>`.
    lambda line, model, ours: re.search(r'<[\w.]+ object>', ours),
    # They are equal if they are made alike, and any can be a key.
    lambda line, model, ours: re.search(INSTANCE + r'\W', line) and SEARCHING.search(line),
    lambda line, model, ours: re.search(r"unhashable type: '%s'" % INSTANCE, model),
    # Proxies equal proxies of the same object here, only themselves there.
    lambda line, model, ours: re.search(r'<\w*Proxy.* is not in list|list.remove', model),
    lambda line, model, ours: re.search(r'(count|remove)\b.*\bo\d|^o\d+ in ', line),
    # They are not compared and are no numbers.
    lambda line, model, ours: re.search(
        r"(of|and|:) \W*'[\w.]*%s' (object|and|$)|and '[\w.]*%s'" % (INSTANCE, INSTANCE), ours),
    # Nor are a Decimal and a Fraction counts or timeouts, and a member of an enum is its int.
    lambda line, model, ours: 'sort' not in line and re.search(
        "instances of '(decimal.Decimal|Fraction)' and 'int'|'(decimal.Decimal|Fraction)' object",
        ours),
    lambda line, model, ours: re.search("'release', .*(Decimal|Fraction)", line),
    lambda line, model, ours: "instances of 'Color' and 'int'" in model,
    # `sort(key=)` by a function of a client's, or of what is not known of an instance.
    lambda line, model, ours: 'sort' in line and 'is refused' in ours,
    # What a sort leaves that fails, or that compares what has no order, is in no certain order.
    lambda line, model, ours: 'sort' in line and '  # o' in line and loose(model) == loose(ours),
    # CPython's server cannot go through a proxy of a dict, nor 3.8's rebuild an AutoProxy.
    lambda line, model, ours: "no attribute '_registry'" in model,
    lambda line, model, ours: "unexpected keyword argument 'manager_owned'" in model,
    # A proxy is true, whatever it stands for.
    lambda line, model, ours: re.search(r"'(acquire|get|put)', .*\bo\d", line),
    # A pair for a dict cannot be a proxy.
    lambda line, model, ours: 'cannot convert dictionary update sequence' in ours,
    # A semaphore's counter and a name with lone surrogates are not printed to the letter.
    lambda line, model, ours: 'threading.' in model and re.search('value=(True|False)', model),
    lambda line, model, ours: '\\ufffd' in ours,
]
# What some versions refuse that 3.13 takes: our server takes it from all of them.
if sys.version_info < (3, 13):
    KNOWN += [
        lambda line, model, ours: 'integer' in model and re.search('acquire|release|sort', line),
        lambda line, model, ours: 'too large to convert to C' in model,
        lambda line, model, ours: 'islice' in model or 'complex to int' in model,
        lambda line, model, ours: re.search(
            r"release\(\) (takes 1 positional|got an unexpected keyword argument 'n')", model),
        lambda line, model, ours: "unhashable type: 'slice'" in model,
        lambda line, model, ours: re.search(r'<threading\.\w*Semaphore object', model),
    ]


def loose(text):
    """The words of a text, whatever their order."""
    return sorted(re.split(r'[()\[\]{}, ]+', text))


def is_known(line, model, ours):
    return any(rule(line, model, ours) for rule in KNOWN)


def same(line, model, ours):
    if model == ours:
        return True
    if not HAS_OUR_WORDS and WORDY.match(model) and WORDY.match(ours):
        return WORDY.match(model).group(1) == WORDY.match(ours).group(1)
    if 'str(' in line:
        # The order in which a set is written is its own.
        return loose(model) == loose(ours)
    # Whether the exception knows the name depends on how CPython keeps the attributes.
    return 'delattr' in line and model.partition(' name=')[0] == ours.partition(' name=')[0]


class Play:
    """Both servers, called in step."""

    def __init__(self, reference, ours):
        self.reference = World(reference)
        self.ours = World(ours)
        self.calls = 0
        self.known = 0
        self.lines = []
        self.moved = time.monotonic()

    def compare(self, line, what, *args):
        model = getattr(self.reference, what)(*args)
        ours = getattr(self.ours, what)(*args)
        if not same(line, model, ours):
            raise Difference(line, model, ours)
        return model

    def step(self, line):
        """One line on both; whether the objects are still small."""
        self.moved = time.monotonic()
        self.lines.append(line)
        names = sorted(set(re.findall(r'\bo\d+\b', line)))
        try:
            self.compare(line, 'perform', line)
        except Difference as difference:
            if difference.is_partial or not (
                    difference.is_known and self.is_harmless(line, names)):
                raise
            self.known += 1
        small = True
        for name in names:
            if name in self.reference.names and name in self.ours.names:
                small &= len(self.compare(line + '  # ' + name, 'state', name)) < LONGEST
        return small

    def is_harmless(self, line, names):
        """Whether a known difference leaves objects alike, or else will be seen in them."""
        return line.startswith('str(') or all(self.reference.is_whole(name) for name in names)

    def start(self):
        self.lines = []
        self.reference.forget()
        self.ours.forget()

    def finish(self):
        for name, typeid in sorted(self.reference.objects().items()):
            if typeid in WHOLE:
                self.step('str(%s)' % name)
            elif typeid == 'Iterator':
                self.step('%s._getvalue()' % name)

    def still_differs(self, lines):
        """Whether the last of `lines`, and no other, shows a difference."""
        self.start()
        try:
            for line in lines:
                self.step(line)
        except Difference as difference:
            return len(self.lines) == len(lines) and not difference.is_known
        return False

    def shorten(self, lines):
        """`lines` without what is not needed to show the difference."""
        index = len(lines) - 2
        while index >= 0:
            fewer = lines[:index] + lines[index + 1:]
            if self.still_differs(fewer):
                lines = fewer
            index -= 1
        return lines

    def watch(self):
        """Ends the process with the lines of the episode when a call does not return."""
        while True:
            time.sleep(1)
            if time.monotonic() - self.moved > HANGING:
                print('DIFFERENT: hangs\n' + '\n'.join(self.lines), flush=True)
                os._exit(4)


def episode(play, chosen, templates):
    """Some objects, and calls of them."""
    play.start()
    writer = randomcalls.Writer(chosen, templates)
    for _ in range(chosen.randint(5, 60)):
        writer.objects = objects = play.reference.objects()
        if not objects or chosen.random() < 0.08:
            line = writer.making()
        else:
            name = chosen.choice(sorted(objects))
            line = writer.calling(name, play.reference.names[name]._exposed_)
        if not play.step(line):
            break
    play.finish()


def report(play, seed, number, difference):
    lines = list(play.lines)
    shorter = play.shorten(lines)
    play.still_differs(shorter)
    print('DIFFERENT: seed %s, episode %d\n%s\n    => %s' % (
        seed, number, '\n'.join('    ' + line for line in shorter), difference), flush=True)


def connected(address):
    manager = managers.SyncManager(
        address=sharing.parse_address(address), authkey=sharing.read_key(sys.argv[2]))
    manager.connect()
    return manager


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('address')
    parser.add_argument('keyfile')
    parser.add_argument('reference')
    parser.add_argument('--calls', type=int, default=2000)
    parser.add_argument('--seed', default='random')
    parser.add_argument('--seconds', type=float, default=1e9)
    parser.add_argument('--episode', type=int)
    parser.add_argument('--differences', type=int, default=10, help='how many to look for')
    options = parser.parse_args()

    if options.seed == 'random':
        options.seed = str(random.SystemRandom().randrange(10 ** 6))
    print('seed', options.seed, flush=True)
    play = Play(connected(options.reference), sharing.connect())
    threading.Thread(target=play.watch, daemon=True).start()
    end = time.monotonic() + options.seconds
    number, found = options.episode or 0, 0
    templates = randomcalls.Templates.read()
    while play.calls < options.calls and time.monotonic() < end and found < options.differences:
        try:
            episode(play, random.Random('%s %d' % (options.seed, number)), templates)
            play.calls += len(play.lines)
        except Difference as difference:
            play.calls += len(play.lines)
            if difference.is_known:
                play.known += 1
            else:
                found += 1
                report(play, options.seed, number, difference)
        number += 1
        if options.episode is not None:
            break
    play.start()
    print('%d calls in %d episodes, %d known differences' % (play.calls, number, play.known))
    print('done: %d differences, seed %s' % (found, options.seed), flush=True)


if __name__ == '__main__':
    main()
