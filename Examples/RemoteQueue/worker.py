"""Finds the divisors of the numbers on a queue: worker.py ADDRESS KEYFILE"""
import sys

from client import connect

if __name__ == "__main__":
    manager = connect(*sys.argv[1:])
    jobs, results = manager.jobs(), manager.results()
    for number in iter(jobs.get, None):
        divisors = [d for d in range(1, number + 1) if number % d == 0]
        results.put({"number": number, "divisors": divisors, "by": "Python"})
        jobs.task_done()
    jobs.put(None)  # the end is for the next worker too
