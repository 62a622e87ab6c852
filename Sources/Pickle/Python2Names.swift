/// The names that classes of Python 2 have in Python 3. CPython translates them in pickles of
/// protocols 0 to 2, in which Python 3 writes the old ones too.
///
/// Source: CPython's `Lib/_compat_pickle.py`.
enum Python2Names {
    struct Name: Hashable {
        var module: String
        var name: String
    }

    static func current(for old: Name) -> Name {
        if let new = names[old] { return new }
        if old.module == "exceptions", exceptions.contains(old.name) {
            return Name(module: "builtins", name: old.name)
        }
        if old.module == "multiprocessing", multiprocessingExceptions.contains(old.name) {
            return Name(module: "multiprocessing.context", name: old.name)
        }
        return Name(module: modules[old.module] ?? old.module, name: old.name)
    }

    private static let modules: [String: String] = [
        "BaseHTTPServer": "http.server",
        "CGIHTTPServer": "http.server",
        "ConfigParser": "configparser",
        "Cookie": "http.cookies",
        "Dialog": "tkinter.dialog",
        "DocXMLRPCServer": "xmlrpc.server",
        "FileDialog": "tkinter.filedialog",
        "HTMLParser": "html.parser",
        "Queue": "queue",
        "ScrolledText": "tkinter.scrolledtext",
        "SimpleDialog": "tkinter.simpledialog",
        "SimpleHTTPServer": "http.server",
        "SimpleXMLRPCServer": "xmlrpc.server",
        "SocketServer": "socketserver",
        "StringIO": "io",
        "Tix": "tkinter.tix",
        "Tkconstants": "tkinter.constants",
        "Tkdnd": "tkinter.dnd",
        "Tkinter": "tkinter",
        "UserDict": "collections",
        "UserList": "collections",
        "UserString": "collections",
        "__builtin__": "builtins",
        "_abcoll": "collections.abc",
        "_elementtree": "xml.etree.ElementTree",
        "_winreg": "winreg",
        "anydbm": "dbm",
        "cPickle": "pickle",
        "cStringIO": "io",
        "commands": "subprocess",
        "cookielib": "http.cookiejar",
        "copy_reg": "copyreg",
        "dbhash": "dbm.bsd",
        "dbm": "dbm.ndbm",
        "dumbdbm": "dbm.dumb",
        "dummy_thread": "_dummy_thread",
        "gdbm": "dbm.gnu",
        "htmlentitydefs": "html.entities",
        "httplib": "http.client",
        "markupbase": "_markupbase",
        "repr": "reprlib",
        "robotparser": "urllib.robotparser",
        "test.test_support": "test.support",
        "thread": "_thread",
        "tkColorChooser": "tkinter.colorchooser",
        "tkCommonDialog": "tkinter.commondialog",
        "tkFileDialog": "tkinter.filedialog",
        "tkFont": "tkinter.font",
        "tkMessageBox": "tkinter.messagebox",
        "tkSimpleDialog": "tkinter.simpledialog",
        "ttk": "tkinter.ttk",
        "urllib2": "urllib.request",
        "urlparse": "urllib.parse",
        "whichdb": "dbm",
        "xmlrpclib": "xmlrpc.client",
    ]

    private static let names: [Name: Name] = Dictionary(
        uniqueKeysWithValues: renamed.map {
            (Name(module: $0.0, name: $0.1), Name(module: $0.2, name: $0.3))
        })

    private static let renamed: [(String, String, String, String)] = [
        ("UserDict", "IterableUserDict", "collections", "UserDict"),
        ("UserDict", "UserDict", "collections", "UserDict"),
        ("UserList", "UserList", "collections", "UserList"),
        ("UserString", "UserString", "collections", "UserString"),
        ("__builtin__", "basestring", "builtins", "str"),
        ("__builtin__", "intern", "sys", "intern"),
        ("__builtin__", "long", "builtins", "int"),
        ("__builtin__", "reduce", "functools", "reduce"),
        ("__builtin__", "unichr", "builtins", "chr"),
        ("__builtin__", "unicode", "builtins", "str"),
        ("__builtin__", "xrange", "builtins", "range"),
        ("_multiprocessing", "Connection", "multiprocessing.connection", "Connection"),
        ("_socket", "fromfd", "socket", "fromfd"),
        ("exceptions", "StandardError", "builtins", "Exception"),
        ("itertools", "ifilter", "builtins", "filter"),
        ("itertools", "ifilterfalse", "itertools", "filterfalse"),
        ("itertools", "imap", "builtins", "map"),
        ("itertools", "izip", "builtins", "zip"),
        ("itertools", "izip_longest", "itertools", "zip_longest"),
        ("multiprocessing.forking", "Popen", "multiprocessing.popen_fork", "Popen"),
        ("multiprocessing.process", "Process", "multiprocessing.context", "Process"),
        ("socket", "_socketobject", "socket", "SocketType"),
        ("urllib", "ContentTooShortError", "urllib.error", "ContentTooShortError"),
        ("urllib", "getproxies", "urllib.request", "getproxies"),
        ("urllib", "pathname2url", "urllib.request", "pathname2url"),
        ("urllib", "quote", "urllib.parse", "quote"),
        ("urllib", "quote_plus", "urllib.parse", "quote_plus"),
        ("urllib", "unquote", "urllib.parse", "unquote"),
        ("urllib", "unquote_plus", "urllib.parse", "unquote_plus"),
        ("urllib", "url2pathname", "urllib.request", "url2pathname"),
        ("urllib", "urlcleanup", "urllib.request", "urlcleanup"),
        ("urllib", "urlencode", "urllib.parse", "urlencode"),
        ("urllib", "urlopen", "urllib.request", "urlopen"),
        ("urllib", "urlretrieve", "urllib.request", "urlretrieve"),
        ("urllib2", "HTTPError", "urllib.error", "HTTPError"),
        ("urllib2", "URLError", "urllib.error", "URLError"),
        ("whichdb", "whichdb", "dbm", "whichdb"),
    ]

    private static let multiprocessingExceptions: Set<String> = [
        "AuthenticationError", "BufferTooShort", "ProcessError", "TimeoutError",
    ]

    private static let exceptions: Set<String> = [
        "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BufferError",
        "BytesWarning", "DeprecationWarning", "EOFError", "EnvironmentError", "Exception",
        "FloatingPointError", "FutureWarning", "GeneratorExit", "IOError", "ImportError",
        "ImportWarning", "IndentationError", "IndexError", "KeyError", "KeyboardInterrupt",
        "LookupError", "MemoryError", "NameError", "NotImplementedError", "OSError",
        "OverflowError", "PendingDeprecationWarning", "ReferenceError", "RuntimeError",
        "RuntimeWarning", "StopIteration", "SyntaxError", "SyntaxWarning", "SystemError",
        "SystemExit", "TabError", "TypeError", "UnboundLocalError", "UnicodeDecodeError",
        "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError", "UnicodeWarning",
        "UserWarning", "ValueError", "Warning", "ZeroDivisionError",
    ]
}
