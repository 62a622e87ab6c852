internal import Pickle
internal import Synchronization

/// The proxies that come out of one value as it is decoded: the server has yet to count them for
/// us.
final class ProxyArrivals: Sendable {
    /// Where a proxy's `init(from:)` finds it.
    static let key = CodingUserInfoKey.proxyArrivals

    let manager: Manager
    private let references = Mutex<[ObjectReference]>([])

    /// References that are counted already, for the proxies in the order in which they come.
    private let counted: Mutex<ArraySlice<ObjectReference>>

    init(_ manager: Manager, counted: [ObjectReference] = []) {
        self.manager = manager
        self.counted = Mutex(counted[...])
    }

    /// All that have come.
    var all: [ObjectReference] { references.withLock { $0 } }

    /// Takes a proxy in.
    func add(_ proxy: ProxyReference) -> ObjectReference {
        if let known = counted.withLock({ $0.popFirst() }) { return known }
        let reference = ObjectReference(
            manager, proxy.token, exposed: proxy.exposed ?? [], isCounted: false)
        references.withLock { $0.append(reference) }
        return reference
    }
}

extension CodingUserInfoKey {
    fileprivate static var proxyArrivals: CodingUserInfoKey {
        guard let key = CodingUserInfoKey(rawValue: "multiprocessing.managers.arrivals") else {
            preconditionFailure("any text is a key")
        }
        return key
    }
}
