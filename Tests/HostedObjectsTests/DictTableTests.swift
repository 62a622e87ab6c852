import Pickle
import Testing

@testable import HostedObjects

@Suite struct DictTableTests {
    private let table = DictTable()

    private func set(_ key: PickleValue, _ value: Int) throws {
        let key = PickledValue(key)
        try DictKey.with(key) { (view) throws(Failure) in
            try table.set(view, PickledValue.int(value)) { () throws(Failure) in key.body }
        }
    }

    private func find(_ key: PickleValue) throws -> PickledValue? {
        try DictKey.with(PickledValue(key)) { (view) throws(Failure) in
            table.find(view)?.valueValue
        }
    }

    private func remove(_ key: PickleValue) throws -> PickledValue? {
        try DictKey.with(PickledValue(key)) { (view) throws(Failure) in table.remove(view)?.value }
    }

    private var keys: [PickledValue] { table.entries.map(\.keyValue) }

    @Test func aValueOfAnotherLengthReplacesTheRecord() throws {
        try set("k", 1)
        try set("k", 1 << 40)
        try set("k", 2)
        #expect(try find("k") == .int(2))
        #expect(table.count == 1)
    }

    @Test func theFirstKeyStays() throws {
        try set(1.0, 1)
        try set(1, 2)
        #expect(keys == [PickledValue(.float(1))])
        #expect(try find(true) == .int(2))
    }

    @Test(arguments: [0, 1, 255, 256, 70_000])
    func keysOfAnyLengthAreFound(length: Int) throws {
        let key = PickleValue.str(String(repeating: "k", count: length))
        try set(key, length)
        #expect(try find(key) == .int(length))
        #expect(try find(.bytes(Array(repeating: 0x6B, count: length))) == nil)
        #expect(try find(.tuple([key])) == nil)
    }

    private func set(body: [UInt8]) throws {
        let key = PickledValue(body: body)
        try DictKey.with(key) { (view) throws(Failure) in
            try table.set(view, PickledValue.int(1)) { () throws(Failure) in body }
        }
    }

    /// `_codecs.encode('ab', 'latin1')`, as protocol 2 writes bytes, in both ways to name it.
    @Test(arguments: [
        Array("c_codecs\nencode\n".utf8),
        PickledValue.str("_codecs").body + PickledValue.str("encode").body + [0x93],
    ])
    func aBytesKeyThatIsACallIsKeptAsItsText(callable: [UInt8]) throws {
        try set(
            body: callable + PickledValue.str("ab").body + PickledValue.str("latin1").body
                + [0x86, 0x52])
        #expect(try find(.bytes([0x61, 0x62])) == .int(1))
        #expect(try find("ab") == nil)
        #expect(keys == [PickledValue(.bytes([0x61, 0x62]))])
    }

    /// A str behind its memo entry, or with a longer opcode than it needs.
    @Test(arguments: [
        [0x8C, 2, 0x61, 0x62, 0x94], [0x8C, 2, 0x61, 0x62, 0x71, 0],
        [0x58, 2, 0, 0, 0, 0x61, 0x62], [0x8D, 2, 0, 0, 0, 0, 0, 0, 0, 0x61, 0x62],
    ])
    func aStrKeyIsFoundHoweverItIsWritten(body: [UInt8]) throws {
        try set(body: body)
        #expect(try find("ab") == .int(1))
        #expect(try remove("ab") == .int(1))
        #expect(table.count == 0)
    }

    @Test func aKeyTooLongIsRefused() throws {
        let key = PickleValue.str(String(repeating: "k", count: DictRecord.keyLimit))
        #expect(throws: Failure.self) { try set(key, 1) }
        #expect(table.count == 0)
    }

    @Test func takingFromTheEndLeavesNoGaps() throws {
        for number in 0..<1000 { try set(.int(number), number) }
        for number in (0..<1000).reversed() {
            #expect(table.removeLast()?.value == .int(number))
            #expect(table.endPlace == number)
        }
        #expect(table.removeLast() == nil)
    }

    /// An iterator goes on where it stood, so what is set next comes behind the gap.
    @Test func removingTheLastByItsKeyLeavesAGap() throws {
        for number in 0..<3 { try set(.int(number), number) }
        #expect(try remove(2) != nil)
        #expect(table.endPlace == 3)
        #expect(table.removeLast()?.value == .int(1))
        #expect(table.endPlace == 1)
    }

    @Test func aTableThatIsFilledAndEmptiedStaysSmall() throws {
        for number in 0..<10_000 {
            try set(.int(number), number)
            if number >= 10 { #expect(try remove(.int(number - 10)) != nil) }
        }
        #expect(table.count == 10)
        #expect(table.endPlace < 100)
    }

    /// 10⁵ operations against an array of pairs.
    @Test func itBehavesAsAListOfPairsWould() throws {
        var random = SplitMix(seed: 7)
        var model: [(key: Int, value: Int)] = []
        // One expectation a step would take most of the time.
        var agrees = true
        for step in 0..<100_000 where agrees {
            let key = Int.random(in: 0..<64, using: &random)
            let shape = Self.shape(of: key)
            let place = model.firstIndex { $0.key == key }
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<45:
                try set(shape, step)
                if let place { model[place].value = step } else { model.append((key, step)) }
            case 45..<80:
                agrees = try remove(shape) == place.map { PickledValue.int(model[$0].value) }
                if let place { model.remove(at: place) }
            case 80..<82:
                agrees = table.removeLast()?.value == model.popLast().map { .int($0.value) }
            case 82 where step % 50 == 0:
                table.removeAll()
                model = []
            default:
                agrees = try find(shape) == place.map { PickledValue.int(model[$0].value) }
            }
            if step % 1000 == 0 {
                #expect(table.entries.map(\.valueValue) == model.map { PickledValue.int($0.value) })
            }
            agrees = table.count == model.count && agrees
        }
        #expect(agrees)
    }

    /// Keys of three types, an int and a str of which never meet.
    private static func shape(of key: Int) -> PickleValue {
        switch key % 3 {
        case 0: .int(key)
        case 1: .str("\(key)")
        default: .tuple([.int(key)])
        }
    }

    private static let long = [UInt8](repeating: 0x4E, count: DictRecord.longLimit)

    private func set(_ key: PickleValue, body: [UInt8]) throws {
        let key = PickledValue(key)
        try DictKey.with(key) { (view) throws(Failure) in
            try table.set(view, PickledValue(body: body)) { () throws(Failure) in key.body }
        }
    }

    /// Values on either side of the length from which they are kept on their own, after each other.
    @Test(arguments: ["k", 1, .tuple([1, "k"]), .bytes([1])] as [PickleValue])
    func valuesBecomeLongAndShortAgain(key: PickleValue) throws {
        let bodies = [
            Self.long, Array(Self.long.dropFirst()), Self.long + [0x4E], Self.long, [0x4E], [0x88],
            Self.long, Array(Self.long.dropFirst()), [],
        ]
        for body in bodies {
            try set(key, body: body)
            #expect(try find(key)?.body == body)
            #expect(keys == [PickledValue(key)] && table.count == 1)
        }
        try set(key, body: Self.long)
        #expect(try remove(key)?.body == Self.long)
        try set(key, body: Self.long)
        table.removeAll()
        #expect(try find(key) == nil)
    }

    @Test func whoHasALongValueKeepsIt() throws {
        try set("k", body: Self.long)
        let held = try find("k")
        try set("k", body: Self.long + [0x88])
        try set("k", body: [0x88])
        #expect(held?.body == Self.long)
    }
}
