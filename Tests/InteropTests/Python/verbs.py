"""The verbs of the server, asked over connections of our own: good, bad and malformed requests.

With the argument `shutdown`, that verb comes last, and the server is gone afterwards.
"""
import pickle
import re
import sys
from multiprocessing.managers import Token

import sharing
from sharing import check, say

# Idents differ from run to run: each is called by the order of its first appearance.
idents = {}
names = []


def name_idents(text):
    for ident, name in idents.items():
        text = text.replace(ident, name)
    return text


def note(ident):
    check('the ident is hexadecimal', re.fullmatch('[0-9a-f]+', ident) is not None)
    names.append('ident-%d' % (len(names) + 1))
    idents[ident] = names[-1]
    return ident


def reply_text(reply):
    kind, result = reply
    if kind in ('#TRACEBACK', '#UNSERIALIZABLE'):
        result = (result.strip().splitlines() or [''])[-1]
        return '%s %s' % (kind, name_idents(sharing.steady(result)))
    if isinstance(result, BaseException):
        return '%s %s' % (kind, sharing.error_text(result))
    return '%s %s' % (kind, name_idents(sharing.outcome_text(result)))


def ask(verb, *args, **kwds):
    """One request on a connection of its own: the reply, and whether the server then closed it."""
    return ask_raw((None, verb, args, kwds))


def ask_raw(request):
    connection = sharing.client()
    try:
        connection.send(request)
        reply = connection.recv()
        try:
            connection.recv()
            check('the connection is closed after one reply', False)
        except (EOFError, ConnectionError):
            pass
        return reply
    finally:
        connection.close()


def show(verb, *args, **kwds):
    shown = [repr(arg) for arg in args] + ['%s=%r' % item for item in kwds.items()]
    text = name_idents('%s(%s)' % (verb, ', '.join(shown)))
    try:
        reply = ask(verb, *args, **kwds)
    except Exception as error:
        say(text, '->', type(error).__name__)
        return None
    if verb == 'get_methods' and reply[0] == '#RETURN':
        reply = (reply[0], tuple(sorted(reply[1])))
    if verb == 'create' and reply[0] == '#RETURN':
        note(reply[1][0])
    say(text, '->', reply_text(reply))
    return reply[1]


def serve(name='tester'):
    """A connection on which calls are served."""
    connection = sharing.client()
    connection.send((None, 'accept_connection', (name,), {}))
    assert connection.recv() == ('#RETURN', None)
    return connection


def call(connection, *request):
    connection.send(request)
    reply = connection.recv()
    if reply[0] == '#PROXY':
        note(reply[1][1].id)
        reply[1][1].address = 'ADDRESS'
    return reply


def show_call(connection, *request):
    text = name_idents(repr(request))
    say(text, '->', reply_text(call(connection, *request)))


def plain_verbs():
    show('dummy')
    show('dummy', 1)
    show('dummy', x=1)
    show('number_of_objects')
    show('number_of_objects', 1)
    show('debug_info')
    show('debug_info', 1)
    for verb in ('nope', '', 'serve_client', 'handle_request', '__init__', 'public', 'mutex',
                 None, 5, 1.5, b'dummy', ('dummy',), [], {}):
        show(verb)
    for request in (5, None, 'abc', 'abcd', (), (None,), (None, 'dummy'), (None, 'dummy', ()),
                    (None, 'dummy', (), {}, 1), [None, 'dummy', (), {}], {1, 2, 3, 4},
                    (1, 'dummy', (), {}), ('0', 'dummy', (), {}), (None, 'dummy', [], {}),
                    (None, 'dummy', None, {}), (None, 'dummy', (), None), (None, 'dummy', (), []),
                    (None, 'dummy', 5, 5), (None, 'dummy', (), {1: 2}), (None, 'dummy', '', {})):
        say(repr(request), '->', reply_text(ask_raw(request)))


