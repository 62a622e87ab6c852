import Multiprocessing

// What the articles declare: `ArticleTests` sees to it that they say the same.

final class Maths: Sendable {
    func add(_ left: Int, _ right: Int) -> Int { left + right }

    func divide(_ left: Int, by right: Int) throws -> Int {
        guard right != 0 else { throw RaisedException("ZeroDivisionError", "division by zero") }
        return left / right
    }

    func squares(_ count: Int) -> [Int] { (0..<max(count, 0)).map { $0 * $0 } }
}

actor Counter {
    private var count = 0

    func increment(by step: Int) -> Int {
        count += step
        return count
    }
}

struct Offer: ManagerSetup {
    func register(in registry: inout Registry) {
        registry.register("Maths", Maths.init) {
            $0.expose("add", Maths.add, arguments: ["left", Parameter("right", default: 1)])
            $0.expose("divide", Maths.divide)
            $0.expose("squares", Maths.squares, as: "list")
            $0.expose("count", iterating: { (_: Maths, first: Int) in first... })
        }
        let makeCounter = { @Sendable () in Counter() }
        registry.register("Counter", makeCounter) {
            $0.expose("increment", arguments: [Parameter("step", default: 1)]) {
                (counter: Counter, step: Int) in await counter.increment(by: step)
            }
        }
    }
}

struct MathsProxy: ManagerProxy {
    static let pythonName = "AutoProxy"
    let reference: ObjectReference

    init(_ reference: ObjectReference) { self.reference = reference }

    func divide(_ left: Int, by right: Int) async throws(ManagerError) -> Int {
        try await call("divide", left, right)
    }

    func squares(_ count: Int) async throws(ManagerError) -> ListProxy<Int> {
        try await call("squares", count)
    }

    func count(from first: Int) async throws(ManagerError) -> IteratorProxy<Int> {
        try await call("count", first)
    }
}
