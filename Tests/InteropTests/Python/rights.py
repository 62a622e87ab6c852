"""What stock clients with rights may do, and how they are told what they may not.

    PYTHON rights.py ROLE ADDRESS KEYFILE

Of a server with a key ring in which `worker` may make lists and use the queue `jobs`, and
`reader` may read the dict `config`, in which `a` is 1. A process has one role: all its
proxies of a server share a connection, and with it a key.
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


def work(manager):
    jobs = manager.jobs()
    own = manager.list([1, 2])
    own.append(3)
    tell('own list', lambda: own[:])
    tell('put and get', lambda: (jobs.put('x'), jobs.get()))
    tell('make a dict', manager.dict)
    tell('find what is not ours', manager.config)


def read(manager):
    config = manager.config()
    tell('read', lambda: config['a'])
    tell('iterate', lambda: list(iter(config)))
    tell('copy', config.copy)
    tell('change', lambda: config.update(a=2))
    tell('make', manager.list)
    tell('jobs', manager.jobs)
    tell('number of objects', manager._number_of_objects)
    tell('debug info', manager._debug_info)
    tell('still there', lambda: config['a'])


def main(role, address, key):
    {'worker': work, 'reader': read}[role](connect(address, key))
    try:
        SyncManager(parse_address(address), b'no key of the ring').connect()
    except AuthenticationError:
        print('a wrong key -> AuthenticationError')


if __name__ == '__main__':
    main(*sys.argv[1:])
