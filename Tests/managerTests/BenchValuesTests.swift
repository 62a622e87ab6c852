import Testing

@testable import manager

@Suite struct BenchValuesTests {
    @Test func keysAreDistinctAndOfOneLength() {
        let values = BenchValues(size: 3)
        #expect(values.key(0) == "key000000000000")
        #expect(values.key(123_456) == "key000000123456")
    }

    @Test func neighboursDiffer() {
        let values = BenchValues(size: 3)
        #expect(values.value(0) == Array("aaa".utf8))
        #expect(values.value(1) == Array("bbb".utf8))
        #expect(values.value(25) == Array("zzz".utf8))
        #expect(values.value(26) == values.value(0))
    }

    @Test func aWrongReplyIsFound() {
        for size in [1, 3, 1024, 1025, 1 << 16] {
            let values = BenchValues(size: size)
            #expect(values.isRight(values.value(3), 3))
            #expect(!values.isRight(values.value(4), 3))
            #expect(!values.isRight(values.value(3) + [0], 3))
            #expect(!values.isRight([], 3))
        }
    }

    @Test func longValuesAreFew() {
        let values = BenchValues(size: 1 << 26)
        #expect(values.value(0) != values.value(1))
        #expect(values.value(2) == values.value(0))
    }

    @Test func aRequestThatFillsADictIsNotTooLong() {
        #expect(BenchValues(size: 0).entriesAtOnce == 1000)
        #expect(BenchValues(size: 64).entriesAtOnce == 1000)
        #expect(BenchValues(size: 1 << 18).entriesAtOnce == 4)
        #expect(BenchValues(size: 1 << 21).entriesAtOnce == 1)
    }
}
