"""What Benchmarks/LocalHalf measures, of this interpreter's own `multiprocessing`.

    local_cpython.py CASE [SECONDS]

It prints one number, in the unit that local.py names.
"""
import multiprocessing as mp
import sys
import time

BLOCK = bytes(1 << 20)
PROCESSES = 4


def repeatedly(seconds, body):
    """How many a second, where `body` returns how many it has done."""
    start = time.perf_counter()
    count = 0
    while True:
        count += body()
        spent = time.perf_counter() - start
        if spent >= seconds:
            return count / spent


# ---------------------------------------------------------------------------------- pools

def successor(number):
    return number + 1


def pool_rate(seconds, inputs, chunk_size):
    with mp.Pool(2) as pool:
        pool.map(successor, range(1000))

        def turn():
            assert pool.map(successor, range(inputs), chunk_size)[-1] == inputs
            return inputs
        return repeatedly(seconds, turn)


# --------------------------------------------------------------------------------- queues

def putting(queue, count, item, start):
    start.wait()
    start.wait()
    for number in range(count):
        queue.put(number if item is None else item)


def getting(queue, count, start):
    start.wait()
    start.wait()
    for _ in range(count):
        queue.get()


def queue_rate(seconds, pairs, per_second, item=None, maxsize=0):
    count = int(per_second * seconds) // pairs
    queue = mp.Queue(maxsize)
    start = mp.Barrier(2 * pairs + 1)
    children = []
    for _ in range(pairs):
        children.append(mp.Process(target=putting, args=(queue, count, item, start)))
        children.append(mp.Process(target=getting, args=(queue, count, start)))
    for child in children:
        child.start()
    start.wait()
    begin = time.perf_counter()
    start.wait()
    for child in children:
        child.join()
    return count * pairs / (time.perf_counter() - begin)


# ---------------------------------------------------------------------------------- pipes

def echoing(connection):
    try:
        while True:
            connection.send(connection.recv())
    except EOFError:
        pass


def pipe_rate(seconds):
    here, there = mp.Pipe()
    child = mp.Process(target=echoing, args=(there,))
    child.start()
    there.close()

    def turn():
        for number in range(500):
            here.send(number)
            assert here.recv() == number
        return 500
    turn()
    rate = repeatedly(seconds, turn)
    # A forked child has this end too, so closing it would end nothing.
    child.terminate()
    child.join()
    return rate


# ---------------------------------------------------------------------------------- locks

def lock_pair(seconds):
    lock = mp.Lock()
    acquire, release = lock.acquire, lock.release

    def turn():
        for _ in range(100_000):
            acquire()
            release()
        return 100_000
    return 1e9 / repeatedly(seconds, turn)


def contending(lock, counts, place, seconds, start):
    acquire, release = lock.acquire, lock.release
    start.wait()
    end = time.perf_counter() + seconds
    count = 0
    while time.perf_counter() < end:
        for _ in range(1000):
            acquire()
            release()
        count += 1000
    counts[place] = count


def contended_rate(seconds):
    lock, counts = mp.Lock(), mp.Array('q', PROCESSES)
    start = mp.Barrier(PROCESSES)
    children = [mp.Process(target=contending, args=(lock, counts, place, seconds, start))
                for place in range(PROCESSES)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return sum(counts) / seconds


# --------------------------------------------------------------------------------- starts

def nothing():
    pass


def start_time(seconds, method):
    context = mp.get_context(method)

    def turn():
        child = context.Process(target=nothing)
        child.start()
        child.join()
        assert child.exitcode == 0
        return 1
    turn()
    return 1000 / repeatedly(seconds, turn)


CASES = {
    'pool-chunk1': lambda seconds: pool_rate(seconds, 20_000, 1),
    'pool-chunks': lambda seconds: pool_rate(seconds, 1_000_000, None),
    'queue-1-1': lambda seconds: queue_rate(seconds, 1, 150_000),
    'queue-4-4': lambda seconds: queue_rate(seconds, 4, 150_000),
    'queue-1m': lambda seconds: queue_rate(seconds, 1, 500, BLOCK, 16),
    'pipe': pipe_rate,
    'lock': lock_pair,
    'lock-contended': contended_rate,
    'start-spawn': lambda seconds: start_time(seconds, 'spawn'),
    'start-forkserver': lambda seconds: start_time(seconds, 'forkserver'),
    'start-fork': lambda seconds: start_time(seconds, 'fork'),
}

if __name__ == '__main__':
    print(CASES[sys.argv[1]](float(sys.argv[2]) if len(sys.argv) > 2 else 1.0))
