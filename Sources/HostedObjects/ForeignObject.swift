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

    private let instance: ForeignInstance

    init(_ instance: ForeignInstance) {
        self.instance = instance
    }

    /// Made by ``ObjectStore/complete(_:_:at:)`` only.
    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        throw .type("cannot create '\(Self.typeName)' instances")
    }

    var typeName: String { instance.typeName }
    var exposed: [String] { instance.exposed }
    var created: [String] { instance.exposed }

    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable(typeName)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<\(typeName) object at 0x\(call.object.ident)>"
    }

    func effect(of name: UnsafeRawBufferPointer) -> MethodEffect {
        let text = unsafe String(decoding: name, as: UTF8.self)
        guard instance.exposed.contains(text) else {
            return unsafe MethodEffect(ofUnexposed: name)
        }
        return instance.reading.contains(text) ? .reads : .changes
    }

    func perform(
        _ name: UnsafeRawBufferPointer, _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> Outcome? {
        let name = unsafe String(decoding: name, as: UTF8.self)
        guard instance.exposed.contains(name) || answers(name, arguments) else { return nil }
        return try call.launch(.method(instance.payload, name), arguments)
    }

    /// Whether it answers a call that is not exposed. Where that has arguments, the store says what
    /// is wrong with them.
    private func answers(_ name: String, _ arguments: Arguments) -> Bool {
        instance.fallbacks.contains(name) && arguments.count == 0 && arguments.keywords.isEmpty
    }
}
