import Pickle

/// How `create` makes, or finds, an object of a typeid.
enum Maker: Sendable {
    /// A new object each time.
    case type(@Sendable (Arguments, inout Call) throws(Failure) -> any HostedObject)
    /// A new object, of a type that is somebody else's code.
    case foreign
    /// Always the same object.
    case shared(ObjectID)
    /// The same, of a type that is somebody else's code: made when it is first asked for.
    case sharedForeign(typeid: String)
    /// `shared(typeid, name, *args)`: the object of that name, made if there is none.
    case directory
    /// `unshared(name)`: the object of that name, which loses it.
    case unsharing

    private static func hosted<Object: HostedObject>(_ type: Object.Type) -> Maker {
        .type { (arguments, call) throws(Failure) in try Object(arguments, &call) }
    }

    /// What a SyncManager offers, by typeid, and the directory of named objects.
    static let standard: [String: Maker] = [
        "dict": hosted(HostedDict.self),
        "list": hosted(HostedList.self),
        "set": hosted(HostedSet.self),
        "Namespace": hosted(HostedNamespace.self),
        "Value": hosted(HostedValue.self),
        "Array": hosted(HostedArray.self),
        "Queue": hosted(HostedQueue.self),
        "JoinableQueue": hosted(HostedQueue.self),
        "Lock": hosted(HostedLock.self),
        "RLock": hosted(HostedRLock.self),
        "Event": hosted(HostedEvent.self),
        "Semaphore": hosted(HostedSemaphore.self),
        "BoundedSemaphore": hosted(HostedBoundedSemaphore.self),
        "Condition": hosted(HostedCondition.self),
        "Barrier": hosted(HostedBarrier.self),
        "shared": .directory,
        "unshared": .unsharing,
    ]
}
