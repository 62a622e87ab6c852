extension PickleValue {
    /// Reads a request in any form a pickle may have and writes it in the one that ``RequestScanner``
    /// reads: no part refers to another.
    ///
    /// - Throws: ``PickleError`` where it is not a pickle of `(ident, method, args, kwds)`.
    package static func rebuiltRequest(
        _ bytes: UnsafeRawBufferPointer
    ) throws(PickleError) -> [UInt8] {
        let request = try unsafe PickleValue(pickle: Array(bytes))
        guard case .tuple(let parts) = request.kind, parts.count == 4,
            case .dict(let keywords) = parts[3].kind
        else { throw .malformed("a request is (ident, method, args, kwds)") }
        let positional: [PickleValue]
        switch parts[2].kind {
        case .tuple(let values), .list(let values): positional = values
        default: throw .malformed("a request's args are a tuple")
        }
        var writer = BodyWriter()
        writer.append(.proto)
        writer.bytes.append(4)
        writer.append(.mark)
        writer.bytes += parts[0].body()
        writer.bytes += parts[1].body()
        writer.append(.mark)
        for value in positional { writer.bytes += value.body() }
        writer.append(.tuple)
        writer.append(.emptyDict)
        writer.append(.mark)
        for (name, value) in keywords { writer.bytes += name.body() + value.body() }
        writer.append(.setItems)
        writer.append(.tuple)
        writer.append(.stop)
        return writer.bytes
    }
}

extension PickledValue {
    /// Looks inside.
    ///
    /// - Throws: ``PickleError`` where a limit is reached.
    package func decoded(limits: PickleLimits = .default) throws(PickleError) -> PickleValue {
        try PickleValue(body: body, limits: limits)
    }
}

extension ProxyReference {
    private static let mark = Array("RebuildProxy".utf8)

    /// Whether a pickle may hold proxies: a quick look for the name of the function that makes them.
    package static func mayOccur(in bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= mark.count else { return false }
        let first = mark[0]
        var index = 0
        while index <= bytes.count - mark.count {
            if unsafe bytes[index] == first {
                let window = unsafe bytes[index..<index + mark.count]
                if unsafe window.elementsEqual(mark) { return true }
            }
            index += 1
        }
        return false
    }
}
