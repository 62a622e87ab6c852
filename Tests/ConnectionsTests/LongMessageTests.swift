import Connections
import Foundation
import Testing

/// A message beyond 2 GiB, whose header is the longer one.  It takes some 7 GiB of memory, so it is
/// sent only where `LONG_MESSAGES` is set.
@Suite(
    .timeLimit(.minutes(5)),
    .enabled(if: ProcessInfo.processInfo.environment["LONG_MESSAGES"] != nil))
struct LongMessageTests {
    @Test func aMessageBeyondTwoGibibytesComesThrough() async throws {
        let length = 2_200_000_000
        let (here, there) = try Connection.pipe(messageSizeLimit: length)
        async let sent: Void = here.sendBytes([UInt8](repeating: 7, count: length))
        let message = try await there.receiveBytes()
        try await sent
        #expect(message.count == length && message.first == 7 && message.last == 7)
        // The next one begins where it ends.
        try await here.sendBytes([1])
        #expect(try await there.receiveBytes() == [1])
    }
}
