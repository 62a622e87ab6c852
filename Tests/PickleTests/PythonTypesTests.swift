import ChildPrograms
import Foundation
import Pickle
import Testing

/// Values of Python's library, and of classes derived from its own, as Swift's.
@Suite struct PythonTypesTests {
    private static let prelude = """
        import collections, enum, pickle, sys, uuid
        from datetime import timedelta
        from decimal import Decimal
        from fractions import Fraction
        from pathlib import PurePosixPath
        class Color(enum.Enum):
            RED = 1
            BLUE = 1 << 70
        class Status(str, enum.Enum):
            DONE = "done"
        class Level(enum.IntEnum):
            HIGH = 3
        class Flag(enum.IntFlag):
            A = 1
            B = 2
        class Half(enum.Enum):
            HALF = 0.5
        class Int(int): pass
        class Text(str): pass
        class Tuple(tuple): pass
        class List(list): pass
        class Dict(dict): pass
        Point = collections.namedtuple("Point", "x y")
        One = collections.namedtuple("One", "x")
        """

    /// The pickles of some expressions, by a Python.
    private func pickles(_ python: CPython, _ expressions: [String]) async throws -> [[UInt8]] {
        let lines = expressions.flatMap { expression in
            [2, 4].map { "print(pickle.dumps(\(expression), \($0)).hex())" }
        }
        let outcome = try await ChildProgram.run(
            [python.path, "-c", ([Self.prelude] + lines).joined(separator: "\n")],
            within: .seconds(60))
        let answers = outcome.output.split(separator: "\n")
        try #require(answers.count == lines.count, "\(outcome)")
        return answers.map { text in
            stride(from: 0, to: text.utf8.count, by: 2).compactMap {
                UInt8(text.dropFirst($0).prefix(2), radix: 16)
            }
        }
    }

    /// Each of the expressions is read as this value.
    private func expect<T: Decodable & Equatable>(
        _ expressions: String..., of python: CPython, are value: T
    ) async throws {
        for pickle in try await pickles(python, expressions) {
            #expect(try PickleDecoder().decode(T.self, from: pickle) == value)
        }
    }

    private enum Status: String, Codable { case done }
    private enum Color: Int, Codable { case red = 1 }
    private enum Large: UInt128, Codable { case blue = 0x40_0000_0000_0000_0000 }

    @Test(arguments: CPython.found)
    func membersOfEnumsAreTheirValues(python: CPython) async throws {
        try await expect("Color.RED", of: python, are: Color.red)
        try await expect("Color.RED", "Int(1)", of: python, are: 1)
        try await expect("Color.BLUE", of: python, are: UInt128(1) << 70)
        try await expect("Color.BLUE", of: python, are: Large.blue)
        try await expect("Level.HIGH", "Flag.A | Flag.B", "Int(3)", of: python, are: 3 as UInt8)
        try await expect("Half.HALF", of: python, are: 0.5)
        try await expect("Status.DONE", "Text('done')", of: python, are: Status.done)
        try await expect("[Color.RED, Level.HIGH, 5]", of: python, are: [1, 3, 5])
        try await expect("{Status.DONE: Color.RED}", of: python, are: ["done": 1])
        try await expect(
            "[Status.DONE, None]", of: python, are: [Optional(Status.done), nil])
    }

    @Test(arguments: CPython.found)
    func containersOfPythonsAreSwifts(python: CPython) async throws {
        try await expect(
            "Point(1, 2)", "Tuple((1, 2))", "List([1, 2])", "collections.deque([1, 2], 9)",
            of: python, are: [1, 2])
        try await expect("One(7)", "Tuple([7])", of: python, are: [7])
        try await expect("Tuple([(1, 2)])", of: python, are: [[1, 2]])
        try await expect("collections.deque()", of: python, are: [Int]())
        try await expect(
            "collections.Counter('aab')", "collections.OrderedDict(a=2, b=1)",
            "collections.defaultdict(int, a=2, b=1)", "Dict(a=2, b=1)",
            of: python, are: ["a": 2, "b": 1])
        try await expect(
            "collections.Counter()", "collections.OrderedDict()", "collections.defaultdict(int)",
            of: python, are: [String: Int]())
    }

