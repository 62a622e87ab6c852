public import Managers
internal import Pickle
internal import Processes

extension Registry {
    /// Offers pools of processes, whose workers do some tasks by their names: CPython's
    /// `SyncManager.Pool`.
    ///
    /// ```swift
    /// struct Work: ManagerSetup {
    ///     func register(in registry: inout Registry) {
    ///         registry.registerPool(tasks: [HostedTask("square", Square())])
    ///     }
    /// }
    /// let manager = try await Manager.start(Work())
    /// let pool = try await manager.pool(processes: 4)
    /// let squares = try await pool.map("square", over: 0..<10, returning: Int.self)
    /// ```
    ///
    /// A stock Python client makes and uses it as its own: `with m.Pool(4) as pool: pool.map(f,
    /// range(10))`. Its function travels as a name, for which the task of that name is done; a text
    /// does as well. Keywords, initializers, callbacks and `maxtasksperchild` are refused.
    ///
    /// The workers are processes of the server's, so it must be one that `Manager.start` has
    /// started, or a program that may have children. They end with the pool's last proxy.
    ///
    /// - Parameters:
    ///   - typeid: the name by which clients make pools.
    ///   - tasks: what they may have done.
    ///   - processLimit: most workers of all these pools together.
    /// - Note: CPython's runs any function; a server of this house runs nothing of its clients'.
    public mutating func registerPool(
        _ typeid: String = "Pool", tasks: [HostedTask], processLimit: Int = 64
    ) {
        let budget = HostedPool.Budget(processLimit)
        let known = Dictionary(tasks.map { ($0.name, $0) }) { _, last in last }
        let make: @Sendable @concurrent (Int?) async throws -> HostedPool = { processes in
            try HostedPool(processes, of: budget, tasks: known)
        }
        register(typeid, make, arguments: ["processes"]) { pool in
            pool.expose(
                "apply", HostedPool.apply, arguments: ["func", "args"])
            let many: [Parameter] = ["func", "iterable", "chunksize"]
            pool.expose("map", HostedPool.map, arguments: many)
            pool.expose("starmap", HostedPool.starmap, arguments: many)
            for name in ["imap", "imap_unordered"] {
                pool.expose(name, iterating: HostedPool.walk, arguments: many)
            }
            let result = "AsyncResult"
            pool.expose(
                "apply_async", HostedPool.applyAsync, as: result, arguments: ["func", "args"])
            pool.expose("map_async", HostedPool.mapAsync, as: result, arguments: many)
            pool.expose("starmap_async", HostedPool.starmapAsync, as: result, arguments: many)
            pool.expose("close", HostedPool.close)
            pool.expose("terminate", HostedPool.terminate)
            pool.expose("join", HostedPool.join)
        }
        let refuse: @Sendable @concurrent () async throws -> HostedResult = {
            throw RaisedException("TypeError", "a pool makes these")
        }
        register("AsyncResult", refuse) { result in
            result.expose("get", HostedResult.get, arguments: ["timeout"])
            result.expose("wait", HostedResult.wait, arguments: ["timeout"])
            result.expose("ready", HostedResult.ready)
            result.expose("successful", HostedResult.successful)
        }
    }
}
