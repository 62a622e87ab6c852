public import Pickle

/// A request as it goes over the wire: the pickle of `(ident, method, args, kwds)`.
///
/// ```text
/// 0         2                                          n              n+3
/// PROTO 4   MARK <ident> <method> MARK <args…> TUPLE   EMPTY_DICT …   TUPLE STOP
/// ```
/// Verbs of the server itself have None for their ident.
@usableFromInline
struct Request {
    private var writer = BodyWriter()

    /// Begins a call of an object's method.
    @usableFromInline
    init(_ ident: String, _ method: String) {
        self.init(method) { $0.str(ident) }
    }

    /// Begins a call of a verb of the server's.
    init(verb: String) {
        self.init(verb) { $0.none() }
    }

    private init(_ method: String, _ writeIdent: (inout BodyWriter) -> Void) {
        writer.append(.proto)
        writer.append(byte: 4)
        writer.append(.mark)
        writeIdent(&writer)
        writer.str(method)
        writer.append(.mark)
    }

    /// Appends a positional argument.
    ///
    /// - Throws: ``ManagerError`` with `encoding`.
    @usableFromInline
    mutating func append<Argument: Encodable>(_ argument: Argument) throws(ManagerError) {
        // May be long, and is copied once.
        if let bytes = sameType(argument, as: [UInt8].self) { return writer.bytes(bytes) }
        writer.append(contentsOf: try Self.body(argument))
    }

    /// Appends a positional argument that is at hand as a value.
    mutating func append(value: PickleValue) {
        writer.append(contentsOf: value.body())
    }

    /// Ends the request, with keyword arguments if there are any.
    consuming func finished(keywords: [String: PickleValue] = [:]) -> [UInt8] {
        finished(keywords.map { ($0.key, $0.value.body()) })
    }

    /// Ends the request, with keyword arguments as they were given.
    ///
    /// - Throws: ``ManagerError`` with `encoding`.
    @usableFromInline
    consuming func finished(
        encoding keywords: KeyValuePairs<String, any Encodable>
    ) throws(ManagerError) -> [UInt8] {
        var bodies: [(name: String, body: [UInt8])] = []
        for (name, value) in keywords { bodies.append((name, try Self.body(value))) }
        return finished(bodies)
    }

    private consuming func finished(_ keywords: [(name: String, body: [UInt8])]) -> [UInt8] {
        if keywords.isEmpty {
            writer.append(word: PlainWriter.requestEnd)
            return writer.finished()
        }
        writer.append(.tuple)
        writer.append(.emptyDict)
        writer.append(.mark)
        for (name, body) in keywords {
            writer.str(name)
            writer.append(contentsOf: body)
        }
        writer.append(.setItems)
        writer.append(.tuple)
        writer.append(.stop)
        return writer.finished()
    }

    private static func body<Argument: Encodable>(
        _ argument: Argument
    ) throws(ManagerError) -> [UInt8] {
        do {
            return try PickleEncoder().body(argument)
        } catch {
            throw .encoding("\(Argument.self) cannot be encoded", error)
        }
    }
}

extension Request {
    /// A whole call of an object's method.
    @inlinable
    static func call<each Argument: Encodable>(
        _ ident: String, _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable> = [:]
    ) throws(ManagerError) -> [UInt8] {
        if let room = room(ident, method, repeat each argument, keywords: keywords) {
            return PlainWriter.bytes(room: room) { writer in
                write(ident, method, repeat each argument, to: &writer)
            }
        }
        return try rarerCall(ident, method, repeat each argument, keywords: keywords)
    }

    /// The same, to be kept for a while.
    @inlinable
    static func compactCall<each Argument: Encodable>(
        _ ident: String, _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable>
    ) throws(ManagerError) -> CompactBytes {
        if let room = room(ident, method, repeat each argument, keywords: keywords) {
            return CompactBytes(room: room) { writer in
                write(ident, method, repeat each argument, to: &writer)
            }
        }
        return CompactBytes(
            try rarerCall(ident, method, repeat each argument, keywords: keywords))
    }

    /// How many bytes a call takes at most; nil where its arguments are not all plain.
    @inlinable @inline(__always)
    static func room<each Argument: Encodable>(
        _ ident: String, _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable>
    ) -> Int? {
        guard keywords.isEmpty, var room = head(ident, method) else { return nil }
        for argument in repeat each argument {
            guard let own = PlainBody.room(for: argument) else { return nil }
            room += own
        }
        return room
    }

    /// Writes a call for which there is room.
    @inlinable @inline(__always)
    static func write<each Argument: Encodable>(
        _ ident: String, _ method: String, _ argument: repeat each Argument,
        to writer: inout PlainWriter
    ) {
        writer.beginRequest(ident, method)
        for argument in repeat each argument { PlainBody.write(argument, to: &writer) }
        writer.endRequest()
    }

    /// A call whose arguments are not all plain.
    @inlinable
    static func rarerCall<each Argument: Encodable>(
        _ ident: String, _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable>
    ) throws(ManagerError) -> [UInt8] {
        var request = Request(ident, method)
        for argument in repeat each argument { try request.append(argument) }
        return try request.finished(encoding: keywords)
    }

    /// How many bytes a call has beside its arguments; nil where a name is too long.
    @usableFromInline
    static func head(_ ident: String, _ method: String) -> Int? {
        guard let ident = PlainBody.counted(ident.utf8.count),
            let method = PlainBody.counted(method.utf8.count)
        else { return nil }
        return 2 + 1 + ident + method + 1 + 4
    }

    /// A whole call of a verb of the server's, whose arguments are str.
    static func verb(_ verb: String, _ arguments: String...) -> [UInt8] {
        var request = Request(verb: verb)
        for argument in arguments { request.append(value: .str(argument)) }
        return request.finished()
    }

    /// The same of a verb that takes numbers.
    static func verb(_ verb: String, numbers: [Int]) -> [UInt8] {
        var request = Request(verb: verb)
        for number in numbers { request.append(value: .int(number)) }
        return request.finished()
    }
}
