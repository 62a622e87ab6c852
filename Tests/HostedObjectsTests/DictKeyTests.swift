import Pickle
import Testing

@testable import HostedObjects

@Suite struct DictKeyTests {
    private static let keys: [PickleValue] = [
        "", "text", .bytes([]), .bytes([1, 2]), 0, -1, 255, .int(.max), .int(.min), true, 1.5,
        .none,
        .tuple([1, "a"]), .frozenset([1]), .power(of: 70), .float(1e300),
    ]

    /// A key looked at where it stands in a request is the key its value makes by itself.
    @Test(arguments: keys)
    func theShortWayAgreesWithTheLongOne(key: PickleValue) throws {
        let value = PickledValue(key)
        let canonical = try key.key()
        try value.body.withUnsafeBytes { bytes in
            let arguments = Arguments(bytes: bytes)
            try DictKey.with(value.slice, of: arguments) { (short) throws(Failure) in
                #expect([short.tag] + Array(short.text) == canonical)
                try DictKey.with(value) { (long) throws(Failure) in
                    #expect(short.tag == long.tag && short.hash == long.hash)
                }
            }
        }
    }

    @Test func aListHasNoKey() {
        #expect(throws: Failure.type("unhashable type: 'list'")) {
            try DictKey.with(PickledValue([])) { (_) throws(Failure) in }
        }
    }
}
