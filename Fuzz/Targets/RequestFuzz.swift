internal import Pickle

/// Any request: what the scanner takes for one is one to the decoder too, with the same parts.
enum RequestFuzz: FuzzTarget {
    static let name = "request"
    static let isMadeOfInstructions = true

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        golden.flatMap { [RequestSeed.around($0), RequestSeed.rebuilt($0)] }
            + (0...3).map { RequestSeed.usual("8012340000400000", "method", scalars: $0) }
    }

    static func run(_ input: [UInt8]) {
        unsafe input.withUnsafeBytes { bytes in
            var scanner = RequestScanner()
            guard (try? unsafe scanner.scan(bytes)) == .scanned else { return }
            unsafe compare(scanner, bytes, input)
        }
    }

    private static func compare(
        _ scanner: RequestScanner, _ bytes: UnsafeRawBufferPointer, _ input: [UInt8]
    ) {
        let request: PickleValue
        do throws(PickleError) {
            request = try PickleValue(pickle: input)
        } catch  where error.code == .limitExceeded {
            // What stays unread may be deeper than what is decoded.
            return
        } catch {
            // The texts of ident and method are compared with known ones only.
            let texts = [scanner.ident, scanner.method].filter { $0.kind == .str }
            let isText = texts.allSatisfy { slice in
                unsafe (try? PickleValue(body: body(slice, bytes))) != nil
            }
            // What comes of calls is not known before they are made: REDUCE, INST, OBJ, NEWOBJ,
            // NEWOBJ_EX.
            let mayCall = input.contains { [0x52, 0x69, 0x6F, 0x81, 0x92].contains($0) }
            claim(!isText || mayCall, "what the scanner takes is a pickle: \(error)")
            return
        }
        guard case .tuple(let parts) = request.kind, parts.count == 4,
            case .tuple(let positional) = parts[2].kind, case .dict = parts[3].kind
        else { fatalError("FINDING: the scanner takes \(request) for a request") }
        unsafe compare(scanner.ident, parts[0], bytes, "ident")
        unsafe compare(scanner.method, parts[1], bytes, "method")
        claim(scanner.positional.count == positional.count, "as many arguments: \(request)")
        for (slice, value) in zip(scanner.positional, positional) {
            unsafe compare(slice, value, bytes, "argument")
        }
        let items = scanner.keywords.flatMap { unsafe body($0, bytes) }
        let keywords = claim("keywords are bodies") { () throws(PickleError) in
            try PickleValue(body: [0x7D, 0x28] + items + [0x75])
        }
        claim(written(keywords) == written(parts[3]), "keywords: \(keywords), not \(parts[3])")
    }

    private static func compare(
        _ slice: PickleSlice, _ value: PickleValue, _ bytes: UnsafeRawBufferPointer, _ part: String
    ) {
        let kept = unsafe body(slice, bytes)
        let found = claim("the body of an \(part) is one") { () throws(PickleError) in
            try PickleValue(body: kept)
        }
        claim(written(found) == written(value), "\(part): \(found) instead of \(value)")
        claim(
            slice.kind == .other || agrees(slice.kind, value),
            "\(part) is a \(slice.kind): \(value)")
        let proxies = unsafe kept.withUnsafeBytes { unsafe ProxyReference.mayOccur(in: $0) }
        claim(proxies || value.proxiedIdents.isEmpty, "a proxy is seen: \(value)")
    }

    /// The body of a value, written a second time: the first may hold steps that do nothing.
    private static func written(_ value: PickleValue) -> [UInt8] {
        claim("a body reads back") { () throws(PickleError) in
            try PickleValue(body: value.body())
        }.body()
    }

    private static func body(_ slice: PickleSlice, _ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        claim("a slice can be cut out") { () throws(PickleError) in
            try unsafe PickledValue(slice, of: bytes).body
        }
    }

    private static func agrees(_ kind: PickleSlice.Kind, _ value: PickleValue) -> Bool {
        switch value.kind {
        case .none: kind == .none
        case .bool: kind == .bool
        case .int, .bigInt: kind == .int
        case .float: kind == .float
        case .str: kind == .str
        case .bytes: kind == .bytes
        case .byteArray: kind == .byteArray
        case .tuple: kind == .tuple
        case .list: kind == .list
        case .dict: kind == .dict
        case .set: kind == .set
        case .frozenset: kind == .frozenset
        case .global, .extensionCode: kind == .global
        case .complex, .object: false
        }
    }
}

/// Requests to begin with.
enum RequestSeed {
    /// A request in CPython's form with a pickle's instructions as its one argument.
    static func around(_ pickle: [UInt8]) -> [UInt8] {
        let header = pickle.count > 11 && pickle[0] == 0x80 && pickle[2] == 0x95 ? 11 : 2
        let argument = pickle.first == 0x80 ? pickle.dropFirst(header) : pickle[...]
        return [0x80, 4, 0x28] + text("8012340000400000") + text("append") + argument.dropLast()
            + [0x85, 0x94, 0x7D, 0x94, 0x74, 0x94, 0x2E]
    }

    /// A request that we write, with a pickle's value in both kinds of arguments.
    static func rebuilt(_ pickle: [UInt8]) -> [UInt8] {
        let value = (try? PickleValue(pickle: pickle)) ?? .none
        return PickleValue.tuple([
            .str("8012340000400000"), .str("update"), .tuple([value, .int(1)]),
            .dict([(key: .str("key"), value: value)]),
        ]).pickled()
    }

    /// The form in which nearly every request comes.
    static func usual(_ ident: String, _ method: String, scalars: Int) -> [UInt8] {
        let arguments: [[UInt8]] = [
            text("key"), [0x4B, 7], [0x47, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0],
        ]
        let tuple: [UInt8] = scalars == 0 ? [0x29] : [0x84 + UInt8(scalars), 0x94]
        let body =
            [0x28] + text(ident) + text(method) + arguments.prefix(scalars).joined() + tuple
            + [0x7D, 0x94, 0x74, 0x94, 0x2E]
        return [0x80, 4, 0x95, UInt8(body.count), 0, 0, 0, 0, 0, 0, 0] + body
    }

    private static func text(_ text: String) -> [UInt8] {
        [0x8C, UInt8(text.utf8.count)] + text.utf8 + [0x94]
    }
}
