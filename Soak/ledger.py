"""What each client was told, written down by itself, and the reckoning at the end.

A ledger is a file that a client process appends to. A line is in it before the call is made, and
another once the client was told what came of it; each goes to the system in one write, so a client
that is killed leaves what it knew. A line:

    LANE MARK CALL WORDS…

    1 ? put a.1:7       the call is about to be made
    1 + put a.1:7       it was acknowledged
    1 - put a.1:7       nothing came of it: the queue was full
    1 ~ put a.1:7       nobody can tell: the connection was lost
    1 ! TEXT            what must not happen
"""
import collections
import os


class Ledger:
    """The ledger of one client process."""

    def __init__(self, path):
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, lane, mark, *words):
        os.write(self.file, ('%s %s %s\n' % (lane, mark, ' '.join(map(str, words)))).encode())


class Reckoning:
    """What all ledgers say together."""

    def __init__(self):
        # By queue: items that were put, that may have been, and that were got, with how often.
        self.items = collections.defaultdict(set)
        self.items_in_doubt = collections.defaultdict(set)
        self.got = collections.defaultdict(collections.Counter)
        self.gets_in_doubt = collections.Counter()
        # By counter.
        self.added, self.added_in_doubt = collections.Counter(), collections.Counter()
        self.appended, self.appended_in_doubt = set(), set()
        # By key: the values that it may have; None for none.
        self.values = {}
        self.calls = self.acknowledged = self.unknown = 0
        self.faults = []

    def read(self, path):
        """Takes a ledger in. What was begun last in a lane and not told of is unknown."""
        begun = {}
        name = os.path.basename(path)
        with open(path) as lines:
            for line in lines:
                lane, mark, *words = line.split()
                if mark == '?':
                    begun[lane] = words
                elif mark == '!':
                    self.faults.append('%s: %s' % (name, line.strip()))
                elif begun.pop(lane, None) is None:
                    self.faults.append('%s: told of nothing: %s' % (name, line.strip()))
                else:
                    self.told(mark, *words)
        for words in begun.values():
            self.told('~', *words)

    def told(self, mark, call, *words):
        self.calls += 1
        self.acknowledged += mark == '+'
        self.unknown += mark == '~'
        if mark != '-':
            getattr(self, 'told_of_' + call)(mark == '+', *words)

    def told_of_put(self, is_sure, queue, item):
        (self.items if is_sure else self.items_in_doubt)[queue].add(item)

    def told_of_get(self, is_sure, queue, item=None):
        if is_sure:
            self.got[queue][item] += 1
        else:
            self.gets_in_doubt[queue] += 1

    def told_of_add(self, is_sure, counter):
        (self.added if is_sure else self.added_in_doubt)[counter] += 1

    def told_of_append(self, is_sure, item):
        (self.appended if is_sure else self.appended_in_doubt).add(item)

    def told_of_set(self, is_sure, key, value):
        self.values[key] = {value} | (set() if is_sure else self.values.get(key, {None}))

    def told_of_remove(self, is_sure, key):
        self.values[key] = {None} | (set() if is_sure else self.values.get(key, {None}))

    def told_of_section(self, is_sure, name):
        """A lock, a permit: at the end all must be free."""

    def told_of_visit(self, is_sure, what):
        """Something that leaves nothing behind."""

    # What must be so at the end.

    def check_queue(self, queue, left):
        """No item twice, none out of nowhere, none lost but to a get of which nobody was told."""
        got = self.got[queue]
        seen = got + collections.Counter(left)
        twice = [item for item, count in seen.items() if count > 1]
        strange = set(seen) - self.items[queue] - self.items_in_doubt[queue]
        missing = self.items[queue] - set(seen)
        yield '%s: no item twice' % queue, not twice, twice[:5]
        yield '%s: no item out of nowhere' % queue, not strange, sorted(strange)[:5]
        doubtful = len(set(seen) & self.items_in_doubt[queue])
        yield ('%s: %d put and %d in doubt = %d got + %d left + %d given to the dead' % (
            queue, len(self.items[queue]), doubtful, sum(got.values()), len(left), len(missing)),
               len(missing) <= self.gets_in_doubt[queue],
               'at most %d' % self.gets_in_doubt[queue])

    def check_counters(self, counters):
        for name in sorted(set(self.added) | set(self.added_in_doubt) | set(counters)):
            least, doubt = self.added[name], self.added_in_doubt[name]
            value = counters.get(name, 0)
            yield ('%s: %d is from %d acknowledged to %d with those in doubt' % (
                name, value, least, least + doubt), least <= value <= least + doubt, '')

    def check_list(self, items):
        twice = [item for item, count in collections.Counter(items).items() if count > 1]
        lost = self.appended - set(items)
        strange = set(items) - self.appended - self.appended_in_doubt
        yield ('list: %d items = %d acknowledged + some of %d in doubt, each once' % (
            len(items), len(self.appended), len(self.appended_in_doubt)),
               not (twice or lost or strange), (twice[:5], sorted(lost)[:5], sorted(strange)[:5]))

    def check_dict(self, table):
        wrong = [key for key in set(self.values) | set(table)
                 if table.get(key) not in self.values.get(key, {None})]
        yield ('dict: %d keys, each with the value last acknowledged, or one in doubt' % (
            len(table)), not wrong, [(key, table.get(key), self.values.get(key))
                                     for key in wrong[:5]])
