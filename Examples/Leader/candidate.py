"""Leads when it is its turn: candidate.py ADDRESS KEYFILE NAME

Without a name it shows who has led.
"""
import sys
import time
from multiprocessing.managers import AcquirerProxy, ListProxy, SyncManager


class Manager(SyncManager):
    """Knows what the server shares."""


Manager.register("leadership", proxytype=AcquirerProxy)  # lets `with leadership` work
Manager.register("journal", proxytype=ListProxy)

with open(sys.argv[2], "rb") as file:
    manager = Manager(sys.argv[1].replace("unix://", ""), file.read())
manager.connect()
journal = manager.journal()

if len(sys.argv) > 3:
    with manager.leadership():  # waits until nobody else leads
        for step in "begins", "decides", "ends":
            journal.append("%s %s" % (sys.argv[3], step))
            time.sleep(0.05)
else:
    lines = journal[:]
    terms = [lines[place:place + 3] for place in range(0, len(lines), 3)]
    for term in terms:
        print(" ".join([term[0].split()[0], *(line.split()[1] for line in term)]))
    alone = all(len({line.split()[0] for line in term}) == 1 for term in terms)
    print(len(terms), "terms,", "one leader at a time" if alone else "TWO AT ONCE")
