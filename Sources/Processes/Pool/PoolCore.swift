internal import Connections

/// Which worker of a pool does which parcel: pure. Parcels wait in the order in which they came;
/// events go in, and what is to be done comes out.
///
/// A worker has one parcel, or several where they take so little time that it would else wait for
/// the next most of the time. It answers one before it begins the next: so of the parcels of a
/// worker that has died only the first may have been begun, and the others go to others.
struct PoolCore {
    /// - Throws: `invalidArgument` for a parcel of no inputs.
    static func checkChunkSize(_ size: Int) throws(ProcessError) {
        guard size > 0 else {
            throw ProcessError(.invalidArgument, "a chunk of \(size) inputs")
        }
    }

    typealias WorkerID = Int
    typealias ParcelID = Int

    /// What is to be done.
    enum Action: Equatable {
        case send(ParcelID, to: WorkerID)
        /// Tells a worker to end, which has nothing to do.
        case retire(WorkerID)
        /// Starts a worker.
        case start(WorkerID)
        /// Nobody knows what the parcel came to: its worker died over it.
        case fail(ParcelID)
        /// Workers end before they have begun, one after the other: nothing will be done.
        case giveUp
    }

    private struct Worker {
        var isReady = false
        /// What it has and has not answered, in order.
        var parcels: [ParcelID] = []
        /// How many parcels it has had.
        var taken = 0
        /// How long it takes over a parcel, in nanoseconds: an average that forgets.
        var average: Int64 = .max
        /// When it was last given something to do, or answered.
        var since: Int64 = 0
        /// It had half of what it may have, or less, and has not been given as much since: so that
        /// it is given many at once.
        var isFilling = true

        mutating func take(_ parcel: ParcelID, at now: Int64) {
            if parcels.isEmpty { since = now }
            parcels.append(parcel)
            taken += 1
            if parcels.count >= PoolCore.depth { isFilling = false }
        }
    }

    /// Parcels that take less than so many nanoseconds are given out several at a time, while many
    /// are left: what stands behind one that takes long after all stands there for as long.
    private static let brief: Int64 = 200_000
    /// How many at a time.
    private static let depth = 32

    /// How many workers there are to be.
    let size: Int
    /// After how many parcels a worker is replaced.
    private let parcelsPerWorker: Int
    private var workers: [WorkerID: Worker] = [:]
    /// What has not been given out.
    private var waiting = FIFO<ParcelID>()
    /// What has been given out before, and comes first.
    private var again: [ParcelID] = []
    private var nextWorker = 0
    /// How many workers have ended one after the other before they were ready.
    private var failedStarts = 0
    private(set) var isClosed = false

    /// - Parameter parcelsPerWorker: after how many parcels a worker is replaced; nil for never.
    init(size: Int, parcelsPerWorker: Int?) {
        self.size = size
        self.parcelsPerWorker = parcelsPerWorker ?? .max
    }

    /// Whether nothing is left to do.
    var isIdle: Bool {
        waiting.isEmpty && again.isEmpty && workers.values.allSatisfy(\.parcels.isEmpty)
    }

    /// Begins.
    mutating func start() -> [Action] { replenish() }

    /// A parcel has come.
    mutating func add(_ parcel: ParcelID, at now: Int64) -> [Action] {
        waiting.append(parcel)
        return handOut(at: now)
    }

    /// A worker may be given something to do.
    mutating func ready(_ id: WorkerID, at now: Int64) -> [Action] {
        failedStarts = 0
        workers[id]?.isReady = true
        return handOut(at: now)
    }

    /// A worker has answered so many of its parcels, the first.
    ///
    /// - Returns: which those were; fewer if it had not as many.
    mutating func answered(
        _ id: WorkerID, _ count: Int = 1, at now: Int64
    ) -> (parcels: [ParcelID], [Action]) {
        guard var worker = workers[id], !worker.parcels.isEmpty else { return ([], []) }
        let parcels = Array(worker.parcels.prefix(count))
        worker.parcels.removeFirst(parcels.count)
        let time = (now - worker.since) / Int64(parcels.count)
        worker.average = worker.average == .max ? time : (3 * worker.average + time) / 4
        worker.since = now
        if worker.parcels.count <= Self.depth / 2 { worker.isFilling = true }
        workers[id] = worker
        return (parcels, handOut(at: now))
    }

    /// A worker has ended, whatever it had to do.
    mutating func ended(_ id: WorkerID, at now: Int64) -> [Action] {
        guard let worker = workers.removeValue(forKey: id) else { return [] }
        if !worker.isReady { failedStarts += 1 }
        var actions: [Action] = []
        if let first = worker.parcels.first { actions.append(.fail(first)) }
        again = worker.parcels.dropFirst() + again
        guard failedStarts <= size + 2 else { return actions + [.giveUp] }
        return actions + replenish() + handOut(at: now)
    }

    /// A parcel that failed is to be done once more.
    mutating func repeated(_ parcel: ParcelID, at now: Int64) -> [Action] {
        again.insert(parcel, at: 0)
        return replenish() + handOut(at: now)
    }

    /// No more parcels come: workers end when there is nothing to do for them.
    mutating func close(at now: Int64) -> [Action] {
        isClosed = true
        return handOut(at: now)
    }

    /// A parcel that nobody wants any more, if it has not been given out.
    mutating func withdraw(_ parcels: Set<ParcelID>) {
        again.removeAll(where: parcels.contains)
        for place in waiting.places {
            if let parcel = waiting[place], parcels.contains(parcel) {
                waiting.remove(place: place)
            }
        }
    }

    // MARK: Giving out

    private mutating func replenish() -> [Action] {
        if isClosed, waiting.isEmpty, again.isEmpty { return [] }
        var actions: [Action] = []
        while workers.count < size {
            workers[nextWorker] = Worker()
            actions.append(.start(nextWorker))
            nextWorker += 1
        }
        return actions
    }

    private mutating func handOut(at now: Int64) -> [Action] {
        var actions: [Action] = []
        while hasParcel, let id = nextTaker() {
            guard let parcel = again.isEmpty ? waiting.popFirst() : again.removeFirst() else {
                break
            }
            workers[id]?.take(parcel, at: now)
            actions.append(.send(parcel, to: id))
        }
        return actions + retirements()
    }

    private var hasParcel: Bool { !waiting.isEmpty || !again.isEmpty }

    /// Who is given the next parcel: the one with the fewest.
    private func nextTaker() -> WorkerID? {
        var best: (count: Int, id: WorkerID)?
        for (id, worker) in workers where hasRoom(worker) {
            let candidate = (worker.parcels.count, id)
            if best.map({ candidate < $0 }) ?? true { best = candidate }
        }
        return best?.id
    }

    private func hasRoom(_ worker: Worker) -> Bool {
        guard worker.isReady, worker.taken < parcelsPerWorker else { return false }
        let isBrief = worker.average < Self.brief
        let areMany = waiting.count + again.count > Self.depth * size
        return isBrief && areMany ? worker.isFilling : worker.parcels.isEmpty
    }

    /// The workers that have done their part.
    private mutating func retirements() -> [Action] {
        let isOver = isClosed && !hasParcel
        guard isOver || parcelsPerWorker != .max else { return [] }
        return workers.filter { _, worker in
            worker.isReady && worker.parcels.isEmpty
                && (isOver || worker.taken >= parcelsPerWorker)
        }.keys.sorted().map { id in
            // It is asked once.
            workers[id]?.isReady = false
            workers[id]?.taken = parcelsPerWorker
            return .retire(id)
        }
    }
}
