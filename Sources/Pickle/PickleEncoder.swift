/// Encodes Swift values as pickles that Python reads.
///
/// ```text
/// Swift                               | Python
/// ------------------------------------+---------------------------
/// Bool, integers, BigInt              | bool, int
/// Double, Float                       | float
/// String, PickleString                | str
/// [UInt8], Data                       | bytes
/// other arrays                        | list
/// Set                                 | set
/// Dictionary, whatever its keys       | dict
/// Date, Duration                      | datetime in UTC, timedelta, to the microsecond
/// Decimal, UUID                       | Decimal, UUID
/// URL                                 | str
/// nil                                 | None
/// a Codable struct                    | dict with str keys
/// a Codable enum                      | as Swift's Codable makes it, of dicts
/// PickleValue                         | what it is
/// ```
///
/// The pickle is written as the value is walked, without a tree of it in between. So containers
/// of a hand-written `encode(to:)` must be written one after the other: to go back to one after
/// having written beside it is an `EncodingError`, as are more than ``PickleDecoder/nestingLimit``
/// containers in one another. Of optionals in one another only the outermost nil is told: what is
/// `.some(nil)` is read as nil.
public struct PickleEncoder: Sendable {
    /// The protocol to write.
    public let pickleProtocol: PickleProtocol
    /// What the types that are encoded may ask their encoder for.
    public var userInfo: [CodingUserInfoKey: any Sendable] = [:]

    /// Makes an encoder of a protocol.
    public init(protocol pickleProtocol: PickleProtocol = .four) {
        self.pickleProtocol = pickleProtocol
    }

    /// Encodes a value as a whole pickle: PROTO … STOP.
    ///
    /// - Throws: what the value's `encode(to:)` throws.
    public func encode<T: Encodable>(_ value: T) throws -> [UInt8] {
        let state = EncodingState(protocol: pickleProtocol, userInfo: userInfo)
        state.writer.begin()
        try state.encode(value)
        state.writer.end()
        return state.writer.bytes
    }

    /// Encodes a value as instructions of protocol 4 that stand alone and push one value.
    ///
    /// - Throws: what the value's `encode(to:)` throws.
    package func body<T: Encodable>(_ value: T) throws -> [UInt8] {
        let state = EncodingState(protocol: .four, userInfo: userInfo)
        try state.encode(value)
        return state.writer.bytes
    }
}

/// What is being written, and which containers of it are still open.
final class EncodingState {
    /// Names a place of the value being written: one value, or the container that it turned out
    /// to be.
    typealias PlaceID = Int

    private enum Content {
        /// Nothing has been written yet.
        case empty
        case scalar
        /// A container; MARK is written before its first item.
        case dict(isMarked: Bool)
        case list(isMarked: Bool)
    }

    private struct Place {
        var id: PlaceID
        var content: Content
    }

    var writer: OpcodeWriter
    /// What the caller gave for all of the values.
    let userInfo: [CodingUserInfoKey: any Sendable]
    /// The places from the outermost one to the one that was written to last.
    private var open: [Place] = []
    private var nextID = 0
    /// What has been found out of types, nil for those that are written by their `encode(to:)`.
    private var writers: [ObjectIdentifier: (any PickleWritable.Type)?] = [:]
    /// How many containers are open around what is written next.
    private var depth = 0
    /// What went wrong where nothing can be thrown.
    private var failure: EncodingError?

    init(protocol pickleProtocol: PickleProtocol, userInfo: [CodingUserInfoKey: any Sendable]) {
        self.userInfo = userInfo
        writer = OpcodeWriter(protocol: pickleProtocol)
    }

    // MARK: Values

    /// Writes a whole value.
    func encode<T: Encodable>(_ value: T, path: CodingPath = .root) throws {
        if let writer = writer(of: T.self) {
            return try writer.write(value, to: self, path: path)
        }
        let id = openPlace()
        try value.encode(to: PlaceEncoder(state: self, id: id, path: path))
        try focus(on: id, path)
        closeTop()
        if failure != nil { try throwFailure() }
    }

