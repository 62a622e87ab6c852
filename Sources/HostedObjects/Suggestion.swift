/// The name that was meant by one that does not exist, as CPython 3.13 guesses it
/// (`Python/suggestions.c`): the nearest by insertions, deletions and changes of characters.
package enum Suggestion {
    private static let moveCost = 2
    private static let caseCost = 1
    /// Longer names get no suggestion, in bytes.
    private static let longest = 40

    /// `. Did you mean 'timeout'?`, or nothing.
    package static func text(for name: String, among names: [String]) -> String {
        var nearest: String?
        var least = Int.max
        let wrong = Array(name.utf8)
        for candidate in names where candidate != name {
            let other = Array(candidate.utf8)
            let most = min((wrong.count + other.count + 3) * moveCost / 6, least - 1)
            let distance = distance(wrong, other)
            guard distance <= most, distance < least else { continue }
            least = distance
            nearest = candidate
        }
        return nearest.map { ". Did you mean '\($0)'?" } ?? ""
    }

    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        guard first.count <= longest, second.count <= longest else { return .max }
        var row = (0...second.count).map { $0 * moveCost }
        for (index, character) in first.enumerated() {
            var diagonal = row[0]
            row[0] = (index + 1) * moveCost
            for (place, other) in second.enumerated() {
                let change = diagonal + substitution(character, other)
                diagonal = row[place + 1]
                row[place + 1] = min(change, min(row[place], diagonal) + moveCost)
            }
        }
        return row[second.count]
    }

    private static func substitution(_ first: UInt8, _ second: UInt8) -> Int {
        if first == second { return 0 }
        return lower(first) == lower(second) ? caseCost : moveCost
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
