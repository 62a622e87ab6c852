import Foundation

/// What a script printed: for each call (`what -> result`) what came of it.
struct Transcript {
    /// A call, and which of several equal ones it is.
    struct Call: Hashable {
        let text: String
        let repetition: Int
    }

    let calls: [Call]
    private let results: [Call: String]

    init(_ text: String) {
        var calls: [Call] = []
        var results: [Call: String] = [:]
        var repetitions: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " -> ", maxSplits: 1)
            let name = String(parts.first ?? "")
            let call = Call(text: name, repetition: repetitions[name, default: 0])
            repetitions[name, default: 0] += 1
            calls.append(call)
            results[call] = parts.count > 1 ? String(parts[1]) : ""
        }
        self.calls = calls
        self.results = results
    }

    /// The transcript of CPython 3.13, where it is kept, or an empty one.
    static func expected(_ name: String) -> Transcript { Transcript(kept(name)) }

    /// The lines that only our server prints.
    static let deviations = Set(kept("deviations").split(separator: "\n").map(String.init))

    private static func kept(_ name: String) -> String {
        let data = try? Data(contentsOf: Folder.expected.appending(path: "\(name).txt"))
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    subscript(call: Call) -> String? { results[call] }

    /// What is not as in `model`: a line may also be as in `newer`, or stand in `allowed`.
    func differences(
        from model: Transcript, or newer: Transcript = Transcript(""),
        allowing allowed: Set<String> = []
    ) -> [String] {
        let missing = model.calls.filter { self[$0] == nil }.map { "missing: \($0.text)" }
        let wrong = calls.compactMap { call -> String? in
            guard let result = self[call], model[call] != result else { return nil }
            let line = "\(call.text) -> \(result)"
            if model[call] != nil, newer[call] == result || allowed.contains(line) { return nil }
            return "\(line)\n    CPython -> \(model[call] ?? "no such line")"
        }
        return missing + wrong
    }

    /// The lines that deny what they claim.
    var denials: [String] {
        calls.map(\.text).filter { $0.hasSuffix(": NO") }
    }
}
