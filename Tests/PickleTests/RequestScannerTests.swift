import Testing

@testable import Pickle

@Suite struct RequestScannerTests {
    private static func usual(_ arguments: PickleValue...) -> [UInt8] {
        // As CPython writes it: every str memoized.
        var writer = BodyWriter()
        writer.append(.mark)
        for text in [RequestSamples.ident, "append"] {
            writer.str(text)
            writer.append(.memoize)
        }
        for argument in arguments {
            writer.body(PickledValue(argument))
            if argument.string != nil { writer.append(.memoize) }
        }
        let tuples: [Opcode] = [.emptyTuple, .tuple1, .tuple2, .tuple3]
        writer.append(tuples[arguments.count])
        if !arguments.isEmpty { writer.append(.memoize) }
        for opcode: Opcode in [.emptyDict, .memoize, .tuple, .memoize, .stop] {
            writer.append(opcode)
        }
        let digits = (0..<8).map { UInt8(truncatingIfNeeded: writer.bytes.count >> (8 * $0)) }
        return [Opcode.proto.rawValue, 4, Opcode.frame.rawValue] + digits + writer.bytes
    }

    private static let usualRequests = [
        usual(), usual(1), usual("k", "v"), usual(.none, true, -5), usual(1.5, 70_000, ""),
        usual(.str(String(repeating: "é", count: 200)), .bytes([])),
    ]

    private static let plainRequests: [[PickleValue]] = [
        [], [1], ["k", "v"], [false, true, -5], [1.5, 70_000, ""],
        [.str(String(repeating: "é", count: 200)), .bytes([])], [.none],
        [.bytes(Array(repeating: 7, count: 300))],
    ]

    @Test(arguments: plainRequests)
    func aSwiftClientsRequestIsReadInOneGo(arguments: [PickleValue]) throws {
        let request = RequestSamples.request(arguments.map { $0.body() })
        var scanner = RequestScanner()
        #expect(request.withUnsafeBytes { scanner.scanPlain($0) })
        let scanned = try #require(try ScannedRequest(request))
        #expect(scanned == (try ScannedRequest(decoding: request)))
        #expect(scanned.positional == arguments)
        for count in request.indices {
            #expect(throws: PickleError.self) { try ScannedRequest(Array(request[..<count])) }
        }
        // With keyword arguments, or more than three others, it is read in full.
        let named = request.dropLast(2) + [0x28, 0x8C, 1, 0x61, 0x4E, 0x75, 0x74, 0x2E]
        #expect(!Array(named).withUnsafeBytes { scanner.scanPlain($0) })
        #expect(try ScannedRequest(Array(named))?.keywords == ["a", .none])
        let four = request.dropLast(4) + Array(repeating: 0x4E, count: 4) + request.suffix(4)
        #expect(!Array(four).withUnsafeBytes { scanner.scanPlain($0) })
        #expect(try ScannedRequest(Array(four))?.positional.count == arguments.count + 4)
    }

    @Test(arguments: usualRequests)
    func aUsualRequestIsReadInOneGo(request: [UInt8]) throws {
        var scanner = RequestScanner()
        let isUsual = request.withUnsafeBytes { scanner.scanUsual($0) }
        let hasBytes = request.contains(Opcode.shortBinBytes.rawValue)
        #expect(isUsual != hasBytes)
    }

    @Test(arguments: usualRequests)
    func theWholeScanFindsTheSame(request: [UInt8]) throws {
        // Without its FRAME no request is usual.
        let unframed = Array(request.prefix(2) + request.dropFirst(11))
        let expected = try #require(try ScannedRequest(decoding: request))
        #expect(try ScannedRequest(request) == expected)
        #expect(try ScannedRequest(unframed) == expected)
    }

    @Test func everyPartIsFoundAtEveryProtocol() throws {
        let call = PickleValue.tuple([
            .str(RequestSamples.ident), "update",
            .tuple([["k": [1, .tuple([2, "x"])]], .none, ["a"]]),
            ["one": 1, "two": [2]],
        ])
        for number in PickleProtocol.allCases {
            let scanned = try #require(try ScannedRequest(call.pickled(protocol: number)))
            #expect(scanned.ident.string == RequestSamples.ident)
            #expect(scanned.method == "update")
            #expect(scanned.positional == [["k": [1, .tuple([2, "x"])]], .none, ["a"]])
            #expect(scanned.keywords == ["one", 1, "two", [2]])
        }
    }

