import Connections
import Foundation
import Testing

@Suite struct AuthenticationKeyTests {
    @Test func itIsNeverShown() throws {
        let key = try AuthenticationKey(Array("topsecret".utf8))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped, "\([key])", "\(["k": key])"] {
            #expect(!text.contains("topsecret") && !text.contains("116"))
        }
        #expect("\(key)" == "AuthenticationKey(9 bytes)")
    }

    @Test func emptyAndEndlessKeysAreErrors() {
        for count in [0, AuthenticationKey.sizeLimit + 1] {
            #expect {
                try AuthenticationKey([UInt8](repeating: 1, count: count))
            } throws: { error in
                (error as? ConnectionError)?.code == .invalidKey
            }
        }
    }

    @Test func aFileIsTakenAsItIs() throws {
        let directory = try TemporaryDirectory()
        try Data("key\n".utf8).write(to: URL(fileURLWithPath: directory.file("key")))
        let key = try AuthenticationKey(contentsOf: directory.file("key"))
        #expect(key.bytes == Array("key\n".utf8))
    }

    @Test func emptyAbsentAndUnreadableFilesAreErrors() throws {
        let directory = try TemporaryDirectory()
        try Data().write(to: URL(fileURLWithPath: directory.file("empty")))
        for path in [directory.file("empty"), directory.file("absent"), directory.path] {
            #expect {
                try AuthenticationKey(contentsOf: path)
            } throws: { error in
                (error as? ConnectionError)?.code == .invalidKey && "\(error)".contains(path)
            }
        }
    }

    @Test func generatedKeysAreTextAndDiffer() throws {
        let first = try AuthenticationKey.generate()
        #expect(first != (try AuthenticationKey.generate()))
        #expect(first.bytes.count == 64)
        #expect(first.bytes.allSatisfy { Array("0123456789abcdef".utf8).contains($0) })
    }
}
