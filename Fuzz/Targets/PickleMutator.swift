/// Changes a pickle instruction by instruction, so that what comes out mostly still runs.
struct PickleMutator {
    private var instructions: [[UInt8]]
    private var random: SplitMix

    init(_ pickle: [UInt8], _ random: SplitMix) {
        instructions = Self.instructions(of: pickle)
        self.random = random
    }

    mutating func mutate() -> [UInt8] {
        for _ in 0...number(below: 4) { change() }
        return Array(instructions.joined())
    }

    private mutating func change() {
        let place = number(below: instructions.count + 1)
        let end = min(instructions.count, place + 1 + number(below: 8))
        switch number(below: 8) {
        case 0: instructions.removeSubrange(place..<end)
        case 1:
            let run = instructions[place..<end]
            instructions.insert(contentsOf: run, at: number(below: instructions.count + 1))
        case 2 where place < end: instructions[place] = pick(Self.vocabulary)
        case 3: instructions.insert(pick(Self.vocabulary), at: place)
        case 4 where place < end: instructions.swapAt(place, number(below: instructions.count))
        case 5:
            let (opening, closing) = pick(Self.wrappers)
            instructions.insert(closing, at: end)
            if !opening.isEmpty { instructions.insert(opening, at: place) }
        case 6 where place < end:
            let byte = number(below: instructions[place].count)
            instructions[place][byte] ^= 1 << UInt8(number(below: 8))
        default:
            // Memo traffic: what shares and cycles are made of.
            let index = UInt8(number(below: 6))
            instructions.insert(pick([[0x94], [0x71, index], [0x68, index]]), at: place)
        }
    }

    private mutating func number(below bound: Int) -> Int {
        Int.random(in: 0..<max(1, bound), using: &random)
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[number(below: choices.count)]
    }

    // MARK: The language

    /// Instructions to put in: every opcode, most with an argument that works.
    private static let vocabulary: [[UInt8]] =
        Array("()N].}aestubR0 12d lo".utf8).filter { $0 != 0x20 }.map { [$0] }
        + [0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8F, 0x90, 0x91, 0x92, 0x93, 0x94].map { [$0] }
        + [
            [0x4B, 1], [0x4B, 0xFF], [0x4D, 1, 2], [0x4A, 0xFF, 0xFF, 0xFF, 0xFF], [0x8A, 0],
            [0x8A, 9, 0, 0, 0, 0, 0, 0, 0, 0x80, 0], [0x8A, 1, 0x80], [0x8B, 1, 0, 0, 0, 5],
            [0x47, 0x7F, 0xF8, 0, 0, 0, 0, 0, 0], [0x47, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0],
            [0x47, 0xFF, 0xF0, 0, 0, 0, 0, 0, 0], [0x8C, 0], [0x8C, 1, 0x61],
            [0x8C, 3, 0xED, 0xA0, 0x80], [0x58, 1, 0, 0, 0, 0x62],
            [0x8D, 1, 0, 0, 0, 0, 0, 0, 0, 0x63],
            [0x43, 1, 0x61], [0x42, 1, 0, 0, 0, 0x61], [0x8E, 1, 0, 0, 0, 0, 0, 0, 0, 0x61],
            [0x96, 1, 0, 0, 0, 0, 0, 0, 0, 0x61], [0x55, 1, 0x61], [0x82, 1], [0x80, 2], [0x80, 4],
            [0x95, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
        + [
            "I1\n", "I01\n", "L1L\n", "F1.5\n", "S'a'\n", "Va\n", "p0\n", "g0\n",
            "cbuiltins\nset\n", "cbuiltins\ncomplex\n", "cbuiltins\nbytearray\n",
            "c__builtin__\nset\n", "c_codecs\nencode\n", "cbuiltins\nslice\n", "cbuiltins\nrange\n",
            "ccollections\nOrderedDict\n", "cmultiprocessing.managers\nToken\n",
            "cmultiprocessing.managers\nRebuildProxy\n", "cbuiltins\nKeyError\n",
            "ibuiltins\nslice\n",
        ].map { Array($0.utf8) }

    private static let wrappers: [([UInt8], [UInt8])] = [
        ([0x28], [0x74]), ([0x5D], [0x61]), ([0x5D, 0x28], [0x65]), ([0x28], [0x6C]),
        ([0x28], [0x64]), ([0x28], [0x91]), ([0x8F, 0x28], [0x90]), ([0x7D, 0x28], [0x75]),
        ([], [0x85]), (Array("cm\nC\n".utf8), [0x85, 0x52]), (Array("cm\nC\n)\u{81}".utf8), [0x62]),
    ]

    /// Cuts a pickle into instructions. What is none is a piece of one byte.
    private static func instructions(of pickle: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = pickle[...]
        while !rest.isEmpty {
            let count = min(rest.count, length(rest))
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    private static func length(_ rest: ArraySlice<UInt8>) -> Int {
        let start = rest.startIndex
        func counted(_ width: Int) -> Int {
            let bytes = rest.dropFirst().prefix(width).reversed()
            return 1 + width + bytes.reduce(0) { ($0 & 0xFFFF) << 8 | Int($1) }
        }
        func lines(_ missing: Int) -> Int {
            var missing = missing
            let end = rest.firstIndex { byte in
                missing -= byte == 0x0A ? 1 : 0
                return missing == 0
            }
            return (end ?? rest.endIndex - 1) - start + 1
        }
        switch rest[start] {
        case 0x4B, 0x68, 0x71, 0x80, 0x82: return 2
        case 0x4D, 0x83: return 3
        case 0x4A, 0x6A, 0x72, 0x84: return 5
        case 0x47, 0x95: return 9
        case 0x8C, 0x43, 0x55, 0x8A: return counted(1)
        case 0x58, 0x42, 0x54, 0x8B: return counted(4)
        case 0x8D, 0x8E, 0x96: return counted(8)
        case 0x49, 0x4C, 0x46, 0x53, 0x56, 0x50, 0x67, 0x70: return lines(1)
        case 0x63, 0x69: return lines(2)
        default: return 1
        }
    }
}
