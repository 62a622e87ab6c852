internal import Sockets
internal import Synchronization

/// The key of this process, which its children inherit: CPython's `current_process().authkey`.
package enum ProcessKey {
    private final class Place: Sendable {
        let key = Mutex<AuthenticationKey?>(nil)
    }

    /// A forked child's is empty until its launch tells it the key.
    private static let places = PerProcess { Place() }

    /// The key; made up where nobody has set one.
    package static var current: AuthenticationKey {
        get {
            places.value.key.withLock { key in
                if let key { return key }
                guard let new = try? AuthenticationKey.generate() else {
                    preconditionFailure("the system has no random bytes for a key")
                }
                key = new
                return new
            }
        }
        set { places.value.key.withLock { $0 = newValue } }
    }
}
