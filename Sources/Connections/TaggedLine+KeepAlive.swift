internal import Sockets
internal import Synchronization

extension TaggedLine {
    /// Tells the peer that this end is there, now and every so often, for as long as the line
    /// lasts; a peer that hears nothing for three such times may take it for gone.
    package func keepAlive(every interval: Duration) {
        let silence = interval.nanosecondsRoundedUp.multipliedReportingOverflow(by: 3)
        let milliseconds = silence.overflow ? .max : silence.partialValue / 1_000_000
        keepAlive(every: interval, promising: UInt32(clamping: max(1, milliseconds)))
    }

    private func keepAlive(every interval: Duration, promising milliseconds: UInt32) {
        let next = state.withLock { state -> Next? in
            guard state.refusal == nil else { return nil }
            // What waits to be written is heard when it goes.
            return state.outgoing.isBlocked ? .nothing : state.put(.promise, milliseconds, loop)
        }
        guard let next else { return }
        proceed(next)
        let timer = loop.schedule(at: MonotonicClock.deadline(after: interval)) { [self] in
            keepAlive(every: interval, promising: milliseconds)
        }
        let isOver = state.withLock { state in
            state.nextPromise = timer
            return state.refusal != nil
        }
        // It has ended meanwhile, and may not have found the timer.
        if isOver { loop.cancel(timer) }
    }
}