    /// What is made of one value and is not that.
    @Test(arguments: CPython.found)
    func othersAreNone(python: CPython) async throws {
        for pickle in try await pickles(
            python,
            [
                "ValueError('done')", "Decimal('1')", "Fraction(1, 2)", "PurePosixPath('done')",
                "timedelta(1)", "range(3)", "KeyError(1)", "uuid.UUID(int=1)",
            ])
        {
            #expect(throws: DecodingError.self) {
                try PickleDecoder().decode(Int.self, from: pickle)
            }
            #expect(throws: DecodingError.self) {
                try PickleDecoder().decode(String.self, from: pickle)
            }
            #expect(throws: DecodingError.self) {
                try PickleDecoder().decode([String: Int].self, from: pickle)
            }
        }
    }

    // MARK: UUID and Duration

    private static let uuids = [
        "00000000-0000-0000-0000-000000000000", "12345678-1234-5678-1234-567812345678",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    ]

    @Test(arguments: CPython.found)
    func aUUIDIsAUUID(python: CPython) async throws {
        for text in Self.uuids {
            let uuid = try #require(UUID(uuidString: text))
            try await expect("uuid.UUID('\(text)')", "'\(text)'", of: python, are: uuid)
            for form in PickleProtocol.allCases {
                try await check(
                    try PickleEncoder(protocol: form).encode(uuid), is: "uuid.UUID('\(text)')",
                    in: python)
            }
        }
        let safe = "uuid.UUID('\(Self.uuids[1])', is_safe=uuid.SafeUUID.safe)"
        for pickle in try await pickles(python, [safe]) {
            let uuid = try PickleDecoder().decode(UUID.self, from: pickle)
            #expect(uuid.uuidString == Self.uuids[1])
        }
        #expect(throws: DecodingError.self) {
            try PickleDecoder().decode(UUID.self, from: PickleValue.str("1").pickled())
        }
        let uuidClass = PickleValue.global(module: "uuid", name: "UUID")
        for number in [-1, "1", .none] as [PickleValue] {
            let state = PickleValue.dict([(key: "int", value: number)])
            let value = PickleValue.newObject(uuidClass, state: state)
            #expect(throws: DecodingError.self) {
                try PickleDecoder().decode(UUID.self, from: value.pickled())
            }
        }
    }

    private static let durations: [(Duration, String)] = [
        (.zero, "timedelta(0)"),
        (.seconds(90_061), "timedelta(days=1, hours=1, minutes=1, seconds=1)"),
        (.microseconds(-1), "timedelta(microseconds=-1)"),
        (.milliseconds(-90_000_500), "timedelta(seconds=-90000.5)"),
        (.seconds(86_400 * 999_999_999), "timedelta(999999999)"),
        (.seconds(-86_400 * 999_999_999), "timedelta(-999999999)"),
    ]

    @Test(arguments: CPython.found)
    func aDurationIsATimedelta(python: CPython) async throws {
        for (duration, expression) in Self.durations {
            try await expect(expression, of: python, are: duration)
            try await check(try PickleEncoder().encode(duration), is: expression, in: python)
        }
        try await expect("1.5", of: python, are: Duration.milliseconds(1500))
        try await expect("-2", of: python, are: Duration.seconds(-2))
    }

    private func check(_ pickle: [UInt8], is expression: String, in python: CPython) async throws {
        let program =
            Self.prelude + """

                x = pickle.loads(bytes.fromhex('\(hexadecimal(pickle))'))
                print(x == \(expression) and type(x) is type(\(expression)), x)
                """
        let outcome = try await ChildProgram.run(
            [python.path, "-c", program], within: .seconds(60))
        #expect(outcome.output.hasPrefix("True "), "\(outcome)")
    }

    /// To the nearest microsecond, and not beyond what a timedelta holds.
    @Test func durationsAreRounded() throws {
        for (nanoseconds, microseconds) in [(499, 0), (500, 1), (-499, 0), (-500, -1), (1499, 1)] {
            let pickle = try PickleEncoder().encode(Duration.nanoseconds(nanoseconds))
            let back = try PickleDecoder().decode(Duration.self, from: pickle)
            #expect(back == .microseconds(microseconds))
        }
        let most = Duration(secondsComponent: .max, attosecondsComponent: 0)
        for duration in [most, .zero - most, .seconds(86_400 * 1_000_000_000)] {
            #expect(throws: EncodingError.self) { try PickleEncoder().encode(duration) }
        }
        let timedelta = PickleValue.global(module: "datetime", name: "timedelta")
        let wrong: [[PickleValue]] = [
            [0, 0], [0, 0, -1], [0, 86_400, 0], [1_000_000_000, 0, 0], [.int(.min), 0, 0],
            [0, 0, "1"],
        ]
        for arguments in wrong {
            let pickle = PickleValue.reduce(timedelta, arguments).pickled()
            #expect(throws: DecodingError.self) {
                try PickleDecoder().decode(Duration.self, from: pickle)
            }
        }
        for number in [PickleValue.float(.nan), .float(.infinity), .float(1e300), "1"] {
            #expect(throws: DecodingError.self) {
                try PickleDecoder().decode(Duration.self, from: number.pickled())
            }
        }
    }
}
