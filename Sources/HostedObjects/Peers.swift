/// What is known of the processes and hosts that the server's clients are: how often each object is
/// counted for them, and what they hold.
struct Peers {
    /// A process whose end is seen.
    struct Process {
        let serial: UInt32
        /// How often each object is counted for it.
        private(set) var references: [ObjectID: Int] = [:]
        private var pruning = Pruning()
        var holdings = Holdings()
        /// How many of its connections are open that keep it alive.
        var sessions = 0
        /// How many are that do not.
        var lines = 0
        /// It has ended; its connections may be open still, if another process has inherited them.
        var hasEnded = false
        /// It was ended by a signal.
        var wasKilled = false
        /// Whose it is, where not everybody may do everything.
        var principal: PrincipalID?
        /// The name by which it is found, if it gave one itself.
        var name: AnnouncedName?

        init(serial: UInt32 = 0) {
            self.serial = serial
        }

        /// Counts an object once more.
        mutating func retain(_ id: ObjectID, of table: ObjectTable) {
            if pruning.isDue(at: references.count) {
                references = references.filter { table.place($0.key) != nil }
                pruning.isDone(at: references.count)
            }
            references[id, default: 0] += 1
        }

        /// Whether a lock that it holds is free with its end. Who has dropped its references, and
        /// was not killed, has said goodbye: the lock is meant to stay locked.
        func frees(_ id: ObjectID) -> Bool { wasKilled || counts(id) }

        /// Whether an object is counted for it.
        func counts(_ id: ObjectID) -> Bool { references[id] != nil }

        /// Counts an object once less; false if it was not counted for this process.
        mutating func release(_ id: ObjectID) -> Bool {
            guard let count = references[id] else { return false }
            references[id] = count > 1 ? count - 1 : nil
            return true
        }
    }

    /// A process that gave itself a name, for its end is not seen otherwise.
    struct AnnouncedName: Hashable {
        /// The slot of its host.
        let host: UInt32
        let name: String
        /// Nobody is taken for a process of somebody else by its name.
        let principal: PrincipalID?
    }

    /// ``HostedObjects/Origin``, with a host's slot for its address.
    enum Origin {
        case unknown
        case process(ProcessID)
        case host(UInt32)
    }

    private var processes: [Process] = []
    private var free: [Int] = []
    private var serial: UInt32 = 0
    private var announced: [AnnouncedName: ProcessID] = [:]
    private var hosts: [PeerHost] = []
    private var freeHosts: [Int] = []
    private var places: [HostAddress: Int] = [:]

    /// A process has been met.
    mutating func add() -> ProcessID {
        serial &+= 1
        if serial == 0 { serial = 1 }
        let slot = free.popLast() ?? processes.count
        if slot == processes.count { processes.append(Process()) }
        processes[slot] = Process(serial: serial)
        return ProcessID(slot: UInt32(slot), serial: serial)
    }

    /// The process of a name, which lasts for as long as some connection keeps it.
    mutating func find(_ name: AnnouncedName, isMain: Bool) -> ProcessID? {
        if let found = announced[name] { return found }
        guard isMain else { return nil }
        return announce(name)
    }

    private mutating func announce(_ name: AnnouncedName) -> ProcessID {
        let process = add()
        processes[Int(process.slot)].name = name
        processes[Int(process.slot)].hasEnded = true
        announced[name] = process
        return process
    }

    /// One of the connections that keep a process is from now on that of another, which has the
    /// name; nil where it has none.
    mutating func succeed(_ forerunner: ProcessID) -> ProcessID? {
        let known = with(forerunner) { process in
            process.name.map { (name: $0, principal: process.principal) }
        }
        guard let known = known ?? nil else { return nil }
        let process = announce(known.name)
        processes[Int(process.slot)].sessions = 1
        processes[Int(process.slot)].principal = known.principal
        _ = with(forerunner) { $0.sessions -= 1 }
        return process
    }

    /// Changes what is known of a process that is not forgotten; nil if it is.
    @inline(__always)
    mutating func with<Result>(
        _ id: ProcessID, _ body: (inout Process) -> Result
    ) -> Result? {
        let slot = Int(id.slot)
        guard slot < processes.count, processes[slot].serial == id.serial else { return nil }
        return body(&processes[slot])
    }

    /// Whether a process gave itself a name.
    mutating func isAnnounced(_ process: ProcessID) -> Bool {
        with(process) { $0.name != nil } ?? false
    }

    /// Notes that a process holds an object.
    mutating func hold(_ object: ObjectID, of table: ObjectTable, for process: ProcessID) {
        _ = with(process) { $0.holdings.append(object, of: table) }
    }

    /// Forgets a process that has ended and has no connection open; nil if that is not so.
    mutating func takeDead(_ id: ProcessID) -> Process? {
        let dead = with(id) { process -> Process? in
            guard process.hasEnded, process.sessions == 0 else { return nil }
            defer { process = Process() }
            return process
        }
        guard let dead = dead ?? nil else { return nil }
        if let name = dead.name, announced[name] == id { announced[name] = nil }
        free.append(Int(id.slot))
        return dead
    }

    // MARK: Hosts

    /// The slot of a host, with one session more.
    mutating func meet(_ address: HostAddress) -> UInt32 {
        let place: Int
        if let known = places[address] {
            place = known
        } else {
            place = freeHosts.popLast() ?? hosts.count
            if place == hosts.count { hosts.append(PeerHost(address: address)) }
            hosts[place] = PeerHost(address: address)
            places[address] = place
        }
        hosts[place].sessions += 1
        return UInt32(place)
    }

    /// Changes what is known of a host, and forgets the host if nothing is.
    mutating func withHost<Result>(_ place: UInt32, _ body: (inout PeerHost) -> Result) -> Result {
        let place = Int(place)
        defer {
            if hosts[place].isForgotten {
                places[hosts[place].address] = nil
                freeHosts.append(place)
            }
        }
        return body(&hosts[place])
    }
}
