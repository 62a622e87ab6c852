import Connections
import Foundation
import Testing

@testable import Managers

/// Rings in files: who may read these.
@Suite struct KeyRingTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
        let path = directory.file(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    private func reason(_ path: String) -> String? {
        do {
            _ = try KeyRing(contentsOf: path)
            return nil
        } catch {
            #expect(error.code == .invalidKeyRing)
            return error.reason
        }
    }

    @Test func aRingIsReadWithTheFilesOfItsKeys() throws {
        _ = try write("secret\n", to: "a.key")
        let path = try write("[a]\nkey-file = a.key\nnames = *:read\n", to: "ring")
        let ring = try KeyRing(contentsOf: path)
        #expect(ring.principals[0].keys[0].bytes == Array("secret\n".utf8))
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o644, 0o777])
    func aFileThatOthersMayUseIsRefused(mode: Int) throws {
        let path = try write("[a]\nkey = text:k\n", to: "ring", mode: mode)
        #expect(
            reason(path)
                == "\(path) has the permissions \(String(mode, radix: 8)): others may use it "
                + "(chmod 600)")
        let key = try write("k", to: "k", mode: mode)
        let ring = try write("[a]\nkey-file = k\n", to: "other")
        #expect(reason(ring)?.hasPrefix("\(ring):2: key-file: \(key) has the permissions") == true)
    }

    @Test func whatIsNoFileIsRefusedAndNotWaitedFor() throws {
        let path = directory.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(reason(path) == "\(path) is no regular file")
        #expect(reason(directory.file("")) != nil)
        #expect(reason(directory.file("absent"))?.contains("ENOENT") == true)
    }

    @Test func aLinkLeadsToTheFileThatCounts() throws {
        let path = try write("[a]\nkey = text:k\n", to: "ring", mode: 0o644)
        let link = directory.file("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(reason(link)?.contains("has the permissions 644") == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(reason(link) == nil)
    }

    @Test func anErrorNamesItsFileAndLine() throws {
        let path = try write("[a]\nkey = text:k\n\nname = jobs\n", to: "ring")
        #expect(reason(path) == "\(path):4: there is no setting 'name'")
    }

    @Test func keysAreShownNowhere() throws {
        let path = try write("[a]\nkey = text:topsecret\n", to: "ring")
        let ring = try KeyRing(contentsOf: path)
        #expect(!"\(ring)".contains("topsecret"))
        #expect(!String(reflecting: ring).contains("topsecret"))
    }
}
