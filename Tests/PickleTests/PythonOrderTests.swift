import ChildPrograms
import Testing

@testable import Pickle

/// Each of many values beside each other: what Python says of `==`, of `<` and of keys, and what
/// is said here.
@Suite struct PythonOrderTests {
    private static let program = """
        import datetime as d, fractions, http, pathlib, pickle, sys, uuid
        from datetime import date, datetime, time, timedelta, timezone
        from decimal import Decimal
        from fractions import Fraction
        from pathlib import PosixPath, PurePosixPath
        class Zone(d.tzinfo):
            def __init__(self, name=None): self.name = name
            def utcoffset(self, when): return timedelta(hours=len(self.name))
            def dst(self, when): return timedelta(0)
            def __eq__(self, other): return self.name == other.name
            def __hash__(self): return 1
        east, west = timezone(timedelta(hours=2)), timezone(-timedelta(hours=5, minutes=30))
        values = [
            None, True, 0, 1, -1, 7, 2**53, 2**53 + 1, 2**63, 10**40, -10**40, 10**300,
            0.0, -0.0, 1.0, 0.5, 0.1, -0.1, 1e22, 1e300, -1e300, 5e-324, 2.0**63, float('inf'),
            -float('inf'), float('nan'),
            Decimal(0), Decimal('-0.00'), Decimal(1), Decimal('1.00'), Decimal('1E+1'), Decimal(7),
            Decimal('0.5'), Decimal('0.1'), Decimal('0.10'), Decimal('-0.1'), Decimal(0.1),
            Decimal('0.1000000000000000055511151231257827021181583404541015625000001'),
            Decimal('1E+40'), Decimal('1E-40'), Decimal('1E+90'), Decimal('9007199254740993'),
            Decimal('9007199254740993.5'), Decimal('Infinity'), Decimal('-Infinity'),
            Decimal('1E-90'), Decimal('5E-90'),
            Decimal('1E+101'), 10**101, Decimal('10E+100'), Decimal('0E+150'), Decimal('1E-300'),
            1e-300, Decimal('7E+400'), Decimal('12.5'), Decimal('0.0625'), Decimal('0E-500'),
            Decimal('NaN'), Decimal('NaN12'), Decimal('-nan'), Decimal('19.99'), Decimal('-19.990'),
            Fraction(1, 2), Fraction(1, 3), Fraction(-1, 3), Fraction(3, 3), Fraction(1, 10),
            Fraction(10**40, 3), Fraction(2**53 + 1, 2), Fraction(1, 2**60), Fraction(2**60, 3),
            Fraction(0.1), Fraction(1999, 100),
            '', 'a', 'ab', 'b', 'é', 'a' * 15, 'a' * 16, 'a' * 17, 'a' * 16 + 'b', 'a\\0', '1',
            b'', b'a', b'a\\0', b'ab', bytearray(b'a'),
            (), (1,), (1.0, 2), (Decimal('1.0'), 3), [1], [1.0, 'b'], [1, 'a'], ((1, 2), 3),
            ((1, 3), 2), ('a', 1), ('a', 2), (date(2024, 1, 2), 'x'), (date(2024, 1, 2), 'y'),
            (Decimal('0.1'), 'a'), (0.1, 'b'), (None, 1), (float('nan'), 1), [(1,), 2], [[1], 2],
            {1, 2}, {1}, frozenset([1]), frozenset([Decimal(1)]), {'a': 1}, {'a': 1.0}, {'b': 1},
            {'a': 1, 'b': 2}, {'b': 2, 'a': 1}, {'a': [1]}, {'a': {'b': date(2024, 1, 1)}},
            date(1, 1, 1), date(2024, 1, 2), date(2024, 12, 31), date(9999, 12, 31),
            datetime(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5, 6),
            datetime(2024, 10, 27, 2, 30), datetime(2024, 10, 27, 2, 30, fold=1),
            datetime(2024, 1, 2, 12, tzinfo=timezone.utc), datetime(2024, 1, 2, 14, tzinfo=east),
            datetime(2024, 1, 2, 6, 30, tzinfo=west), datetime(2024, 1, 2, 6, 31, tzinfo=west),
            datetime(2024, 1, 2, 12, tzinfo=Zone('a')), datetime(2024, 1, 2, 13, tzinfo=Zone('a')),
            time(12, tzinfo=timezone.utc), time(14, tzinfo=east), time(14, tzinfo=east, fold=1),
            (time(3), 1), (datetime(2024, 1, 2, 12, tzinfo=timezone.utc), 2),
            time(0), time(3, 4, 5, 6), time(23, 59), time(3, fold=1), time(3),
            timedelta(0), timedelta(1), timedelta(hours=24), timedelta(-1), timedelta(0, 0, 1),
            timedelta(999999999), timedelta(-999999999),
            uuid.UUID(int=0), uuid.UUID(int=1), uuid.UUID(int=2**127), uuid.UUID(int=2**128 - 1),
            uuid.UUID(int=1, is_safe=uuid.SafeUUID.safe),
            PurePosixPath('/'), PurePosixPath('/usr'), PosixPath('/usr/lib'), PosixPath('/usr'),
            PurePosixPath('a//b/./c/'), PurePosixPath('a/b/c'), PurePosixPath('a', '/usr'),
            PurePosixPath('a.b'), PurePosixPath('a/b'), PurePosixPath('a', '.'),
            PurePosixPath('a\\0b'),
            http.HTTPStatus.OK, http.HTTPStatus.NOT_FOUND, 200, 404.0, (http.HTTPStatus.OK,),
            ValueError(1), ValueError(1, 2),
        ]
        # These stand elsewhere in older ones.
        if sys.version_info >= (3, 12): values += [PurePosixPath('//usr'), PurePosixPath('')]
        def ask(question):
            try: return 'y' if question() else 'n'
            except TypeError: return '-'
            except ArithmeticError: return 'x'  # of a Decimal and nan
        for value in values:
            print(pickle.dumps(value, 4).hex(), pickle.dumps(value, 2).hex())
        # As they come to a server: no value is the very same as another.
        others = [pickle.loads(pickle.dumps(value)) for value in values]
        for left in values:
            print(''.join(ask(lambda: left == right) for right in others),
                  ''.join(ask(lambda: left < right) for right in others),
                  ''.join(ask(lambda: right in {left: 1}) for right in others))
        """

