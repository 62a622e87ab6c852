import Multiprocessing

/// The rooms of a house, each with its readings. All of them are shared objects: who changes one
/// changes it for everybody.
typealias Reading = DictProxy<String, Int>
typealias House = DictProxy<String, ListProxy<Reading>>

/// Goes through the house that house.py has built: `NestedState ADDRESS KEYFILE`.
@main
struct NestedState {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let manager = try await Manager.connect(
            to: SocketAddress(parsing: arguments[1]),
            authkey: AuthenticationKey(contentsOf: arguments[2]))
        let house: House = try await manager.dict(shared: "house")

        // Changes what lies two levels deep, in place.
        if let kitchen = try await house.get("kitchen") {
            try await kitchen.get(0).set(23, forKey: "celsius")
            print("Swift has heated the kitchen")
        }
        // Adds to what Python has made, and something new of its own.
        let reading: Reading = try await manager.dict(["celsius": 11, "percent": 75])
        try await house.get("cellar")?.append(reading)
        let attic: ListProxy<Reading> = try await manager.list([])
        try await house.set(attic, forKey: "attic")
        try await attic.append(manager.dict(["celsius": 30, "percent": 20]))
        print("Swift has built an attic")
        await manager.close()
    }
}
