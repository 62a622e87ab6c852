internal import BigInt

/// What a `range` of Python's yields: two are equal where they yield the same numbers.
package struct RangeObject: Equatable {
    /// Ints of more bytes are not counted with, for dividing them takes too long.
    private static let longestInt = 129

    /// How many numbers it yields.
    private let exactCount: BigInt
    /// The first of them, 0 where there is none.
    private let start: BigInt
    /// How far they are apart, 0 where there are fewer than two.
    private let step: BigInt

    /// - Returns: nil where the object is no `range`, or one of ints of more than 129 bytes.
    init?(_ object: ArenaObject, in arena: Arena) {
        guard object.construction == .reduce, object.keywords == nil, object.stepSize == 0,
            arena.isGlobal(object.callable, "builtins", "range")
        else { return nil }
        let bounds = arena.children(arena.items(ofTuple: object.arguments)).prefix(4).map {
            PickleValue(arena, $0)
        }
        guard bounds.count == 3 else { return nil }
        self.init(from: bounds[0], to: bounds[1], by: bounds[2])
    }

    /// The one from an int up to, but not, another.
    ///
    /// - Returns: nil where they are none, or ints of more than 129 bytes, or the step is 0.
    package init?(from first: PickleValue, to end: PickleValue, by step: PickleValue) {
        guard let first = Self.number(first), let end = Self.number(end),
            let step = Self.number(step), step != 0
        else { return nil }
        let distance = end - first
        let steps = (distance + step - step.signum()) / step
        exactCount = distance.signum() == step.signum() ? steps : 0
        start = exactCount > 0 ? first : 0
        self.step = exactCount > 1 ? step : 0
    }

    private static func number(_ value: PickleValue) -> BigInt? {
        switch value.node {
        case .int(let number): return BigInt(number)
        case .bigInt(let extent):
            let bytes = value.arena.bytes(extent)
            return bytes.count <= longestInt ? BigInt(littleEndian: bytes) : nil
        default: return nil
        }
    }

    /// What a key is made of.
    var numbers: [BigInt] { [exactCount, start, step] }

    /// How many numbers it yields; the greatest `UInt` where they are more.
    package var count: UInt { UInt(exactly: exactCount) ?? .max }

    /// Goes through the numbers.
    package func goThrough<Failure>(
        _ body: (PickledValue) throws(Failure) -> Void
    ) throws(Failure) {
        let last = start + (exactCount - 1) * step
        if let first = Int(exactly: start), let last = Int(exactly: last),
            let step = Int(exactly: step), step != 0
        {
            for number in stride(from: first, through: last, by: step) { try body(.int(number)) }
            return
        }
        var number = start
        for _ in 0..<count {
            try body(PickledValue(.bigInt(number)))
            number += step
        }
    }
}
