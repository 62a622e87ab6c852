import ChildPrograms
import Foundation
import Pickle
import Testing

/// Foundation's values and what they are in Python.
@Suite struct FoundationPickleTests {
    /// As Python writes them.
    private static let moments: [(date: Date, python: String)] = [
        (Date(timeIntervalSince1970: 0), "datetime(1970, 1, 1, tzinfo=timezone.utc)"),
        (
            Date(timeIntervalSince1970: 1_700_000_000.25),
            "datetime(2023, 11, 14, 22, 13, 20, 250000, timezone.utc)"
        ),
        (
            Date(timeIntervalSince1970: -0.5),
            "datetime(1969, 12, 31, 23, 59, 59, 500000, timezone.utc)"
        ),
        (Date(timeIntervalSince1970: 951_782_400), "datetime(2000, 2, 29, tzinfo=timezone.utc)"),
        (Date(timeIntervalSince1970: -62_135_596_800), "datetime(1, 1, 1, tzinfo=timezone.utc)"),
        (
            Date(timeIntervalSince1970: 253_402_300_799),
            "datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)"
        ),
    ]
    private static let numbers = [
        "0", "1.5", "-12.34", "0.001", "100", "12345678901234567890.123456789", "1E-20", "1E+30",
        "99999999999999999999999999999999999999",
    ]

    /// Asks a Python for the value of an expression.
    ///
    /// - Returns: what each of the lines that it prints says.
    private func ask(_ python: CPython, _ lines: [String]) async throws -> [Substring] {
        let program =
            (["import pickle", "from datetime import *", "from decimal import Decimal"] + lines)
            .joined(separator: "\n")
        let outcome = try await ChildProgram.run(
            [python.path, "-c", program], within: .seconds(60))
        return outcome.output.split(separator: "\n")
    }

    private func bytes(_ text: Substring) -> [UInt8] {
        stride(from: 0, to: text.count, by: 2).compactMap {
            UInt8(text.dropFirst($0).prefix(2), radix: 16)
        }
    }

