import Foundation
import Testing

@testable import Fuzz

/// The inputs that fuzzing has kept, those that crashed once among them, without a fuzzer: whoever
/// breaks what they hold learns it from the next test run.
@Suite struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fuzz/Corpus").standardizedFileURL
    private static let names = Fuzz.targets.map { $0.name }

    private func inputs(of name: String) throws -> [(file: String, input: [UInt8])] {
        let folder = Self.folder.appending(path: name)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            ($0, Array(try Data(contentsOf: folder.appending(path: $0))))
        }
    }

    @Test(arguments: names)
    func everyTargetHasItsCorpusAndHoldsOnIt(name: String) throws {
        let target = try #require(Fuzz.targets.first { $0.name == name })
        let inputs = try inputs(of: name)
        #expect(!inputs.isEmpty)
        for (_, input) in inputs { target.run(input) }
    }

    @Test(arguments: names)
    func theInputsAreSmall(name: String) throws {
        for (file, input) in try inputs(of: name) {
            #expect(input.count <= 4096, "\(name)/\(file)")
            #expect(file.hasSuffix(".bin"), "\(name)/\(file)")
        }
    }

    @Test func noCorpusIsOfNobody() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(folders).subtracting(Self.names) == [])
    }

    @Test(arguments: names)
    func theSeedsHold(name: String) throws {
        let target = try #require(Fuzz.targets.first { $0.name == name })
        for seed in target.seeds([[0x80, 4, 0x4B, 7, 0x2E]]) { target.run(seed) }
    }
}
