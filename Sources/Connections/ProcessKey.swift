internal import Synchronization

/// The key of this process, which its children inherit: CPython's `current_process().authkey`.
package enum ProcessKey {
    private final class Place: Sendable {
        let key: Mutex<AuthenticationKey?>

        init(_ key: AuthenticationKey?) {
            self.key = Mutex(key)
        }
    }

    /// SAFETY: it is set once more in a child only, before anything there can ask for it.
    private nonisolated(unsafe) static var one = Place(nil)

    /// The key; made up where nobody has set one.
    package static var current: AuthenticationKey {
        get {
            unsafe one.key.withLock { key in
                if let key { return key }
                guard let new = try? AuthenticationKey.generate() else {
                    preconditionFailure("the system has no random bytes for a key")
                }
                key = new
                return new
            }
        }
        set { unsafe one.key.withLock { $0 = newValue } }
    }

    /// This process is a child, and this its key. Where it has been forked, a thread that is not
    /// here may hold what was here before: so that is left alone, and never freed.
    package static func begin(_ key: AuthenticationKey) {
        _ = unsafe Unmanaged.passRetained(one)
        unsafe one = Place(key)
    }
}
