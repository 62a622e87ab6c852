"""Uses accounts that a Swift server hosts: client.py ADDRESS KEYFILE"""
import sys
import threading
from multiprocessing.managers import SyncManager


class Bank(SyncManager):
    """Knows what the server has registered."""


Bank.register("Account")  # a new one each time
Bank.register("savings")  # the same for all

with open(sys.argv[2], "rb") as file:
    bank = Bank(sys.argv[1].replace("unix://", ""), file.read())
bank.connect()

savings = bank.savings()
print("after a deposit:", savings.deposit(100))
print("after buying a bicycle:", savings.withdraw(amount=80, note="a bicycle"))
try:
    savings.withdraw(500, note="a car")
except RuntimeError as error:
    print("no car:", error)


def save():
    mine = bank.savings()
    for _ in range(25):
        mine.deposit(1, note="pocket money")


savers = [threading.Thread(target=save) for _ in range(4)]
for saver in savers:
    saver.start()
for saver in savers:
    saver.join()
history = savings.history()
print("after much saving:", savings.balance(), "in", len(history), "entries")
print("the first two:", history[:2])
print("a new account:", bank.Account().balance())
