"""A house's rooms, their readings: house.py ADDRESS KEYFILE build|show"""
import multiprocessing
import sys
from multiprocessing.managers import DictProxy, SyncManager


class Manager(SyncManager):
    """Knows what the server shares."""


Manager.register("house", proxytype=DictProxy)

with open(sys.argv[2], "rb") as file:
    key = file.read()
# Proxies that come out of other objects connect with the key of the process.
multiprocessing.current_process().authkey = key
manager = Manager(sys.argv[1].replace("unix://", ""), key)
manager.connect()
house = manager.house()

if sys.argv[3] == "build":
    house["kitchen"] = manager.list([manager.dict(celsius=21, percent=40)])
    house["cellar"] = manager.list()
    house["cellar"].append(manager.dict(celsius=12, percent=70))
    print("Python built", sorted(house.keys()))
else:
    for room, readings in sorted(house.items()):
        print(room + ":", [dict(sorted(reading.items())) for reading in readings])
