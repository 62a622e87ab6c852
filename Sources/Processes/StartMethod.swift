internal import Synchronization

/// How a child process comes into being.
public enum StartMethod: String, Sendable, Hashable, CaseIterable {
    /// This program is started once more, from its beginning.
    case spawn

    /// All that this system has, the default first: CPython's `get_all_start_methods()`.
    public static var all: [StartMethod] { allCases }

    /// The one by which children are started where nothing else is said.
    public static var `default`: StartMethod { .spawn }
}
