"""Calls that wait: between processes and threads nothing is lost, doubled or out of order."""
import multiprocessing
import sys
import threading

import sharing
from sharing import check, outcome, say

PRODUCERS = 4
CONSUMERS = 4
ITEMS = 200


def start(function, *args):
    process = multiprocessing.get_context('fork').Process(target=function, args=args)
    process.start()
    return process


def finish(processes, limit=60):
    for process in processes:
        process.join(limit)
    say('exits', [process.exitcode for process in processes])


def timeouts(manager):
    queue, full = manager.Queue(), manager.Queue(1)
    full.put('only')
    lock, event = manager.Lock(), manager.Event()
    lock.acquire()
    say('get', outcome(queue.get, True, 0.05))
    say('put', outcome(full.put, 'more', True, 0.05))
    say('acquire', outcome(lock.acquire, True, 0.05))
    say('wait', outcome(event.wait, 0.05))
    # What timed out has left no trace.
    queue.put('a')
    say('get', outcome(queue.get, True, 0.05), 'then', queue.qsize())
    say('get', outcome(full.get), 'then', full.qsize())
    lock.release()
    say('acquire', outcome(lock.acquire, True, 0.05))
    lock.release()


def produce(queue, number):
    for item in range(ITEMS):
        queue.put((number, item))


def consume(queue, results):
    taken = []
    while True:
        item = queue.get()
        if item is None:
            break
        taken.append(item)
    results.append(taken)


def producers_and_consumers(manager, maxsize):
    queue, results = manager.Queue(maxsize), manager.list()
    consumers = [start(consume, queue, results) for _ in range(CONSUMERS)]
    producers = [start(produce, queue, number) for number in range(PRODUCERS)]
    finish(producers)
    for _ in consumers:
        queue.put(None)
    finish(consumers)
    taken = results[:]
    everything = [item for each in taken for item in each]
    wanted = {(number, item) for number in range(PRODUCERS) for item in range(ITEMS)}
    say('through a queue of', maxsize, 'came', len(everything))
    check('none lost', set(everything) == wanted)
    check('none doubled', len(everything) == len(wanted))
    in_order = all(
        part == sorted(part) for each in taken for number in range(PRODUCERS)
        for part in [[item for origin, item in each if origin == number]])
    check('in order', in_order)
    say('left', queue.qsize())


def increment(lock, value, times):
    for _ in range(times):
        lock.acquire()
        try:
            value.value += 1
        finally:
            lock.release()


def increment_nested(lock, value, times):
    for _ in range(times):
        with lock:
            with lock:
                value.value += 1


