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
        for line in text.split(separator: "\n") where !line.hasPrefix("# ") {
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

    /// The transcript kept in the folder Expected, or an empty one.
    static func expected(_ name: String) -> Transcript {
        let file = Folder.expected.appending(path: "\(name).txt")
        let data = (try? Data(contentsOf: file)) ?? Data()
        return Transcript(String(decoding: data, as: UTF8.self))
    }

    subscript(call: Call) -> String? { results[call] }

    /// What is not as in `model`, nor as in one of `others`, which may use newer words.
    func differences(from model: Transcript, or others: [Transcript] = []) -> [String] {
        let missing = model.calls.filter { self[$0] == nil }.map { "missing: \($0.text)" }
        let wrong = calls.compactMap { call -> String? in
            guard let result = self[call], model[call] != result else { return nil }
            if model[call] != nil, others.contains(where: { $0[call] == result }) { return nil }
            return "\(call.text) -> \(result)\n    CPython -> \(model[call] ?? "no such line")"
        }
        return missing + wrong
    }

    /// The lines that deny what they claim.
    var denials: [String] {
        calls.map(\.text).filter { $0.hasSuffix(": NO") }
    }
}
