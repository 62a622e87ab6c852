/// The layer table: the targets of Package.swift, read as text.
///
/// There is one truth about who may import whom, and SwiftPM builds by the same one.
struct Manifest {
    struct Target: Equatable {
        let name: String
        let path: String
        let isTest: Bool
        /// The modules it names as dependencies; a product is named like its module.
        let modules: Set<String>
    }

    let targets: [Target]

    init(_ file: SourceFile) {
        let text = String(decoding: file.bytes, as: UTF8.self)
        let products = Self.products(text)
        targets = ["target", "executableTarget", "testTarget", "systemLibrary"].flatMap { kind in
            Self.calls(of: ".\(kind)(", in: text).compactMap { Self.target($0, kind, products) }
        }
    }

    /// `let log = Target.Dependency.product(name: "Logging", …)`: the name of each constant.
    private static func products(_ text: String) -> [String: String] {
        var products: [String: String] = [:]
        for declaration in "\n\(text)".split(separator: "\nlet ") {
            let words = declaration.split(separator: " ")
            guard words.count > 2, words[2].hasPrefix("Target.Dependency.product("),
                let module = string(after: "name:", in: String(declaration))
            else { continue }
            products[String(words[0])] = module
        }
        return products
    }

    /// The arguments of each call that begins with `prefix`.
    private static func calls(of prefix: String, in text: String) -> [String] {
        text.split(separator: prefix, omittingEmptySubsequences: false).dropFirst().map { tail in
            var depth = 1
            let end = tail.firstIndex { character in
                depth += character == "(" ? 1 : character == ")" ? -1 : 0
                return depth == 0
            }
            return String(tail[..<(end ?? tail.endIndex)])
        }
    }

    private static func target(
        _ arguments: String, _ kind: String, _ products: [String: String]
    ) -> Target? {
        guard let name = string(after: "name:", in: arguments) else { return nil }
        let isTest = kind == "testTarget"
        let path =
            string(after: "path:", in: arguments) ?? "\(isTest ? "Tests" : "Sources")/\(name)"
        var modules: Set<String> = []
        if let list = arguments.split(separator: "dependencies: [").dropFirst().first {
            for item in list.prefix(while: { $0 != "]" }).split(separator: ",") {
                let word = item.filter { !$0.isWhitespace }
                if word.hasPrefix("\"") {
                    modules.insert(word.filter { $0 != "\"" })
                } else if let module = products[word] {
                    modules.insert(module)
                }
            }
        }
        return Target(name: name, path: path, isTest: isTest, modules: modules)
    }

    private static func string(after label: String, in text: String) -> String? {
        let parts = text.split(separator: label, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let quoted = parts[1].split(separator: "\"", omittingEmptySubsequences: false)
        return quoted.count > 2 ? String(quoted[1]) : nil
    }
}
