"""Reads lines of two hexadecimal pickles, and writes for each `same`, `skip` or what is wrong."""

import os
import pickle
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import golden_classes  # noqa: E402

for line in sys.stdin:
    before, after = (bytes.fromhex(word) for word in line.split())
    try:
        original = pickle.loads(before)
    except (ImportError, AttributeError) as error:
        print("skip", repr(error).replace("\n", " "))
        continue
    try:
        answer = golden_classes.same(original, pickle.loads(after))
        print("same" if answer else "different: %.200r" % (pickle.loads(after),))
    except Exception as error:  # noqa: BLE001: the answer is the error
        print("failed:", repr(error).replace("\n", " "))
