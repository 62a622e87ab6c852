"""Clients that are killed while they wait or hold: what they leave behind harms nobody.

CPython's own server gives an item to a waiter that is dead, and so loses it: this script is for
ours alone, and every line must say `yes`.
"""
import multiprocessing
import os
import signal
import sys
import threading
import time

import sharing
from sharing import check, outcome, say

# Long enough for a call that was announced to have reached the server.
PAUSE = 0.3
CONTEXT = multiprocessing.get_context('fork')


def announce(function, ready, *args):
    ready.set()
    function(*args)


def kill_while_waiting(manager, function, *args):
    """Kills a process that waits in `function`."""
    ready = manager.Event()
    process = multiprocessing.get_context('fork').Process(
        target=announce, args=(function, ready) + args)
    process.start()
    ready.wait()
    time.sleep(PAUSE)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    time.sleep(PAUSE)


def waiting_in_get(manager):
    queue = manager.Queue()
    for _ in range(3):
        kill_while_waiting(manager, queue.get)
    for item in range(10):
        queue.put(item)
    check('no item is swallowed, order is kept', [queue.get(timeout=5) for _ in range(10)]
          == list(range(10)))
    tasks = manager.JoinableQueue()
    kill_while_waiting(manager, tasks.get, True, 60)
    tasks.put('task')
    check('a task is not swallowed', tasks.get(timeout=5) == 'task')
    check('and counts once', outcome(tasks.task_done) == 'None'
          and outcome(tasks.task_done).startswith('ValueError'))


def waiting_in_put(manager):
    queue = manager.Queue(1)
    queue.put('first')
    kill_while_waiting(manager, queue.put, 'from the dead')
    check('the first is there', queue.get(timeout=5) == 'first')
    check('what the dead had not put is not there', outcome(queue.get, False) == '_queue.Empty: ()')
    queue.put('next')
    check('and takes no room', queue.get(timeout=5) == 'next')


def waiting_in_acquire(manager):
    for name, lock in (('Lock', manager.Lock()), ('RLock', manager.RLock())):
        lock.acquire()
        kill_while_waiting(manager, lock.acquire)
        lock.release()
        check('%s is not granted to the dead' % name, lock.acquire(True, 5))
        lock.release()


def waiting_for_a_permit(manager):
    for name, semaphore in (('Semaphore', manager.Semaphore(0)),
                            ('BoundedSemaphore', manager.BoundedSemaphore(1))):
        semaphore.acquire(False)
        kill_while_waiting(manager, semaphore.acquire)
        semaphore.release()
        check('%s has no permit for the dead' % name, semaphore.acquire(True, 5))


def acquire_and_wait(condition):
    with condition:
        condition.wait()


def waiting_for_a_condition(manager):
    condition, told = manager.Condition(), manager.Queue()
    kill_while_waiting(manager, acquire_and_wait, condition)

    def wait():
        with condition:
            told.put('waits')
            told.put(condition.wait(10))
    thread = threading.Thread(target=wait)
    thread.start()
    told.get(timeout=5)
    with condition:
        condition.notify()
    check('the notification is for the living', told.get(timeout=5) is True)
    thread.join()
    check('the lock is free', condition.acquire(True, 5))
    condition.release()