    @Test(arguments: CPython.found)
    func aDateIsADatetime(python: CPython) async throws {
        var lines: [String] = []
        for (date, expected) in Self.moments {
            for form in PickleProtocol.allCases {
                let pickle = hexadecimal(try PickleEncoder(protocol: form).encode(date))
                lines.append("x = pickle.loads(bytes.fromhex('\(pickle)'))")
                lines.append("print(x == \(expected) and type(x) is datetime, x)")
            }
        }
        let answers = try await ask(python, lines)
        #expect(answers.count == lines.count / 2)
        for answer in answers { #expect(answer.hasPrefix("True ")) }
    }

    @Test(arguments: CPython.found)
    func aDatetimeIsADate(python: CPython) async throws {
        let zones = ["timezone.utc", "timezone(timedelta(hours=-7, minutes=-30))"]
        let others = [
            "datetime(2023, 11, 15, 0, 13, 20, 250000, timezone(timedelta(hours=2)))",
            "1700000000.25", "datetime(2023, 11, 14, 22, 13, 20, 250000, timezone.utc, fold=1)",
        ]
        var lines: [String] = []
        var expected: [Date] = []
        // Another zone than UTC may be in another year than 1 to 9999.
        for (date, python) in Self.moments[..<4] {
            for zone in zones {
                lines.append("print(pickle.dumps(\(python).astimezone(\(zone)), 4).hex())")
                expected.append(date)
            }
        }
        for other in others {
            lines.append("print(pickle.dumps(\(other), 4).hex())")
            expected.append(Self.moments[1].date)
        }
        for (date, python) in Self.moments {
            lines.append("print(pickle.dumps(\(python), 2).hex())")
            expected.append(date)
        }
        let answers = try await ask(python, lines)
        #expect(answers.count == expected.count)
        for (answer, date) in zip(answers, expected) {
            #expect(try PickleDecoder().decode(Date.self, from: bytes(answer)) == date)
        }
    }

    @Test(arguments: CPython.found)
    func aDecimalIsADecimal(python: CPython) async throws {
        var lines: [String] = []
        for number in Self.numbers {
            let decimal = try #require(Decimal(string: number))
            let pickle = hexadecimal(try PickleEncoder().encode(decimal))
            lines.append("x = pickle.loads(bytes.fromhex('\(pickle)'))")
            lines.append("assert x == Decimal('\(number)'), x")
            lines.append("print(pickle.dumps(Decimal('\(number)')).hex())")
        }
        let answers = try await ask(python, lines)
        #expect(answers.count == Self.numbers.count)
        for (answer, number) in zip(answers, Self.numbers) {
            let decimal = try PickleDecoder().decode(Decimal.self, from: bytes(answer))
            #expect(decimal == Decimal(string: number))
        }
    }

    @Test func whatHasNoPlaceInTimeIsNoDate() throws {
        let day: [UInt8] = [7, 234, 1, 2, 3, 4, 5, 0, 0, 0]
        let datetime = PickleValue.global(module: "datetime", name: "datetime")
        let utc = PickleValue.reduce(
            .global(module: "datetime", name: "timezone"),
            [.reduce(.global(module: "datetime", name: "timedelta"), [0, 0, 0])])
        let zone = { (days: Int, seconds: Int, microseconds: Int) in
            PickleValue.reduce(
                .global(module: "datetime", name: "timezone"),
                [
                    .reduce(
                        .global(module: "datetime", name: "timedelta"),
                        [.int(days), .int(seconds), .int(microseconds)])
                ])
        }
        func with(_ place: Int, _ byte: UInt8) -> [PickleValue] {
            var fields = day
            fields[place] = byte
            return [.bytes(fields), utc]
        }
        let zoneinfo = PickleValue.reduce(.global(module: "zoneinfo", name: "ZoneInfo"), ["UTC"])
        var cases: [[PickleValue]] = [
            [.bytes(day), zoneinfo], [.bytes(Array(day.dropLast())), utc], ["2026", utc],
            [.bytes([0, 0] + day.dropFirst(2)), utc],
            [.bytes([255, 255] + day.dropFirst(2)), utc],
            [.bytes(day.dropLast(3) + [255, 255, 255]), utc],
        ]
        for (place, byte) in [(2, 0), (2, 13), (3, 0), (3, 32), (4, 24), (5, 60), (6, 60)] {
            cases.append(with(place, UInt8(byte)))
        }
        let parts =
            [
                (.min, 0, 0), (.max, 0, 0), (86_400_000_000, 0, 0), (1, 0, 0), (-2, 0, 0),
                (0, .min, 0), (0, -1, 0), (0, 86_400, 0), (0, 0, .max), (0, 0, -1),
                (0, 0, 1_000_000),
            ] as [(Int, Int, Int)]
        for (days, seconds, rest) in parts {
            cases.append([.bytes(day), zone(days, seconds, rest)])
        }
        for arguments in cases {
            let pickle = PickleValue.reduce(datetime, arguments).pickled()
            #expect {
                try PickleDecoder().decode(Date.self, from: pickle)
            } throws: {
                "\($0)".contains("wants")
            }
        }
        let naive = PickleValue.reduce(datetime, [.bytes(day)]).pickled()
        #expect {
            try PickleDecoder().decode(Date.self, from: naive)
        } throws: {
            "\($0)".contains("without a time zone")
        }
        for date in [
            Date.distantFuture.addingTimeInterval(1e12), Date(timeIntervalSince1970: .nan),
        ] {
            #expect(throws: EncodingError.self) { try PickleEncoder().encode(date) }
        }
        #expect(throws: DecodingError.self) {
            try PickleDecoder().decode(Date.self, from: PickleValue.str("now").pickled())
        }
    }

    @Test func everyDecimalComesBack() throws {
        var decimals: [Decimal] = [
            .greatestFiniteMagnitude, .leastFiniteMagnitude, .leastNonzeroMagnitude, .pi, 0,
        ]
        for left in 1...40 {
            decimals += (1...40).map { Decimal(left) / Decimal(-$0) }
            decimals.append(decimals.last.map { $0 * $0 * Decimal(left) } ?? 0)
        }
        for decimal in decimals {
            let pickle = try PickleEncoder().encode(decimal)
            #expect(try PickleDecoder().decode(Decimal.self, from: pickle) == decimal)
        }
    }

    @Test func whatDoesNotFitADecimalIsNone() throws {
        let decimal = PickleValue.global(module: "decimal", name: "Decimal")
        for text in [
            "Infinity", "sNaN", "1E+200", "1.2.3", "1E", "--1", "1E5E5", "٣", "", "-", ".", "E5",
            "-.E3", "1.5E-9223372036854775808", "1E9223372036854775807", "1E-9223372036854775808",
            "1" + String(repeating: "0", count: 40) + "E9223372036854775807",
            "1" + String(repeating: "0", count: 1_000_000), String(repeating: "9", count: 39),
        ] {
            let pickle = PickleValue.reduce(decimal, [.str(text)]).pickled()
            #expect(throws: DecodingError.self, "\(text)") {
                try PickleDecoder().decode(Decimal.self, from: pickle)
            }
        }
        let pickle = PickleValue.reduce(decimal, ["NaN"]).pickled()
        #expect(try PickleDecoder().decode(Decimal.self, from: pickle).isNaN)
        #expect(try PickleDecoder().decode(Decimal.self, from: PickleValue.int(-7).pickled()) == -7)
    }

    /// To the microsecond, of any date.
    @Test func aDateComesBack() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            // Of dates further away a Double does not tell microseconds apart.
            let seconds = Double.random(in: -2e9..<2e9, using: &generator)
            let date = Date(timeIntervalSince1970: seconds)
            let pickle = try PickleEncoder().encode(date)
            let back = try PickleDecoder().decode(Date.self, from: pickle)
            #expect(abs(back.timeIntervalSince(date)) <= 1e-6)
            #expect(try PickleEncoder().encode(back) == pickle)
        }
    }

    @Test func aURLIsAStr() throws {
        let url = try #require(URL(string: "https://example.org/a?b=c#d"))
        let pickle = try PickleEncoder().encode(["u": url])
        #expect(
            try PickleValue(pickle: pickle).repr() == "{'u': 'https://example.org/a?b=c#d'}")
        #expect(try PickleDecoder().decode([String: URL].self, from: pickle) == ["u": url])
    }
}
