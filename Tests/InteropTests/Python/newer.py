"""What CPython's managers have only since 3.14, for clients of any version.

`set()` and its proxy, `locked()`, list's `clear` and `copy`, dict's `|`, `|=`, `reversed` and
`fromkeys`. Older servers have none of that, so a call on a shared object is compared with the same
call on an object of this process; every line must say `yes`.
"""
import sys
from multiprocessing import managers

import sharing
from sharing import check, error_text, say

SET_METHODS = (
    '__and__', '__class_getitem__', '__contains__', '__iand__', '__ior__', '__isub__', '__iter__',
    '__ixor__', '__len__', '__or__', '__rand__', '__ror__', '__rsub__', '__rxor__', '__sub__',
    '__xor__', '__ge__', '__gt__', '__le__', '__lt__', 'add', 'clear', 'copy', 'difference',
    'difference_update', 'discard', 'intersection', 'intersection_update', 'isdisjoint',
    'issubset', 'issuperset', 'pop', 'remove', 'symmetric_difference',
    'symmetric_difference_update', 'union', 'update')

SET_CALLS = '''
    __len__() __len__(1) __contains__(1) __contains__(1.0) __contains__('x') __contains__([])
    __contains__() __contains__({1}) add(5) add('b') add(5.0) add([]) add({1}) add() add(1,2)
    add(x=1) add(None) add((1,2)) add(frozenset([1])) __contains__({1}) discard({1}) discard({1})
    discard(5) discard(77) discard([]) remove('b') remove('b') remove([]) remove({9}) remove()
    __and__({1,2}) __and__(frozenset({1,2})) __and__([1]) __and__() __and__(1,2)
    __or__({7,8}) __or__(frozenset({7})) __or__('ab') __sub__({1}) __sub__([1]) __xor__({1,9})
    __rand__(frozenset({1})) __ror__(frozenset({70})) __rsub__(frozenset({1,70})) __rsub__({1,3})
    __rxor__({1}) __rxor__(frozenset({1})) __rand__([1]) __ior__({20,21}) __ior__([22])
    __iand__({1,2,20,21,22}) __isub__({21}) __ixor__({2,30}) __isub__(5) __iand__({1:2}.keys())
    __lt__({1}) __lt__({1,2,20,30,31}) __le__(frozenset()) __gt__(set()) __ge__({1}) __ge__([1])
    union([1],(2,),'a') union() union(5) union([[]]) union(x=1) update([40],{41:1},'z') update()
    update(5) update([42,[]]) difference([1]) difference() difference([1],{40},5) difference([[]])
    intersection([1,40],[40]) intersection() intersection(5) intersection([[]])
    symmetric_difference([1,99]) symmetric_difference() symmetric_difference(5)
    isdisjoint([1000]) isdisjoint([1]) isdisjoint(5) isdisjoint() issubset([1]) issubset(range(100))
    issubset(5) issuperset([40]) issuperset([41,1000]) issuperset([[]]) issuperset(5)
    difference_update([40],[1]) intersection_update(range(60)) symmetric_difference_update([41,51])
    symmetric_difference_update(5) intersection_update([1],5) copy() copy(1) clear(1) clear()
    pop() pop(1) __len__()
'''


class Newer(managers.SyncManager):
    """A manager as 3.14 has it."""


# Where pickle looks for the proxy's class.
if not hasattr(managers, 'SetProxy'):
    managers.SetProxy = managers.MakeProxyType('SetProxy', SET_METHODS)
    managers.SetProxy.__module__ = managers.__name__
Newer.register('set', set, managers.SetProxy)


def arguments(*args, **kwds):
    return args, kwds


def told(function, *args, **kwds):
    """What a call came to; of an exception the words only where they are those of today."""
    try:
        return function(*args, **kwds)
    except managers.RemoteError as error:
        return str(error.args[0]).strip().splitlines()[-1]
    except Exception as error:
        return error_text(error) if sys.version_info >= (3, 13) else type(error)


def compare(proxy, local, calls):
    """Makes the same calls on both, and looks at both after each."""
    for call in calls.split():
        name, _, rest = call.partition('(')
        args, kwds = eval('arguments(' + rest)
        if not hasattr(local, name):
            continue
        ours, model = told(proxy._callmethod, name, args, kwds), told(getattr(local, name),
                                                                     *args, **kwds)
        if isinstance(model, set) and name.startswith('__i'):
            local = model
        same = ours == model and type(ours) is type(model) and proxy._getvalue() == local
        check(call, same)
        if not same:
            say('#', ascii(ours), 'and not', ascii(model), 'leaving', ascii(proxy._getvalue()))


def sets(manager):
    compare(manager.set([1, 2, 3]), {1, 2, 3}, SET_CALLS)
    compare(manager.set(), set(), '__len__() pop() clear() copy() __iand__(set()) add(1) pop()')
    for arguments in [([1, 1, 'a'],), ('ab',), ({1: 2},), (5,), ([[]],), (1, 2)]:
        ours, model = told(manager.set, *arguments), told(set, *arguments)
        if isinstance(model, set):
            ours = ours._getvalue()
        else:
            model = model if isinstance(model, str) else None
        check('set%s' % ascii(arguments), ours == model or model is None
              or str(ours).split(':')[0] == str(model).split(':')[0])
    shared = manager.set([1, 2])
    check('iteration', sorted(shared) == [1, 2])
    check('repr', str(shared) == '{1, 2}' and str(manager.set()) == 'set()')
    check('of a proxy', shared.union(manager.set([3])) == {1, 2, 3})
    check('a list of it', sorted(manager.list(shared)) == [1, 2])
    shared.add((1, ('nested',)))
    check('a tuple', (1, ('nested',)) in shared)


def dicts_and_lists(manager):
    compare(manager.dict({1: 'a', 2: 'b'}), {1: 'a', 2: 'b'}, '''
        __or__({2:'c',3:'d'}) __or__([]) __or__() __ror__({2:'c',3:'d'}) __ror__(5)
        fromkeys([1,2]) fromkeys('ab',0) fromkeys(5) fromkeys([[]]) fromkeys(1,2,3)''')
    shared = manager.dict({1: 'a', 2: 'b'})
    check('|=', shared._callmethod('__ior__', ([(3, 'c')],)) == {1: 'a', 2: 'b', 3: 'c'})
    check('reversed', list(shared._callmethod('__reversed__')) == [3, 2, 1])
    compare(manager.list([1, 2]), [1, 2], 'copy() copy(1) clear(1) clear() copy() __len__()')


def locks(manager):
    for typeid in ['Lock', 'RLock', 'Condition']:
        lock = getattr(manager, typeid)()
        check(typeid + ' is free', lock._callmethod('locked') is False)
        lock.acquire()
        check(typeid + ' is locked', lock._callmethod('locked') is True)
        lock.release()


def main():
    manager = sharing.connect(Newer)
    sets(manager)
    dicts_and_lists(manager)
    locks(manager)
    say('done')


if __name__ == '__main__':
    sys.exit(main())
