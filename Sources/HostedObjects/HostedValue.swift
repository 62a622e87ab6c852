import Pickle

/// A shared value with a type code, which nobody checks: `managers.Value`.
final class HostedValue: HostedObject {
    static let typeName = "multiprocessing.managers.Value"

    private let typecode: PickledValue
    private var value: PickledValue
    private var held: HeldBytes

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        let parameters: [StaticString] = ["typecode", "value", "lock"]
        (typecode, value) = try Signature.named(parameters, required: 2, as: "Value.__init__").bind(
            arguments, method: "__init__", type: "Value"
        ) { (bound) throws(Failure) in (try bound.value(at: 0), try bound.value(at: 1)) }
        held = HeldBytes(call.memory)
        try held.change(by: typecode.heldSize + value.heldSize)
    }

    static let methods = MethodTable<HostedValue>([
        Method("get", .named([], required: 0, as: "Value.get"), .reads) {
            (state, _, call) throws(Failure) in
            call.return(state.value)
        },
        Method("set", .named(["value"], required: 1, as: "Value.set")) {
            (state, arguments, call) throws(Failure) in
            let value = try arguments.value(at: 0)
            try state.held.change(by: value.heldSize - state.value.heldSize)
            state.value = value
            return call.returnNone()
        },
    ])

    func value(_ call: inout Call) throws(Failure) {
        call.out.instance("multiprocessing.managers", "Value")
        call.out.append(.emptyDict)
        call.out.append(.mark)
        call.out.str("_typecode")
        call.out.body(typecode)
        call.out.str("_value")
        call.out.body(value)
        call.out.append(.setItems)
        call.out.append(.build)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "Value(\(try Representation.of(typecode)), \(try Representation.of(value)))"
    }

    var contents: [PickledValue] { [typecode, value] }
}

extension BodyWriter {
    /// Writes an instance of a class, made without arguments; its state comes next, then BUILD.
    mutating func instance(_ module: String, _ name: String) {
        global(module, name)
        append(.emptyTuple)
        append(.newObj)
    }
}
