/// A list in memory that processes share by its name: CPython's `shared_memory.ShareableList`,
/// which may be at the other end.
///
/// ```swift
/// let list = try await ShareableList(["howdy", -273.154, 100, nil, true])
/// try list.set("dry ice", at: 1)
/// let other = try await ShareableList(name: list.memory.name)
/// print(try other.get(1))
/// ```
///
/// Its length is fixed, and so is the room of each item: eight bytes, or, for one that is text or
/// bytes at first, what that takes, rounded up to a multiple of eight that is more.
///
/// Nothing keeps processes from reading what others are just writing: use a ``Lock``.
///
/// - Note: For text that is no ASCII CPython makes too little room, and cuts it.
public final class ShareableList: Sendable {
    /// The block in which it lies: `list.shm`.  Close it, and unlink it, there.
    public let memory: SharedMemory
    private let places: ShareablePlaces

    /// Makes a list.
    ///
    /// - Parameters:
    ///   - items: what it begins with.
    ///   - name: the name of its block; nil for a new one.
    ///   - track: as for a ``SharedMemory``.
    ///   - layout: Python 3.8 reads no other than its own.
    /// - Throws: ``ProcessError`` with `noRoom` for text or bytes of ten million bytes, and as
    ///   ``SharedMemory``.
    public init(
        _ items: [ShareableItem], name: String? = nil, track: Bool = true,
        layout: ShareableLayout = .offsets
    ) async throws(ProcessError) {
        let bytes = try layout.bytes(of: items)
        memory = try await SharedMemory(
            name: name, create: true, size: bytes.count, track: track)
        try memory.write(bytes, at: 0)
        places = try Self.places(memory)
    }

    /// Attaches a list that is there, be it of Python 3.8 or of a later one.
    ///
    /// - Throws: ``ProcessError`` with `malformed` for what is no list, and as ``SharedMemory``.
    public init(name: String) async throws(ProcessError) {
        memory = try await SharedMemory(name: name)
        places = try Self.places(memory)
    }

    private init(_ memory: SharedMemory, _ places: ShareablePlaces) {
        self.memory = memory
        self.places = places
    }

    private static func places(_ memory: SharedMemory) throws(ProcessError) -> ShareablePlaces {
        let places = try ShareablePlaces(size: memory.size) { (place) throws(ProcessError) in
            Int(stored: try memory.read(place..<place + 8))
        }
        guard let places else {
            throw ProcessError(.malformed, "\(memory.name) is no shareable list")
        }
        return places
    }

    /// How many items there are: `len(list)`.
    public var count: Int { places.count }

    /// The item at an index; those below zero count from the end.
    ///
    /// - Throws: ``ProcessError`` with `outOfRange`, `closed`, and `malformed` for what no list
    ///   has.
    public func get(_ index: Int) throws(ProcessError) -> ShareableItem {
        let place = try place(index)
        let format = try format(place)
        let start = places.room(of: place).lowerBound
        guard format.room <= places.room(of: place).count else { throw malformed(index) }
        let bytes = try memory.read(start..<start + format.room)
        let code = try memory.read(places.code(of: place)..<places.code(of: place) + 1)
        guard let item = ShareableItem(bytes[...], format, code: code[0]) else {
            throw malformed(index)
        }
        return item
    }

    /// Sets the item at an index; those below zero count from the end.
    ///
    /// - Throws: ``ProcessError`` with `outOfRange`, `closed`, `noRoom` for text or bytes that are
    ///   longer than what was there at first.
    public func set(_ item: ShareableItem, at index: Int) throws(ProcessError) {
        let place = try place(index)
        let room = places.room(of: place)
        let format: ShareableFormat
        if let content = item.content {
            guard content.count <= room.count else {
                throw ProcessError(.noRoom, "bytes/str item exceeds available storage")
            }
            guard room.count <= ShareableFormat.roomLimit else { throw malformed(index) }
            format = .text(room: room.count)
        } else {
            guard let own = ShareableFormat(item), own.room <= room.count else {
                throw malformed(index)
            }
            format = own
        }
        try memory.write(ShareableLayout.stored(format), at: places.format(of: place).lowerBound)
        try memory.write([item.code], at: places.code(of: place))
        try memory.write(item.stored(room: format.room), at: room.lowerBound)
    }

    /// All items.
    ///
    /// - Throws: ``ProcessError`` with `closed`, `malformed`.
    public var items: [ShareableItem] {
        get throws(ProcessError) {
            var items: [ShareableItem] = []
            for index in 0..<count { items.append(try get(index)) }
            return items
        }
    }

    /// How many items Python calls equal to this one.
    ///
    /// - Throws: ``ProcessError`` with `closed`, `malformed`.
    public func count(of item: ShareableItem) throws(ProcessError) -> Int {
        try items.count { $0.isEqual(to: item) }
    }

    /// The index of the first item that Python calls equal to this one.
    ///
    /// - Throws: ``ProcessError`` with `notFound`, `closed`, `malformed`.
    public func index(of item: ShareableItem) throws(ProcessError) -> Int {
        guard let index = try items.firstIndex(where: { $0.isEqual(to: item) }) else {
            throw ProcessError(.notFound, "\(item) is not in the list")
        }
        return index
    }

    /// How all items lie, in the characters of Python's `struct`.
    ///
    /// - Throws: ``ProcessError`` with `closed`, `malformed`.
    public var format: String {
        get throws(ProcessError) {
            var text = ""
            for place in 0..<count { text += try format(place).text }
            return text
        }
    }

    private func format(_ place: Int) throws(ProcessError) -> ShareableFormat {
        guard let format = ShareableFormat(try memory.read(places.format(of: place))) else {
            throw malformed(place)
        }
        return format
    }

    private func place(_ index: Int) throws(ProcessError) -> Int {
        let place = index < 0 ? index &+ count : index
        guard (0..<count).contains(place) else {
            throw ProcessError(.outOfRange, "index \(index) of \(count) items")
        }
        return place
    }

    private func malformed(_ index: Int) -> ProcessError {
        ProcessError(.malformed, "item \(index) of \(memory.name) is none that a list has")
    }
}

extension ShareableList: Codable {
    /// Attaches the list of the name that was sent.
    ///
    /// - Throws: ``ProcessError`` as when it is attached; `DecodingError`.
    public convenience init(from decoder: any Decoder) throws {
        try self.init(try SharedMemory(from: decoder))
    }

    private convenience init(_ memory: SharedMemory) throws(ProcessError) {
        self.init(memory, try Self.places(memory))
    }

    /// Sends the name.
    public func encode(to encoder: any Encoder) throws {
        try memory.encode(to: encoder)
    }
}
