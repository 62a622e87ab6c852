"""A log that nobody reads: who makes the server write much of it harms nobody.

    PYTHON unread.py ADDRESS KEYFILE SERVER_PID

Every line must say `yes`.
"""
import sys

from hostile import Watch
from rawclient import Raw, frame
from sharing import check, say


def main():
    watch = Watch(int(sys.argv[3]))
    refused = 0
    # Each is a line of a hundred bytes or so, and a pipe takes 64 KiB.
    for _ in range(3000):
        with Raw() as raw:
            raw.read_frame()
            raw.send(frame(b'0' * 16))
            refused += raw.read_frame() == b'#FAILURE#'
    check('strangers are refused', refused == 3000)
    watch.check('a log that nobody reads')
    say('done')


if __name__ == '__main__':
    sys.exit(main())
