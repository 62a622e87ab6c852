internal import Pickle
internal import Synchronization

/// A walk through a sequence, which clients make step by step: what a generator is in Python.
final class SequenceWalk: Sendable {
    /// CPython's typeid for iterators.
    static let typeid = "Iterator"
    /// That a method's result is one.
    static let hosting = Hosting(typeid: typeid, type: SequenceWalk.self)

    private let step: Mutex<Step>

    /// Gives the next element as a body, nil at the end.
    private struct Step: ~Copyable {
        var next: () throws -> [UInt8]?
    }

    init<Elements: Sequence & Sendable>(_ elements: Elements) where Elements.Element: Encodable {
        var iterator = elements.makeIterator()
        step = Mutex(Step { try iterator.next().map { try PickleEncoder().body($0) } })
    }

    private func next() throws -> [UInt8] {
        // A step may take its time, but nobody else waits for this walk than who makes it too.
        let body = try step.withLock { try $0.next() }
        guard let body else { throw RaisedException(PickleException(name: "StopIteration")) }
        return body
    }

    private func close() {
        step.withLock { $0.next = { nil } }
    }

    /// What clients may call, under CPython's names.
    static let entry: Registry.Entry = {
        var exposed = ExposedMethods<SequenceWalk>()
        exposed.add("__next__", .reads) { walk, _ in .value(try walk.next()) }
        exposed.add("close", .reads) { walk, _ in
            walk.close()
            return .value(PickledValue.none.body)
        }
        return Registry.Entry(typeName: "generator", exposed) { _ in
            throw RaisedException.type("cannot create 'generator' instances")
        }
    }()
}
