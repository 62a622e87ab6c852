import Pickle
import Testing

@Suite struct ByteOrderTests {
    @Test func itIsThatOfTheFirstByteThatDiffers() {
        var generator = SplitMix(seed: 7)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...20, using: &generator)
            let left = (0..<count).map { _ in UInt8.random(in: 0...1, using: &generator) &* 255 }
            var right = left
            if let place = right.indices.randomElement(using: &generator) {
                right[place] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { right.append(0) }
            #expect(ByteOrder.areEqual(left[...], right[...]) == (left == right))
            #expect(
                ByteOrder.precedes(left[...], right[...]) == left.lexicographicallyPrecedes(right))
            #expect(
                ByteOrder.precedes(right[...], left[...]) == right.lexicographicallyPrecedes(left))
        }
    }

    @Test func aPartOfTheSameBytesComesBeforeTheWhole() {
        let bytes = [UInt8](repeating: 7, count: 100)
        #expect(ByteOrder.precedes(bytes[..<50], bytes[...]))
        #expect(!ByteOrder.precedes(bytes[...], bytes[..<50]))
        #expect(!ByteOrder.precedes(bytes[...], bytes[...]))
        #expect(!ByteOrder.precedes([], []))
        #expect(ByteOrder.areEqual(bytes[...], bytes[...]))
        #expect(!ByteOrder.areEqual(bytes[..<50], bytes[...]))
    }
}
