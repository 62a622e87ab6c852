import Multiprocessing

/// A `Vocabulary` in the Python server, with its methods as Swift has them. That is all it takes.
struct Vocabulary: ManagerProxy {
    static let pythonName = "AutoProxy"
    let reference: ObjectReference

    init(_ reference: ObjectReference) { self.reference = reference }

    /// How many words it knows now.
    @discardableResult
    func hear(_ sentence: String, loud: Bool = false) async throws(ManagerError) -> Int {
        try await call("hear", sentence, keywords: ["loud": loud])
    }

    func alphabetical() async throws(ManagerError) -> IteratorProxy<String> {
        try await call("alphabetical")
    }
}

/// Uses a type that a Python server has registered: `PythonType ADDRESS KEYFILE`.
@main
struct PythonType {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let manager = try await Manager.connect(
            to: SocketAddress(parsing: arguments[1]),
            authkey: AuthenticationKey(contentsOf: arguments[2]))

        let words = try await manager.create(
            "Vocabulary", keywords: ["language": "Swift"], as: Vocabulary.self)
        print("it can", try await words.methods().sorted())
        try await words.hear("the early bird")
        print("it knows", try await words.hear("the late worm"), "words")
        for try await word in try await words.alphabetical() { print("-", word) }

        // Without a method of its own in Swift: by name, and as whatever it is in Python.
        let common: PickleValue = try await words.call("most_common", 1)
        print("most common:", common)
        do {
            try await words.call("translate", "bird")
        } catch {
            print("it cannot translate:", error.exception?.message ?? "?")
        }
        await manager.close()
    }
}
