import Pickle

/// The keys and values of a benchmark: what is under a key is known, so that each reply can be
/// checked.
struct BenchValues: Sendable {
    /// What they may take up together, in bytes, if there are more than two.
    private static let memory = 1 << 26

    /// How many keys are written out beforehand, so that a call is not measured with that.
    private static let keysKept = 1 << 16

    /// Values up to this length are compared byte by byte.
    private static let comparedWhole = 1024

    private let values: [[UInt8]]
    private let keys: [String]

    /// - Parameters:
    ///   - size: of each value, in bytes.
    ///   - keys: how many there are.
    init(size: Int, keys: Int = 0) {
        self.keys = (0..<min(keys, Self.keysKept)).map(Self.text)
        let count = min(26, max(2, Self.memory / max(1, size)))
        values = (UInt8(ascii: "a")...).prefix(count).map { Array(repeating: $0, count: size) }
    }

    /// What is put into a queue.
    var item: [UInt8] { values[0] }

    /// The key with that number: 15 bytes, which a `String` has room for without an allocation.
    func key(_ number: Int) -> String {
        number < keys.count ? keys[number] : Self.text(number)
    }

    private static func text(_ number: Int) -> String {
        let digits = String(number)
        return "key" + String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
    }

    /// What is under the key with that number. Neighbours differ.
    func value(_ number: Int) -> [UInt8] { values[number % values.count] }

    /// Whether a reply is the value under that key. A long one is not compared byte by byte, for
    /// that takes longer than the call: by its length, and by both its ends.
    func isRight(_ reply: [UInt8], _ number: Int) -> Bool {
        let value = value(number)
        guard value.count > Self.comparedWhole else {
            return ByteOrder.areEqual(reply[...], value[...])
        }
        return reply.count == value.count && reply.first == value.first
            && reply.last == value.last
    }

    /// How many entries go into one request that fills a dict: up to 1,000, of 1 MiB together.
    var entriesAtOnce: Int { min(1000, max(1, (1 << 20) / max(1, item.count))) }
}
