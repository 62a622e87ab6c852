internal import HostedObjects

/// When a server sets free what a client has acquired and not given back: locks and permits of
/// semaphores. An RLock is always free when the connection ends that acquired it.
public enum ReleasePolicy: String, Sendable, Hashable, CaseIterable {
    /// Never, as in CPython.
    case never
    /// When the process of the client died without having dropped its references, which a program
    /// does that ends in order: a lock may be acquired by one process and released by another, so
    /// an orderly end leaves it locked. The references of the dead are dropped too.
    ///
    /// Over a Unix socket the server sees the end of the process. Over TCP it sees the end of a
    /// connection: that of the main thread of a stock Python process, or of a Swift client. What
    /// another thread of Python's acquired over TCP stays locked.
    case died
    /// When the connection ends that acquired them, however that ends. The references of the dead
    /// are dropped, as by `died`.
    case disconnected

    var rule: ReleaseRule {
        switch self {
        case .never: .never
        case .died: .died
        case .disconnected: .disconnected
        }
    }
}
