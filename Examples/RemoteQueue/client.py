"""Has the divisors of some numbers found by whoever works: client.py ADDRESS KEYFILE"""
import sys
from multiprocessing.managers import SyncManager


class Manager(SyncManager):
    """Knows what the server shares."""


Manager.register("jobs")
Manager.register("results")


def connect(address, keyfile):
    host, _, port = address[len("tcp://"):].rpartition(":")
    with open(keyfile, "rb") as file:
        manager = Manager((host, int(port)), file.read())
    manager.connect()
    return manager


if __name__ == "__main__":
    manager = connect(*sys.argv[1:])
    jobs, results = manager.jobs(), manager.results()
    numbers = range(1, 201)
    for number in numbers:
        jobs.put(number)
    jobs.join()  # until every number is done
    found = [results.get() for _ in numbers]
    jobs.put(None)
    most = max(found, key=lambda finding: len(finding["divisors"]))
    print("workers:", ", ".join(sorted({finding["by"] for finding in found})))
    print(len(found), "numbers;", most["number"], "has", len(most["divisors"]), "divisors")
