"""Peers that are slow on purpose, that stop in the middle, that leave by half: others are served
all the while, and nothing of them stays.

    PYTHON slow.py ADDRESS KEYFILE SERVER_PID

Every line must say `yes`.
"""
import os
import pickle
import signal
import socket
import sys
import threading
import time

from hostile import Watch
from rawclient import Raw, frame
from sharing import check, say


def eventually(is_so, seconds=60):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def descriptors(watch):
    return len(os.listdir('/proc/%d/fd' % watch.pid))


class Trickle(threading.Thread):
    """Sends a byte now and then, until it is shown out or has sent all."""

    def __init__(self, raw, data, pause):
        super().__init__(daemon=True)
        self.raw, self.data, self.pause = raw, data, pause
        self.is_out = False
        self.start()

    def run(self):
        for byte in self.data:
            if not self.raw.send(bytes([byte])):
                self.is_out = True
                return
            time.sleep(self.pause)


def strangers_that_trickle(watch):
    """The answer to the challenge, and the header before it, a byte a second."""
    answers = [frame(b'0' * 200), frame(b'x' * 256), b'\xff\xff\xff\xff' + b'\0' * 200]
    return [Trickle(Raw(), answer, 1) for answer in answers for _ in range(20)]


def trickles_end(watch, trickles):
    """Each byte is not a new deadline."""
    check('strangers that trickle are shown out',
          eventually(lambda: all(each.is_out for each in trickles)))
    for each in trickles:
        each.raw.socket.close()
    watch.check('trickling strangers')


def clients_that_trickle(watch):
    """Behind the handshake a slow request is one, and holds nobody up."""
    body = frame(pickle.dumps((watch.dict._id, '__getitem__', ('key',), {})))
    raws = [Raw().serve() for _ in range(20)]
    trickles = [Trickle(raw, body, 0.02) for raw in raws]
    watch.check('trickling clients')
    for each in trickles:
        each.join()
    check('slow requests are answered',
          all(raw.reply() == ('#RETURN', 'value') for raw in raws))
    for raw in raws:
        raw.socket.close()


def half_closed(watch):
    """Peers that write no more, at every stage: who is owed something gets it, and then it ends."""
    before = descriptors(watch)
    queue, held = watch.manager.Queue(), []
    for stage in range(5):
        for _ in range(60):
            raw = Raw()
            if stage >= 1:
                raw.read_frame()
            if stage >= 2:
                raw.send(frame(b'0' * 16)[:7])
            if stage >= 3:
                raw.socket.close()
                raw = Raw().serve()
            if stage == 4:
                raw.request(queue._id, 'get', (), {})
            raw.socket.shutdown(socket.SHUT_WR)
            held.append(raw)
    watch.check('half-closed peers')
    check('half-closed peers are shown out', all(raw.read(100000) is not None and raw.is_closed()
                                                 for raw in held))
    check('and leave no descriptor', eventually(lambda: descriptors(watch) <= before + 2))
    queue.put(1)
    check('nor anybody who waits', queue.get(timeout=10) == 1)
    for raw in held:
        raw.socket.close()


def stopped(watch):
    """SIGSTOP in the middle of a frame, and SIGCONT much later."""
    body = frame(pickle.dumps((watch.dict._id, '__getitem__', ('key',), {})))
    pid = os.fork()
    if pid == 0:
        raw = Raw().serve()
        raw.send(body[:len(body) // 2])
        os.kill(os.getpid(), signal.SIGSTOP)
        raw.send(body[len(body) // 2:])
        os._exit(raw.reply() != ('#RETURN', 'value'))
    os.waitpid(pid, os.WUNTRACED)
    watch.check('a client that was stopped in the middle of a frame')
    time.sleep(1)
    watch.check('a second later')
    os.kill(pid, signal.SIGCONT)
    check('it goes on where it was', os.waitpid(pid, 0)[1] == 0)


def stopped_reader(watch):
    """Who is stopped while replies come makes the server keep one buffer, not all."""
    big = watch.manager.dict(big=b'x' * 100000)
    body = frame(pickle.dumps((big._id, '__getitem__', ('big',), {})))
    pid = os.fork()
    if pid == 0:
        raw = Raw().serve()
        raw.socket.setblocking(False)
        while raw.send(body):
            pass
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    os.waitpid(pid, os.WUNTRACED)
    watch.check('a client that was stopped before it had read')
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    watch.check('and killed')


def comers_and_goers(watch):
    """Connections that open and close at once, from several sides."""
    before = descriptors(watch)

    def storm():
        for number in range(500):
            raw = Raw()
            if number % 3 == 1:
                raw.send(b'\0')
            elif number % 3 == 2:
                raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
            raw.socket.close()
    threads = [threading.Thread(target=storm) for _ in range(4)]
    for thread in threads:
        thread.start()
    watch.check('while many come and go')
    for thread in threads:
        thread.join()
    watch.check('when they have gone')
    check('no descriptor of theirs is left', eventually(lambda: descriptors(watch) <= before + 2))


def main():
    watch = Watch(int(sys.argv[3]))
    # Before there are threads, which a fork would leave behind.
    stopped(watch)
    stopped_reader(watch)
    trickles = strangers_that_trickle(watch)
    clients_that_trickle(watch)
    comers_and_goers(watch)
    trickles_end(watch, trickles)
    half_closed(watch)
    say('done')


if __name__ == '__main__':
    sys.exit(main())
