import Foundation
import Testing

@testable import WordIndex

@Suite struct WordCountTests {
    /// Letters that other rules than ours would take for ASCII ones, or for parts of a word.
    static let odd =
        "Café naïve \u{212A}elvin \u{130}stanbul ſet ﬁne FOO_bar foo-bar it's 12AB34 ٣ x\0y"

    @Test func aWordIsARunOfASCIILettersAndDigits() {
        let words = countWords(in: Data("The cat, THE c4t; the_end".utf8))
        #expect(words == ["the": 3, "cat": 1, "c4t": 1, "end": 1])
    }

    @Test func otherLettersEndAWord() {
        #expect(countWords(in: Data("Café\u{212A}elvin".utf8)) == ["caf": 1, "elvin": 1])
    }

    @Test func aWordMayBeTheFirstAndTheLastThing() {
        #expect(countWords(in: Data()) == [:])
        #expect(countWords(in: Data("a".utf8)) == ["a": 1])
        #expect(countWords(in: Data(" \n".utf8)) == [:])
    }

    @Test(.enabled(if: Worker.exists, "no python3 on the search path"))
    func theWorkerInPythonFindsTheSameWords() throws {
        let bytes = (0..<60_000).map { UInt8(truncatingIfNeeded: ($0 &* 40_503) >> 7) }
        for data in [Data(), Data(Self.odd.utf8), Data(UInt8.min...UInt8.max), Data(bytes)] {
            #expect(try Worker.countWords(in: data) == countWords(in: data))
        }
    }
}

/// `Examples/WordIndex/worker.py`
private enum Worker {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Examples/WordIndex").standardized.path

    static let exists = (try? run("pass")) != nil

    static func countWords(in data: Data) throws -> [String: Int] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let json = try run(
            """
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import worker
            print(json.dumps(worker.count_words(open(sys.argv[2], "rb").read())))
            """, folder, file.path)
        return try JSONDecoder().decode([String: Int].self, from: json)
    }

    private static func run(_ script: String, _ arguments: String...) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-B", "-c", script] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return data
    }
}
