package import Pickle

/// A shared type: a state machine without I/O, clock or randomness, and its table of methods.
package protocol HostedType: SendableMetatype {
    /// What clients may call.
    static var methods: MethodTable<Self> { get }
    /// Python's name of the type, as messages have it: `list`.
    static var typeName: String { get }

    /// Makes an object of the arguments of `create`.
    init(_ arguments: Arguments, _ call: inout Call) throws(Failure)

    /// `_getvalue()`: the object itself. Not all have a value that can travel.
    func value(_ call: inout Call) throws(Failure)

    /// `str(object)` and `repr(object)`.
    func repr(_ call: inout Call) throws(Failure) -> String

    /// Takes back what the reply to a call gave, because the reply could not be handed over.
    mutating func undo(_ receipt: Receipt.Kind, _ call: inout Call)

    /// A session that holds this object (see ``Call/hold()``) is gone.
    mutating func ended(_ session: SessionID, _ call: inout Call)

    /// The bodies that the object holds and that may contain proxies.
    var contents: [PickledValue] { get }

    /// The lists of waiters that the object owns.
    var waiterLists: [WaiterListID] { get }
}

extension HostedType {
    package mutating func undo(_ receipt: Receipt.Kind, _ call: inout Call) {}
    package mutating func ended(_ session: SessionID, _ call: inout Call) {}
    package var contents: [PickledValue] { [] }
    package var waiterLists: [WaiterListID] { [] }
}

/// A hosted object of any type.
package protocol HostedObject: AnyObject {
    /// The object's name on the wire; set when the object enters the table.
    var id: ObjectID { get set }
    /// The names of the methods.
    var exposed: [String] { get }
    /// Python's name of the type.
    var typeName: String { get }
    /// What the object holds, for those that know its type.
    var anyState: any HostedType { get }

    /// Calls a method by its name; nil if it is not exposed.
    func perform(
        _ name: UnsafeRawBufferPointer, _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> Outcome?

    /// See ``HostedType`` for the rest.
    func value(_ call: inout Call) throws(Failure)
    func repr(_ call: inout Call) throws(Failure) -> String
    func undo(_ receipt: Receipt.Kind, _ call: inout Call)
    func ended(_ session: SessionID, _ call: inout Call)
    var contents: [PickledValue] { get }
    var waiterLists: [WaiterListID] { get }
}

/// The box of one state.
final class Hosted<State: HostedType>: HostedObject {
    var id = ObjectID(incarnation: 0, generation: 0, slot: 0)
    private var state: State

    init(_ state: State) {
        self.state = state
    }

    func perform(
        _ name: UnsafeRawBufferPointer, _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> Outcome? {
        guard let method = unsafe State.methods.method(named: name) else { return nil }
        let bound = try method.signature.bind(
            arguments, method: method.name, type: State.typeName)
        call.object = id
        return try method.body(&state, bound, &call)
    }

    func undo(_ receipt: Receipt.Kind, _ call: inout Call) {
        call.object = id
        state.undo(receipt, &call)
    }

    func ended(_ session: SessionID, _ call: inout Call) {
        call.object = id
        state.ended(session, &call)
    }

    func value(_ call: inout Call) throws(Failure) { try state.value(&call) }

    func repr(_ call: inout Call) throws(Failure) -> String {
        call.object = id
        return try state.repr(&call)
    }

    var exposed: [String] { State.methods.exposed }
    var typeName: String { State.typeName }
    var anyState: any HostedType { state }
    var contents: [PickledValue] { state.contents }
    var waiterLists: [WaiterListID] { state.waiterLists }
}
