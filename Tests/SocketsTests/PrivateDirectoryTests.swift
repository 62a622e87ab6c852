import Foundation
import Sockets
import Testing

struct PrivateDirectoryTests {
    @Test func onlyItsUserMayEnterIt() throws {
        let directory = try PrivateDirectory()
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        directory.remove(with: "s")
    }

    @Test func itGoesWithItsSocket() throws {
        let directory = try PrivateDirectory()
        let socket = try ListeningSocket(directory.address("s"))
        #expect(FileManager.default.fileExists(atPath: "\(directory.path)/s"))
        PrivateDirectory(madeAt: directory.path).remove(with: "s")
        #expect(!FileManager.default.fileExists(atPath: directory.path))
        // Once more does nothing.
        directory.remove(with: "s")
        _ = consume socket
    }

    @Test func itStaysForWhatElseIsInIt() throws {
        let directory = try PrivateDirectory()
        let other = "\(directory.path)/other"
        try Data().write(to: URL(fileURLWithPath: other))
        directory.remove(with: "s")
        #expect(FileManager.default.fileExists(atPath: other))
        try FileManager.default.removeItem(atPath: directory.path)
    }

    @Test func noTwoAreTheSame() throws {
        let first = try PrivateDirectory()
        let second = try PrivateDirectory()
        #expect(first.path != second.path)
        first.remove(with: "s")
        second.remove(with: "s")
    }
}