def exclusion(manager):
    for name, lock, function in (('Lock', manager.Lock(), increment),
                                 ('RLock', manager.RLock(), increment_nested)):
        value = manager.Value('i', 0)
        processes = [start(function, lock, value, 50) for _ in range(4)]
        threads = [threading.Thread(target=function, args=(lock, value, 50)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        finish(processes)
        say(name, 'counted to', value.value)


def hold(lock, ready, leave):
    lock.acquire()
    ready.set()
    leave.wait()


def hold_and_release(lock, ready, leave):
    hold(lock, ready, leave)
    lock.release()


def ownership(manager):
    lock, ready, leave = manager.RLock(), manager.Event(), manager.Event()
    holder = start(hold_and_release, lock, ready, leave)
    ready.wait()
    say('another process holds it', lock.acquire(False), outcome(lock.release))
    found = []
    thread = threading.Thread(target=lambda: found.extend(
        [lock.acquire(False), outcome(lock.release)]))
    thread.start()
    thread.join()
    say('so a thread sees', found)
    leave.set()
    say('it is let go', lock.acquire())
    thread = threading.Thread(target=lambda: found.append(lock.acquire(False)))
    thread.start()
    thread.join()
    say('this thread is the owner', found[-1], lock.acquire(), outcome(lock.release),
        outcome(lock.release), outcome(lock.release))
    finish([holder])


def lock_of_somebody_else(manager):
    lock, ready, leave = manager.Lock(), manager.Event(), manager.Event()
    holder = start(hold, lock, ready, leave)
    ready.wait()
    leave.set()
    finish([holder])
    say('who left holding it', lock.acquire(False), lock.release(), lock.acquire(False))
    lock.release()


def wait_for(event, results):
    results.append(event.wait())


def events(manager):
    event, results = manager.Event(), manager.list()
    waiting = [start(wait_for, event, results) for _ in range(5)]
    event.set()
    finish(waiting)
    say('woken', results[:])
    event.clear()
    say('cleared', event.wait(0.01))


def do_tasks(tasks, results):
    while True:
        task = tasks.get()
        if task is not None:
            results[task] = task * task
        tasks.task_done()
        if task is None:
            return


def tasks(manager):
    queue, results = manager.JoinableQueue(), manager.dict()
    workers = [start(do_tasks, queue, results) for _ in range(3)]
    for task in range(40):
        queue.put(task)
    queue.join()
    say('all done when join returns', len(results), sum(results.values()))
    for _ in workers:
        queue.put(None)
    queue.join()
    finish(workers)
    say('one more', outcome(queue.task_done))


def many_waiters(manager):
    queue, taken = manager.Queue(), []

    def take():
        taken.append(queue.get())
    threads = [threading.Thread(target=take) for _ in range(40)]
    for thread in threads:
        thread.start()
    for item in range(40):
        queue.put(item)
    for thread in threads:
        thread.join()
    check('each waiter got one item', sorted(taken) == list(range(40)))
    say('left', queue.qsize())


def put_waits(manager):
    queue = manager.Queue(1)
    queue.put(0)
    producer = start(produce, queue, 'late')
    say('first', queue.get())
    check('then in order', [queue.get() for _ in range(ITEMS)]
          == [('late', item) for item in range(ITEMS)])
    finish([producer])
    say('left', queue.qsize())


def ping_pong(manager):
    there, back = manager.Queue(), manager.Queue()

    def answer():
        while True:
            item = there.get()
            if item is None:
                return
            back.put(item + 1)
    thread = threading.Thread(target=answer)
    thread.start()
    number = 0
    for _ in range(200):
        there.put(number)
        number = back.get()
    there.put(None)
    thread.join()
    say('played', number)


def hold_permit(semaphore, inside, most, guard):
    for _ in range(20):
        with semaphore:
            with guard:
                inside.set(inside.get() + 1)
                most.set(max(most.get(), inside.get()))
            with guard:
                inside.set(inside.get() - 1)


def permits(manager):
    semaphore = manager.BoundedSemaphore(2)
    inside, most, guard = manager.Value('i', 0), manager.Value('i', 0), manager.Lock()
    finish([start(hold_permit, semaphore, inside, most, guard) for _ in range(4)])
    check('never more than two are inside', 1 <= most.get() <= 2)
    say('inside', inside.get(), outcome(semaphore.release))


def consume_on_notice(condition, items, taken, count):
    for _ in range(count):
        with condition:
            condition.wait_for(lambda: len(items) > 0)
            taken.append(items.pop(0))


def notices(manager, lock):
    condition = manager.Condition(lock) if lock else manager.Condition()
    items, taken = manager.list(), manager.list()
    consumers = [start(consume_on_notice, condition, items, taken, 50) for _ in range(4)]
    for item in range(200):
        with condition:
            items.append(item)
            condition.notify()
    finish(consumers)
    check('each item was taken once', sorted(taken) == list(range(200)))
    with condition:
        say('notify_all', outcome(condition.notify_all))


def wait_with_depth(condition, depths):
    condition.acquire()
    condition.acquire()
    condition.wait()
    depths.put([outcome(condition.release) for _ in range(3)])


def recursion(manager):
    condition, depths = manager.Condition(), manager.Queue()
    waiter = start(wait_with_depth, condition, depths)
    while not str(condition).endswith(', 1)>'):
        pass
    with condition:
        condition.notify()
    say('released', depths.get())
    finish([waiter])


def meet(barrier, order, rounds):
    for number in range(rounds):
        order.append(number)
        barrier.wait()


def meetings(manager):
    barrier, order = manager.Barrier(4), manager.list()
    finish([start(meet, barrier, order, 10) for _ in range(4)])
    check('nobody is a round ahead',
          list(order) == [number for number in range(10) for _ in range(4)])
    say('waiting', barrier.n_waiting, barrier.broken)
    aborted = start(meet, barrier, order, 1)
    while barrier.n_waiting == 0:
        pass
    barrier.abort()
    aborted.join(60)
    say('aborted', aborted.exitcode, outcome(barrier.wait))


def main():
    manager = sharing.connect()
    timeouts(manager)
    producers_and_consumers(manager, 0)
    producers_and_consumers(manager, 3)
    exclusion(manager)
    ownership(manager)
    lock_of_somebody_else(manager)
    events(manager)
    tasks(manager)
    many_waiters(manager)
    put_waits(manager)
    ping_pong(manager)
    permits(manager)
    notices(manager, None)
    notices(manager, manager.Lock())
    recursion(manager)
    meetings(manager)
    say('objects left', manager._number_of_objects())


if __name__ == '__main__':
    sys.exit(main())
