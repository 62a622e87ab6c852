/// What ``Connection/wait(for:timeout:)`` waits for: connections, descriptors, child processes.
public protocol Waitable: Sendable {
    /// Whether it is ready now.
    var isReady: Bool { get }

    /// Returns once it is ready, which it may cease to be again at once if somebody else uses it.
    /// A cancelled wait leaves no trace.
    ///
    /// - Throws: `ConnectionError`: `.cancelled`; others where one cannot wait for it.
    func waitUntilReady() async throws(ConnectionError)
}

extension Connection {
    /// Waits until one of several objects is ready.
    ///
    /// ```swift
    /// let all: [any Waitable] = [reader, child]
    /// let ready = try await Connection.wait(for: all, timeout: .seconds(5))
    /// ```
    ///
    /// - Parameter timeout: how long to wait; zero only looks, nil waits for as long as it takes.
    /// - Returns: those that are ready, in the order given; none when the time is over.
    /// - Throws: `ConnectionError`: `.cancelled`; others where one cannot wait for an object.
    public static func wait(
        for objects: [any Waitable], timeout: Duration? = nil
    ) async throws(ConnectionError) -> [any Waitable] {
        try await positions(of: objects, timeout: timeout).map { objects[$0] }
    }

    /// Waits until one of several objects of a type is ready.
    ///
    /// - Parameter timeout: how long to wait; zero only looks, nil waits for as long as it takes.
    /// - Returns: those that are ready, in the order given; none when the time is over.
    /// - Throws: `ConnectionError`: `.cancelled`; others where one cannot wait for an object.
    public static func wait<Object: Waitable>(
        for objects: [Object], timeout: Duration? = nil
    ) async throws(ConnectionError) -> [Object] {
        try await positions(of: objects, timeout: timeout).map { objects[$0] }
    }

    /// Where in the list those stand that are ready.
    private static func positions(
        of objects: [any Waitable], timeout: Duration?
    ) async throws(ConnectionError) -> [Int] {
        let ready = objects.indices.filter { objects[$0].isReady }
        if !ready.isEmpty || timeout.map({ $0 <= .zero }) == true { return ready }
        guard !objects.isEmpty || timeout != nil else { return [] }
        let first = await firstReady(of: objects, timeout: timeout)
        guard let position = try first.get() else { return [] }
        // It was ready, whatever has become of it since.
        return objects.indices.filter { $0 == position || objects[$0].isReady }
    }

    /// Which is ready first; nil when the time is over.
    private static func firstReady(
        of objects: [any Waitable], timeout: Duration?
    ) async -> Result<Int?, ConnectionError> {
        await withTaskGroup(of: Result<Int?, ConnectionError>.self) { group in
            for (position, object) in objects.enumerated() {
                group.addTask {
                    do throws(ConnectionError) {
                        try await object.waitUntilReady()
                        return .success(position)
                    } catch {
                        return .failure(error)
                    }
                }
            }
            if let timeout {
                group.addTask {
                    await IOLoop.sleep(for: timeout)
                        ? .success(nil) : .failure(.cancelled("waiting"))
                }
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? .success(nil)
        }
    }
}
