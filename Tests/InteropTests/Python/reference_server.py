"""CPython's own manager server behind the command line of ours.

    PYTHON reference_server.py serve --listen ADDRESS --authkey-file FILE

ADDRESS is `tcp://host:port` or `unix:///path`. Prints `listening on ADDRESS` with the real port.
"""
import argparse
import multiprocessing
import os
import signal
import threading
from multiprocessing.managers import SyncManager

import sharing


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('command', choices=['serve'])
    parser.add_argument('--listen', required=True)
    parser.add_argument('--authkey-file', required=True)
    parser.add_argument('--lifetime', type=float, default=900.0, help='seconds')
    options = parser.parse_args()

    with open(options.authkey_file, 'rb') as file:
        authkey = file.read()
    # Proxies that arrive inside values are rebuilt with the key of the process.
    multiprocessing.current_process().authkey = authkey
    address = sharing.parse_address(options.listen)
    server = SyncManager(address=address, authkey=authkey).get_server()

    def stop(number, frame):
        if isinstance(address, str) and os.path.exists(address):
            os.unlink(address)
        os._exit(0)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    watchdog = threading.Timer(options.lifetime, os._exit, (3,))
    watchdog.daemon = True
    watchdog.start()

    if isinstance(address, tuple):
        print('listening on tcp://%s:%d' % server.address, flush=True)
    else:
        print('listening on', options.listen, flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
