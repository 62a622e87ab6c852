import Connections
import Sockets
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ReadyWatchTests {
    @Test func theActionComesWithTheFirstByte() async throws {
        let pair = try Descriptor.pair()
        let called = OneShot<Void>()
        try pair.split { (reading, writing) -> Result<Void, any Error> in
            do {
                try ReadyWatch.start(reading) { called.complete(.success(())) }
            } catch {
                return .failure(error)
            }
            _ = [UInt8(1)].withUnsafeBytes { writing.write($0) }
            return .success(())
        }.get()
        try await called.value("the first byte")
    }

    @Test func theEndIsReadable() async throws {
        let pair = try Descriptor.pair()
        let called = OneShot<Void>()
        try pair.split { (reading, writing) -> Result<Void, any Error> in
            do {
                try ReadyWatch.start(reading) { called.complete(.success(())) }
            } catch {
                return .failure(error)
            }
            writing.close()
            return .success(())
        }.get()
        try await called.value("the end")
    }
}
