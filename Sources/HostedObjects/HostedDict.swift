import Pickle

/// A shared dict.
final class HostedDict: HostedObject {
    static let typeName = "dict"
    static let proxied = ["__iter__"]
    let table: DictTable

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        table = DictTable(call.memory)
        guard arguments.count <= 1 else {
            throw .type("dict expected at most 1 argument, got \(arguments.count)")
        }
        try update(arguments, &call)
    }

    static let methods = MethodTable<HostedDict>([
        Method("__contains__", .one, .reads) { (state, arguments, call) throws(Failure) in
            try state.find(arguments[0], arguments) { call.return($0 != nil) }
        },
        Method("__delitem__", .slot(1)) { (state, arguments, call) throws(Failure) in
            try state.delete(arguments)
            return call.returnNone()
        },
        Method("__getitem__", .one, .reads) { (state, arguments, call) throws(Failure) in
            try state.getItem(arguments, &call)
        },
        Method("__iter__", .slot(0), .reads) { (state, _, _) throws(Failure) in
            .proxy(HostedIterator(keysOf: state.table), typeid: HostedIterator.typeid)
        },
        Method("__len__", .slot(0), .reads) { (state, _, call) throws(Failure) in
            call.return(state.table.count)
        },
        Method("__setitem__", .unpacked(2)) { (state, arguments, call) throws(Failure) in
            try state.set(arguments, key: arguments[0], value: arguments[1], &call)
            return call.returnNone()
        },
        Method("clear", .none) { (state, _, call) throws(Failure) in
            state.table.removeAll()
            return call.returnNone()
        },
        Method("copy", .none, .reads) { (state, _, call) throws(Failure) in
            try state.value(&call)
            return .returned
        },
        Method("get", .positional(1...2), .reads) { (state, arguments, call) throws(Failure) in
            try state.get(arguments, &call)
        },
        Method("items", .none, .reads) { (state, _, call) throws(Failure) in
            state.write(&call) { record, values, out in
                unsafe out.append(raw: record.key)
                values.write(record, to: &out)
                out.append(.tuple2)
            }
        },
        Method("keys", .none, .reads) { (state, _, call) throws(Failure) in
            state.write(&call) { record, _, out in
                unsafe out.append(raw: record.key)
            }
        },
        Method("pop", .positional(1...2)) { (state, arguments, call) throws(Failure) in
            try state.pop(arguments, &call)
        },
        Method("popitem", .none) { (state, _, call) throws(Failure) in
            guard let (key, value) = state.table.removeLast() else {
                throw Failure("KeyError", "popitem(): dictionary is empty")
            }
            call.out.tuple([key, value])
            return .returned
        },
        Method("setdefault", .positional(1...2)) { (state, arguments, call) throws(Failure) in
            try state.setDefault(arguments, &call)
        },
        Method("update", .any) { (state, arguments, call) throws(Failure) in
            guard arguments.count <= 1 else {
                throw .type("update expected at most 1 argument, got \(arguments.count)")
            }
            try state.update(arguments, &call)
            return call.returnNone()
        },
        Method("values", .none, .reads) { (state, _, call) throws(Failure) in
            state.write(&call) { record, values, out in
                values.write(record, to: &out)
            }
        },
        Method("__ior__", .slot(1), isListed: false) { (state, arguments, call) throws(Failure) in
            try state.update(arguments, &call)
            try state.value(&call)
            return .returned
        },
        Method("__or__", .slot(1), .reads, isListed: false) {
            (state, arguments, call) throws(Failure) in
            try state.merge(arguments, isReversed: false, &call)
        },
        Method("__reversed__", .none, .reads, isListed: false) { (state, _, call) throws(Failure) in
            call.out.iterator(over: state.table.entries.map(\.keyValue).reversed())
            return .returned
        },
        Method("__ror__", .slot(1), .reads, isListed: false) {
            (state, arguments, call) throws(Failure) in
            try state.merge(arguments, isReversed: true, &call)
        },
        Method("fromkeys", .positional(1...2), .reads, isListed: false) {
            (state, arguments, call) throws(Failure) in
            try state.fromKeys(arguments, &call)
        },
    ])

    /// As of every type, but single items without the detour by way of the table.
    func perform(
        _ name: UnsafeRawBufferPointer, _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> Outcome? {
        if arguments.keywords.isEmpty {
            if arguments.count == 1, unsafe ItemMethod.get.isNamed(name) {
                return try getItem(arguments, &call)
            }
            if arguments.count == 2, unsafe ItemMethod.set.isNamed(name) {
                try set(arguments, key: arguments[0], value: arguments[1], &call)
                return call.returnNone()
            }
        }
        guard let place = unsafe Self.methods.place(of: name) else { return nil }
        return try Self.methods.call(place, of: self, arguments, &call)
    }

    /// The two methods that are nearly all calls of a dict, by the first and the last eight of the
    /// eleven bytes of their names.
    private enum ItemMethod {
        case get, set

        @inline(__always)
        func isNamed(_ name: UnsafeRawBufferPointer) -> Bool {
            guard name.count == 11 else { return false }
            let first = unsafe UInt64(bigEndian: name.loadUnaligned(as: UInt64.self))
            let last = unsafe UInt64(
                bigEndian: name.loadUnaligned(fromByteOffset: 3, as: UInt64.self))
            return switch self {
            case .get: first == 0x5F5F_6765_7469_7465 && last == 0x6574_6974_656D_5F5F
            case .set: first == 0x5F5F_7365_7469_7465 && last == 0x6574_6974_656D_5F5F
            }
        }
    }

    func value(_ call: inout Call) throws(Failure) {
        call.out.dict(table)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        try Representation.join(
            table.entries.lazy.map { [$0.keyValue, $0.valueValue] }, opening: "{", closing: "}",
            between: ": ")
    }

    var contents: [PickledValue] { table.entries.flatMap { [$0.keyValue, $0.valueValue] } }
}

