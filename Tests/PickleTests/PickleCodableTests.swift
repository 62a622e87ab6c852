import BigInt
import Foundation
import Testing

@testable import Pickle

@Suite struct PickleCodableTests {
    private struct Job: Codable, Equatable {
        var id: Int
        var name: String
        var weight: Double?
        var tags: [String]
        var payload: [UInt8]
        var parent: Box?
        var done: Bool
    }

    private struct Box: Codable, Equatable {
        var values: [Int: [Double]]
    }

    private enum Shape: Codable, Equatable {
        case circle(radius: Double)
        case square(Int)
        case empty
    }

    private enum Colour: String, Codable { case red, green }

    private class Animal: Codable {
        var legs = 4
    }

    private final class Dog: Animal {
        var name = "Rex"

        private enum CodingKeys: CodingKey { case name }

        override init() { super.init() }

        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decode(String.self, forKey: .name)
            try super.init(from: container.superDecoder())
        }

        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try super.encode(to: container.superEncoder())
        }
    }

    private let job = Job(
        id: 7, name: "ü", weight: nil, tags: ["a", "b"], payload: [1, 255],
        parent: Box(values: [3: [1.5]]), done: true)

    private func value<T: Encodable>(
        _ value: T, _ pickleProtocol: PickleProtocol = .four
    ) throws -> PickleValue {
        try PickleValue(pickle: PickleEncoder(protocol: pickleProtocol).encode(value))
    }

    private func trip<T: Codable & Equatable>(_ value: T) throws {
        for pickleProtocol in PickleProtocol.allCases {
            let pickle = try PickleEncoder(protocol: pickleProtocol).encode(value)
            #expect(try PickleDecoder().decode(T.self, from: pickle) == value)
        }
        let body = try PickleEncoder().body(value)
        #expect(try PickleDecoder().decode(T.self, from: PickleValue(body: body)) == value)
    }

    @Test func everyStandardTypeComesBackEqual() throws {
        try trip(5)
        try trip(Int.min)
        try trip(UInt64.max)
        try trip(Int128.min)
        try trip(Int8(-3))
        try trip(BigInt(10).power(50))
        try trip(1.5)
        try trip(Float(0.1))
        try trip(true)
        try trip("text")
        try trip([UInt8](0...255))
        try trip(Data([1, 2, 3]))
        try trip([1, 2, 3])
        try trip([[1], []])
        try trip(["a": 1])
        try trip([1: "a"])
        try trip([1.5: ["x"]])
        try trip(Set([1, 2]))
        try trip(Int?.none)
        try trip([1, nil, 3] as [Int?])
        try trip([Int]())
        try trip([String: Int]())
        try trip(Date(timeIntervalSince1970: 1_700_000_000))
        try trip(PickleString("é"))
    }

    @Test func structsAndEnumsComeBackEqual() throws {
        try trip(job)
        try trip([job, job])
        try trip([Shape.circle(radius: 1.5), .square(2), .empty])
        try trip([Colour.red: 1])
        try trip(Colour.green)
    }

    @Test func aStructIsADictWithAllItsFields() throws {
        let expected: PickleValue = [
            "id": 7, "name": "ü", "weight": nil, "tags": ["a", "b"], "payload": .bytes([1, 255]),
            "parent": ["values": [3: [1.5]]], "done": true,
        ]
        #expect(try value(job) == expected)
        #expect(try value(job).repr().hasPrefix("{'id': 7, 'name': 'ü', 'weight': None, "))
    }

    @Test func eachTypeIsThePythonTypeOneWouldExpect() throws {
        #expect(try value(Set([1])).repr() == "{1}")
        #expect(try value([UInt8(1)]).repr() == "b'\\x01'")
        #expect(try value(["k": Data([65])]).repr() == "{'k': b'A'}")
        #expect(try value(UInt64.max).repr() == "18446744073709551615")
        #expect(try value([1: nil] as [Int: Int?]).repr() == "{1: None}")
        #expect(try value(Set([1]), .two).repr() == "{1}")
    }

    @Test func whatAClassInheritsIsKeptApart() throws {
        let pickle = try PickleEncoder().encode(Dog())
        #expect(
            try PickleValue(pickle: pickle).repr() == "{'name': 'Rex', 'super': {'legs': 4}}")
        #expect(try PickleDecoder().decode(Dog.self, from: pickle).legs == 4)
    }

    @Test func aPickleValuePassesThroughAsItIs() throws {
        let shared: PickleValue = .list(["long enough to be shared"])
        let mixed: [String: PickleValue] = ["a": .tuple([shared, shared]), "b": .exception("E")]
        let pickle = try PickleEncoder().encode(mixed)
        #expect(try PickleDecoder().decode([String: PickleValue].self, from: pickle) == mixed)
        let json = try JSONEncoder().encode([shared])
        #expect(try JSONDecoder().decode([PickleValue].self, from: json) == [shared])
    }

    // MARK: What Python may send instead

    @Test func tuplesSetsAndIntsAreTakenWhereTheyFit() throws {
        let decoder = PickleDecoder()
        #expect(try decoder.decode([Int].self, from: .tuple([1, 2])) == [1, 2])
        #expect(try decoder.decode([Int].self, from: .frozenset([1])) == [1])
        #expect(try decoder.decode(Set<Int>.self, from: .list([1, 1])) == [1])
        #expect(try decoder.decode(Double.self, from: 3) == 3)
        #expect(try decoder.decode(Double.self, from: .bigInt(BigInt(2).power(70))) == 0x1p70)
        #expect(try decoder.decode([UInt8].self, from: .byteArray([1])) == [1])
        #expect(try decoder.decode([UInt8].self, from: .list([1, 255])) == [1, 255])
        #expect(try decoder.decode(Int.self, from: true) == 1)
        #expect(try decoder.decode([Int?].self, from: [1, nil]) == [1, nil])
    }

    @Test func anInstanceIsDecodedFromItsState() throws {
        let instance = PickleValue.newObject(
            .global(module: "m", name: "Box"), state: ["values": [1: [2]]])
        #expect(try PickleDecoder().decode(Box.self, from: instance) == Box(values: [1: [2]]))
    }

    @Test func manyFieldsAreFoundByName() throws {
        let wide = (0..<40).map { (key: PickleValue.str("f\($0)"), value: PickleValue.int($0)) }
        let value = PickleValue.dict(wide + [("values", [5: []])])
        #expect(try PickleDecoder().decode(Box.self, from: value) == Box(values: [5: []]))
    }

    // MARK: Errors

    @Test func whatDoesNotFitIsAnErrorThatNamesItsPlace() throws {
        let pickle = PickleValue.dict([
            ("id", 1), ("name", "n"), ("tags", ["a", 5]), ("payload", .bytes([])), ("done", true),
        ])
        let error = #expect(throws: DecodingError.self) {
            try PickleDecoder().decode(Job.self, from: pickle)
        }
        guard case .typeMismatch(_, let context)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.codingPath.map(\.stringValue) == ["tags", "1"])
    }

    @Test(arguments: [
        PickleValue.int(300), -1, 1.0, "1", nil, .bigInt(BigInt(2).power(80)), [],
    ])
    func aNumberThatDoesNotFitIsAnError(value: PickleValue) {
        #expect(throws: DecodingError.self) { try PickleDecoder().decode(UInt8.self, from: value) }
    }

    @Test func otherErrorsAreDecodingErrorsToo() {
        let decoder = PickleDecoder()
        let surrogate = PickleValue.str(PickleString(unchecked: [0xED, 0xA0, 0x80]))
        #expect(throws: DecodingError.self) { try decoder.decode(String.self, from: surrogate) }
        #expect(throws: DecodingError.self) { try decoder.decode(Box.self, from: [:]) }
        #expect(throws: DecodingError.self) { try decoder.decode(Box.self, from: 1) }
        #expect(throws: DecodingError.self) { try decoder.decode([Int].self, from: "text") }
        #expect(throws: DecodingError.self) { try decoder.decode(Float.self, from: 1e300) }
        let huge = PickleValue.bigInt(BigInt(1) << 5000)
        #expect(throws: DecodingError.self) { try decoder.decode(Double.self, from: huge) }
        #expect(throws: PickleError.self) { try decoder.decode(Int.self, from: [0x80, 4]) }
    }

    private struct Interleaved: Encodable {
        func encode(to encoder: any Encoder) throws {
            var outer = encoder.unkeyedContainer()
            var first = outer.nestedUnkeyedContainer()
            var second = outer.nestedUnkeyedContainer()
            try second.encode(1)
            try first.encode(2)
        }
    }

    private struct Nothing: Encodable {
        func encode(to encoder: any Encoder) {}
    }

    private struct Flattened: Encodable {
        enum One: CodingKey { case a }
        enum Two: CodingKey { case b }

        func encode(to encoder: any Encoder) throws {
            var one = encoder.container(keyedBy: One.self)
            var two = encoder.container(keyedBy: Two.self)
            try two.encode(2, forKey: .b)
            try one.encode(1, forKey: .a)
        }
    }

    @Test func goingBackToAContainerIsAnError() {
        #expect(throws: EncodingError.self) { try PickleEncoder().encode(Interleaved()) }
    }

    @Test func twoContainersOfOnePlaceAreOneDict() throws {
        #expect(try value(Flattened()).repr() == "{'b': 2, 'a': 1}")
    }

    @Test func aValueThatEncodesNothingIsAnEmptyDict() throws {
        #expect(try value([Nothing(), Nothing()]).repr() == "[{}, {}]")
    }

    // MARK: Size and depth

    private indirect enum Chain: Codable, Equatable {
        case end
        case link(Chain)

        init(length: Int) {
            self = (0..<length).reduce(.end) { chain, _ in .link(chain) }
        }

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            self = container.isAtEnd ? .end : .link(try container.decode(Chain.self))
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            if case .link(let next) = self { try container.encode(next) }
        }
    }

    private struct Node: Codable, Equatable {
        var children: [Node]

        init(depth: Int) { children = depth > 1 ? [Node(depth: depth - 1)] : [] }
    }

    /// What is written can be read: no deeper value is.
    @Test func valuesAreNestedAsDeepAsTheyCanBeRead() throws {
        let limit = PickleDecoder.nestingLimit
        let chain = Chain(length: limit - 1)
        let pickle = try PickleEncoder().encode(chain)
        #expect(try PickleDecoder().decode(Chain.self, from: pickle) == chain)
        #expect(throws: EncodingError.self) { try PickleEncoder().encode(Chain(length: limit)) }
        // A struct and an array each.
        let node = Node(depth: limit / 2)
        #expect(
            try PickleDecoder().decode(Node.self, from: try PickleEncoder().encode(node)) == node)
        #expect(throws: EncodingError.self) {
            try PickleEncoder().encode(Node(depth: limit / 2 + 1))
        }
        // The recursion ends there too.
        #expect(throws: EncodingError.self) {
            try PickleEncoder().encode(Chain(length: 100 * limit))
        }
        // What was deep and has ended does not count.
        let flat = try PickleEncoder().encode([chain, chain, chain].map { [[$0].count] })
        #expect(try PickleDecoder().decode([[Int]].self, from: flat) == [[1], [1], [1]])
    }

    /// What is there may be read, however long; only what repeats itself has a limit.
    @Test func longValuesAreRead() throws {
        var limits = PickleLimits()
        limits.nodes = 8
        let decoder = PickleDecoder(limits: limits)
        let bytes = [UInt8](repeating: 7, count: 1000)
        let texts = [String(repeating: "x", count: 1000), "y"]
        #expect(try decoder.decode([UInt8].self, from: try PickleEncoder().encode(bytes)) == bytes)
        #expect(
            try decoder.decode([String].self, from: try PickleEncoder().encode(texts)) == texts)
        let numbers = Array(0..<1000)
        #expect(
            try decoder.decode([Int].self, from: try PickleEncoder().encode(numbers)) == numbers)
        let halves = numbers.map { Double($0) / 2 }
        #expect(
            try decoder.decode([Double].self, from: try PickleEncoder().encode(halves)) == halves)
        limits.bytes = 100
        #expect(throws: PickleError.self) {
            try PickleDecoder(limits: limits).decode(
                [Int].self, from: try PickleEncoder().encode(numbers))
        }
    }

    // MARK: Each number's type

    private struct Numbers: Codable, Equatable {
        var int8: Int8 = -8
        var int16: Int16 = -16
        var int32: Int32 = -32
        var int64: Int64 = -64
        var int128 = Int128.min
        var uint: UInt = .max
        var uint8: UInt8 = 8
        var uint16: UInt16 = 16
        var uint32: UInt32 = 32
        var uint64: UInt64 = 64
        var uint128 = UInt128.max
        var float: Float = 0.5
        var noInt8: Int8?
        var noInt16: Int16?
        var noInt32: Int32?
        var noInt64: Int64?
        var noInt128: Int128?
        var noUInt: UInt?
        var noUInt8: UInt8?
        var noUInt16: UInt16?
        var noUInt32: UInt32?
        var noUInt64: UInt64?
        var noUInt128: UInt128?
        var noFloat: Float?
        var some: Int128? = 5
    }

    private enum Large: Int128, Codable {
        case large = 0x1_0000_0000_0000_0000
    }

    /// Their own methods of the containers, which a generic one does not always stand for.
    private struct Pair: Codable, Equatable {
        var first: Int128
        var second: UInt128

        init(_ first: Int128, _ second: UInt128) {
            self.first = first
            self.second = second
        }

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            first = try container.decode(Int128.self)
            second = try container.decode(UInt128.self)
            #expect(try container.decodeIfPresent(Int128.self) == nil)
            #expect(try container.decodeIfPresent(UInt128.self) == 1)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(first)
            try container.encode(second)
            try container.encodeNil()
            try container.encode(1 as UInt128)
        }
    }

    @Test func numbersOfEachType() throws {
        let pickle = try PickleEncoder().encode(Numbers())
        #expect(try PickleDecoder().decode(Numbers.self, from: pickle) == Numbers())
        guard case .dict(let fields) = try PickleValue(pickle: pickle).kind else {
            Issue.record("no dict")
            return
        }
        // Python sees every field.
        #expect(fields.count == 25)
        #expect(fields.filter { $0.value == .none }.count == 12)
        let large = try PickleEncoder().encode([Large.large])
        #expect(try PickleDecoder().decode([Large].self, from: large) == [.large])
        let pair = Pair(.max, .max)
        let list = try PickleEncoder().encode(pair)
        #expect(try PickleDecoder().decode(Pair.self, from: list) == pair)
    }
}
