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
    /// The value itself.
    package let value: PickleValue
    private let graph: Graph

    fileprivate init(_ value: PickleValue, _ graph: Graph) {
        self.value = value
        self.graph = graph
    }

    deinit { graph.stranded.add(graph.share) }

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
        let graph = Graph(arena, count: roots.count, stranded)
        return roots.map { GraphPart(PickleValue(arena, $0), graph) }
    }

    /// What the parts have in common.
    fileprivate final class Graph: Sendable {
        /// What each part counts for, in bytes.
        let share: Int
        let stranded: StrandedBytes
        private let count: Int

        init(_ arena: Arena, count: Int, _ stranded: StrandedBytes) {
            share = arena.size / count + 1
            self.count = count
            self.stranded = stranded
        }

        deinit { stranded.add(-share * count) }
    }
}

/// The graphs of which parts have been met, in that order, each with these parts.
struct MetGraphs {
    private(set) var graphs: [(arena: Arena, roots: [NodeID])] = []
    private var places: [ObjectIdentifier: Int] = [:]

    mutating func add(_ part: GraphPart) {
        let arena = part.value.arena
        let place = places[ObjectIdentifier(arena)] ?? graphs.count
        if place == graphs.count {
            places[ObjectIdentifier(arena)] = place
            graphs.append((arena, []))
        }
        graphs[place].roots.append(part.value.id)
    }
}

/// How many bytes graphs take that are counted for nobody: the shares of the parts that have gone,
/// while others are there.
///
/// Who keeps a part counts its share (``GraphPart/heldSize``); when the last part has gone, with
/// all of the graph, nothing is stranded.
///
/// Atomic, because values may end on any thread.
package final class StrandedBytes: Sendable {
    private let bytes = Atomic<Int>(0)

    package init() {}

    package var count: Int { bytes.load(ordering: .relaxed) }

    fileprivate func add(_ more: Int) { bytes.add(more, ordering: .relaxed) }
}
