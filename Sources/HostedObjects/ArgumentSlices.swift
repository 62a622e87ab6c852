package import Pickle

/// Where the arguments of a call stand in its request, lent for the time of the call.
///
/// A view and not an array, because counting references to two arrays at each step of a call took
/// as long as finding the method.
///
/// SAFETY: whoever makes one keeps the slices alive as long as it; each index is checked.
@safe package struct ArgumentSlices: RandomAccessCollection {
    private let slices: UnsafeBufferPointer<PickleSlice>

    @inline(__always)
    init(_ slices: UnsafeBufferPointer<PickleSlice>) {
        unsafe self.slices = unsafe slices
    }

    package var startIndex: Int { 0 }

    @inline(__always)
    package var endIndex: Int { unsafe slices.count }

    @inline(__always)
    package subscript(_ index: Int) -> PickleSlice {
        precondition(unsafe index >= 0 && index < slices.count, "there is no such argument")
        return unsafe slices[index]
    }

    /// All but the first few.
    func droppingFirst(_ count: Int) -> ArgumentSlices {
        unsafe ArgumentSlices(UnsafeBufferPointer(rebasing: slices.dropFirst(count)))
    }
}