    /// A value, and what is found out of it by itself.
    private struct Sample {
        let value: PickleValue
        let body: PickledValue
        let key: [UInt8]?
        let print: Fingerprint?
        let prefix: SortPrefix?
        /// An exception: in Python such are equal to themselves only, here to what is made in the
        /// same way.
        let isError: Bool
        /// A pickle does not tell the offset of a zone of one's own.
        let isOfOwnZone: Bool
        /// A path with a NUL has no order here.
        let hasNUL: Bool

        init(_ value: PickleValue) {
            self.value = value
            body = PickledValue(value)
            key = try? value.key()
            print = Fingerprint(body)
            var fuel = ComparisonFuel()
            prefix = try? SortPrefix(value, &fuel)
            isError = value.typeName == "ValueError"
            isOfOwnZone = body.body.contains(Array("Zone".utf8))
            hasNUL = body.body.contains(Array("a\0b".utf8))
        }
    }

    @Test(arguments: CPython.found)
    func allPairsCompareAsInPython(python: CPython) async throws {
        let outcome = try await ChildProgram.run(
            [python.path, "-c", Self.program], within: .seconds(60))
        let lines = outcome.output.split(separator: "\n")
        try #require(lines.count > 200 && lines.count.isMultiple(of: 2), "\(outcome)")
        let count = lines.count / 2
        // The newest one's by an old protocol too.
        for form in 0...(python.version == CPython.found.last?.version ? 1 : 0) {
            let values = try lines[..<count].map { line in
                try PickleValue(pickle: Self.bytes(line.split(separator: " ")[form]))
            }
            let samples = values.map { Sample($0) }
            let others = try values.map { Sample(try PickleValue(pickle: $0.pickled())) }
            for (place, left) in samples.enumerated() {
                // Others need the few threads there are.
                await Task.yield()
                let answers = lines[count + place].split(separator: " ").map { Array($0.utf8) }
                for (index, right) in others.enumerated() {
                    guard !left.isError, !right.isError, left.isOfOwnZone == right.isOfOwnZone
                    else { continue }
                    for what in Self.differences(left, right, answers.map { $0[index] }) {
                        Issue.record("\(what) of \(left.value) and \(right.value)")
                    }
                }
            }
        }
    }

    /// What is said here of two values and Python says otherwise, or is at odds with itself.
    ///
    /// - Parameter answers: Python's to `==`, `<` and `in {…}`: `y`, `n`, `-` for a TypeError, or
    ///   `x` for what it says of a Decimal and nan.
    private static func differences(
        _ left: Sample, _ right: Sample, _ answers: [UInt8]
    ) -> [String] {
        var found: [String] = []
        let areEqual = answers[0] == UInt8(ascii: "y")
        if (left.value == right.value) != areEqual { found.append("==") }
        if areEqual, left.value.hashValue != right.value.hashValue { found.append("the hashes") }
        let isLess = try? left.value.isLess(than: right.value)
        let hasOrder = answers[1] != UInt8(ascii: "x") && !left.hasNUL && !right.hasNUL
        if hasOrder, answer(isLess) != answers[1] { found.append("<") }
        if let prefix = left.prefix, let other = right.prefix {
            let isTrue =
                switch prefix.order(other) {
                case .less: isLess == true
                case .equal: areEqual
                case .greater: isLess == false && !areEqual
                case .unknown: true
                }
            if !isTrue { found.append("the prefixes") }
        }
        if let key = left.key, let other = right.key {
            let isSame = key == other && key != KeyWriter.nan
            if answer(isSame) != answers[2] { found.append("the keys") }
        }
        if let print = left.print, let other = right.print,
            let decided = Fingerprint.areEqual((left.body, print), (right.body, other)),
            decided != areEqual
        {
            found.append("the fingerprints")
        }
        return found
    }

    private static func answer(_ isSo: Bool?) -> UInt8 {
        switch isSo {
        case true?: UInt8(ascii: "y")
        case false?: UInt8(ascii: "n")
        case nil: UInt8(ascii: "-")
        }
    }

    private static func bytes(_ hex: Substring) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).compactMap {
            UInt8(hex.dropFirst($0).prefix(2), radix: 16)
        }
    }
}
