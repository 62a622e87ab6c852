internal import Connections
internal import Synchronization

/// A connection that one caller at a time has to itself.
protocol SpareLine: AnyObject, Sendable {
    /// Whether more can be asked, as far as is known.
    var isUsable: Bool { get }

    /// Closes it, also for whoever waits on it.
    func close()
}

extension Connection: SpareLine {}
extension BlockingLine: SpareLine {}

/// Connections that are kept for the next who need one, and those in use.
final class LineStock<Line: SpareLine>: Sendable {
    private struct State {
        var idle: [Line] = []
        /// Those in use, to be closed with the manager.
        var taken: [ObjectIdentifier: Line] = [:]
        var isClosed = false
        /// Who waits until none is in use.
        var drainers: [OneShot<Void>] = []

        /// Those who wait until none is in use, if none is.
        mutating func takeDrainers() -> [OneShot<Void>] {
            guard taken.isEmpty else { return [] }
            defer { drainers = [] }
            return drainers
        }
    }

    /// How many are kept that nobody uses.
    private let limit: Int
    private let state = Mutex(State())

    init(keeping limit: Int) {
        self.limit = limit
    }

    /// Takes an idle one; nil if there is none.
    ///
    /// - Throws: ``ManagerError`` with `closed`.
    func take() throws(ManagerError) -> Line? {
        let (line, isClosed) = state.withLock { state -> (Line?, Bool) in
            while let line = state.idle.popLast() {
                guard line.isUsable else { continue }
                state.taken[ObjectIdentifier(line)] = line
                return (line, false)
            }
            return (nil, state.isClosed)
        }
        if isClosed { throw .closed }
        return line
    }

    /// Notes one that was opened to be used.
    ///
    /// - Throws: ``ManagerError`` with `closed`; then so is the line.
    func add(_ line: Line) throws(ManagerError) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.taken[ObjectIdentifier(line)] = line }
            return state.isClosed
        }
        guard isClosed else { return }
        line.close()
        throw .closed
    }

    /// Takes one back whose calls have all been answered.
    func giveBack(_ line: Line) {
        let (isKept, drainers) = state.withLock { state -> (Bool, [OneShot<Void>]) in
            state.taken[ObjectIdentifier(line)] = nil
            guard !state.isClosed, state.idle.count < limit, line.isUsable else {
                return (false, state.takeDrainers())
            }
            state.idle.append(line)
            return (true, [])
        }
        if !isKept { line.close() }
        for drainer in drainers { drainer.complete(.success(())) }
    }

    /// Closes one that is of no more use.
    func discard(_ line: Line) {
        let drainers = state.withLock { state in
            state.taken[ObjectIdentifier(line)] = nil
            return state.takeDrainers()
        }
        line.close()
        for drainer in drainers { drainer.complete(.success(())) }
    }

    /// Whether nothing more is to be asked on those in use.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Gives nobody one any more, and waits until none is in use, for so long at the most; then
    /// closes all of them for good.
    func close(within time: Duration) async {
        let drainer = OneShot<Void>()
        let isIdle = state.withLock { state in
            state.isClosed = true
            if state.taken.isEmpty { return true }
            state.drainers.append(drainer)
            return false
        }
        if !isIdle { _ = try? await drainer.value("closing", within: time) }
        close()
    }

    /// Closes all of them for good.
    func close() {
        let all = state.withLock { state in
            state.isClosed = true
            defer {
                state.idle = []
                state.taken = [:]
            }
            return state.idle + state.taken.values
        }
        for line in all { line.close() }
    }
}