def waiting_at_a_barrier(manager):
    barrier, indices = manager.Barrier(2), []
    kill_while_waiting(manager, barrier.wait)
    check('the dead is no party', barrier.n_waiting == 0 and not barrier.broken)
    threads = [threading.Thread(target=lambda: indices.append(barrier.wait(10)))
               for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check('the living pass', sorted(indices) == [0, 1])


def waiting_in_wait(manager):
    event = manager.Event()
    kill_while_waiting(manager, event.wait)
    event.set()
    check('an event lives on', event.wait(5))
    tasks = manager.JoinableQueue()
    tasks.put(1)
    kill_while_waiting(manager, tasks.join)
    tasks.get()
    tasks.task_done()
    check('join lives on', outcome(tasks.join) == 'None')


def hold_for_ever(lock, ready):
    lock.acquire()
    lock.acquire()
    ready.set()
    time.sleep(600)


def holding_a_recursive_lock(manager, lock, name):
    ready = manager.Event()
    process = multiprocessing.get_context('fork').Process(target=hold_for_ever, args=(lock, ready))
    process.start()
    ready.wait()
    check('it is held', not lock.acquire(False))
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    check('%s dies with its connection' % name, lock.acquire(True, 10))
    lock.release()


def start(function, *args):
    """A process, forked, or a new one of its own, whichever the context is of."""
    process = CONTEXT.Process(target=function, args=args)
    process.start()
    return process


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def acquire_and_sleep(handed, count, ready):
    primitive = handed() if isinstance(handed, Handed) else handed
    for _ in range(count):
        primitive.acquire()
    ready.set()
    time.sleep(600)


def acquire_and_end(primitive, count):
    for _ in range(count):
        primitive.acquire()


class Handed:
    """A proxy that a child receives, and so counts. Since 3.9 a spawned child does not count
    what it inherits, so over TCP nothing tells its death from its orderly end."""

    def __init__(self, manager, proxy):
        self.queue = manager.Queue()
        self.queue.put(proxy)

    def __call__(self):
        return self.queue.get()


def holding(manager, make, name, count=1):
    """What a dead process held is free, and goes to who waits for it."""
    primitive, ready = make(), manager.Event()
    is_counted = not sys.argv[1].startswith('tcp') or CONTEXT.get_start_method() == 'fork'
    # Kept until the child has counted what it is given.
    given = primitive if is_counted else Handed(manager, primitive)
    process = start(acquire_and_sleep, given, count, ready)
    ready.wait()
    check('%s is held' % name, not primitive.acquire(False))
    granted = []
    waiter = threading.Thread(target=lambda: granted.append(primitive.acquire(True, 30)))
    waiter.start()
    time.sleep(PAUSE)
    kill(process)
    waiter.join()
    check('%s of the dead goes to who waits' % name, granted == [True])
    check('as often as it was held', [primitive.acquire(False) for _ in range(count)]
          == [True] * (count - 1) + [False])


def ending_in_order(make, name, count=1):
    """A lock may be acquired here and released there: an orderly end leaves it locked."""
    primitive = make()
    process = start(acquire_and_end, primitive, count)
    process.join()
    time.sleep(PAUSE)
    check('%s is held by who ended in order' % name, not primitive.acquire(False))
    primitive.release()
    check('%s may be released by another' % name, primitive.acquire(False))


def thread_that_ends(manager):
    """A thread's connection ends with it, but its process lives."""
    lock = manager.Lock()
    thread = threading.Thread(target=lock.acquire)
    thread.start()
    thread.join()
    time.sleep(PAUSE)
    check('a lock outlives the thread that acquired it', not lock.acquire(False))
    lock.release()


def signals(manager):
    """A semaphore whose permits others give is no lock: what was taken stays taken."""
    items, ready = manager.Semaphore(0), manager.Event()
    for _ in range(3):
        items.release()
    process = start(acquire_and_sleep, items, 2, ready)
    ready.wait()
    kill(process)
    time.sleep(PAUSE)
    check('one signal is left', [items.acquire(False) for _ in range(2)] == [True, False])


def own_and_sleep(arguments, names):
    sys.argv[1:] = arguments
    manager = sharing.connect()
    numbers, settings = manager.list([1, 2]), manager.dict()
    numbers.append(3)
    settings['inner'] = manager.list()
    names.put((numbers._id, settings._id))
    time.sleep(600)


def owning(manager):
    """Objects that only the dead referred to go."""
    names = manager.Queue()
    before = manager._number_of_objects()
    process = start(own_and_sleep, sys.argv[1:], names)
    owned = names.get()
    check('the objects are there', manager._number_of_objects() >= before + 2)
    kill(process)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        counted = manager._debug_info()
        if not any(ident in counted for ident in owned):
            break
        time.sleep(0.05)
    check('and go with their owner', not any(ident in counted for ident in owned))
    check('the others stay', before == manager._number_of_objects())


def use_and_sleep(shared, ready):
    shared.append(1)
    ready.set()
    time.sleep(600)


def sharing_with_the_living(manager):
    """Objects that the living refer to as well stay."""
    shared, ready = manager.list(), manager.Event()
    process = start(use_and_sleep, shared, ready)
    ready.wait()
    kill(process)
    time.sleep(PAUSE)
    shared.append(2)
    check('what the living refer to stays', list(shared) == [1, 2])


def vanish(queue, count):
    """Asks for items without reading the replies, then dies."""
    connection = sharing.client()
    connection.send((None, 'accept_connection', ('vanishing',), {}))
    connection.recv()
    for _ in range(count):
        connection.send((queue._id, 'get', (), {}))
    os.kill(os.getpid(), signal.SIGKILL)


def pipelined_and_gone(manager):
    """Requests that nobody waits for any more take nothing that comes later."""
    queue = manager.Queue()
    process = multiprocessing.get_context('fork').Process(target=vanish, args=(queue, 5))
    process.start()
    process.join()
    time.sleep(PAUSE)
    for item in range(10):
        queue.put(item)
    check('ten items for the living', [queue.get(timeout=5) for _ in range(10)] == list(range(10)))


def main():
    global CONTEXT
    manager = sharing.connect()
    waiting_in_get(manager)
    waiting_in_put(manager)
    waiting_in_acquire(manager)
    waiting_in_wait(manager)
    waiting_for_a_permit(manager)
    waiting_for_a_condition(manager)
    waiting_at_a_barrier(manager)
    holding_a_recursive_lock(manager, manager.RLock(), 'an RLock')
    holding_a_recursive_lock(manager, manager.Condition(), "a condition's lock")
    pipelined_and_gone(manager)
    for start_method in ('fork', 'spawn'):
        CONTEXT = multiprocessing.get_context(start_method)
        holding(manager, manager.Lock, 'a Lock')
        holding(manager, lambda: manager.Semaphore(2), 'a Semaphore', 2)
        holding(manager, lambda: manager.BoundedSemaphore(2), 'a BoundedSemaphore', 2)
        ending_in_order(manager.Lock, 'a Lock')
        ending_in_order(lambda: manager.Semaphore(2), 'a Semaphore', 2)
        signals(manager)
        owning(manager)
        sharing_with_the_living(manager)
    thread_that_ends(manager)
    say('done')


if __name__ == '__main__':
    sys.exit(main())
