internal import Synchronization

/// The key of this process, which its children inherit: CPython's `current_process().authkey`.
package enum ProcessKey {
    private static let key = Mutex<AuthenticationKey?>(nil)

    /// The key; made up where nobody has set one.
    package static var current: AuthenticationKey {
        get {
            key.withLock { key in
                if let key { return key }
                guard let new = try? AuthenticationKey.generate() else {
                    preconditionFailure("the system has no random bytes for a key")
                }
                key = new
                return new
            }
        }
        set { key.withLock { $0 = newValue } }
    }
}
