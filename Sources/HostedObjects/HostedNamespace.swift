import Pickle

/// A shared object with attributes: `managers.Namespace`.
final class HostedNamespace: HostedObject {
    static let typeName = "multiprocessing.managers.Namespace"

    private var attributes: DictTable

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        guard arguments.count == 0 else {
            throw .type(
                "Namespace.__init__() takes 1 positional argument but \(arguments.count + 1) "
                    + "were given")
        }
        attributes = DictTable(call.memory)
        for index in stride(from: 0, to: arguments.keywords.count, by: 2) {
            let value = try arguments.value(arguments.keywords[index + 1])
            try set(arguments.keywords[index], of: arguments, value, call.memory)
        }
    }

    static let methods = MethodTable<HostedNamespace>([
        Method("__getattribute__", .slot(1), .reads) { (state, arguments, call) throws(Failure) in
            try state.get(arguments.attribute(), of: arguments, &call)
            return .returned
        },
        Method("__setattr__", .unpacked(2)) { (state, arguments, call) throws(Failure) in
            let name = try arguments.attribute()
            try state.set(name, of: arguments, try arguments.value(at: 1), call.memory)
            return call.returnNone()
        },
        Method("__delattr__", .slot(1)) { (state, arguments, call) throws(Failure) in
            try state.delete(arguments.attribute(), of: arguments)
            return call.returnNone()
        },
    ])

    func value(_ call: inout Call) throws(Failure) {
        write(to: &call.out)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        var lines: [String] = []
        var length = 0
        for entry in attributes.entries where length < Representation.limit {
            guard let name = try entry.keyValue.decodedOrFailure().lossyText,
                !name.hasPrefix("_")
            else { continue }
            let value = try Representation.of(
                entry.valueValue, limit: Representation.limit - length)
            lines.append("\(name)=\(value)")
            length += name.utf8.count + value.utf8.count
        }
        // Python sorts by code points.
        lines.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return "Namespace(\(lines.joined(separator: ", ")))"
    }

    var contents: [PickledValue] { attributes.entries.map(\.valueValue) }

    private func write(to out: inout BodyWriter) {
        out.instance("multiprocessing.managers", "Namespace")
        guard attributes.count > 0 else { return }
        out.dict(attributes)
        out.append(.build)
    }
}

// MARK: - Attributes

extension HostedNamespace {
    private func get(
        _ name: PickleSlice, of arguments: Arguments, _ call: inout Call
    ) throws(Failure) {
        let special = SpecialAttribute(name, of: arguments)
        switch special {
        case .dict: return call.out.dict(attributes)
        case .class: return call.out.global("multiprocessing.managers", "Namespace")
        case .weakReference: return call.out.none()
        default: break
        }
        let found = try DictKey.with(name, of: arguments) { (key) throws(Failure) in
            attributes.find(key)?.valueValue
        }
        if let found { return call.out.body(found) }
        switch special {
        case .module: call.out.str("multiprocessing.managers")
        case .documentation: call.out.none()
        case .method(let method):
            // CPython pickles a bound method as the call that finds it.
            call.out.global("builtins", "getattr")
            write(to: &call.out)
            call.out.str(method)
            call.out.append(.tuple2)
            call.out.append(.reduce)
        default:
            let name = try arguments.value(name)
            var failure = Failure.attribute("Namespace", name)
            failure.attributeName = name
            throw failure
        }
    }

    private func set(
        _ name: PickleSlice, of arguments: Arguments, _ value: PickledValue,
        _ memory: StoreMemory
    ) throws(Failure) {
        switch SpecialAttribute(name, of: arguments) {
        case .dict: try setAll(value, memory)
        case .class:
            let type = try value.decodedOrFailure().nameOfType
            throw .type("__class__ must be set to a class, not '\(type)' object")
        case .weakReference:
            throw Failure(
                "AttributeError",
                "attribute '__weakref__' of 'Namespace' objects is not writable")
        default:
            try DictKey.with(name, of: arguments) { (key) throws(Failure) in
                try attributes.set(key, value) { () throws(Failure) in
                    try arguments.value(name).body
                }
            }
        }
    }

    /// `namespace.__dict__ = {…}`
    private func setAll(_ value: PickledValue, _ memory: StoreMemory) throws(Failure) {
        let decoded = try value.decodedOrFailure()
        guard case .dict(let entries) = decoded.kind else {
            throw .type(
                "__dict__ must be set to a dictionary, not a '\(decoded.nameOfType)'")
        }
        let table = DictTable()
        for (name, value) in entries {
            guard case .str = name.kind else {
                throw .type("attribute name must be string, not '\(name.nameOfType)'")
            }
            let name = PickledValue(name)
            try DictKey.with(name) { (key) throws(Failure) in
                try table.set(key, PickledValue(value)) { () throws(Failure) in name.body }
            }
        }
        try table.enter(memory, insteadOf: attributes)
        attributes = table
    }

    private func delete(
        _ name: PickleSlice, of arguments: Arguments
    ) throws(Failure) {
        switch SpecialAttribute(name, of: arguments) {
        case .dict: return attributes.removeAll()
        case .class: throw .type("can't delete __class__ attribute")
        default: break
        }
        let removed = try DictKey.with(name, of: arguments) { (key) throws(Failure) in
            attributes.remove(key)
        }
        guard removed != nil else {
            throw .attribute("Namespace", try arguments.value(name))
        }
    }
}

/// An attribute that every instance of a Python class has.
private enum SpecialAttribute {
    case dict, `class`, weakReference, module, documentation
    /// A method, which can be asked for but not called.
    case method(String)
    case ordinary

    private static let methods: Set<String> = [
        "__delattr__", "__dir__", "__eq__", "__format__", "__ge__", "__getattribute__",
        "__getstate__", "__gt__", "__hash__", "__init__", "__init_subclass__", "__le__", "__lt__",
        "__ne__", "__new__", "__reduce__", "__reduce_ex__", "__repr__", "__setattr__",
        "__sizeof__", "__str__", "__subclasshook__",
    ]

    init(_ name: PickleSlice, of arguments: Arguments) {
        let isSpecial = unsafe arguments.payload(name).starts(with: "__".utf8)
        guard isSpecial, let text = arguments.text(name) else {
            self = .ordinary
            return
        }
        switch text {
        case "__dict__": self = .dict
        case "__class__": self = .class
        case "__weakref__": self = .weakReference
        case "__module__": self = .module
        case "__doc__": self = .documentation
        default: self = Self.methods.contains(text) ? .method(text) : .ordinary
        }
    }
}

extension Arguments {
    /// The first argument, an attribute's name.
    func attribute() throws(Failure) -> PickleSlice {
        guard let slice = self[0] else { throw .type("an attribute's name is missing") }
        guard slice.kind == .str else {
            throw .type("attribute name must be string, not '\(try decoded(slice).nameOfType)'")
        }
        return slice
    }
}

extension PickleValue {
    fileprivate var lossyText: String? {
        guard case .str(let text) = kind else { return nil }
        return text.lossyString
    }
}
