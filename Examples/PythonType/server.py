"""A stock Python server of a type of one's own: server.py SOCKET KEYFILE"""
import collections
import sys
from multiprocessing.managers import SyncManager


class Vocabulary:
    """How often words were said."""

    def __init__(self, language="English"):
        self.language = language
        self.words = collections.Counter()

    def hear(self, *sentences, loud=False):
        for sentence in sentences:
            self.words.update((sentence.upper() if loud else sentence.lower()).split())
        return len(self.words)

    def most_common(self, count):
        return self.words.most_common(count)

    def translate(self, word):
        raise LookupError("no dictionary of %s has %r" % (self.language, word))

    def alphabetical(self):
        yield from sorted(self.words)  # a generator stays here; its proxy walks it


class Server(SyncManager):
    """Offers the type, beside Python's own."""


Server.register("Vocabulary", Vocabulary, method_to_typeid={"alphabetical": "Iterator"})

if __name__ == "__main__":
    with open(sys.argv[2], "rb") as file:
        server = Server(sys.argv[1], file.read()).get_server()
    print("listening on unix://" + sys.argv[1], flush=True)
    server.serve_forever()
