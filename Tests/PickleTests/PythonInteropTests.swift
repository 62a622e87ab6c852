import ChildPrograms
import Foundation
import Testing

@testable import Pickle

/// Feeds what we write to a real Python, which reads it and compares it with the original.
@Suite struct PythonInteropTests {
    @Test(arguments: CPython.found)
    func realPythonReadsBackEqualWhatWeWrite(_ python: CPython) async throws {
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
        let answers = try await ask(python, questions.map(\.line))
        try #require(answers.count == questions.count)
        #expect(answers.count { $0 == "same" } > questions.count * 9 / 10)
        for (question, answer) in zip(questions, answers) where !answer.hasPrefix("skip") {
            #expect(answer == "same", "\(question.label)")
        }
    }

    private func ask(_ python: CPython, _ questions: [String]) async throws -> [Substring] {
        let input = FileManager.default.temporaryDirectory
            .appendingPathComponent("pickles-\(UUID().uuidString)")
        try Data(questions.joined(separator: "\n").utf8).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let script = GoldenFile.directory.appendingPathComponent("compare.py").path
        let outcome = try await ChildProgram.run(
            [python.path, script], within: .seconds(300), input: input.path)
        return outcome.output.split(separator: "\n")
    }
}
