/// Where the parts of a ``ShareableList`` lie, as in CPython.  Pure.
///
/// ```text
/// 0            how many items: n (8)
/// 8            since Python 3.9: where the room of each begins behind this table, and where
///              that of the last one ends (8 each, n + 1)
///              Python 3.8: how much room each has (8 each, n)
/// …            the items
/// …            the format of each (8 each, n)
/// …            the code of each (1 each, n)
/// ```
///
/// The first number of the table tells the two apart: it is 0 since 3.9, and never was before.
public enum ShareableLayout: Sendable {
    /// Since Python 3.9.
    case offsets
    /// Python 3.8, which cannot read the other.
    case python38

    /// A list of items.
    ///
    /// - Throws: `ProcessError` with `noRoom` for text or bytes of ten million bytes.
    func bytes(of items: [ShareableItem]) throws(ProcessError) -> [UInt8] {
        var formats: [ShareableFormat] = []
        for item in items {
            guard let format = ShareableFormat(item) else {
                throw ProcessError(.noRoom, "an item of ten million bytes")
            }
            formats.append(format)
        }
        var bytes = items.count.storedBytes
        for number in numbers(formats.map(\.room)) { bytes += number.storedBytes }
        for (item, format) in zip(items, formats) { bytes += item.stored(room: format.room) }
        for format in formats { bytes += Self.stored(format) }
        for item in items { bytes.append(item.code) }
        return bytes
    }

    private func numbers(_ rooms: [Int]) -> [Int] {
        switch self {
        case .offsets: rooms.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
        case .python38: rooms
        }
    }

    /// A format in its eight bytes.
    static func stored(_ format: ShareableFormat) -> [UInt8] {
        let text = Array(format.text.utf8)
        return text + Array(repeating: 0, count: max(0, ShareableFormat.size - text.count))
    }
}

/// Where the items of a list lie that is there.
struct ShareablePlaces: Equatable, Sendable {
    /// Where each begins, and where the last one ends.
    private(set) var offsets: [Int] = []

    var count: Int { max(0, offsets.count - 1) }

    /// Where an item has its room.
    func room(of index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }

    func format(of index: Int) -> Range<Int> {
        let start = (offsets.last ?? 0) + 8 * index
        return start..<start + 8
    }

    func code(of index: Int) -> Int { (offsets.last ?? 0) + 8 * count + index }

    /// Reads the table of a list.
    ///
    /// - Parameters:
    ///   - size: how many bytes the list has.
    ///   - number: the eight bytes at a place, which is within them.
    /// - Returns: nil where it is no list.
    init?(size: Int, number: (Int) throws(ProcessError) -> Int) throws(ProcessError) {
        // What a list takes at least: its table, formats and codes.
        guard size >= 8 else { return nil }
        let count = try number(0)
        guard count >= 0, count <= (size - 8) / 17 else { return nil }
        guard count > 0 else {
            offsets = [8]
            return
        }
        let hasOffsets = try number(8) == 0
        let start = 8 + 8 * (hasOffsets ? count + 1 : count)
        let end = size - 9 * count
        offsets = [start]
        for index in 1...count {
            let value = try number(hasOffsets ? 8 + 8 * index : 8 * index)
            guard let last = offsets.last, value >= 0, value <= end else { return nil }
            let next = hasOffsets ? start + value : last + value
            guard next >= last, next <= end else { return nil }
            offsets.append(next)
        }
    }
}
