import Testing

@testable import Pickle

@Suite struct SurrogatePassTests {
    private func isASCII(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { SurrogatePass.isASCII($0) }
    }

    /// Around the lengths at which text is looked at in other steps.
    @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 31, 32, 33, 39, 40, 63, 64, 65, 100])
    func aByteAboveASCIIIsSeenWhereverItStands(length: Int) {
        var text = [UInt8](repeating: 0x7F, count: length)
        #expect(isASCII(text))
        for place in text.indices {
            text[place] = 0x80
            #expect(!isASCII(text))
            text[place] = 0
        }
        #expect(isASCII(text))
    }
}
