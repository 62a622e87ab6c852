/// How a child process comes into being.
///
/// | | starts | has of its parent |
/// |---|---|---|
/// | ``spawn`` | anew, from its beginning | environment, working directory, output |
/// | ``forkserver`` | as a fork of a process that was started so | those of when the server started |
/// | ``fork`` | as a copy of its parent | its memory |
///
/// All of them encode the target, and the descriptors that travel with it are the only ones that a
/// child has besides its output: what works by one method works by the others.  Standard input is
/// empty, as CPython's children have it.
///
/// Nothing needs to be called in `main`, as `freeze_support()` is in Python: a child finds out what
/// it is before its `main` begins, which does not run.  So it does in executables, in `swift test`
/// and in programs that have been renamed or moved since they started.
public enum StartMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// This program is started once more.  The default.
    ///
    /// - Note: CPython's default is `fork` until 3.13 and `forkserver` from 3.14 on.  A process that
    ///   was spawned has nothing to do with what its parent did before, and it starts in a few
    ///   milliseconds.
    case spawn

    /// A process with one thread, which is this program once more and is started with the first
    /// child, forks when it is asked to.
    ///
    /// The children are this process's own, not the server's: so their ends are known whatever
    /// becomes of it, and a server that has died is started again for the next child.  It is asked
    /// through a pair of sockets that nobody else can have, so no key is needed.  It ends with this
    /// process.
    case forkserver

    /// This process is copied.
    ///
    /// The copy has one thread, and of the others what they held: a lock that another thread of the
    /// parent had taken is taken for ever.  That concerns all that is global: locks of your own and
    /// of libraries, and what is just being initialized by another thread.  So use it early, or
    /// where no other thread is at work, as CPython's page says.  In the child
    ///
    /// * there are no tasks, no actors and no `DispatchQueue`: Swift's threads are not there, and
    ///   it cannot be told to start others.  So the target is a ``SynchronousProcessTarget``, which
    ///   `start()` checks, and uses the blocking forms of locks, queues and the like;
    /// * connections, locks and the like must have come with the target: descriptors that other
    ///   values of the parent owned are closed, and their numbers may be others' now;
    /// * signal handlers of the parent are gone, and what it has asked `atexit` for is not done at
    ///   the child's end, unless that calls `exit` itself.
    case fork

    /// All that this system has, the default first: CPython's `get_all_start_methods()`.
    public static var all: [StartMethod] { allCases }

    /// The one by which children are started where nothing else is said: what has been set, or
    /// ``spawn``; in a child, what it was started by.  CPython's `get_start_method()`.
    public static var `default`: StartMethod { ThisProcess.shared.method ?? .spawn }

    /// Sets the default: once in a program, by the program itself and no library of it.
    ///
    /// - Parameters:
    ///   - method: how children that are made from now on are started.
    ///   - force: whether it may have been set before.
    /// - Throws: `ProcessError` with `methodAlreadySet`.
    public static func set(_ method: StartMethod, force: Bool = false) throws(ProcessError) {
        try ThisProcess.shared.setMethod(method, force: force)
    }

    /// Sets the program that ``spawn`` and the next server of ``forkserver`` start: CPython's
    /// `set_executable()`.
    ///
    /// It must have this library and the types of the targets; one without the library would run its
    /// own `main` instead.
    ///
    /// - Parameter path: where it is; nil for this program.
    public static func setExecutable(_ path: String?) {
        ThisProcess.shared.executable = path
    }

    /// Has the next server of ``forkserver`` do something before it forks, in place of CPython's
    /// `set_forkserver_preload()`; a server that runs already does not.
    ///
    /// - Parameter preparation: what it does; nil for nothing.
    /// - Throws: `ProcessError` with `unknownType`, `encoding`.
    public static func setPreparation(
        _ preparation: (any ForkServerPreparation)?
    ) throws(ProcessError) {
        try ThisProcess.shared.forkServers.setPreparation(preparation)
    }
}
