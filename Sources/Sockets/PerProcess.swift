internal import CMultiprocessing
internal import Synchronization

/// What each process has one of: a forked child begins anew with its own, because a thread that is
/// not in the child may hold a lock of what its parent has, for ever then.
///
/// SAFETY: a box is retained by its place and never released, so it may be looked at at any time.
@safe package final class PerProcess<Value: Sendable>: Sendable {
    private final class Box: Sendable {
        let generation: UInt64
        let value: Value

        init(_ generation: UInt64, _ value: Value) {
            self.generation = generation
            self.value = value
        }
    }

    private let make: @Sendable () -> Value
    private let place: Atomic<Unmanaged<Box>>

    /// - Parameter make: makes the one of a process, when that asks for it first. Of two threads
    ///   that ask for it at once one may make one in vain.
    package init(_ make: @escaping @Sendable () -> Value) {
        self.make = make
        unsafe place = Atomic(.passRetained(Box(mp_generation(), make())))
    }

    /// This process's.
    package var value: Value {
        let generation = mp_generation()
        let known = unsafe place.load(ordering: .acquiring)
        let box = unsafe known.takeUnretainedValue()
        if box.generation == generation { return box.value }
        let own = unsafe Unmanaged.passRetained(Box(generation, make()))
        let (isTaken, first) = unsafe place.compareExchange(
            expected: known, desired: own, ordering: .acquiringAndReleasing)
        if isTaken { return unsafe own.takeUnretainedValue().value }
        unsafe own.release()
        return unsafe first.takeUnretainedValue().value
    }
}
