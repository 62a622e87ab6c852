"""Proxies inside hosted containers, and proxies on their way to other processes."""
import gc
import multiprocessing
import sys

import sharing
from sharing import outcome, say

# Up to Python 3.8 a server could not rebuild the proxies of queues.
HAS_NESTED_QUEUES = sys.version_info >= (3, 9)


class Counter:
    """Says how many objects the server counts."""

    def __init__(self, manager):
        self.manager = manager

    def say(self, when):
        gc.collect()
        say('%s: %d objects' % (when, self.manager._number_of_objects()))


def lists(manager, counter):
    inner = manager.list([1])
    outer = manager.list([inner])
    counter.say('a list in a list')
    outer[0].append(2)
    say('inner', inner[:], 'through outer', outer[0][:], 'again', [x[:] for x in outer])
    say('type', type(outer[0]).__name__, 'len', len(outer), 'str', outcome(str, outer))
    say('value', outer._getvalue(), outer[0:1])
    del inner
    counter.say('the inner proxy gone')
    say('still there', outer[0][:])
    outer[0].append(3)
    found = outer[0]
    counter.say('found again')
    outer[0] = None
    counter.say('replaced')
    say('found', found[:], 'outer', outer[:])
    del found
    counter.say('dropped')
    outer.append(manager.list([manager.list([manager.list(['deep'])])]))
    counter.say('three deep')
    say('deep', outer[1][0][0][0])
    outer[1][0][0].append('er')
    say('deeper', outer[-1][0][0][:])
    say('popped', outer.pop()[0][0][:])
    counter.say('popped')
    del outer
    counter.say('all lists gone')


def dicts(manager, counter):
    outer = manager.dict()
    outer['a'] = manager.dict(x=1)
    outer['b'] = manager.dict({'y': manager.list([2])})
    counter.say('dicts in a dict')
    outer['a']['x'] += 10
    outer['b']['y'].extend([3, 4])
    say('a', outer['a'].copy(), 'b', outer['b']['y'][:], 'keys', outer.keys())
    say('values', [type(value).__name__ for value in outer.values()])
    say('items', sorted((key, type(value).__name__) for key, value in outer.items()))
    say('get', outer.get('a')['x'], 'missing', outer.get('z'), 'in', 'a' in outer)
    say('copy', outer.copy()['a'].copy())
    shared = outer['a']
    outer['again'] = shared
    shared['x'] = 'one object'
    say('both', outer['a']['x'], outer['again']['x'])
    del outer['a']
    say('one left', outer['again']['x'])
    shared = None
    say('popped', outer.pop('again').copy())
    outer.clear()
    counter.say('cleared')
    del outer
    counter.say('all dicts gone')


def mixed(manager, counter):
    space = manager.Namespace(items=manager.list([1]), lock=manager.Lock())
    value = manager.Value('i', manager.dict(a=1))
    counter.say('mixed')
    space.items.append(2)
    say('items', space.items[:], 'lock', space.lock.acquire(), space.lock.acquire(False))
    space.lock.release()
    say('value', value.value['a'], value.get().copy())
    value.value = space.items
    say('moved', value.value[:])
    holder = manager.dict(inside=[manager.list(['in a plain list'])], pair=(manager.Event(), 1))
    say('inside', holder['inside'][0][:], 'event', holder['pair'][0].is_set())
    holder['pair'][0].set()
    say('event', holder['pair'][0].is_set())
    counter.say('deep inside')
    if HAS_NESTED_QUEUES:
        queue = manager.Queue()
        queue.put(manager.list(['queued']))
        holder['queue'] = queue
        queue.put(holder['inside'])
        say('from the queue', holder['queue'].get()[:], holder['queue'].get()[0][:])
        say('queue', type(holder['queue']).__name__, holder['queue'].qsize())
        del queue
    del space, value, holder
    counter.say('all gone')


def circles(manager, counter):
    ring = manager.list(['ring'])
    ring.append(ring)
    say('ring', ring[1][1][1][0], outcome(str, ring))
    counter.say('ring')
    first, second = manager.dict(), manager.dict()
    first['other'], second['other'] = second, first
    first['name'], second['name'] = 'first', 'second'
    say('round', first['other']['other']['other']['name'])
    del ring, first, second
    counter.say('rings dropped')


def as_arguments(manager, counter):
    """Methods that read another hosted object: the server asks itself."""
    numbers, letters = manager.list([1, 2]), manager.dict(a=1)
    say('extend', outcome(numbers.extend, manager.list([3])), numbers[:])
    say('list(proxy)', manager.list(numbers)[:])
    say('dict(proxy)', manager.dict(letters).copy())
    say('update', outcome(letters.update, manager.dict(b=2)), letters.copy())
    numbers += manager.list([4])
    say('+=', numbers[:])
    say('+', outcome(lambda: numbers + manager.list([5])))
    numbers[0:1] = manager.list(['x', 'y'])
    say('slice', numbers[:])
    del numbers, letters
    counter.say('arguments gone')


def work(jobs, results):
    """Takes proxies out of one hosted object and puts others into another."""
    while True:
        job = jobs.pop(0)
        if job is None:
            return
        name, items = job
        items.append('seen by the worker')
        results[name] = items
        results[name + ' too'] = len(items)


def between_processes(manager, counter, start_method):
    jobs, results = manager.list(), manager.dict()
    jobs.append(('one', manager.list([1])))
    jobs.append(('two', manager.list([2])))
    jobs.append(None)
    context = multiprocessing.get_context(start_method)
    process = context.Process(target=work, args=(jobs, results))
    process.start()
    process.join()
    say(start_method, 'exit', process.exitcode)
    for name in ('one', 'two'):
        say(name, results[name][:], results[name + ' too'])
    counter.say('worker gone')
    del jobs, results
    counter.say('results gone')


def main():
    manager = sharing.connect()
    counter = Counter(manager)
    counter.say('start')
    lists(manager, counter)
    dicts(manager, counter)
    mixed(manager, counter)
    circles(manager, counter)
    as_arguments(manager, counter)
    for start_method in ('fork', 'spawn', 'forkserver'):
        between_processes(manager, counter, start_method)


if __name__ == '__main__':
    main()
