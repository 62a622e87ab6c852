"""Values of every kind, put into hosted objects by one process, come back equal in another."""
import multiprocessing
import sys
import zlib

import opaque_classes
import sharing
from sharing import check, say

SIZES = (65535, 65536, 1 << 20, 16 << 20)


def blob(size):
    """Bytes that are not all alike, made quickly."""
    return (b'%08d' % size + bytes(range(256))) * (size // 264 + 1)


def write(objects):
    shared_dict, shared_list, queue, namespace, value_of = objects
    for name, (value, _) in opaque_classes.values().items():
        shared_dict[name] = value
        shared_list.append(value)
        queue.put(value)
        setattr(namespace, attribute(name), value)
        value_of[name].set(value)


def attribute(name):
    return name.replace(' ', '_')


def read(objects, start_method):
    shared_dict, shared_list, queue, namespace, value_of = objects
    for index, (name, (_, is_same)) in enumerate(opaque_classes.values().items()):
        say('%s by %s:' % (name, start_method),
            'dict', is_same(shared_dict[name]),
            'get', is_same(shared_dict.get(name)),
            'list', is_same(shared_list[index]),
            'negative index', is_same(shared_list[index - len(opaque_classes.values())]),
            'slice', is_same(shared_list[index:index + 1][0]),
            'queue', is_same(queue.get(timeout=10)),
            'namespace', is_same(getattr(namespace, attribute(name))),
            'value', is_same(value_of[name].get()))
    whole = shared_dict.copy()
    items = dict(shared_dict.items())
    for name, (_, is_same) in opaque_classes.values().items():
        check('%s as part of copy(), items(), _getvalue()' % name,
              is_same(whole[name]) and is_same(items[name])
              and is_same(vars(namespace._getvalue())[attribute(name)]))


def read_keys(shared_dict):
    for name, key in opaque_classes.keys().items():
        check('the key %s is found again' % name, shared_dict.get(key) == name)
        check('and contained', key in shared_dict)
    check('keys() gives them all back',
          set(shared_dict.keys()) == set(opaque_classes.keys().values()))
    for name, key in opaque_classes.keys().items():
        check('popped by the key %s' % name, shared_dict.pop(key) == name)
    say('left over:', len(shared_dict))


def read_elements(shared_list):
    for name, value in opaque_classes.keys().items():
        check('%s is found in a list' % name, shared_list.index(value) >= 0)
        check('%s counts once' % name, shared_list.count(value) == 1)
        shared_list.remove(value)
        check('%s is removed' % name, value not in shared_list)
    say('left over:', len(shared_list))


def read_blobs(shared_dict, queue):
    for size in SIZES:
        check('%d bytes in a dict' % size, zlib.crc32(shared_dict[size]) == zlib.crc32(blob(size)))
        check('%d bytes in a queue' % size, queue.get(timeout=60) == blob(size))
        check('%d bytes, nested' % size, shared_dict['nested', size][0] == [blob(size)])


def in_process(start_method, function, *args):
    context = multiprocessing.get_context(start_method)
    process = context.Process(target=function, args=args)
    process.start()
    process.join()
    check('%s in a process made by %s' % (function.__name__, start_method), process.exitcode == 0)


def main():
    manager = sharing.connect()
    for start_method in ('fork', 'spawn'):
        values = {name: manager.Value('i', None) for name in opaque_classes.values()}
        objects = (manager.dict(), manager.list(), manager.Queue(), manager.Namespace(), values)
        in_process(start_method, write, objects)
        in_process(start_method, read, objects, start_method)

    names = {key: name for name, key in opaque_classes.keys().items()}
    by_key = manager.dict()
    for key, name in names.items():
        by_key[key] = name
    in_process('spawn', read_keys, by_key)
    in_process('spawn', read_keys, manager.dict(names))
    updated = manager.dict()
    updated.update(names)
    in_process('spawn', read_keys, updated)
    in_process('spawn', read_elements, manager.list(names))

    blobs, queue = manager.dict(), manager.Queue()
    for size in SIZES:
        blobs[size] = blob(size)
        blobs['nested', size] = ([blob(size)], size)
        queue.put(blob(size))
    in_process('fork', read_blobs, blobs, queue)
    say('done')


if __name__ == '__main__':
    sys.exit(main())
