internal import Sockets

extension Channel.State {
    /// The socket is connected: secures it if it is to be, or begins at once.
    mutating func begin() {
        if machine.connected() { secure() } else { machine.start() }
    }

    /// Goes on with the handshake of TLS, and begins when that is over.
    mutating func secure() {
        switch wire?.secure() {
        case .done: machine.start()
        case .waits, nil: break
        case .failed(let error): machine.fail(error)
        }
    }

    /// Reads what has come, a few times, and then what a session holds: nobody tells of that again.
    mutating func read(scratch: UnsafeMutableRawBufferPointer, setup: Channel.Setup) {
        var turns = 0
        while turns < Channel.readsPerTurn || wire?.holdsInput == true {
            turns += 1
            let onlyHeld = turns > Channel.readsPerTurn
            guard machine.wantsToRead, machine.phase != .securing else { return }
            if setup.isTCP { wire?.descriptor.acknowledgeQuickly() }
            let isLarge = decoder.missing >= FrameDecoder.leastSpace
            var luggage: [SharedDescriptor] = []
            let transfer =
                if isLarge {
                    // Within a frame: no luggage comes there.
                    wire?.read(into: &decoder, onlyHeld: onlyHeld)
                } else if setup.carriesLuggage {
                    unsafe wire?.descriptor.read(into: scratch, accepting: &luggage)
                } else if onlyHeld {
                    unsafe wire?.readHeld(into: scratch)
                } else {
                    unsafe wire?.read(into: scratch)
                }
            switch transfer {
            case .bytes(let count):
                if setup.carriesLuggage, !take(luggage, with: count) { return }
                let chunk = unsafe scratch.prefix(isLarge ? 0 : count)
                unsafe digest(UnsafeRawBufferPointer(rebasing: chunk), setup: setup)
                if !isLarge, count < scratch.count, wire?.holdsInput != true { return }
            case .wouldBlock, nil: return
            case .endOfFile:
                let isWhole = decoder.missing == 0
                return machine.readingEnded(isWhole ? .closedByPeer : .cutOff)
            case .failed(let number):
                return machine.fail(failure("recv", number))
            }
        }
    }

    private func failure(_ call: String, _ number: Int32) -> ConnectionError {
        wire?.failure(call, number) ?? .closedHere
    }

    /// Counts what a read has brought.
    ///
    /// - Returns: false when it was too much, and the connection has ended.
    private mutating func take(_ luggage: [SharedDescriptor], with byteCount: Int) -> Bool {
        do throws(ConnectionError) {
            try belt.arrived(byteCount, with: luggage)
            return true
        } catch {
            machine.fail(error)
            return false
        }
    }

    /// Goes on with what lies in the decoder, if the inbox has room again.
    mutating func resumeReading(setup: Channel.Setup) {
        guard isPaused, machine.wantsToRead else { return }
        unsafe digest(UnsafeRawBufferPointer(start: nil, count: 0), setup: setup)
    }

    private mutating func digest(_ chunk: UnsafeRawBufferPointer, setup: Channel.Setup) {
        let wasOpen = machine.phase == .open
        do throws(ConnectionError) {
            var goesOn = try unsafe feed(chunk, setup)
            if !goesOn, !wasOpen, machine.phase == .open {
                decoder.limit = setup.messageSizeLimit
                goesOn = try unsafe feed(UnsafeRawBufferPointer(start: nil, count: 0), setup)
            }
            isPaused = !goesOn
            // A stranger has none.
            if machine.phase == .authenticating { belt.clear() }
        } catch {
            machine.fail(
                machine.phase == .authenticating ? .authenticationFailed(error.reason) : error)
        }
    }

    private mutating func feed(
        _ chunk: UnsafeRawBufferPointer, _ setup: Channel.Setup
    ) throws(ConnectionError) -> Bool {
        guard setup.carriesLuggage else {
            return try unsafe decoder.feed(chunk) { unsafe machine.received($0) }
        }
        return try unsafe decoder.feed(chunk) { frame in
            unsafe machine.received(frame, luggage: belt.claim(frameOf: frame.count))
        }
    }

    /// Reads on the caller's thread what has come.
    mutating func readHere(setup: Channel.Setup) {
        unsafe withUnsafeTemporaryAllocation(
            byteCount: Channel.callerScratchSize, alignment: 16
        ) { scratch in
            unsafe read(scratch: scratch, setup: setup)
        }
    }

    /// Writes what waits, until the socket takes no more.
    mutating func write(scratch: UnsafeMutableRawBufferPointer, setup: Channel.Setup) {
        if machine.phase == .connecting { finishConnecting(setup: setup) }
        if case .failed(let number)? = wire?.flush() {
            return machine.writingFailed(failure("send", number))
        }
        while machine.wantsToWrite, machine.phase != .securing {
            let luggage = machine.outbox.nextLuggage
            let transfer = unsafe machine.outbox.withNext(scratch: scratch) { head, rest in
                luggage.isEmpty
                    ? unsafe wire?.write(head, then: rest)
                    // It goes with the header, the body by itself.
                    : unsafe wire?.descriptor.write(head, passing: luggage)
            }
            switch transfer {
            case .bytes(let count): machine.sent(count + encrypted())
            case .wouldBlock, .endOfFile, nil: return machine.sent(encrypted())
            case .failed(let number): return machine.writingFailed(failure("send", number))
            }
        }
    }

    private mutating func finishConnecting(setup: Channel.Setup) {
        guard let destination = setup.destination else { return }
        do throws(SocketError) {
            try wire?.descriptor.finishConnecting(to: destination)
            begin()
        } catch {
            machine.fail(ConnectionError(error))
        }
    }

    /// Counts what has been encrypted as gone: a message that is taken back later must not be among
    /// it.
    private func encrypted() -> Int { wire?.disown() ?? 0 }

    /// How a message went.
    enum Transmission {
        case gone
        case waits(place: Int)
        case failed(ConnectionError)
    }

    /// Writes a message at once if nothing is before it; what the socket does not take waits.
    mutating func transmit(
        _ message: Message, sender: UInt64?, setup: Channel.Setup
    ) -> Transmission {
        if let end = machine.writingEnd { return .failed(end) }
        guard machine.outbox.isEmpty else {
            return .waits(place: machine.enqueue(message, sender: sender))
        }
        guard message.luggage.isEmpty else {
            let place = machine.enqueue(message, sender: sender)
            // One that goes alone needs no scratch.
            unsafe write(
                scratch: UnsafeMutableRawBufferPointer(start: nil, count: 0), setup: setup)
            return .waits(place: place)
        }
        let bytes = message.bytes
        let header = frameHeader(bytes.count)
        let transfer = unsafe header.withUnsafeBytes { header in
            unsafe bytes.withUnsafeBytes { unsafe wire?.write(header, then: $0) }
        }
        switch transfer {
        case .bytes(let count) where count == header.count + bytes.count: return .gone
        case .bytes(let count):
            return wait(message, sender, gone: count + encrypted())
        case .wouldBlock, .endOfFile:
            return wait(message, sender, gone: encrypted())
        case .failed(let number):
            let error = failure("send", number)
            machine.writingFailed(error)
            return .failed(error)
        case nil: return .failed(.closedHere)
        }
    }

    /// Puts a message in line of which so many bytes, its header's among them, have gone.
    private mutating func wait(
        _ message: Message, _ sender: UInt64?, gone: Int
    ) -> Transmission {
        let size = FrameHeader.size(for: message.bytes.count) + message.bytes.count
        guard gone < size else { return .gone }
        return .waits(place: machine.enqueue(message, sender: sender, gone: gone))
    }
}
