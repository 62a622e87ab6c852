import ArgumentParser
import Connections
import Histogram
import Managers
import Sockets

/// `manager bench`
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures how many calls a second a server answers, and how long they take.",
        discussion: """
            The server may be CPython's. New objects are made there, called, and dropped at the \
            end; each reply is checked. Ctrl-C ends the run early, and what was measured until \
            then is told.

            Each of --tasks uses one of --connections and keeps --depth calls under way. A latency \
            is the time from one call until its reply has been decoded and checked. Server and \
            client share the machine's CPUs, if they are on one machine: let nothing else run.
            """)

    @Argument(help: "What is called.")
    var operation: BenchOperation

    @OptionGroup var server: ServerOptions
    @OptionGroup var load: LoadOptions

    @Option(help: "How the client makes its calls.")
    var door = Door.global

    @Flag(help: "Prints one line of JSON, its times in microseconds, instead of text.")
    var json = false

    @Flag(
        inversion: .prefixedNo,
        help: """
            Tells on standard error, once a second, how it is going. By default where that is a \
            terminal.
            """)
    var progress: Bool?

    @Option(help: ArgumentHelp("How long to wait for a connection.", valueName: "seconds"))
    var timeout = 20.0

    func validate() throws {
        try load.validate(for: operation)
        guard timeout > 0, timeout < 1e9 else {
            throw ValidationError("--timeout is a number of seconds above 0")
        }
    }

    func run() throws {
        HostProcess.raiseDescriptorLimit()
        let stop = StopFlag()
        try waitForTask({ try await measure(stop) }, onInterrupt: stop.set)
    }

    private func measure(_ stop: StopFlag) async throws {
        let peer = try parseAddress(server.address)
        let key = try server.authkey.key()
        do {
            let report = try await measure(peer, key, stop)
            try HostProcess.print("\(json ? report.json() : report.text)\n")
        } catch let error as ManagerError {
            throw Complaint("\(peer): \(error.reason)")
        }
    }

    private func measure(
        _ peer: SocketAddress, _ key: AuthenticationKey, _ stop: StopFlag
    ) async throws -> BenchReport {
        let plan = load.plan(operation, door)
        let values = BenchValues(size: plan.valueSize, keys: plan.keyCount)
        let screen = ProgressScreen(isShown: progress ?? HostProcess.errorsGoToTerminal)
        var limits = ClientLimits()
        limits.connectTimeout = .seconds(timeout)
        screen.show("connecting, and making the objects")
        let clients = try await BenchClients.connect(plan, values) { [limits] in
            try await Manager.connect(to: peer, authkey: key, limits: limits)
        }
        let run = BenchRun(plan: plan, values: values, objects: clients.objects, stop: stop)
        let outcome: Result<(Duration, LatencyRecorder), any Error>
        do {
            outcome = .success(try await measure(run, screen))
        } catch {
            outcome = .failure(error)
        }
        screen.show("dropping the objects")
        await clients.close()
        screen.clear()
        let (elapsed, recorder) = try outcome.get()
        let latencies = recorder.latencies
        guard latencies.totalCount > 0 else { throw Complaint("stopped before it began") }
        return BenchReport(
            plan, address: "\(peer)", server: clients.server, elapsed: elapsed,
            latencies: latencies)
    }

    /// Goes through the phases.
    ///
    /// - Returns: what the last one has measured.
    private func measure(
        _ run: BenchRun, _ screen: ProgressScreen
    ) async throws -> (Duration, LatencyRecorder) {
        for phase in run.plan.phases.dropLast() {
            screen.show(phase == .fill ? "putting the items in" : "warming up")
            _ = try await run.run(phase, into: LatencyRecorder())
        }
        let recorder = LatencyRecorder()
        let elapsed = try await screen.following(recorder) {
            try await run.run(.measured, into: recorder)
        }
        return (elapsed, recorder)
    }
}
