"""What `word-index work` does, in stock Python: worker.py ADDRESS KEYFILE NAME"""
import collections
import re
import sys
from multiprocessing.managers import AcquirerProxy, DictProxy, SyncManager


class Manager(SyncManager):
    """Knows what the server shares."""


Manager.register("jobs")
Manager.register("index", proxytype=DictProxy)  # lets index[word] work
Manager.register("tallies", proxytype=DictProxy)
Manager.register("lock", proxytype=AcquirerProxy)  # lets `with lock` work


def count_words(data):
    """How often each word is in some bytes: runs of ASCII letters and digits, in lower case."""
    return collections.Counter(re.findall(r"[a-z0-9]+", data.lower().decode("latin-1")))


def merged(entry, count, file):
    """An entry of the index, with what one more file adds to it."""
    entry = entry or {"count": 0, "files": set()}
    return {"count": entry["count"] + count, "files": entry["files"] | {file}}


def work(address, keyfile, name):
    kind, place = address.split("://")
    host, _, port = place.rpartition(":")
    with open(keyfile, "rb") as file:
        manager = Manager(place if kind == "unix" else (host, int(port)), file.read())
    manager.connect()
    jobs, index, lock, tallies = manager.jobs(), manager.index(), manager.lock(), manager.tallies()
    tally = tallies[name] = {"language": "Python", "files": 0, "words": 0}
    for job in iter(jobs.get, None):
        with open(job["path"], "rb") as file:
            words = count_words(file.read())
        with lock:  # nobody may change an entry between the get and the update
            index.update({w: merged(index.get(w), n, job["number"]) for w, n in words.items()})
        tally["files"] += 1
        tally["words"] += sum(words.values())
        tallies[name] = tally
        jobs.task_done()  # last of all, so that whoever joins the queue finds everything done
    jobs.put(None)  # for the next worker


if __name__ == "__main__":
    work(*sys.argv[1:])
