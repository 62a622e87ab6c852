import Managers
import Pickle
import Synchronization

/// The types of one's own with which these tests try a server.
enum OwnTypes {
    struct Point: Codable, Sendable, Equatable {
        var x: Int
        var y: Int
    }

    struct Odd: Error, CustomStringConvertible {
        let description: String
    }

    final class Maths: Sendable, CustomStringConvertible {
        let base: Int

        init(base: Int?) throws {
            guard base ?? 0 >= 0 else { throw Odd(description: "a base below zero") }
            self.base = base ?? 0
        }

        var description: String { "Maths from \(base)" }

        func add(_ left: Int, _ right: Int) -> Int { base + left + right }
        func scale(_ number: Int, by factor: Int, plus more: Int?) -> Int {
            number * factor + (more ?? 0)
        }
        func mirror(_ point: Point) -> Point { Point(x: point.y, y: point.x) }
        func root(of number: Double) throws -> Double {
            guard number >= 0 else { throw Odd(description: "no root of \(number)") }
            return number.squareRoot()
        }
        func find(_ name: String) throws -> Int {
            throw RaisedException("KeyError", name)
        }
        func rest(_ milliseconds: Int) async throws {
            try await Task.sleep(for: .milliseconds(milliseconds))
        }
        func squares(from start: Int) -> some Sequence<Int> & Sendable {
            Squares(number: start)
        }
        func table(_ number: Int) -> [Int] { (1...3).map { $0 * number } }
        func shifted(by distance: Int) throws -> Maths { try Maths(base: base + distance) }
    }

    /// Squares without end.
    struct Squares: Sequence, IteratorProtocol, Sendable {
        var number: Int

        mutating func next() -> Int? {
            defer { number += 1 }
            return number * number
        }
    }

    struct Card: Codable, Sendable {
        let name: String

        func greet() -> String { "I am \(name)" }
    }

    actor Counter {
        private var count = 0

        func increment(by step: Int) -> Int {
            count += step
            return count
        }
    }

    /// How often something has happened.
    final class Tally: Sendable {
        private let state = Mutex(0)

        var count: Int { state.withLock { $0 } }
        func add() { state.withLock { $0 += 1 } }
    }

    /// A registry of all of them. Each object of `Slow` that is made counts in `made`, each call of
    /// its method that is cancelled in `cancelled`.
    static func registry(made: Tally = Tally(), cancelled: Tally = Tally()) -> Registry {
        var registry = Registry()
        registry.register("Maths", Maths.init, arguments: ["base"]) {
            $0.expose("add", Maths.add, arguments: ["left", "right"])
            $0.expose(
                "scale", Maths.scale,
                arguments: ["number", Parameter("factor", default: 2), "more"])
            $0.expose("mirror", Maths.mirror)
            $0.expose("root", Maths.root)
            $0.expose("find", Maths.find)
            $0.expose("rest", Maths.rest)
            $0.expose("squares", iterating: Maths.squares, arguments: ["start"])
            $0.expose("table", Maths.table, as: "list")
            $0.expose("shifted", Maths.shifted, as: "Maths")
        }
        let makeCard = { @Sendable (name: String) in Card(name: name) }
        registry.register("Card", makeCard) { $0.expose("greet", Card.greet) }
        let makeCounter = { @Sendable () -> Counter in
            made.add()
            try await Task.sleep(for: .milliseconds(20))
            return Counter()
        }
        registry.register("Counter", makeCounter) {
            $0.expose("increment") { (counter: Counter, step: Int) in
                await counter.increment(by: step)
            }
            $0.expose(
                "upTo", arguments: ["last"],
                iterating: { (counter: Counter, last: Int) in
                    await counter.increment(by: 0)...last
                })
        }
        let makeSlow = { @Sendable () in cancelled }
        registry.register("Slow", makeSlow) {
            $0.expose("rest") { (tally: Tally) in
                do {
                    try await Task.sleep(for: .seconds(600))
                } catch {
                    tally.add()
                }
            }
        }
        return registry
    }
}
