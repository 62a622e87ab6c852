import ChildPrograms
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

    @Test(.enabled("only with a python3 on the search path") { await Worker.exists() })
    func theWorkerInPythonFindsTheSameWords() async throws {
        let bytes = (0..<60_000).map { UInt8(truncatingIfNeeded: ($0 &* 40_503) >> 7) }
        for data in [Data(), Data(Self.odd.utf8), Data(UInt8.min...UInt8.max), Data(bytes)] {
            #expect(try await Worker.countWords(in: data) == countWords(in: data))
        }
    }
}

/// `Examples/WordIndex/worker.py`
private enum Worker {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Examples/WordIndex").standardized.path

    static func exists() async -> Bool { (try? await run("pass")) != nil }

    static func countWords(in data: Data) async throws -> [String: Int] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let json = try await run(
            """
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import worker
            print(json.dumps(worker.count_words(open(sys.argv[2], "rb").read())))
            """, folder, file.path)
        return try JSONDecoder().decode([String: Int].self, from: Data(json.utf8))
    }

    private static func run(_ script: String, _ arguments: String...) async throws -> String {
        let outcome = try await ChildProgram.run(
            ["python3", "-B", "-c", script] + arguments, within: .seconds(60))
        guard outcome.status == 0 else { throw ChildProgram.Failure(description: outcome.text) }
        return outcome.output
    }
}
