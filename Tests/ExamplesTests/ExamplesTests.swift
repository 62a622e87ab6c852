import ChildPrograms
import Testing

/// The examples do what their READMEs say, with each Python that is here.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ExamplesTests {
    private static let wanted = ["3.8", "3.11", "3.12", "3.13"]

    /// What an example prints, or the end of this case with the reason why.
    private func lines(of name: String, _ version: String) async throws -> [String] {
        guard let python = await Example.python(version) else {
            try Test.cancel("no python\(version) here")
        }
        let outcome = try await Example(name: name).run(with: python)
        #expect(outcome.status == 0, "\(outcome.output)")
        return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test(arguments: wanted)
    func aTypeInSwiftIsUsedFromPython(_ version: String) async throws {
        #expect(
            try await lines(of: "SwiftType", version) == [
                "after a deposit: 100",
                "after buying a bicycle: 20",
                "no car: there are only 20 in the account",
                "after much saving: 120 in 102 entries",
                "the first two: [{'amount': 100, 'note': 'a deposit'}, "
                    + "{'amount': -80, 'note': 'a bicycle'}]",
                "a new account: 0",
            ])
    }

    @Test(arguments: wanted)
    func aTypeInPythonIsUsedFromSwift(_ version: String) async throws {
        #expect(
            try await lines(of: "PythonType", version) == [
                #"it can ["alphabetical", "hear", "most_common", "translate"]"#,
                "it knows 5 words", "- bird", "- early", "- late", "- the", "- worm",
                "most common: [('the', 2)]",
                "it cannot translate: no dictionary of Swift has 'bird'",
            ])
    }

    @Test(arguments: wanted)
    func aQueueLiesBetweenHosts(_ version: String) async throws {
        let lines = try await lines(of: "RemoteQueue", version)
        #expect(lines.first?.hasPrefix("two hosts: ") == true)
        #expect(lines.last == "200 numbers; 180 has 18 divisors")
    }

    @Test(arguments: wanted)
    func stockPythonJoinsOverTLS(_ version: String) async throws {
        #expect(
            try await lines(of: "Secured", version) == [
                "worker-7:", "queued: 1", "taken: a secret", "nobody:", "refused: SSLError",
            ])
    }

    @Test(arguments: wanted)
    func stateIsSharedAtEveryLevel(_ version: String) async throws {
        #expect(
            try await lines(of: "NestedState", version) == [
                "Python built ['cellar', 'kitchen']",
                "Swift has heated the kitchen",
                "Swift has built an attic",
                "attic: [{'celsius': 30, 'percent': 20}]",
                "cellar: [{'celsius': 12, 'percent': 70}, {'celsius': 11, 'percent': 75}]",
                "kitchen: [{'celsius': 23, 'percent': 40}]",
            ])
    }

    @Test(arguments: wanted)
    func oneLeadsAtATime(_ version: String) async throws {
        let lines = try await lines(of: "Leader", version)
        let leaders = ["Ada", "Alan", "Edsger", "Grace"]
        #expect(lines.dropLast(2).sorted() == leaders.map { "\($0) begins decides ends" })
        #expect(
            lines.suffix(2) == [
                "4 terms, one leader at a time", "a leader of long ago is refused",
            ])
    }

    @Test(arguments: ["spawn", "forkserver", "fork"])
    func processesAreAtWorkInTheWorkshop(_ method: String) async throws {
        let outcome = try await Example(name: "Workshop").run(
            with: "python3", environment: ["METHODS": method])
        #expect(outcome.status == 0, "\(outcome.output)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix("files  [##############################]  100%") == true)
        #expect(
            lines.dropFirst() == [
                "some files true true",
                "after 1000 trips: 1000 and code 0",
                "sum: 4999950000 by the processes: 4999950000",
                "sum of the squares up to 500 is 41791750",
            ])
    }

    /// What CPython's page says that its examples print.
    @Test(arguments: ["spawn", "forkserver", "fork"])
    func theTourIsThatOfPythonsPage(_ method: String) async throws {
        let outcome = try await Example(name: "Tour").run(
            with: "python3", environment: ["METHODS": method])
        #expect(outcome.status == 0, "\(outcome.output)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        let said = lines.filter { $0.hasPrefix("hello world") }
        #expect(said.sorted() == (0..<10).map { "hello world \($0)" })
        let squares = "[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]"
        #expect(
            lines.filter { !$0.hasPrefix("hello world") } == [
                "[1, 4, 9]",
                "hello bob",
                "main line", "parent process: a shell process: MainProcess",
                "function f", "parent process: MainProcess process: Process-7",
                "hello",
                "[42, None, 'hello']",
                "[42, None, 'hello']",
                "3.1415927",
                "[0, -1, -2, -3, -4, -5, -6, -7, -8, -9]",
                "{1: '1', '2': 2, 0.25: None}",
                "[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]",
                squares, squares, "400", "4 results of at most 4 workers",
                "We lacked patience and got a multiprocessing.TimeoutError",
                "For the moment, the pool remains available for more work",
                "Now the pool is closed and no longer available",
                "1",
                "<Process ... initial> false", "<Process ... started> true",
                "<Process ... stopped exitcode=-SIGTERM> false", "true",
                "[1, 'hello', None]", "thank you", "5 [0, 1, 2, 3, 4, 0, 0, 0, 0, 0]",
                "4000",
                "49", "0.1111111111111111", "HELLO WORLD",
                "[(3.515625, 39.0625), (33.0625, 4.0), (5.640625, 90.25)]",
                "Namespace(x=10, y='hello')",
                "7", "56", "hello", "local hello",
                squares, "<ListProxy object, typeid 'list' at 0x...>", "16", "[4, 9, 16]",
                "['hello'] ['hello']", "{'a': 1, 'b': 2}", "{'c': 3, 'z': 26}",
                "100", squares, "0", "1", "4", "multiprocessing.TimeoutError",
            ])
    }
}
