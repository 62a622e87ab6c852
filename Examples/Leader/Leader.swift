import Multiprocessing

/// What candidate.py does, in Swift: `Leader ADDRESS KEYFILE NAME`.
@main
struct Leader {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let name = arguments[3]
        let manager = try await Manager.connect(
            to: SocketAddress(parsing: arguments[1]),
            authkey: AuthenticationKey(contentsOf: arguments[2]))
        let journal = try await manager.list(of: String.self, shared: "journal")
        let leadership = Leadership(
            by: try await manager.lock(shared: "leadership"), lease: .seconds(5))
        // Waits until nobody else leads; where this process is gone, another leads in five seconds.
        try await leadership.lead { term in
            let journal = journal.fenced(by: term.token)
            for step in ["begins", "decides", "ends"] {
                try await journal.append("\(name) \(step)")
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        await manager.close()
    }
}
