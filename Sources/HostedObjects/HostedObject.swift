package import Pickle

/// A shared object: a state machine without I/O, clock or randomness, and a table of methods.
///
/// One store owns it, and only the store's thread reaches it.
package protocol HostedObject: AnyObject, SendableMetatype {
    /// What clients may call.
    static var methods: MethodTable<Self> { get }
    /// Those of them that it has in common with others of its kind, not listed.
    static var commonMethods: [Method<Self>] { get }
    /// Python's name of the type, as messages have it: `list`.
    static var typeName: String { get }

    /// Methods whose result is a proxy; CPython's `create` names them twice.
    static var proxied: [String] { get }

    /// The names of the methods that clients are told of.
    var exposed: [String] { get }
    /// The same, as `create` gives them.
    var created: [String] { get }
    /// ``typeName`` of this object.
    var typeName: String { get }

    /// Makes an object of the arguments of `create`.
    init(_ arguments: Arguments, _ call: inout Call) throws(Failure)

    /// `_getvalue()`: writes the object itself. Not all have a value that can travel.
    func value(_ call: inout Call) throws(Failure)

    /// `str(object)` and `repr(object)` of ``Call/object``, which is this one.
    func repr(_ call: inout Call) throws(Failure) -> String

    /// Takes back what the reply to a call of ``Call/caller`` gave, because it could not be handed
    /// over.
    func undo(_ receipt: Receipt.Kind, _ call: inout Call)

    /// Whoever holds this object (see ``Call/hold(as:)``) is gone.
    ///
    /// - Parameter isDeath: whether it is dead, so that locks and permits are free; else only what
    ///   belongs to a connection is.
    func bereaved(of owner: OwnerID, isDeath: Bool, _ call: inout Call)

    /// The time of a waiter is up that was parked with ``TimeUp/asks``: it must leave its line.
    func timeIsUp(for waiter: WaiterID, _ call: inout Call)

    /// A call that waited is gone, with its session; it stands in no line any more.
    func lost(_ waiter: Waiter, _ call: inout Call)

    /// Whether something has come of a call that waits, so that it may not be made anew.
    func hasBegun(_ waiter: Waiter) -> Bool

    /// The bodies that the object holds and that may contain proxies.
    var contents: [PickledValue] { get }

    /// The lists of waiters that the object owns.
    var waiterLists: [WaiterListID] { get }

    /// Those of other objects in which its calls wait too.
    var foreignLists: [WaiterListID] { get }

    /// What a method does to the object. What every object answers without exposing it, as
    /// `__str__`, reads.
    func effect(of name: UnsafeRawBufferPointer) -> MethodEffect
    /// The tokens of its grants, those that may have a lease.
    var leased: [Int] { get }

    /// Calls a method of ``Call/object``, which is this one, by its name; nil if it is not exposed.
    func perform(
        _ name: UnsafeRawBufferPointer, _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> Outcome?
}

extension HostedObject {
    package func undo(_ receipt: Receipt.Kind, _ call: inout Call) {}
    package func bereaved(of owner: OwnerID, isDeath: Bool, _ call: inout Call) {}
    package func timeIsUp(for waiter: WaiterID, _ call: inout Call) {}
    package func lost(_ waiter: Waiter, _ call: inout Call) {}
    package func hasBegun(_ waiter: Waiter) -> Bool { false }
    package var contents: [PickledValue] { [] }
    package var waiterLists: [WaiterListID] { [] }
    package var foreignLists: [WaiterListID] { [] }
    package var leased: [Int] { [] }

    package static var commonMethods: [Method<Self>] { [] }
    package static var proxied: [String] { [] }

    package var exposed: [String] { Self.methods.exposed }
    package var created: [String] { Self.methods.exposed + Self.proxied }
    package var typeName: String { Self.typeName }

    package func effect(of name: UnsafeRawBufferPointer) -> MethodEffect {
        guard let place = unsafe Self.methods.place(of: name) else {
            return unsafe MethodEffect(ofUnexposed: name)
        }
        return Self.methods.effect(place)
    }

    package func perform(
        _ name: UnsafeRawBufferPointer, _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> Outcome? {
        guard let place = unsafe Self.methods.place(of: name) else { return nil }
        return try Self.methods.call(place, of: self, arguments, &call)
    }
}
