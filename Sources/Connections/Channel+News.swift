internal import Sockets

extension Channel {
    /// What an event under the lock leaves to be done outside of it.
    struct News: Sendable {
        var resumptions: [(Continuation, Result<Message, ConnectionError>)] = []
        var timers: [IOLoop.TimerID] = []
        var onOpened: OnOpened?
        var openingError: ConnectionError?
        var leaves: UInt64?

        func tell(loop: IOLoop) {
            for timer in timers { loop.cancel(timer) }
            for (continuation, result) in resumptions { continuation.resume(returning: result) }
            onOpened?(openingError)
            if let leaves { loop.leave(leaves) }
        }
    }
}

extension Channel.State {
    /// Brings the socket in line with the machine, and collects the news.
    mutating func settle(loop: IOLoop, setup: Channel.Setup) -> Channel.News {
        if machine.hasFinishedWriting, !isHalfClosed {
            isHalfClosed = true
            wire?.finishWriting()
        }
        if wire?.holdsInput == true, machine.wantsToRead, machine.phase != .securing {
            readHere(setup: setup)
        }
        watch(loop: loop)
        if machine.phase == .ended, wire != nil {
            sayLastWord()
            watch(loop: loop)
            wire?.bidFarewell()
            wire = nil
            news.leaves = token
        }
        for effect in machine.takeEffects() { collect(effect) }
        if !pollers.isEmpty, machine.hasNews {
            for id in pollers { release(id, .success([])) }
            pollers = []
        }
        defer { news = Channel.News() }
        return news
    }

    /// Waits for what the machine wants, and for nothing else: a hung up socket that is not read
    /// would be reported again and again.
    private mutating func watch(loop: IOLoop) {
        guard token != 0, let raw = wire?.descriptor.raw else { return }
        var wanted: Interest = []
        if machine.wantsToRead { wanted.insert(.read) }
        if machine.wantsToWrite || wire?.holdsOutput == true { wanted.insert(.write) }
        do throws(SocketError) {
            try loop.watch(raw, token: token, from: interest, to: wanted)
            interest = wanted
        } catch {
            machine.fail(ConnectionError(error))
        }
    }

    private mutating func sayLastWord() {
        guard let word = machine.lastWord else { return }
        // A socket that has no room for it belongs to a peer that does not listen.
        let frame = frameHeader(word.count) + word
        unsafe frame.withUnsafeBytes { _ = unsafe wire?.write($0) }
    }

    private mutating func collect(_ effect: ChannelState.Effect) {
        switch effect {
        case .opened: tellOpener(nil)
        case .failedToOpen(let error): tellOpener(error)
        case .received(let id, let message): release(id, .success(message))
        case .sent(let id): release(id, .success([]))
        case .notReceived(let id, let error), .notSent(let id, let error):
            release(id, .failure(waiters[id]?.interruption ?? error))
        }
    }

    private mutating func tellOpener(_ error: ConnectionError?) {
        news.onOpened = onOpened
        news.openingError = error
        onOpened = nil
        if let openingTimer { news.timers.append(openingTimer) }
        openingTimer = nil
    }

    /// Lets go of a waiter, who will be told.
    mutating func release(_ id: UInt64, _ result: Result<Message, ConnectionError>) {
        guard let waiter = waiters.removeValue(forKey: id) else { return }
        if let timer = waiter.timer { news.timers.append(timer) }
        news.resumptions.append((waiter.continuation, result))
    }
}
