internal import Connections
internal import Pickle
internal import Synchronization

// Calls whose replies were lost with their connection.
extension Manager {
    /// How often the server may be asked: for as long as the lost connection is ending there, and
    /// where connections are lost over it.
    private static let questions = 20
    /// How long the server is left alone between two questions.
    private static let pause = Duration.milliseconds(20)

    /// Makes a call on a line, whose server keeps what comes of it if the line is tagged.
    ///
    /// - Parameter isRepeatable: whether it changes nothing, so that nothing need be kept.
    /// - Throws: `ManagerError`; it `isServerAway` where the call may be made anew.
    func message(
        _ request: [UInt8], isRepeatable: Bool = false, on line: any CallLine,
        onInterruption: ExchangeInterruption, timeout: Duration?
    ) async throws(ManagerError) -> [UInt8] {
        do throws(ManagerError) {
            return try await contact.message(
                request, on: line, keepsOutcome: !isRepeatable, onInterruption: onInterruption,
                timeout: timeout)
        } catch {
            if let message = try await recover(from: error, isRepeatable: isRepeatable) {
                return message
            }
            throw error.withoutTrace
        }
    }

    /// What came of a call that failed, where its server keeps that. It is asked for also if the
    /// task was cancelled: an item that was taken must not be lost, nor a lock stay locked.
    ///
    /// - Parameter isRepeatable: whether the call changes nothing.
    /// - Returns: the reply; nil where the call may be made anew.
    /// - Throws: `ManagerError`: the one given, where nobody can tell, or the caller was cancelled.
    func recover(
        from error: ManagerError, isRepeatable: Bool
    ) async throws(ManagerError) -> [UInt8]? {
        if error.isServerAway || (isRepeatable && error.code == .connectionLost) { return nil }
        guard let call = (error.underlying as? ConnectionError)?.lostCall else { throw error }
        recoveries.add(1, ordering: .relaxed)
        defer { recoveries.subtract(1, ordering: .relaxed) }
        let outcome = try await uncancelled { [self] () throws(ManagerError) -> LostOutcome in
            await found(call)
        }
        switch outcome {
        case .reply(let message): return message
        case .unheard:
            if error.code == .cancelled { throw error.withoutTrace }
            return nil
        case .unknown: throw error
        case .askAgain, .unanswered:
            // The caller is not told what it gave, whoever may be.
            releases.takeBack([call])
            throw error
        }
    }

    private func found(_ call: LostCall) async -> LostOutcome {
        for _ in 0..<Self.questions {
            let outcome = await outcome(of: call)
            guard case .askAgain = outcome else { return outcome }
            _ = await IOLoop.sleep(for: Self.pause)
        }
        return .askAgain
    }

    private enum LostOutcome: Sendable {
        case reply([UInt8])
        case unheard
        case unknown
        case askAgain
        /// The server is not to be reached.
        case unanswered
    }

    /// Asks the server on the next connection.
    private func outcome(of call: LostCall) async -> LostOutcome {
        let answer: PickleValue
        do throws(ManagerError) {
            let line = try await shared.returnConnection()
            answer = try await contact.ask(.verb("outcome", call), on: line).returned()
        } catch {
            return error.code == .connectionLost ? .askAgain : .unanswered
        }
        guard case .tuple(let parts) = answer.kind, parts.count == 2 else { return .unknown }
        switch (parts[0].string, parts[1].kind) {
        case ("reply", .bytes(let message)): return .reply(message)
        case ("unheard", _): return .unheard
        case ("ending", _): return .askAgain
        default: return .unknown
        }
    }
}

extension [UInt8] {
    /// A verb that names a call of an earlier connection:
    /// `(None, verb, (line, tag, number), {})`
    static func verb(_ name: String, _ call: LostCall) -> [UInt8] {
        Request.verb(name, numbers: [Int(call.line), Int(call.tag), Int(call.number)])
    }
}
