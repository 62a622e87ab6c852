import Pickle
import Testing

@testable import HostedObjects

/// Arguments, and the words in which CPython refuses them.
@Suite struct SignatureTests {
    /// The texts of the bound arguments, `-` where there is none; or the failure's text.
    private func bind(
        _ signature: Signature, _ positional: [PickleValue],
        _ named: KeyValuePairs<String, PickleValue> = [:], method: String = "m", type: String = "t"
    ) -> String {
        let request = PickleValue.tuple([
            "i", "m", .tuple(positional), .dict(named.map { (key: .str($0.key), value: $0.value) }),
        ])
        var scanner = RequestScanner()
        return request.pickled().withUnsafeBytes { bytes in
            guard let outcome = try? scanner.scan(bytes), case .scanned = outcome else {
                return "?"
            }
            do throws(Failure) {
                return try Arguments.with(bytes, scanner.positional, scanner.keywords) {
                    (arguments) throws(Failure) in
                    try signature.bind(arguments, method: method, type: type, texts)
                }
            } catch {
                return error.text
            }
        }
    }

    private func texts(of bound: Arguments) throws(Failure) -> String {
        try bound.positional.indices.map { (place) throws(Failure) in
            try bound[place].map { (slice) throws(Failure) in try bound.decoded(slice).repr() }
                ?? "-"
        }.joined(separator: " ")
    }

    private let named = Signature.named(["a", "b", "c"], required: 1, as: "T.m")

    @Test func keywordsFindTheirPlaces() {
        #expect(bind(named, [1]) == "1")
        #expect(bind(named, [1], ["c": 3]) == "1 - 3")
        #expect(bind(named, [], ["b": 2, "a": 1]) == "1 2 -")
    }

    @Test func whatIsWrongIsSaidAsPythonSaysIt() {
        #expect(bind(named, []) == "T.m() missing 1 required positional argument: 'a'")
        #expect(bind(named, [], ["b": 1]) == "T.m() missing 1 required positional argument: 'a'")
        #expect(
            bind(named, [1, 2, 3, 4])
                == "T.m() takes from 2 to 4 positional arguments but 5 were given")
        #expect(bind(named, [1], ["a": 2]) == "T.m() got multiple values for argument 'a'")
        #expect(bind(named, [1], ["x": 2]) == "T.m() got an unexpected keyword argument 'x'")
        #expect(
            bind(named, [1, 2, 3, 4], ["x": 2]) == "T.m() got an unexpected keyword argument 'x'")
        let two = Signature.named(["a", "b"], required: 2, as: "T.m")
        #expect(bind(two, []) == "T.m() missing 2 required positional arguments: 'a' and 'b'")
        #expect(bind(two, [1, 2, 3]) == "T.m() takes 3 positional arguments but 4 were given")
        let three = Signature.named(["a", "b", "c"], required: 3, as: "T.m")
        #expect(
            bind(three, []) == "T.m() missing 3 required positional arguments: 'a', 'b', and 'c'")
        let none = Signature.named([], required: 0, as: "T.m")
        #expect(bind(none, [1]) == "T.m() takes 1 positional argument but 2 were given")
    }

    @Test func eachKindOfCMethodHasItsOwnWords() {
        #expect(bind(.none, [1], type: "a.T") == "T.m() takes no arguments (1 given)")
        #expect(bind(.one, [], type: "T") == "T.m() takes exactly one argument (0 given)")
        #expect(bind(.one, [1], ["k": 1], type: "T") == "T.m() takes no keyword arguments")
        #expect(bind(.slot(1), []) == "expected 1 argument, got 0")
        #expect(bind(.slot(0), [1]) == "expected 0 arguments, got 1")
        #expect(bind(.unpacked(2), [1]) == " expected 2 arguments, got 1")
        #expect(bind(.slot(0), [], ["k": 1]) == "wrapper m() takes no keyword arguments")
        #expect(bind(.positional(1...2), []) == "m expected at least 1 argument, got 0")
        #expect(bind(.positional(1...2), [1, 2, 3]) == "m expected at most 2 arguments, got 3")
        #expect(bind(.positional(2...2), [1]) == "m expected 2 arguments, got 1")
        let keywords = Signature.keywords(["a"], as: "f")
        #expect(bind(keywords, [], ["a": 5]) == "5")
        #expect(
            bind(keywords, [], ["a": 5, "b": 6])
                == "f() takes at most 1 keyword arguments (2 given)")
    }
}
