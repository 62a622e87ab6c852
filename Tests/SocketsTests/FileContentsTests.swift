import Foundation
import Sockets
import Testing

@Suite struct FileContentsTests {
    @Test func everyByteIsReadAndNoneIsStripped() throws {
        let directory = try TemporaryDirectory()
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
        try Data(bytes).write(to: URL(fileURLWithPath: directory.file("f")))
        #expect(try FileContents.read(path: directory.file("f"), limit: 10_000) == bytes)
        #expect(throws: SocketError.self) {
            try FileContents.read(path: directory.file("f"), limit: 9_999)
        }
    }

    @Test func absentFilesAndDirectoriesAreErrors() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: SocketError.self) {
            try FileContents.read(path: directory.file("absent"), limit: 1)
        }
        #expect(throws: SocketError.self) {
            try FileContents.read(path: directory.path, limit: 1)
        }
    }
}
