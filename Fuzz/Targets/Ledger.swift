/// What the server has told everybody: where each item is, who holds what, and who waits.
struct Ledger {
    /// What is shared, as the clients' calls name it.
    enum Object: Int, CaseIterable {
        case queue, shortQueue, lock, recursiveLock, semaphore

        /// How many items a queue may have; nil for any.
        var capacity: Int? { self == .shortQueue ? Self.shortCapacity : nil }
        static let shortCapacity = 2

        /// How many may hold it at once; nil for as often as its one holder likes.
        var permits: Int? {
            switch self {
            case .lock: 1
            case .semaphore: Self.semaphoreValue
            default: nil
            }
        }
        static let semaphoreValue = 2
    }

    /// A call of one lane's.
    enum Call: Equatable {
        case put(Object, item: Int)
        case get(Object)
        case acquire(Object)
        /// Gives back what that call was granted.
        case release(Object, Place)

        var object: Object {
            switch self {
            case .put(let object, _), .get(let object), .acquire(let object),
                .release(let object, _):
                object
            }
        }
    }

    /// What came of it.
    enum Answer: Equatable {
        case done, refused, granted, cancelled
        case item(Int)

        /// Whether something is given that may go back.
        var isGift: Bool {
            switch self {
            case .granted, .item: true
            case .done, .refused, .cancelled: false
            }
        }
    }

    /// Where a call comes from: one of a client's calls under way.
    struct Place: Hashable {
        let client: Int
        let lane: Int
    }

    /// The items of a queue that nobody was given, in order.
    private(set) var items: [Object: [Int]] = [:]
    /// Items that were given, each with when it was put, that they may go back.
    private var given: [Int: Object] = [:]
    /// Who holds what; twice, if twice.
    private(set) var holders: [Object: [Place]] = [:]
    /// Who waits, in the order in which they came.
    private(set) var waiting: [(place: Place, call: Call)] = []

    // MARK: What happens

    mutating func waits(_ place: Place, _ call: Call) {
        waiting.append((place, call))
    }

    /// A call has been answered.
    mutating func answered(_ place: Place, _ call: Call, _ answer: Answer) {
        // Who holds a recursive lock need not stand in line for it.
        let isInside =
            call == .acquire(.recursiveLock)
            && holders[.recursiveLock]?.contains { $0.client == place.client } == true
        stopWaiting(place, call, isServed: (answer == .done || answer.isGift) && !isInside)
        switch (call, answer) {
        case (.put(let queue, let item), .done): items[queue, default: []].append(item)
        case (.get(let queue), .item(let item)):
            claim(items[queue]?.first == item, "\(item) is given out of \(items[queue] ?? [])")
            items[queue]?.removeFirst()
            given[item] = queue
        case (.acquire(let object), .granted): holders[object, default: []].append(place)
        case (.release(let object, let holder), .done): letGo(object, holder)
        case (.get, .refused), (.put, .refused), (.acquire, .refused), (_, .cancelled): break
        default: fatalError("FINDING: \(call) is answered by \(answer)")
        }
    }

    /// - Parameter isServed: whether it got what it waited for: then it was the first in line.
    private mutating func stopWaiting(_ place: Place, _ call: Call, isServed: Bool) {
        guard let index = waiting.firstIndex(where: { $0.place == place }) else {
            fatalError("FINDING: an answer for \(place), who does not wait")
        }
        let isFirst = !waiting[..<index].contains { $0.call.isInLine(with: call) }
        claim(isFirst || !isServed, "\(place) is served before who came first: \(call)")
        waiting.remove(at: index)
    }

    /// A call that waited is gone without an answer.
    mutating func gone(_ place: Place) { waiting.removeAll { $0.place == place } }

    /// What an answer gave has gone back.
    mutating func takenBack(_ place: Place, _ call: Call, _ answer: Answer) {
        switch (call, answer) {
        case (_, .item(let item)):
            guard let queue = given.removeValue(forKey: item) else {
                fatalError("FINDING: \(item) goes back twice")
            }
            items[queue, default: []].append(item)
            items[queue]?.sort()
        case (.acquire(let object), .granted): letGo(object, place)
        default: break
        }
    }

    /// Whether somebody holds an object by that call.
    func holds(_ place: Place, _ object: Object) -> Bool {
        holders[object]?.contains(place) == true
    }

    /// A connection has ended: what was its own is free.
    mutating func cut(_ client: Int) { holders[.recursiveLock]?.removeAll { $0.client == client } }

    /// A client is dead, and holds nothing.
    mutating func died(_ client: Int) {
        for object in holders.keys { holders[object]?.removeAll { $0.client == client } }
    }

    private mutating func letGo(_ object: Object, _ place: Place) {
        guard let index = holders[object]?.lastIndex(of: place) else { return }
        holders[object]?.remove(at: index)
    }

    // MARK: What must be so

    /// Nobody waits for what is there, and nobody holds what another does.
    func check() {
        for (object, places) in holders {
            claim(
                places.count <= object.permits ?? .max, "\(object) is held by \(places.count)")
            let isAlone = object != .recursiveLock || Set(places.map(\.client)).count < 2
            claim(isAlone, "\(object) is held by \(places)")
        }
        for (place, call) in waiting {
            claim(!isPossible(call), "\(place) waits for \(call), which is possible")
        }
    }

    private func isPossible(_ call: Call) -> Bool {
        let object = call.object
        let count = items[object]?.count ?? 0
        let holders = holders[object] ?? []
        return switch call {
        case .get: count > 0
        case .put: count < object.capacity ?? .max
        // Two calls of one owner that wait: once one is granted, the other waits for that.
        case .acquire: holders.count < object.permits ?? 1
        case .release: true
        }
    }
}

extension Ledger.Call {
    /// Whether both stand in one line.
    fileprivate func isInLine(with other: Ledger.Call) -> Bool {
        switch (self, other) {
        case (.put(let left, _), .put(let right, _)), (.get(let left), .get(let right)),
            (.acquire(let left), .acquire(let right)):
            left == right
        default: false
        }
    }
}