// MARK: - Single entries

extension HostedDict {
    @inline(__always)
    private func find<Result>(
        _ slice: PickleSlice?, _ arguments: Arguments,
        _ body: (DictRecord?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let slice else { return try body(nil) }
        return try DictKey.with(slice, of: arguments) { (key) throws(Failure) in
            try body(table.find(key))
        }
    }

    @inline(__always)
    private func getItem(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        let record: DictRecord?
        if let slice = arguments[0], case .str = slice.kind {
            // What nearly every key is, without the detour by way of a closure.
            record = table.find(unsafe DictKey(tag: DictKey.str, text: arguments.payload(slice)))
        } else {
            record = try find(arguments[0], arguments) { $0 }
        }
        guard let record else { throw try missing(arguments) }
        call.out.value(of: record)
        return .returned
    }

    private func get(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        try find(arguments[0], arguments) { (record) throws(Failure) in
            if let record {
                call.out.value(of: record)
                return .returned
            }
            return call.return(try fallback(arguments) ?? .none)
        }
    }

    private func delete(_ arguments: Arguments) throws(Failure) {
        guard try remove(arguments) != nil else { throw try missing(arguments) }
    }

    private func pop(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        // An empty dict does not hash the key.
        if table.count > 0, let removed = try remove(arguments) {
            return call.return(removed.value)
        }
        guard let fallback = try fallback(arguments) else { throw try missing(arguments) }
        return call.return(fallback)
    }

    private func setDefault(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        let found = try find(arguments[0], arguments) { (record) throws(Failure) in
            record?.valueValue
        }
        if let found { return call.return(found) }
        let value = try fallback(arguments) ?? .none
        try set(arguments, key: arguments[0], value: value)
        return call.return(value)
    }

    private func remove(
        _ arguments: Arguments
    ) throws(Failure) -> (key: PickledValue, value: PickledValue)? {
        guard let slice = arguments[0] else { return nil }
        return try DictKey.with(slice, of: arguments) { (key) throws(Failure) in
            table.remove(key)
        }
    }

    func fallback(_ arguments: Arguments) throws(Failure) -> PickledValue? {
        guard let slice = arguments[1] else { return nil }
        return try arguments.value(slice)
    }

    private func missing(_ arguments: Arguments) throws(Failure) -> Failure {
        guard let slice = arguments[0] else { return .type("a key is missing") }
        return Failure(missingKey: try arguments.value(slice))
    }

    @inline(__always)
    private func set(
        _ arguments: Arguments, key: PickleSlice?, value: PickleSlice?,
        _ call: inout Call
    ) throws(Failure) {
        guard let value, let key else { return }
        guard value.isScalar else {
            return try set(arguments, key: key, value: try arguments.value(value))
        }
        let body =
            value.count < DictRecord.longLimit
            ? DictValue(scalar: value, of: arguments)
            : DictValue(longScalar: value, of: arguments, in: call.frame)
        if case .str = key.kind {
            return try table.set(
                unsafe DictKey(tag: DictKey.str, text: arguments.payload(key)), body
            ) { () throws(Failure) in try arguments.value(key).body }
        }
        try DictKey.with(key, of: arguments) { (view) throws(Failure) in
            try table.set(view, body) { () throws(Failure) in try arguments.value(key).body }
        }
    }

    private func set(
        _ arguments: Arguments, key: PickleSlice?, value: PickledValue
    ) throws(Failure) {
        guard let slice = key else { return }
        try DictKey.with(slice, of: arguments) { (key) throws(Failure) in
            try table.set(key, value) { () throws(Failure) in try arguments.value(slice).body }
        }
    }

    func set(_ key: PickledValue, _ value: PickledValue) throws(Failure) {
        try DictKey.with(key) { (view) throws(Failure) in
            try table.set(view, value) { () throws(Failure) in key.body }
        }
    }
}

// MARK: - All entries

extension HostedDict {
    /// Returns a list with an element for each entry.
    private func write(
        _ call: inout Call, _ element: (DictRecord, inout DictValueWriter, inout BodyWriter) -> Void
    ) -> Outcome {
        call.out.append(.emptyList)
        if table.count > 0 {
            call.out.append(.mark)
            var values = DictValueWriter(table)
            for record in table.entries { element(record, &values, &call.out) }
            call.out.append(.appends)
        }
        return .returned
    }

    /// `update([other], **keywords)`; `other` is a mapping, or pairs.
    func update(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        var entries: [(key: PickledValue, value: PickledValue)] = []
        var failure: Failure?
        if let slice = arguments[0] {
            let pairs = try arguments.pairs(slice, &call)
            entries = pairs.entries
            failure = pairs.failure
        }
        if failure == nil {
            for index in stride(from: 0, to: arguments.keywords.count, by: 2) {
                entries.append(
                    (
                        try arguments.value(arguments.keywords[index]),
                        try arguments.value(arguments.keywords[index + 1])
                    ))
            }
        }
        // All of them, or none for want of room.
        try table.check(entries)
        for (key, value) in entries { try set(key, value) }
        if let failure { throw failure }
    }
}
