import Pickle

// Arguments that are gone through: `extend(iterable)`, `update(pairs)`.
extension Arguments {
    /// What iterating over an argument gives.
    ///
    /// - Parameters:
    ///   - own: the elements of the object whose method is called, should the argument be a proxy
    ///     of that.
    ///   - areKept: whether they are kept together in one object, which keeps what they share.
    /// - Throws: TypeError for what cannot be iterated over.
    func elements(
        _ slice: PickleSlice, _ call: inout Call, own: @autoclosure () -> [PickledValue] = [],
        areKept: Bool = false
    ) throws(Failure) -> [PickledValue] {
        let value = try decoded(slice)
        var expansion = Expansion(of: value, keptIn: areKept ? call.memory : nil)
        return try call.elements(of: value, &expansion, own: own())
    }

    /// The pairs of a dict, a mapping, or anything that pairs can be made of.
    func pairs(_ slice: PickleSlice, _ call: inout Call) throws(Failure) -> DictPairs {
        let value = try decoded(slice)
        guard let proxy = value.proxyReference else {
            if let items = value.mappingItems {
                var expansion = Expansion(of: value, keptIn: call.memory)
                return DictPairs(entries: try expansion.entries(items))
            }
            var expansion = Expansion(of: value)
            return DictPairs(try value.elements(&expansion), &expansion)
        }
        let id = ObjectID(proxy.token.id)
        // A dict that is updated from itself stays as it is.
        guard id != call.object else { return DictPairs(entries: []) }
        if let id { try call.permitReading(id) }
        if let dict = id.flatMap({ call.table[$0] }) as? HostedDict {
            return DictPairs(entries: dict.table.entries.map { ($0.keyValue, $0.valueValue) })
        }
        var expansion = Expansion(of: value)
        if let iterator = id.flatMap({ call.table[$0] }) as? HostedIterator {
            let own = (call.table[call.object] as? HostedDict)?.table
            return try DictPairs(iterator, into: own, &expansion)
        }
        return DictPairs(try call.elements(of: id, proxy, &expansion), &expansion)
    }
}

/// Keys and values to be set one by one, until the first that is not a pair.
struct DictPairs {
    private(set) var entries: [(key: PickledValue, value: PickledValue)] = []
    /// What is wrong with what comes behind the entries.
    private(set) var failure: Failure?

    init(entries: [(key: PickledValue, value: PickledValue)]) {
        self.entries = entries
    }

    init(_ elements: [PickledValue], _ expansion: inout Expansion) {
        for (index, element) in elements.enumerated() {
            do throws(Failure) {
                entries.append(try Self.pair(element, index, &expansion))
            } catch {
                failure = error
                return
            }
        }
    }

    /// Takes no more keys from an iterator than there are pairs, and the one that is none.
    ///
    /// - Parameter table: where the pairs are put as they come. If the iterator goes through that,
    ///   the first new key ends it.
    init(
        _ iterator: HostedIterator, into table: DictTable?, _ expansion: inout Expansion
    ) throws(Failure) {
        while failure == nil, let key = try iterator.next() {
            do throws(Failure) {
                let pair = try Self.pair(key, entries.count, &expansion)
                entries.append(pair)
                if let table, iterator.isOver(table) {
                    let isThere = try DictKey.with(pair.key) { table.find($0) != nil }
                    if !isThere { failure = iterator.breakOff() }
                }
            } catch {
                failure = error
            }
        }
    }

    private static func pair(
        _ element: PickledValue, _ index: Int, _ expansion: inout Expansion
    ) throws(Failure) -> (key: PickledValue, value: PickledValue) {
        let parts: [PickledValue]
        do throws(Failure) {
            parts = try element.decodedOrFailure().elements(&expansion)
        } catch  where error.isNotIterable {
            throw .type(
                "cannot convert dictionary update sequence element #\(index) to a sequence")
        }
        guard parts.count == 2 else {
            throw .value(
                "dictionary update sequence element #\(index) has length \(parts.count); "
                    + "2 is required")
        }
        return (parts[0], parts[1])
    }
}

extension Call {
    /// What iterating over a value gives.
    ///
    /// - Parameter own: the elements of the object whose method is called, should the value be a
    ///   proxy of that.
    /// - Throws: TypeError for what cannot be iterated over.
    mutating func elements(
        of value: PickleValue, _ expansion: inout Expansion,
        own: @autoclosure () -> [PickledValue]
    ) throws(Failure) -> [PickledValue] {
        guard let proxy = value.proxyReference else { return try value.elements(&expansion) }
        let id = ObjectID(proxy.token.id)
        if id == object { return own() }
        if let id { try permitReading(id) }
        return try elements(of: id, proxy, &expansion)
    }

    /// What iterating over a hosted object by way of its proxy gives.
    fileprivate func elements(
        of id: ObjectID?, _ proxy: ProxyReference, _ expansion: inout Expansion
    ) throws(Failure) -> [PickledValue] {
        guard let object = id.flatMap({ table[$0] }) else {
            throw Failure("ReferenceError", "this manager has no object \(proxy.token.id)")
        }
        switch object {
        case let list as HostedList: return try expansion.takeOver(Array(list.items))
        case let dict as HostedDict: return dict.table.entries.map(\.keyValue)
        case let set as HostedSet: return set.elements
        case let array as HostedArray:
            try expansion.check(items: UInt(array.count))
            return try array.items()
        case let iterator as HostedIterator: return try iterator.takeRest()
        default: throw .notIterable(proxy.typeName)
        }
    }
}

extension Failure {
    static func notIterable(_ type: String) -> Failure {
        .type("'\(type)' object is not iterable")
    }

    /// Whether it is what ``notIterable(_:)`` makes.
    var isNotIterable: Bool { name == "TypeError" && text.hasSuffix("object is not iterable") }

    /// An object has no such attribute.
    static func attribute(_ type: String, _ name: PickledValue) -> Failure {
        let text = unsafe name.body.withUnsafeBytes { body in
            let arguments = unsafe Arguments(bytes: body)
            return unsafe Array(arguments.payload(name.slice))
        }
        // The name may hold lone surrogates, which a Swift string cannot.
        var writer = BodyWriter()
        writer.str(
            utf8: Array("'\(type)' object has no attribute '".utf8) + text + [UInt8(ascii: "'")])
        var failure = Failure(
            "AttributeError",
            "'\(type)' object has no attribute '\(String(decoding: text, as: UTF8.self))'")
        failure.arguments = [PickledValue(body: writer.bytes)]
        return failure
    }
}
