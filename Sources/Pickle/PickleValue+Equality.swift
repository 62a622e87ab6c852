extension PickleValue: Equatable {
    /// Whether two values are equal as Python sees it.
    ///
    /// - Numbers compare by value (`1 == 1.0 == True`), exactly; nan equals nothing.
    /// - bytes equal a bytearray of the same bytes, a set equals a frozenset; else types must
    ///   agree.
    /// - Instances of unknown classes are equal if they are made in the same way of equal parts.
    ///   Python may see it differently: by default it compares such instances by identity.
    /// - Values that contain themselves are compared as far as they differ; a comparison of more
    ///   than ``PickleLimits/comparisons`` pairs gives false.
    public static func == (left: PickleValue, right: PickleValue) -> Bool {
        var equality = Equality(left.arena, right.arena, limits: .default)
        return (try? equality.compare(left.id, right.id)) ?? false
    }
}