    @Test func moreKeywordsThanPythonPutsInABatchAreFound() throws {
        let named: [(key: PickleValue, value: PickleValue)] = (0..<2500).map {
            (.str("name \($0)"), .int($0))
        }
        let call = PickleValue.tuple([.str("i"), "m", .tuple([]), .dict(named)])
        #expect(try ScannedRequest(call.pickled())?.keywords.count == 5000)
    }

    @Test func aReferenceWithinAnArgumentIsKept() throws {
        let scanned = try #require(try ScannedRequest(RequestSamples.sharedWithin))
        #expect(scanned.positional == [[["shared"], ["shared"]]])
        for request in RequestSamples.recursive {
            let scanned = try #require(try ScannedRequest(request))
            #expect(scanned.positional.map { $0.repr() } == ["[1, [...]]", "5"])
        }
        let keyword = try #require(try ScannedRequest(RequestSamples.recursiveKeyword))
        #expect(keyword.keywords.map { $0.repr() } == ["'a'", "[1, [...]]", "'b'", "1"])
    }

    @Test(
        arguments: RequestSamples.keyAsValue + [
            RequestSamples.sharedAcross, RequestSamples.methodAsArgument,
        ])
    func aReferenceToAnotherPartNeedsARebuild(request: [UInt8]) throws {
        #expect(try ScannedRequest(request) == nil)
        #expect(try ScannedRequest(decoding: request) != nil)
    }