    /// Writes a value in a place that waits for one.
    func encode<T: Encodable>(_ value: T, in id: PlaceID, path: CodingPath) throws {
        if failure != nil { try throwFailure() }
        guard let writer = writer(of: T.self) else {
            return try value.encode(to: PlaceEncoder(state: self, id: id, path: path))
        }
        try fill(id, path)
        try writer.write(value, to: self, path: path)
    }

    private func writer<T>(of type: T.Type) -> (any PickleWritable.Type)? {
        let key = ObjectIdentifier(type)
        if let known = KnownTypes.writers[key] { return known }
        if let found = writers[key] { return found }
        let writer = type as? any PickleWritable.Type
        writers[key] = .some(writer)
        return writer
    }

    // MARK: Places

    func openPlace() -> PlaceID {
        nextID += 1
        open.append(Place(id: nextID, content: .empty))
        return nextID
    }

    /// Marks a place as taken by a scalar.
    func fill(_ id: PlaceID, _ path: CodingPath) throws {
        try focus(on: id, path)
        guard case .empty = open[open.count - 1].content else {
            throw path.encodingError("more than one value is encoded in one place")
        }
        open[open.count - 1].content = .scalar
    }

    /// Makes a place a dict, if it is not one yet.
    func beginDict(_ id: PlaceID, _ path: CodingPath) {
        begin(id, path, .dict(isMarked: false), .emptyDict)
    }

    /// Makes a place a list, if it is not one yet.
    func beginList(_ id: PlaceID, _ path: CodingPath) {
        begin(id, path, .list(isMarked: false), .emptyList)
    }

    private func begin(_ id: PlaceID, _ path: CodingPath, _ content: Content, _ opcode: Opcode) {
        do {
            try focus(on: id, path)
        } catch {
            return fail(error)
        }
        switch (open[open.count - 1].content, content) {
        case (.empty, _):
            do {
                try enter(path)
            } catch {
                return fail(error)
            }
            open[open.count - 1].content = content
            writer.op(opcode)
        case (.dict, .dict), (.list, .list): break
        default: fail(path.encodingError("values of several kinds are encoded in one place"))
        }
    }

    /// Prepares for the next item of a container.
    func nextItem(of id: PlaceID, _ path: CodingPath) throws {
        if open.last?.id != id { try focus(on: id, path) }
        switch open[open.count - 1].content {
        case .dict(isMarked: false): open[open.count - 1].content = .dict(isMarked: true)
        case .list(isMarked: false): open[open.count - 1].content = .list(isMarked: true)
        case .dict(isMarked: true), .list(isMarked: true): return
        // It did not become a container: nothing goes on after that, not even deeper.
        case .empty, .scalar: return try throwFailure()
        }
        writer.op(.mark)
    }

    /// Apart, for to take it out is long, and there is none mostly.
    @inline(never)
    private func throwFailure() throws {
        if let failure { throw failure }
    }

    func fail(_ error: any Error) {
        failure = failure ?? error as? EncodingError
    }

    // MARK: Closing

    /// Closes every place that was opened within one.
    private func focus(on id: PlaceID, _ path: CodingPath) throws {
        if open.last?.id == id { return }
        guard open.contains(where: { $0.id == id }) else {
            throw path.encodingError("a container is written to after it was complete")
        }
        while open.last?.id != id { closeTop() }
    }

    private func closeTop() {
        switch open.popLast()?.content {
        case .empty: writer.op(.emptyDict)
        case .dict(let isMarked):
            if isMarked { writer.op(.setItems) }
            leave()
        case .list(let isMarked):
            if isMarked { writer.op(.appends) }
            leave()
        case .scalar, nil: break
        }
    }

    // MARK: Depth

    /// Notes that a container begins: as many as are read again may be in one another.
    func enter(_ path: CodingPath) throws {
        guard depth < PickleDecoder.nestingLimit else {
            throw path.encodingError("nested more than \(PickleDecoder.nestingLimit) levels deep")
        }
        depth += 1
    }

    /// Notes that a container has ended.
    func leave() { depth -= 1 }
}
