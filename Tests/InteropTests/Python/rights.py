"""What stock clients with rights may do, and how they are told what they may not.

    PYTHON rights.py ADDRESS WORKER_KEY READER_KEY

Of a server with a key ring in which `worker` may make lists and use the queue `jobs`, and
`reader` may read the dict `config`, in which `a` is 1.
"""
import sys
from multiprocessing import AuthenticationError
from multiprocessing.managers import DictProxy, SyncManager

from sharing import parse_address


class Manager(SyncManager):
    pass


Manager.register('jobs')
Manager.register('config', proxytype=DictProxy)


def connect(address, path):
    with open(path, 'rb') as file:
        manager = Manager(parse_address(address), file.read())
    manager.connect()
    return manager


def tell(what, body):
    try:
        print(what, '->', body())
    except Exception as error:
        print(what, '->', type(error).__name__, error)


def main(address, worker_key, reader_key):
    worker, reader = connect(address, worker_key), connect(address, reader_key)
    jobs = worker.jobs()
    own = worker.list([1, 2])
    own.append(3)
    tell('own list', lambda: own[:])
    tell('put and get', lambda: (jobs.put('x'), jobs.get()))
    tell('make a dict', worker.dict)
    tell('find what is not ours', worker.config)
    config = reader.config()
    tell('read', lambda: config['a'])
    tell('iterate', lambda: list(iter(config)))
    tell('copy', config.copy)
    tell('change', lambda: config.update(a=2))
    tell('make', reader.list)
    tell('jobs', reader.jobs)
    tell('number of objects', lambda: reader._number_of_objects())
    tell('debug info', lambda: reader._debug_info())
    tell('still there', lambda: config['a'])
    try:
        SyncManager(parse_address(address), b'no key of the ring').connect()
    except AuthenticationError:
        print('a wrong key -> AuthenticationError')


if __name__ == '__main__':
    main(*sys.argv[1:])
