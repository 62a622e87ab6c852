internal import Pickle

/// Any pickle: decoded, looked at from every side, written in every form, and read back equal.
enum PickleFuzz: FuzzTarget {
    static let name = "pickle"
    static let isMadeOfInstructions = true

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] { golden }

    static func run(_ input: [UInt8]) {
        decodeTyped(input)
        guard let value = try? PickleValue(pickle: input),
            let twin = try? PickleValue(pickle: input)
        else { return }
        let isEqual = value == twin
        look(at: value, twin, isEqual)
        let usual = value.pickled(protocol: .four)
        for form in [PickleProtocol.two, .three, .four, .five] {
            let pickle = value.pickled(protocol: form)
            let back = claim("protocol \(form.rawValue) reads its own") { () throws(PickleError) in
                try PickleValue(pickle: pickle)
            }
            // Bytes are compared too, because a nan is not equal to itself.
            claim(
                back.pickled(protocol: .four) == usual,
                "protocol \(form.rawValue) keeps the value: \(value) became \(back)")
            claim(!isEqual || back == value, "protocol \(form.rawValue) keeps it equal: \(value)")
        }
        let body = value.body()
        let back = claim("a body reads back") { () throws(PickleError) in
            try PickleValue(body: body)
        }
        claim(back.body() == body, "a body keeps the value: \(value) became \(back)")
        claim(PickledValue(value).body.count <= body.count, "a kept value is no longer: \(value)")
    }

    private static func look(at value: PickleValue, _ twin: PickleValue, _ isEqual: Bool) {
        _ = value.repr(limit: 1 << 16)
        _ = value.str(limit: 1 << 16)
        _ = value.isTrue
        _ = value.typeName
        _ = value.proxyReferences
        _ = value.exception.map { $0.arguments.count }
        _ = value.kind
        let key = try? value.key()
        claim(key == (try? twin.key()), "a key is the same each time: \(value)")
        if isEqual, let isLess = try? value.isLess(than: twin) {
            claim(!isLess, "nothing is less than itself: \(value)")
        }
    }

    private struct Record: Codable {
        var name: String
        var count: Int?
        var parts: [String: [Double]]
    }

    private static func decodeTyped(_ input: [UInt8]) {
        let decoder = PickleDecoder()
        _ = try? decoder.decode(Record.self, from: input)
        _ = try? decoder.decode([Int].self, from: input)
        _ = try? decoder.decode([String: UInt8].self, from: input)
        _ = try? decoder.decode(Double.self, from: input)
        _ = try? decoder.decode(String.self, from: input)
    }
}
