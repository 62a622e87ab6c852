"""A server that has no descriptor left, and nowhere to write its log.

    PYTHON exhausted.py ADDRESS KEYFILE SERVER_PID DESCRIPTORS

It was started with so few descriptors, and with a log that takes nothing. Every line must say
`yes`.
"""
import os
import sys
import time

import sharing
from rawclient import Raw, frame
from slow import eventually
from sharing import check, say


def ticks(pid):
    """The processor time that the process has used, in ticks, of which a second has `TICKS`."""
    with open('/proc/%d/stat' % pid) as file:
        fields = file.read().rpartition(')')[2].split()
    return int(fields[11]) + int(fields[12])


TICKS = os.sysconf('SC_CLK_TCK')


def main():
    pid, limit = int(sys.argv[3]), int(sys.argv[4])
    manager = sharing.connect()
    shared = manager.dict(key='value')
    with Raw() as stranger:
        stranger.read_frame()
        stranger.send(frame(b'0' * 16))
        check('a refusal that cannot be logged is one', stranger.read_frame() == b'#FAILURE#')
    held = [Raw() for _ in range(limit)]
    # Those that have no descriptor are in line; the others were challenged.
    check('there is none left', eventually(
        lambda: len(os.listdir('/proc/%d/fd' % pid)) >= limit - 2))
    before = ticks(pid)
    time.sleep(3)
    used = ticks(pid) - before
    check('it does not spin meanwhile', used < TICKS / 2)
    check('who is in is served', shared['key'] == 'value')
    for raw in held:
        raw.socket.close()
    late = sharing.connect()
    check('and newcomers once there is room', late._number_of_objects() == 1)
    check('as ever', shared['key'] == 'value' and late.list([1])[:] == [1])
    say('done')


if __name__ == '__main__':
    sys.exit(main())