    @Test func aClassWhoseNameIsNoTextIsMalformed() {
        let body = Array("cbuiltins\n".utf8) + [0xB7] + Array("\n".utf8)
        #expect(throws: PickleError.self) {
            try ScannedRequest(RequestSamples.request([body]))
        }
    }

    /// What a reference stands for is known, so it is not taken for something else.
    @Test(arguments: [
        [0x4B, 1, 0x94, 0x30], [0x4B, 1, 0x94, 0x68, 0, 0x4B, 2, 0x61],
        [0x4B, 1, 0x94, 0x68, 0, 0x4B, 2, 0x62], [0x5D, 0x94, 0x68, 0, 0x68, 0, 0x93],
        [0x4B, 1, 0x94, 0x68, 0, 0x29, 0x52], [0x82, 1, 0x4B, 1, 0x61], [0x82, 0],
        [0x84, 0xFF, 0xFF, 0xFF, 0xFF], Array("cm\n".utf8) + [0xFF, 0x0A],
        Array("cm\nC\n))".utf8) + [0x92],
    ])
    func whatDoesNotUnpickleIsNotScanned(instructions: [UInt8]) {
        let scanned = try? ScannedRequest(RequestSamples.request([instructions]))
        #expect(scanned == nil)
    }

    @Test func aNameOfPython2BeforeAnotherProtocolNeedsARebuild() throws {
        let set = [0x80, 2] + Array("c__builtin__\nset\n".utf8) + [0x80, 4]
        #expect(try ScannedRequest(RequestSamples.request([set])) == nil)
    }

    @Test func anIdentThatRefersNeedsARebuild() throws {
        let name: [UInt8] = [0x8C, 1, 0x61]
        let request = [0x80, 4, 0x28] + name + [0x94, 0x68, 0, 0x29, 0x7D, 0x74, 0x2E] as [UInt8]
        #expect(try ScannedRequest(request) == nil)
        #expect(try ScannedRequest(decoding: request)?.method == "a")
    }

    @Test func argumentsHaveALimit() throws {
        var scanner = RequestScanner()
        func scan(_ count: Int) throws {
            let none = [[UInt8]](repeating: [Opcode.none.rawValue], count: count)
            try RequestSamples.request(none).withUnsafeBytes { _ = try scanner.scan($0) }
        }
        let most = RequestScanner.argumentLimit
        try scan(most)
        #expect(scanner.positional.count == most)
        let error = #expect(throws: PickleError.self) { try scan(most + 1) }
        #expect(error?.code == .limitExceeded)
    }

    @Test func keywordsHaveALimit() throws {
        let pair: [UInt8] = [0x8C, 1, 0x61, 0x4E]
        func request(_ count: Int) -> [UInt8] {
            // In two batches, as Python writes them in thousands.
            let batch = [0x28] + [[UInt8]](repeating: pair, count: count / 2).joined() + [0x75]
            return [0x80, 4, 0x28, 0x8C, 1, 0x69, 0x8C, 1, 0x6D, 0x29, 0x7D] + batch + batch
                + [0x74, 0x2E]
        }
        let most = RequestScanner.argumentLimit
        var scanner = RequestScanner()
        try request(most).withUnsafeBytes { _ = try scanner.scan($0) }
        #expect(scanner.keywords.count == 2 * most)
        let error = #expect(throws: PickleError.self) {
            try request(most + 2).withUnsafeBytes { _ = try scanner.scan($0) }
        }
        #expect(error?.code == .limitExceeded)
    }

    /// As CPython's unpickler reads FRAME: it may be too short, but not too long.
    @Test func aFrameLongerThanTheRequestIsTruncated() throws {
        let request = Self.usual("k", "v")
        for (length, isRead) in [(0, true), (5, true), (request.count - 11, true)]
            + [(request.count - 10, false), (1 << 40, false), (-1, false)] as [(Int, Bool)]
        {
            var changed = request
            for place in 0..<8 {
                changed[3 + place] = UInt8(truncatingIfNeeded: length >> (8 * place))
            }
            #expect(((try? ScannedRequest(changed)) != nil) == isRead, "\(length)")
            #expect(((try? PickleValue(pickle: changed)) != nil) == isRead, "\(length)")
        }
    }

    @Test func bodiesSideBySideNeedARebuild() throws {
        let body: [UInt8] = [0x5D, 0x71, 0, 0x68, 0, 0x61]
        #expect(try ScannedRequest(RequestSamples.request([body, body])) == nil)
    }

    @Test func framesAroundALargeArgumentAreNoPartOfIt() throws {
        let text = String(repeating: "x", count: 70_000)
        let scanned = try #require(try ScannedRequest(RequestSamples.large(text)))
        #expect(scanned.positional == [.str(text)])
    }

    @Test func classesAreSeen() throws {
        var scanner = RequestScanner()
        func namesGlobals(_ value: PickleValue) throws -> Bool {
            try RequestSamples.request([value.body()]).withUnsafeBytes { _ = try scanner.scan($0) }
            return scanner.namesGlobals
        }
        #expect(try namesGlobals(.global(module: "a", name: "B")))
        #expect(try !namesGlobals(["a", "B"]))
    }

    @Test func aClassBelowProtocol3NeedsARebuild() throws {
        let set = Array("c__builtin__\nset\n])R".utf8)
        let instructions = set.dropLast(2) + [Opcode.tuple1.rawValue, Opcode.reduce.rawValue]
        #expect(
            try ScannedRequest(RequestSamples.request([Array(instructions)], protocol: 2)) == nil)
        #expect(
            try ScannedRequest(RequestSamples.request([Array(instructions)], protocol: 3)) != nil)
    }

    @Test func whatIsNoRequestNeedsARebuild() throws {
        let one: [UInt8] = [0x4B, 1]
        var others: [[UInt8]] = []
        for value in [[1, 2, 3, 4], .tuple([1, 2, 3]), .tuple([1, 2, [3], [:]]), .none, 5]
            as [PickleValue]
        {
            others.append(value.pickled())
        }
        // A request in a tuple of its own; one with a POP; one after a DUP.
        let request = RequestSamples.request([one])
        others.append(request.dropLast() + [0x85, 0x2E])
        others.append(request.dropLast() + one + [0x30, 0x2E])
        for other in others { #expect(try ScannedRequest(other) == nil) }
    }

    private static let malformed: [[UInt8]] = [
        [0x80, 9, 0x2E], [0x74, 0x2E], [0x28, 0x85, 0x2E], [0x94, 0x2E], [0x73, 0x2E],
        [0x65, 0x2E],
        [0x28, 0x8C, 1, 0xFF, 0x2E], [0x52, 0x2E], [0x4E, 0x52, 0x2E], [0x62, 0x2E], [0x93, 0x2E],
        [0x28, 0x4E, 0x28, 0x85, 0x2E], [0x28, 0x4E, 0x4E, 0x73, 0x2E], [0x28, 0x28, 0x75, 0x2E],
        [0x28, 0x7D, 0x28, 0x4E, 0x75, 0x2E], [0xFF, 0x2E], [0x95, 9, 0, 0, 0, 0, 0, 0, 0, 0x2E],
    ]

    @Test(arguments: malformed)
    func aBrokenPickleIsAnError(bytes: [UInt8]) {
        #expect(throws: PickleError.self) { try ScannedRequest(bytes) }
        #expect(throws: PickleError.self) { try PickleValue(pickle: bytes) }
    }

    @Test func marksHaveALimit() {
        let marks = [UInt8](repeating: Opcode.mark.rawValue, count: 100_000)
        let error = #expect(throws: PickleError.self) { try ScannedRequest(marks) }
        #expect(error?.code == .limitExceeded)
    }
}
