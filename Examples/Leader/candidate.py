"""Leads when it is its turn: candidate.py ADDRESS KEYFILE NAME

Without a name it shows who has led, and what an old token is answered.
"""
import contextlib
import sys
import threading
import time
from multiprocessing.managers import AcquirerProxy, ListProxy, SyncManager

LEASE = 5  # seconds, after which another leads where the leader is gone


class Manager(SyncManager):
    """Knows what the server shares."""


Manager.register("leadership", proxytype=AcquirerProxy)
Manager.register("journal", proxytype=ListProxy)


@contextlib.contextmanager
def leading(lock, lease):
    """Waits until nobody else leads, and leads: gives the token of the term."""
    token = lock._callmethod("acquire_token", (True, None, lease))
    over = threading.Event()

    def renew():
        while not over.wait(lease / 3):
            lock._callmethod("renew_token", (token, lease))  # raises where it is lost

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield token
    finally:
        over.set()
        thread.join()
        lock._callmethod("release_token", (token,))


def fenced(proxy, token, method, *args):
    """Calls a method, unless the object was called under a younger token before."""
    return proxy._callmethod("#FENCED", (token, method) + args)


with open(sys.argv[2], "rb") as file:
    manager = Manager(sys.argv[1].replace("unix://", ""), file.read())
manager.connect()
journal = manager.journal()

if len(sys.argv) > 3:
    with leading(manager.leadership(), LEASE) as token:
        for step in "begins", "decides", "ends":
            fenced(journal, token, "append", "%s %s" % (sys.argv[3], step))
            time.sleep(0.05)
else:
    lines = journal[:]
    terms = [lines[place:place + 3] for place in range(0, len(lines), 3)]
    for term in terms:
        print(" ".join([term[0].split()[0], *(line.split()[1] for line in term)]))
    alone = all(len({line.split()[0] for line in term}) == 1 for term in terms)
    print(len(terms), "terms,", "one leader at a time" if alone else "TWO AT ONCE")
    try:
        fenced(journal, 1, "append", "of long ago")
    except PermissionError:
        print("a leader of long ago is refused")
