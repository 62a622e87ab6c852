import Foundation
import Testing

@testable import Pickle

/// Feeds what we write to a real Python, which reads it and compares it with the original.
@Suite struct PythonInteropTests {
    @Test func realPythonReadsBackEqualWhatWeWrite() throws {
        guard let python = findPython() else {
            print("skipped realPythonReadsBackEqualWhatWeWrite: no python3 on PATH")
            return
        }
        var questions: [(label: String, line: String)] = []
        for golden in GoldenFile.all.pickles {
            let value = try PickleValue(pickle: golden.bytes)
            var written = PickleProtocol.allCases.map { ("\($0)", value.pickled(protocol: $0)) }
            written.append(("body", [0x80, 4] + value.body() + [Opcode.stop.rawValue]))
            for (form, pickle) in written {
                questions.append(
                    (
                        "\(golden.label) as \(form)",
                        hexadecimal(golden.bytes) + " " + hexadecimal(pickle)
                    ))
            }
        }
        let answers = try ask(python, questions.map(\.line))
        try #require(answers.count == questions.count)
        #expect(answers.count { $0 == "same" } > questions.count * 9 / 10)
        for (question, answer) in zip(questions, answers) where !answer.hasPrefix("skip") {
            #expect(answer == "same", "\(question.label)")
        }
    }

    private func findPython() -> URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":")
            .map { URL(fileURLWithPath: String($0)).appendingPathComponent("python3") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    private func ask(_ python: URL, _ questions: [String]) throws -> [Substring] {
        let input = FileManager.default.temporaryDirectory
            .appendingPathComponent("pickles-\(UUID().uuidString)")
        try Data(questions.joined(separator: "\n").utf8).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        process.executableURL = python
        process.arguments = [GoldenFile.directory.appendingPathComponent("compare.py").path]
        process.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: answer, as: UTF8.self).split(separator: "\n")
    }
}
