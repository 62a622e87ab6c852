internal import Sockets

extension Channel.State {
    /// Reads what has come, a few times.
    mutating func read(scratch: UnsafeMutableRawBufferPointer, setup: Channel.Setup) {
        for _ in 0..<Channel.readsPerTurn {
            guard machine.wantsToRead else { return }
            if setup.isTCP { descriptor?.acknowledgeQuickly() }
            let isLarge = decoder.missing >= FrameDecoder.leastSpace
            let transfer =
                if isLarge {
                    descriptor?.read(into: &decoder)
                } else {
                    unsafe descriptor?.read(into: scratch)
                }
            switch transfer {
            case .bytes(let count):
                let chunk = unsafe scratch.prefix(isLarge ? 0 : count)
                unsafe digest(UnsafeRawBufferPointer(rebasing: chunk), setup: setup)
                if !isLarge, count < scratch.count { return }
            case .wouldBlock, nil: return
            case .endOfFile:
                let isWhole = decoder.missing == 0
                return machine.readingEnded(isWhole ? .closedByPeer : .cutOff)
            case .failed(let number): return machine.fail(.lost(.system("recv", number)))
            }
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
            var goesOn = try unsafe Self.feed(chunk, &decoder, &machine)
            if !goesOn, !wasOpen, machine.phase == .open {
                decoder.limit = setup.messageSizeLimit
                goesOn = try unsafe Self.feed(
                    UnsafeRawBufferPointer(start: nil, count: 0), &decoder, &machine)
            }
            isPaused = !goesOn
        } catch {
            machine.fail(
                machine.phase == .authenticating ? .authenticationFailed(error.reason) : error)
        }
    }

    private static func feed(
        _ chunk: UnsafeRawBufferPointer, _ decoder: inout FrameDecoder,
        _ machine: inout ChannelState
    ) throws(ConnectionError) -> Bool {
        try unsafe decoder.feed(chunk) { unsafe machine.received($0) }
    }

    /// Writes what waits, until the socket takes no more.
    mutating func write(scratch: UnsafeMutableRawBufferPointer, setup: Channel.Setup) {
        if machine.phase == .connecting { finishConnecting(setup: setup) }
        while machine.wantsToWrite {
            let transfer = unsafe machine.outbox.withNext(scratch: scratch) { head, rest in
                unsafe descriptor?.write(head, then: rest)
            }
            switch transfer {
            case .bytes(let count): machine.sent(count)
            case .wouldBlock, .endOfFile, nil: return
            case .failed(let number):
                return machine.writingFailed(.lost(.system("send", number)))
            }
        }
    }

    private mutating func finishConnecting(setup: Channel.Setup) {
        guard let destination = setup.destination else { return }
        do throws(SocketError) {
            try descriptor?.finishConnecting(to: destination)
            machine.start()
        } catch {
            machine.fail(ConnectionError(error))
        }
    }

    /// How a message went.
    enum Transmission {
        case gone
        case waits(place: Int)
        case failed(ConnectionError)
    }

    /// Writes a message at once if nothing is before it; what the socket does not take waits.
    mutating func transmit(_ message: [UInt8], sender: UInt64?) -> Transmission {
        if let end = machine.writingEnd { return .failed(end) }
        guard machine.outbox.isEmpty else {
            return .waits(place: machine.enqueue(message, sender: sender))
        }
        let header = frameHeader(message.count)
        let transfer = unsafe header.withUnsafeBytes { header in
            unsafe message.withUnsafeBytes { unsafe descriptor?.write(header, then: $0) }
        }
        switch transfer {
        case .bytes(let count) where count == header.count + message.count: return .gone
        case .bytes(let count):
            return .waits(place: machine.enqueue(message, sender: sender, gone: count))
        case .wouldBlock, .endOfFile:
            return .waits(place: machine.enqueue(message, sender: sender))
        case .failed(let number):
            let error = ConnectionError.lost(.system("send", number))
            machine.writingFailed(error)
            return .failed(error)
        case nil: return .failed(.closedHere)
        }
    }
}
