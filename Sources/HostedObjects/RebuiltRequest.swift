import Pickle

/// A request in an unusual form, decoded and written in the one that ``RequestScanner`` reads: no
/// part refers to another, and `args` is a tuple.
struct RebuiltRequest {
    /// The request's pickle.
    private(set) var bytes: [UInt8] = []
    /// The ident and the method's name, where they are str.
    let ident: String?
    let method: String?
    /// What is wrong with `args` or `kwds`; they are empty then.
    private(set) var misfit: String?

    /// - Throws: ``PickleError`` where it is not a pickle of `(ident, method, args, kwds)`.
    init(_ frame: UnsafeRawBufferPointer) throws(PickleError) {
        let request = try unsafe PickleValue(pickle: Array(frame))
        guard case .tuple(let parts) = request.kind, parts.count == 4 else {
            throw .malformed("a request is (ident, method, args, kwds)")
        }
        ident = parts[0].string
        method = parts[1].string
        let positional = arguments(parts[2])
        let keywords = keywords(parts[3])
        var writer = BodyWriter()
        writer.append(.proto)
        writer.bytes.append(4)
        writer.append(.mark)
        writer.bytes += parts[0].body()
        writer.bytes += parts[1].body()
        writer.append(.mark)
        for value in positional { writer.body(value) }
        writer.append(.tuple)
        writer.append(.emptyDict)
        writer.append(.mark)
        for (name, value) in keywords { writer.bytes += name.body() + value.body() }
        writer.append(.setItems)
        writer.append(.tuple)
        writer.append(.stop)
        bytes = writer.bytes
    }

    /// `*args`: anything that can be iterated over.
    private mutating func arguments(_ value: PickleValue) -> [PickledValue] {
        guard let elements = try? value.elements() else {
            misfit = "argument after * must be an iterable, not \(value.nameOfType)"
            return []
        }
        return elements
    }

    /// `**kwds`: any mapping.
    private mutating func keywords(
        _ value: PickleValue
    ) -> [(key: PickleValue, value: PickleValue)] {
        guard let items = value.mappingItems else {
            misfit = misfit ?? "argument after ** must be a mapping, not \(value.nameOfType)"
            return []
        }
        return items
    }
}

extension ObjectStore {
    /// Why a call cannot be made with such arguments, if nothing else is wrong with it.
    func misfit(_ request: RebuiltRequest) -> Failure? {
        guard let misfit = request.misfit, let ident = request.ident, let method = request.method,
            let object = ObjectID(ident).flatMap({ call.table[$0] }),
            object.exposed.contains(method)
        else { return nil }
        return .type("\(object.typeName).\(method)() \(misfit)")
    }
}