def reference_counts():
    ident, _ = show('create', 'dict', {'a': 1})
    token = Token('dict', None, ident)
    show('number_of_objects')
    show('debug_info')
    show('get_methods', token)
    show('incref', ident)
    show('incref', ident)
    show('debug_info')
    show('decref', ident)
    show('decref', ident)
    show('number_of_objects')
    show('decref', ident)
    show('number_of_objects')
    show('debug_info')
    for verb in ('decref', 'incref'):
        show(verb, ident)
        show(verb, '0')
        show(verb, 'nope')
        show(verb, None)
        show(verb, 5)
        show(verb, [])
        show(verb)
        show(verb, ident, 1)
        show(verb, ident=ident)
    show('get_methods', Token('dict', None, 'nope'))
    show('get_methods', Token('list', 'anywhere', '0'))
    show('get_methods', ident)
    show('get_methods', None)
    show('get_methods')
    show('get_methods', token, 1)


def creating():
    show('create')
    show('create', 'nope')
    show('create', '')
    show('create', 'Nope', 1, x=2)
    show('create', None)
    show('create', 5)
    show('create', [])
    show('create', b'dict')
    show('create', 'connect')
    show('create', 'Iterator')
    show('create', 'Iterator', 1, 2)
    show('create', 'Iterator', x=1)
    made = []
    for typeid, args in (('dict', ()), ('list', ()), ('Namespace', ()), ('Value', ('i', 1)),
                         ('Lock', ()), ('RLock', ()), ('Event', ())):
        made.append(show('create', typeid, *args)[0])
    for typeid in ('Queue', 'JoinableQueue'):
        ident, exposed = ask('create', typeid)[1]
        made.append(note(ident))
        say(typeid, 'exposes ->', sorted(set(exposed) - {'shutdown'}), type(exposed).__name__)
    show('number_of_objects')
    for ident in made:
        methods = ask('get_methods', Token('any', 'where', ident))[1]
        say(idents[ident], 'has ->', sorted(set(methods) - {'shutdown'}), type(methods).__name__)
        show('decref', ident)
    show('number_of_objects')


def serving():
    show('accept_connection')
    show('accept_connection', 'a', 'b')
    for name in ('', 'MainThread', 'é', 5, None, ('tuple',)):
        serve(name).close()
        say('served as', repr(name))
    ident, _ = show('create', 'list', [1, 2])
    connection = serve()
    show_call(connection, ident, '__len__', (), {})
    show_call(connection, 'nope', '__len__', (), {})
    show_call(connection, None, '__len__', (), {})
    show_call(connection, '0', '__len__', (), {})
    show_call(connection, None, 'dummy', (), {})
    show_call(connection, 5, '__len__', (), {})
    show_call(connection, [], '__len__', (), {})
    show_call(connection, ident, 'nope', (), {})
    show_call(connection, ident, [], (), {})
    show_call(connection, ident, '__len__', ())
    show_call(connection, ident, '__len__')
    show_call(connection, ident, '__len__', (), {}, None)
    show_call(connection, ident)
    show_call(connection)
    for request in (5, None, 'abcd', [ident, '__len__', [], {}], {'a', 'b'}, {}):
        connection.send(request)
        say(name_idents(repr(request)) if not isinstance(request, set) else 'a set', '->',
            reply_text(connection.recv()))
    show_call(connection, ident, '__len__', (), {})
    show_call(connection, ident, 'append', [{'x': 1}], {})
    show_call(connection, ident, '#GETVALUE', (), {})
    mapping, _ = show('create', 'dict', [('k', 1)])
    reply = call(connection, mapping, '__iter__', (), {})
    say('__iter__ ->', reply_text(reply))
    iterator = reply[1][1].id
    show_call(connection, iterator, '__next__', (), {})
    show_call(connection, iterator, '__next__', (), {})
    show('number_of_objects')
    for each in (iterator, mapping, ident):
        show('decref', each)
    show_call(connection, ident, '__len__', (), {})
    show_call(connection, mapping, 'keys', (), {})
    show('number_of_objects')
    connection.close()


