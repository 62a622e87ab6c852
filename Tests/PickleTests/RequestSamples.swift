@testable import Pickle

/// Requests as CPython's pickler writes them, by what is peculiar in them.
enum RequestSamples {
    static let ident = "9234560000400000"

    /// `d[k] = k`, `k` a tuple, at protocols 2 and 4: the value is a GET of the key.
    static let keyAsValue = [
        bytes(
            "8002285810000000393233343536303030303430303030307100580b0000005f5f7365746974656d"
                + "5f5f7101580100000061710258030000006b6579710386710468048671057d71067471072e"),
        bytes(
            "8004953700000000000000288c1039323334353630303030343030303030948c0b5f5f7365746974"
                + "656d5f5f948c0161948c036b6579948694680486947d9474942e"),
    ]

    /// `append(r, 5)`, `r` a list that holds 1 and itself, at protocols 2 and 4.
    static let recursive = [
        bytes(
            "80022858100000003932333435363030303034303030303071005806000000617070656e6471015d"
                + "7102284b016802654b058671037d71047471052e"),
        bytes(
            "8004952e00000000000000288c1039323334353630303030343030303030948c06617070656e6494"
                + "5d94284b016802654b0586947d9474942e"),
    ]

    /// `append([s, s], [s])`, `s` the list `['shared']`: a GET within an argument, and one across.
    static let sharedAcross = bytes(
        "8004953b00000000000000288c1039323334353630303030343030303030948c06617070656e6494"
            + "5d94285d948c0673686172656494616803655d9468036186947d9474942e")

    /// `append([s, s])`: a GET within an argument.
    static let sharedWithin = bytes(
        "8004953600000000000000288c1039323334353630303030343030303030948c06617070656e6494"
            + "5d94285d948c06736861726564946168036585947d9474942e")

    /// `append(a=r, b=1)`.
    static let recursiveKeyword = bytes(
        "8004953700000000000000288c1039323334353630303030343030303030948c06617070656e6494"
            + "297d94288c0161945d94284b016804658c0162944b017574942e")

    /// `append('append')`: the argument is a GET of the method's name.
    static let methodAsArgument = bytes(
        "8004952600000000000000288c1039323334353630303030343030303030948c06617070656e6494"
            + "680185947d9474942e")

    static let all =
        keyAsValue + recursive + [sharedAcross, sharedWithin, recursiveKeyword, methodAsArgument]

    /// A request with these arguments, each given as the instructions that push it.
    static func request(_ arguments: [[UInt8]], protocol number: UInt8 = 4) -> [UInt8] {
        var writer = BodyWriter()
        writer.append(.proto)
        writer.append(byte: number)
        writer.append(.mark)
        writer.str(ident)
        writer.str("method")
        writer.append(.mark)
        for argument in arguments { writer.append(contentsOf: argument) }
        writer.append(.tuple)
        writer.append(.emptyDict)
        writer.append(.tuple)
        writer.append(.stop)
        return writer.bytes
    }

    /// A request with one argument above 64 KiB, which CPython puts between two frames.
    static func large(_ text: String) -> [UInt8] {
        var head = BodyWriter()
        head.append(.mark)
        head.str(ident)
        head.append(.memoize)
        head.str("append")
        head.append(.memoize)
        var body = BodyWriter()
        body.str(text)
        let tail: [Opcode] = [
            .memoize, .tuple1, .memoize, .emptyDict, .memoize, .tuple, .memoize, .stop,
        ]
        return [Opcode.proto.rawValue, 4] + frame(head.bytes) + body.bytes
            + frame(tail.map(\.rawValue))
    }

    private static func frame(_ bytes: [UInt8]) -> [UInt8] {
        let digits = (0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }
        return [Opcode.frame.rawValue] + digits + bytes
    }
}

/// A request's parts, with the arguments decoded.
struct ScannedRequest: Equatable {
    var ident: PickleValue
    var method: PickleValue
    var positional: [PickleValue]
    var keywords: [PickleValue]

    /// Scans a request; nil where it needs a rebuild.
    init?(_ bytes: [UInt8]) throws {
        var scanner = RequestScanner()
        let outcome = try bytes.withUnsafeBytes { try scanner.scan($0) }
        guard case .scanned = outcome else { return nil }
        func decoded(_ slice: PickleSlice) throws -> PickleValue {
            try bytes.withUnsafeBytes { try PickledValue(slice, of: $0) }.decoded()
        }
        ident = try decoded(scanner.ident)
        method = try decoded(scanner.method)
        positional = try scanner.positional.map(decoded)
        keywords = try scanner.keywords.map(decoded)
    }

    /// The same parts by way of a whole decoding; nil where it is no request.
    init?(decoding bytes: [UInt8]) throws {
        guard case .tuple(let parts) = try PickleValue(pickle: bytes).kind, parts.count == 4,
            case .tuple(let positional) = parts[2].kind, case .dict = parts[3].kind
        else { return nil }
        ident = parts[0]
        method = parts[1]
        self.positional = positional
        keywords = []
    }
}
