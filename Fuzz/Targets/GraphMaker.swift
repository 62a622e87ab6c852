internal import Pickle

/// Makes lists whose values share containers, objects and long texts, or stand in themselves, as
/// the parts of one request may.
struct GraphMaker {
    /// Texts from this length on are shared.
    private static let longText = 300
    private static let depth = 6

    private var pickle: [UInt8] = [Opcode.proto.rawValue, 4]
    /// How many values can be referred to.
    private var memoized = 0
    /// How many more values there may be.
    private var left = 40

    /// - Returns: None, where Python could not hash what a set got.
    static func next(_ input: inout InputReader) -> PickleValue {
        var maker = GraphMaker()
        maker.list(1 + input.number(below: 6), &input, depth: 0)
        maker.op(.stop)
        return (try? PickleValue(pickle: maker.pickle)) ?? .none
    }

    private mutating func op(_ opcode: Opcode) { pickle.append(opcode.rawValue) }

    private mutating func memoize() {
        op(.memoize)
        memoized += 1
    }

    private mutating func value(_ input: inout InputReader, depth: Int) {
        left -= 1
        let choice = left > 0 && depth < Self.depth ? input.byte() % 12 : 0
        let count = choice < 6 ? 0 : input.number(below: 4)
        switch choice {
        case 0:
            op(.binInt1)
            pickle.append(input.byte() & 3)
        case 1:
            text(String(repeating: input.byte() & 1 == 0 ? "a" : "b", count: Self.longText))
            memoize()
        case 2, 3, 4, 5: get(input.number(below: memoized))
        case 6, 7: list(count, &input, depth: depth)
        case 8:
            op(.emptyDict)
            memoize()
            items(count, &input, depth: depth, isDict: true)
            op(.setItems)
        case 9:
            items(count, &input, depth: depth)
            op(.tuple)
            memoize()
        case 10: object(count, &input, depth: depth)
        default:
            items(count, &input, depth: depth)
            op(.frozenSet)
            memoize()
        }
    }

    private mutating func list(_ count: Int, _ input: inout InputReader, depth: Int) {
        op(.emptyList)
        memoize()
        items(count, &input, depth: depth)
        op(.appends)
    }

    /// `m.C(…)`, with a state that may refer to it.
    private mutating func object(_ count: Int, _ input: inout InputReader, depth: Int) {
        text("m")
        text("C")
        op(.stackGlobal)
        items(count, &input, depth: depth)
        op(.tuple)
        op(.reduce)
        memoize()
        guard input.byte() & 1 == 0 else { return }
        value(&input, depth: depth + 1)
        op(.build)
    }

    /// So many values behind a mark, or keys and values.
    private mutating func items(
        _ count: Int, _ input: inout InputReader, depth: Int, isDict: Bool = false
    ) {
        op(.mark)
        for index in 0..<count {
            if isDict { text("k\(index)") }
            value(&input, depth: depth + 1)
        }
    }

    private mutating func get(_ number: Int) {
        op(.binGet)
        pickle.append(UInt8(number))
    }

    private mutating func text(_ text: String) {
        op(.binUnicode)
        pickle += (0..<4).map { UInt8(text.utf8.count >> (8 * $0) & 0xFF) }
        pickle += Array(text.utf8)
    }
}
