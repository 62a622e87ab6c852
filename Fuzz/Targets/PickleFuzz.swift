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
        // Bytes are compared, because a nan is not equal to itself; those of the second writing,
        // because the first may hold steps that do nothing.
        let usual = read(value.pickled(protocol: .four), "protocol 4").pickled(protocol: .four)
        for form in [PickleProtocol.two, .three, .four, .five] {
            var pickle = value.pickled(protocol: form)
            // Below protocol 3 names are those of Python 2, and become others: the rest must not.
            _ = read(pickle, "protocol \(form.rawValue)")
            pickle[1] = max(3, pickle[1])
            let back = read(pickle, "protocol \(form.rawValue)")
            let again = read(back.pickled(protocol: .four), "what was read")
            // Up to protocol 3 a name is a line, so it does not tell whose text it shares.
            let isSame =
                form.rawValue < 4
                ? back.repr() == value.repr() : again.pickled(protocol: .four) == usual
            claim(isSame, "protocol \(form.rawValue) keeps the value: \(value) became \(back)")
            claim(!isEqual || back == value, "protocol \(form.rawValue) keeps it equal: \(value)")
            if isEqual { claimOneFingerprint(value, back) }
        }
        let back = claim("a body reads back") { () throws(PickleError) in
            try PickleValue(body: value.body())
        }
        claim(
            read(back.pickled(protocol: .four), "a body").pickled(protocol: .four) == usual,
            "a body keeps the value: \(value) became \(back)")
    }

    private static func read(_ pickle: [UInt8], _ what: String) -> PickleValue {
        claim("\(what) reads back") { () throws(PickleError) in
            try PickleValue(pickle: pickle)
        }
    }

    private static func look(at value: PickleValue, _ twin: PickleValue, _ isEqual: Bool) {
        _ = value.repr(limit: 1 << 16)
        _ = value.str(limit: 1 << 16)
        _ = value.isTrue
        _ = value.typeName
        _ = value.proxiedIdents
        _ = value.exception.map { $0.arguments.count }
        _ = value.kind
        let key = try? value.key()
        claim(key == (try? twin.key()), "a key is the same each time: \(value)")
        if isEqual, let isLess = try? value.isLess(than: twin) {
            claim(!isLess, "nothing is less than itself: \(value)")
        }
        if case .list(let items) = value.kind { claimOrder(items.prefix(8)) }
    }

    private static func claimOneFingerprint(_ value: PickleValue, _ equal: PickleValue) {
        let (left, right) = (PickledValue(value), PickledValue(equal))
        guard let print = Fingerprint(left), let other = Fingerprint(right) else { return }
        claim(
            Fingerprint.areEqual((left, print), (right, other)) != false,
            "equal values have one fingerprint: \(value)")
    }

    /// What prefixes, keys and fingerprints tell of pairs is so.
    private static func claimOrder(_ items: ArraySlice<PickleValue>) {
        for (left, right) in zip(items, items.dropFirst()) {
            var fuel = ComparisonFuel()
            if let prefix = try? SortPrefix(left, &fuel),
                let other = try? SortPrefix(right, &fuel),
                let isLess = try? left.isLess(than: right)
            {
                let order = prefix.order(other)
                claim(
                    order == .unknown || (order == .less) == isLess,
                    "a prefix tells the order of \(left) and \(right)")
                claim(
                    order != .equal || left == right, "a prefix tells that \(left) is \(right)")
            }
            if left == right { claimOneFingerprint(left, right) }
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
