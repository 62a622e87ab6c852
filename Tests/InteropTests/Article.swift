import Foundation

/// An article of the library's documentation.
struct Article: CustomStringConvertible {
    let description: String
    private let lines: [Substring]

    static let names = [
        "ComingFromPython", "LeasesAndLeadership", "Multiprocessing",
        "ProcessesAndStartMethods", "RegisteringYourOwnType", "SharingMemory",
        "YourFirstManager",
    ]
    private static let folder =
        Folder.repository.appending(path: "Sources/Multiprocessing/Multiprocessing.docc")

    init(_ name: String) throws {
        description = name
        let text = try String(
            contentsOf: Self.folder.appending(path: "\(name).md"), encoding: .utf8)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The articles that are there.
    static func there() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }
    }

    /// Its code of a language.
    func blocks(_ language: String) -> [String] {
        var blocks: [String] = []
        var block: [Substring]?
        for line in lines {
            if line == "```\(language)" {
                block = []
            } else if line == "```" {
                if let block { blocks.append(block.joined(separator: "\n")) }
                block = nil
            } else {
                block?.append(line)
            }
        }
        return blocks
    }
}

extension String {
    /// The same without indentation and empty lines.
    var flushLeft: String {
        split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
