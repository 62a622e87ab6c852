"""Calls every method of every hosted type, with good and with bad arguments.

The calls stand in calls/*.txt, one a line:

    new dict({'a': 1})      makes an object; the calls below are its methods
    get('a', default=None)  a call, sent as it is: the proxy's own signature does not check it
    thread release()        the same call from another thread, hence over another connection
    > [k for k in p]        an expression, with the proxy as `p` and the manager as `m`
    since 3.13              the calls up to the next `new` need this version
"""
import array  # noqa: F401 (for the calls)
import collections  # noqa: F401 (for the calls)
import copy  # noqa: F401 (for the calls)
import datetime  # noqa: F401 (for the calls)
import os
import sys
import threading

import sharing
from sharing import outcome

RECURSIVE_LIST = [1]
RECURSIVE_LIST.append(RECURSIVE_LIST)
RECURSIVE_DICT = {'a': 1}
RECURSIVE_DICT['self'] = RECURSIVE_DICT
NAN = float('nan')
INF = float('inf')


def arguments(*args, **kwds):
    return args, kwds


def parse(call, names):
    """`name(1, x=2)` as (name, (1,), {'x': 2})."""
    name, _, rest = call.partition('(')
    args, kwds = eval('arguments(' + rest, names)
    return name, args, kwds


def in_thread(function):
    """The outcome of `function` in a thread of its own, which has its own connection."""
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(outcome(function)))
    thread.start()
    thread.join()
    return outcomes[0]


class Script:
    def __init__(self, manager, name):
        self.manager = manager
        self.names = dict(globals(), m=manager)
        self.proxy = None
        self.state = None
        self.name = name
        self.sections = 0
        self.section = ''
        self.skips = False

    def run(self, path):
        with open(path, encoding='utf-8') as file:
            for line in file:
                line = line.strip()
                if not line or line.startswith('# '):
                    continue
                if line.startswith('new '):
                    self.sections += 1
                    self.section = '%s#%d' % (self.name, self.sections)
                    self.skips = False
                    self.make(line[4:])
                elif line.startswith('since '):
                    version = tuple(int(part) for part in line[6:].split('.'))
                    self.skips = sys.version_info < version
                elif not self.skips and self.proxy is not None:
                    self.show(line, self.perform(line))

    def make(self, call):
        self.state = None
        self.proxy = None

        def create():
            typeid, args, kwds = parse(call, self.names)
            self.proxy = getattr(self.manager, typeid)(*args, **kwds)
            self.names['p'] = self.proxy
            return self.proxy
        self.show('new ' + call, outcome(create))

    def perform(self, line):
        if line.startswith('> '):
            return outcome(lambda: eval(line[2:], self.names))
        threaded = line.startswith('thread ')
        name, args, kwds = parse(line[7:] if threaded else line, self.names)

        def call():
            return self.proxy._callmethod(name, args, kwds)
        return in_thread(call) if threaded else outcome(call)

    def show(self, line, came_to):
        text = '%s | %s -> %s' % (self.section, line, came_to)
        if self.proxy is not None and self.proxy._token.typeid in ('list', 'dict'):
            state = outcome(self.proxy._getvalue)
            if state != self.state:
                text += ' => ' + state
            self.state = state
        sharing.say(text)


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'calls')
    manager = sharing.connect()
    wanted = sys.argv[3:] or sorted(os.listdir(folder))
    for name in wanted:
        Script(manager, name.partition('.')[0]).run(os.path.join(folder, name))


if __name__ == '__main__':
    main()
