internal import Connections
internal import Pickle

// Calls whose replies were lost with their connection.
extension Manager {
    /// How often the server may be asked: for as long as the lost connection is ending there, and
    /// where connections are lost over it.
    private static let questions = 20
    /// How long the server is left alone between two questions.
    private static let pause = Duration.milliseconds(20)

    /// What came of a call that failed, where its server keeps that.
    ///
    /// - Returns: the reply; nil where nothing has come of the call, so that it may be made anew.
    /// - Throws: `ManagerError`: the one given, where nobody can tell.
    func recover(from error: ManagerError) async throws(ManagerError) -> [UInt8]? {
        if error.isServerAway { return nil }
        guard let call = (error.underlying as? ConnectionError)?.lostCall else { throw error }
        for _ in 0..<Self.questions {
            switch await outcome(of: call) {
            case .reply(let message): return message
            case .unheard: return nil
            case .unknown: throw error
            case .askAgain:
                guard (try? await Task.sleep(for: Self.pause)) != nil else { throw error }
            }
        }
        throw error
    }

    private enum LostOutcome {
        case reply([UInt8])
        case unheard
        case unknown
        case askAgain
    }

    /// Asks the server on the next connection.
    private func outcome(of call: LostCall) async -> LostOutcome {
        let answer: PickleValue
        do throws(ManagerError) {
            let line = try await shared.connection()
            let question = Request.verb(
                "outcome", numbers: [Int(call.line), Int(call.tag), Int(call.number)])
            answer = try await contact.ask(question, on: line).returned()
        } catch {
            return error.code == .connectionLost ? .askAgain : .unknown
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
