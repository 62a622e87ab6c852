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

    /// Whether two values are equal as Python sees it, in a call that compares more than these.
    ///
    /// - Throws: ``PickleError`` with `limitExceeded` when the call's fuel is used up.
    package func isEqual(
        to other: PickleValue, _ fuel: inout ComparisonFuel
    ) throws(PickleError) -> Bool {
        do throws(PickleError) {
            return try fuel.spend(arena, other.arena) { (equality) throws(PickleError) in
                try equality.compare(id, other.id)
            }
        } catch  where error.code != .limitExceeded {
            return false
        }
    }
}
