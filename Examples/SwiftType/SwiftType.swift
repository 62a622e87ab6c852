import Foundation
import Multiprocessing

/// An account that many processes use at once: an actor, so that no two change it at a time.
actor Account {
    struct Entry: Codable, Sendable {
        let amount: Int
        let note: String
    }

    struct Overdrawn: Error, CustomStringConvertible {
        let balance: Int
        var description: String { "there are only \(balance) in the account" }
    }

    private var entries: [Entry] = []

    var balance: Int { entries.reduce(0) { $0 + $1.amount } }
    var history: [Entry] { entries }

    func book(_ amount: Int, _ note: String) throws -> Int {
        guard balance + amount >= 0 else { throw Overdrawn(balance: balance) }
        entries.append(Entry(amount: amount, note: note))
        return balance
    }
}

/// A server of accounts: `SwiftType ADDRESS KEYFILE`.
@main
struct SwiftType {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let makeAccount = { @Sendable () in Account() }
        var registry = Registry()
        registry.register("Account", makeAccount) {
            $0.expose("balance") { (account: Account) in await account.balance }
            $0.expose("deposit", arguments: ["amount", Parameter("note", default: "a deposit")]) {
                (account: Account, amount: Int, note: String) in
                try await account.book(amount, note)
            }
            $0.expose("withdraw", arguments: ["amount", Parameter("note", default: "")]) {
                (account: Account, amount: Int, note: String) in
                try await account.book(-amount, note)
            }
            // Python gets a proxy of a shared list, not a copy.
            $0.expose("history", as: "list") { (account: Account) in await account.history }
        }
        let server = try ManagerServer(
            at: [SocketAddress(parsing: arguments[1])],
            authkey: AuthenticationKey(contentsOf: arguments[2]),
            shared: [("savings", "Account")], registry: registry)
        // At once: what `print` prints waits in a buffer where standard output is no terminal.
        FileHandle.standardOutput.write(Data("listening on \(server.addresses[0])\n".utf8))
        try await server.run()
    }
}
