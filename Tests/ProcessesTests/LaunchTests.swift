import Connections
import Processes
import Testing

/// Descriptors that travel with a target.
@Suite(.timeLimit(.minutes(5)))
struct LaunchTests {
    /// What children say that write to a pair's other end.
    private func said(
        by text: String, count: Int, ballast: Int = 0
    ) async throws -> [String] {
        let pairs = try (0..<count).map { _ in try Passenger.pair() }
        let target = Tell(
            text: text, to: pairs.map(\.there), ballast: Array(repeating: 7, count: ballast))
        let child = ChildProcess(target)
        try await child.start()
        try await child.join()
        #expect(try child.exitCode == 0)
        return pairs.map { $0.here.takeWhatIsThere() }
    }

    @Test func aDescriptorComesWithTheTarget() async throws {
        #expect(try await said(by: "a", count: 1) == ["0a0"])
    }

    @Test func eachDescriptorHasItsPlace() async throws {
        #expect(try await said(by: "b", count: 3) == ["0b0", "1b0", "2b0"])
    }

    @Test func asManyTravelAsTheSystemAllows() async throws {
        let count = Luggage.limit
        #expect(try await said(by: "c", count: count) == (0..<count).map { "\($0)c0" })
    }

    @Test func tooManyAreRefused() async throws {
        let pairs = try (0...Luggage.limit).map { _ in try Passenger.pair() }
        let child = ChildProcess(Tell(text: "", to: pairs.map(\.there)))
        do {
            try await child.start()
            Issue.record("254 descriptors travelled")
        } catch {
            #expect(error.code == .encoding)
        }
    }

    @Test func descriptorsComeWithATargetThatIsLargerThanASocketTakes() async throws {
        #expect(try await said(by: "d", count: 2, ballast: 1 << 20) == ["0d1048576", "1d1048576"])
    }
}
