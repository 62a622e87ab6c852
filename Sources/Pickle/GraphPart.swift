import Synchronization

/// One of several values that came in one request and share parts: a place in the graph that they
/// make together.
///
/// In CPython's server such values are objects that refer to the same ones, and whoever gets two of
/// them in one reply gets them so. Standing alone, each would have a copy of all that it refers to:
/// a thousand objects that know one another would be a million.
///
/// Part and graph go without a trace in the account of a store, see ``StrandedBytes``.
package final class GraphPart: Sendable {
    private let graph: PartGraph
    /// Which of the graph's parts this is.
    private let index: Int

    fileprivate init(_ graph: PartGraph, _ index: Int) {
        self.graph = graph
        self.index = index
    }

    deinit { graph.drop(index) }

    /// The value itself.
    package var value: PickleValue { graph.value(at: index) }

    /// What the part takes, in bytes, with its share of the graph.
    package var heldSize: Int { Self.size + graph.share }

    /// The part itself, in bytes.
    private static let size = 80

    /// Makes the parts of a graph of values, all of one arena.
    ///
    /// - Parameter stranded: where it is counted what a graph takes when some of its parts have
    ///   gone.
    static func parts(
        _ roots: [NodeID], of arena: Arena, _ stranded: StrandedBytes
    ) -> [GraphPart] {
        let graph = PartGraph(arena, roots, stranded)
        return roots.indices.map { GraphPart(graph, $0) }
    }
}

/// What parts have in common.
///
/// What only parts need that have gone is thrown away when half of them have: then the others are
/// written anew, which costs no more in all than twice what came, and what all have in common a few
/// times.
private final class PartGraph: Sendable {
    private struct State {
        var arena: Arena
        /// Where each part stands, nil for one that has gone.
        var roots: [NodeID?]
        /// How many parts are there.
        var count: Int
        /// How many there were when this was written.
        var countWhenWritten: Int
    }

    /// Below this size nothing is thrown away, in bytes.
    private static let smallSize = 4096

    /// What each part counts for, in bytes.
    let share: Int
    private let stranded: StrandedBytes
    private let state: Mutex<State>

    init(_ arena: Arena, _ roots: [NodeID], _ stranded: StrandedBytes) {
        share = arena.size / roots.count
        self.stranded = stranded
        let count = roots.count
        state = Mutex(
            State(arena: arena, roots: roots, count: count, countWhenWritten: count))
        stranded.add(arena.size - share * count)
    }

    deinit { stranded.add(-state.withLock { $0.arena.size }) }

    func value(at index: Int) -> PickleValue {
        state.withLock { PickleValue($0.arena, $0.roots[index] ?? 0) }
    }

    /// A part has gone.
    func drop(_ index: Int) {
        let isHalfEmpty = state.withLock { state in
            state.roots[index] = nil
            state.count -= 1
            // Once, until it is written anew.
            return state.count == state.countWhenWritten / 2 && state.count > 0
                && state.arena.size > Self.smallSize
        }
        stranded.add(share)
        if isHalfEmpty { stranded.note(self) }
    }

    /// Writes the parts anew that are there.
    func tidy() {
        state.withLock { state in
            guard state.count > 0 else { return }
            let places = state.roots.indices.filter { state.roots[$0] != nil }
            var graft = Graft()
            let copies = graft.add(places.compactMap { state.roots[$0] }, of: state.arena)
            let arena = graft.builder.freeze().asGraph
            stranded.add(arena.size - state.arena.size)
            state.arena = arena
            for (place, copy) in zip(places, copies) { state.roots[place] = copy }
            state.countWhenWritten = state.count
        }
    }
}

/// The graphs of which parts have been met, in that order, each with these parts.
struct MetGraphs {
    private(set) var graphs: [(arena: Arena, roots: [NodeID])] = []
    private var places: [ObjectIdentifier: Int] = [:]

    mutating func add(_ part: GraphPart) {
        let value = part.value
        let arena = value.arena
        let place = places[ObjectIdentifier(arena)] ?? graphs.count
        if place == graphs.count {
            places[ObjectIdentifier(arena)] = place
            graphs.append((arena, []))
        }
        graphs[place].roots.append(value.id)
    }
}

/// How many bytes graphs take that are counted for nobody: the shares of the parts that have gone,
/// while others are there.
///
/// Who keeps a part counts its share (``GraphPart/heldSize``); when the last part has gone, with
/// all of the graph, nothing is stranded.
///
/// Values may end on any thread.
package final class StrandedBytes: Sendable {
    private struct Noted {
        weak let graph: PartGraph?
    }

    private let bytes = Atomic<Int>(0)
    private let halfEmpty = Mutex<[Noted]>([])
    private let isAnyHalfEmpty = Atomic<Bool>(false)

    package init() {}

    package var count: Int { bytes.load(ordering: .relaxed) }

    fileprivate func add(_ more: Int) { bytes.add(more, ordering: .relaxed) }

    fileprivate func note(_ graph: PartGraph) {
        halfEmpty.withLock { $0.append(Noted(graph: graph)) }
        isAnyHalfEmpty.store(true, ordering: .relaxed)
    }

    /// Throws away what only parts need that have gone, where that may be half of a graph.
    ///
    /// Parts have other places afterwards: so not while values are being written.
    package func tidy() {
        guard isAnyHalfEmpty.load(ordering: .relaxed) else { return }
        isAnyHalfEmpty.store(false, ordering: .relaxed)
        let graphs = halfEmpty.withLock { graphs in
            defer { graphs = [] }
            return graphs
        }
        for noted in graphs { noted.graph?.tidy() }
    }
}
