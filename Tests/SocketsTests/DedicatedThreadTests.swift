import Sockets
import Testing

@Suite struct DedicatedThreadTests {
    @Test func itRunsTheBodyOnce() async throws {
        let (numbers, writer) = AsyncStream.makeStream(of: Int.self)
        for number in 0..<3 {
            try DedicatedThread.start(name: "a name of more than 15 bytes") {
                writer.yield(number)
            }
        }
        var seen: Set<Int> = []
        for await number in numbers {
            seen.insert(number)
            if seen.count == 3 { break }
        }
        #expect(seen == [0, 1, 2])
    }
}
