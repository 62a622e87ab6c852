/// What a `range` of Python's yields: two are equal where they yield the same numbers.
struct RangeObject: Equatable {
    /// How many numbers it yields.
    private let count: Int128
    /// The first of them, 0 where there is none.
    private let start: Int128
    /// How far they are apart, 0 where there are fewer than two.
    private let step: Int128

    /// - Returns: nil where the object is no `range`, or one of ints of more than 64 bits.
    init?(_ object: ArenaObject, in arena: Arena) {
        guard object.construction == .reduce, object.keywords == nil, object.stepSize == 0,
            case .global(let module, let name) = arena[object.callable],
            arena.text(module).elementsEqual("builtins".utf8),
            arena.text(name).elementsEqual("range".utf8)
        else { return nil }
        var numbers: [Int128] = []
        for id in arena.children(arena.items(ofTuple: object.arguments)) {
            guard case .int(let number) = arena[id] else { return nil }
            numbers.append(Int128(number))
        }
        guard numbers.count == 3, numbers[2] != 0 else { return nil }
        let (distance, step) = (numbers[1] - numbers[0], numbers[2])
        let steps = (distance + step - step.signum()) / step
        count = (distance.signum() == step.signum()) ? steps : 0
        start = count > 0 ? numbers[0] : 0
        self.step = count > 1 ? step : 0
    }

    /// What a key is made of.
    var numbers: [Int128] { [count, start, step] }
}
