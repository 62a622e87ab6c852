/// What a child process does, as a value: CPython's `target` with its `args`.
///
/// ```swift
/// struct Greet: ProcessTarget {
///     var name: String
///     func run() async throws { print("hello", name) }
/// }
///
/// let child = ChildProcess(Greet(name: "bob"))
/// try await child.start()
/// try await child.join()
/// ```
///
/// The value is encoded, and the child, which is the same program, finds the type by its name: so
/// it is declared outside of functions, and is not private.  Locks, queues, connections and shared
/// memory may be stored in it: they are the same ones in the child.
public protocol ProcessTarget: Codable, Sendable {
    /// What the child does; the main actor is served meanwhile.
    ///
    /// - Throws: whatever went wrong: the child prints it to standard error, and its exit code is 1.
    func run() async throws
}

/// A target that needs no tasks: its `run` is not `async`, and has the child's first thread for
/// itself, so the main actor is not served.
///
/// ```swift
/// struct Count: SynchronousProcessTarget {
///     var total: SharedValue<Int>
///     func run() throws { … }
/// }
/// ```
///
/// Only such a one can be started by `StartMethod.fork`, and it starts sooner by the others too.
public protocol SynchronousProcessTarget: ProcessTarget {
    /// What the child does.
    ///
    /// - Throws: whatever went wrong: the child prints it to standard error, and its exit code is 1.
    func run() throws
}