def malformed():
    """What is no pickle gets a traceback, and the connection lives on.

    Pickles that end too early stand in hostile.py: for CPython's server those are the end.
    """
    ident, _ = show('create', 'dict')
    connection = serve()
    good = pickle.dumps((ident, '__setitem__', ('k', 'v'), {}))
    samples = {
        'text': b'hello, world', 'zeros': b'\0' * 32, 'protocol 99': b'\x80\x63N.', 'stop': b'.',
        'pop of nothing': b'\x80\x040.', 'tuple of nothing': b'\x80\x04\x87.', 'mark only': b'(.',
        'unknown memo': b'\x80\x04h\x05.', 'unknown opcode': b'\x80\x04\xff.',
        'bad global': b'cno.such.module\nthing\n.', 'bad class': b'cbuiltins\nno_such_name\n.',
        'bad utf8': b'\x80\x04\x8c\x02\xff\xfe.', 'bad int': b'Ia lot\n.', 'bad float': b'Fx\n.',
        'negative length': b'\x80\x02T\xff\xff\xff\xffabc.', 'persistent': b'Pid\n.',
        'extension': b'\x80\x02\x82\x01.', 'no next buffer': b'\x80\x05\x97.',
    }
    for name, sample in samples.items():
        connection.send_bytes(sample)
        say('%s -> %s' % (name, connection.recv()[0]))
        show_call(connection, ident, '__len__', (), {})
    connection.send_bytes(good + b'trailing bytes')
    say('trailing bytes ->', reply_text(connection.recv()))
    show_call(connection, ident, 'copy', (), {})
    connection.close()
    for name, sample in samples.items():
        other = sharing.client()
        other.send_bytes(sample)
        say('%s as first request -> %s' % (name, other.recv()[0]))
        other.close()
    show('decref', ident)


def protocols():
    ident, _ = show('create', 'dict')
    connection = serve()
    value = {'s': 'é\udc80', 'b': b'\0\xff',
             'n': [None, True, False, 1, -1, 300, 70000, 2**40, 2**200],
             'f': [0.5, -1e300, float('inf')], 't': ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
             'set': {1}, 'frozen': frozenset([2]), 'big': 'x' * 70000, 'array': bytearray(b'abc')}
    value['shared'] = value['n']
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for key in ('k%d' % protocol, protocol, (protocol, 'x'), b'k%d' % protocol):
            connection.send_bytes(pickle.dumps((ident, '__setitem__', (key, value), {}), protocol))
            reply = connection.recv()
            connection.send_bytes(pickle.dumps((ident, '__getitem__', (key,), {}), protocol))
            kind, back = connection.recv()
            say('protocol %d, key %r: %s, %s' % (protocol, key, reply_text(reply), kind))
            check('it is equal', back == value)
            check('sharing is kept', back['shared'] is back['n'])
    show_call(connection, ident, '__len__', (), {})
    name = ident.encode()
    by_hand = {
        'text opcodes': b"(S'%s'\nS'setdefault'\n(S'old'\n(lp1\nI01\naI42\naL99L\naF1.5\nat(dt."
                        % name,
        'binary strings': b'(U%c%sU\x0asetdefault(U\x01kT\x02\0\0\0vvt}t.' % (len(name), name),
    }
    for kind, sample in by_hand.items():
        connection.send_bytes(sample)
        say(kind, '->', reply_text(connection.recv()))
    connection.close()
    show('decref', ident)


def main():
    check('the server is alone', ask('number_of_objects') == ('#RETURN', 0))
    plain_verbs()
    reference_counts()
    creating()
    serving()
    malformed()
    protocols()
    show('number_of_objects')
    if 'shutdown' in sys.argv[3:]:
        connection = sharing.client()
        connection.send((None, 'shutdown', (), {}))
        say('shutdown ->', reply_text(connection.recv()))
        connection.close()


if __name__ == '__main__':
    main()
