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

    @Test(arguments: [0o600: false, 0o640: false, 0o644: true, 0o602: true])
    func itIsToldWhatEverybodyMayReadOrWrite(mode: Int, isOpen: Bool) throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("key")
        try Data([1]).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        #expect(FileContents.isOpenToEverybody(path: file) == isOpen)
        #expect(!FileContents.isOpenToEverybody(path: directory.file("absent")))
        #expect(!FileContents.isOpenToEverybody(path: directory.path))
    }
}
