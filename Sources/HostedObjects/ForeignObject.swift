import Pickle

/// A hosted object whose methods are somebody else's code: the core forwards its calls and never
/// runs them.
///
/// A call of it waits, as one of a queue does, until ``ObjectStore/complete(_:_:at:)`` brings what
/// came of it. Until then nobody else is kept waiting.
final class ForeignObject: HostedObject {
    static let typeName = "object"
    /// Its methods are known at run time only: see `perform`.
    static let methods = MethodTable<ForeignObject>([])

    private let payload: any Sendable
    let typeName: String
    let exposed: [String]

    init(_ payload: any Sendable, typeName: String, exposed: [String]) {
        self.payload = payload
        self.typeName = typeName
        self.exposed = exposed
    }

    /// Made by ``ObjectStore/complete(_:_:at:)`` only.
    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        throw .type("cannot create '\(Self.typeName)' instances")
    }

    var created: [String] { exposed }

    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable(typeName)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<\(typeName) object at 0x\(call.object.ident)>"
    }

    func perform(
        _ name: UnsafeRawBufferPointer, _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> Outcome? {
        let name = unsafe String(decoding: name, as: UTF8.self)
        guard exposed.contains(name) else { return nil }
        return try call.launch(.method(payload, name), arguments)
    }
}
