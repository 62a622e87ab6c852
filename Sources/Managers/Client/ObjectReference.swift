internal import Connections
public import Pickle
internal import Synchronization

/// A hosted object as this program knows it, counted on the server for as long as it lives: what
/// all copies of a proxy share.
///
/// When the last copy goes, the object is given back in the background, and nobody waits for that.
/// Call ``Manager/close()`` before the program ends, so that what is in line is given back too.
public final class ObjectReference: Sendable {
    /// The manager that hosts the object.
    public let manager: Manager
    /// What identifies the object: its typeid, the manager's address and the object's ident.
    public let token: ManagerToken
    /// The methods that may be called.
    public let exposed: [String]
    private let isCounted: Atomic<Bool>
    /// Under which token the object is called, if under one.
    @usableFromInline let fence: FencingToken?
    /// What counts the object for this one.
    private let original: ObjectReference?

    /// The object's name on the wire.
    @usableFromInline
    var ident: String { token.id }

    /// - Parameter isCounted: whether the server counts the object once for this reference.
    init(_ manager: Manager, _ token: ManagerToken, exposed: [String], isCounted: Bool) {
        self.manager = manager
        self.token = token
        self.exposed = exposed
        self.isCounted = Atomic(isCounted)
        fence = nil
        original = nil
        if isCounted { manager.releases.hold(token.id) }
    }

    /// The same object, called under a token.
    init(_ original: ObjectReference, fencedBy fence: FencingToken) {
        manager = original.manager
        token = original.token
        exposed = original.exposed
        isCounted = Atomic(false)
        self.fence = fence
        self.original = original.original ?? original
    }

    deinit {
        if isCounted.load(ordering: .relaxed) { manager.releases.drop(token.id) }
    }

    /// The server has counted the object for this reference.
    func wasCounted() {
        isCounted.store(true, ordering: .relaxed)
        manager.releases.hold(token.id)
    }
}

extension ObjectReference {
    /// Makes a call of a method.
    ///
    /// - Parameter pythonName: the class of the proxy.
    /// - Returns: the reply as it came.
    @usableFromInline
    func reply(
        to request: [UInt8], _ method: String, of pythonName: String
    ) async throws(ManagerError) -> [UInt8] {
        let request = under(request)
        // An iterator may be that of a generator. Its next element is waited for a while also where
        // the task was cancelled, lest it be lost.
        let isIterator = pythonName == "IteratorProxy"
        guard !isIterator, pythonName != "AutoProxy" else {
            return try await manager.messageWaiting(
                request, timeout: manager.limits.callTimeout,
                onInterruption: isIterator ? .awaitReply : .abandonReply)
        }
        return try await manager.message(
            request, isRepeatable: RepeatableCalls.contains(method, of: pythonName))
    }
}

extension ObjectReference: Hashable {
    /// Whether both stand for the same object of the same manager.
    public static func == (first: ObjectReference, second: ObjectReference) -> Bool {
        first.token.id == second.token.id && first.manager === second.manager
    }

    /// Hashes the object's ident.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(token.id)
    }
}
