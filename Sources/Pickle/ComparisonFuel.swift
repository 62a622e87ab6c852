/// What all comparisons of one call may cost together, in pairs of nodes.
///
/// A comparison of two values that Python made looks at few more pairs than the smaller one has
/// nodes, and costs nothing here. What it takes above that is paid from here, so that a call that
/// makes many comparisons, such as `sort`, takes no longer for values that are made to be slow.
///
/// Parts of a graph have a few pairs for nothing, as small values have, and pay for all others:
/// what a thousand of them share would be looked at a thousand times.
package struct ComparisonFuel {
    private var left: Int

    /// - Parameter limits: whose ``PickleLimits/comparisons`` the call may use up.
    package init(limits: PickleLimits = .default) {
        left = limits.comparisons
    }

    /// Looks at one value, with as much for nothing as a small one takes.
    ///
    /// - Throws: ``PickleError`` with `limitExceeded` when the fuel is used up.
    mutating func reading<Result>(
        _ arena: Arena, _ read: (inout Int) -> Result
    ) throws(PickleError) -> Result {
        let natural = min(arena.extent, 8)
        var fuel = natural + left
        let result = read(&fuel)
        guard fuel >= 0 else { throw .limitExceeded("comparisons") }
        left = min(left, fuel)
        return result
    }

    /// Pays for something that is made of a value.
    ///
    /// - Throws: ``PickleError`` with `limitExceeded` when the fuel is used up.
    package mutating func pay(_ amount: Int) throws(PickleError) {
        left -= amount
        guard left >= 0 else { throw .limitExceeded("comparisons") }
    }

    /// Makes one comparison.
    ///
    /// - Throws: ``PickleError`` with `limitExceeded` when the fuel is used up.
    mutating func spend<Result>(
        _ leftArena: Arena, _ rightArena: Arena,
        _ compare: (inout Equality) throws(PickleError) -> Result
    ) throws(PickleError) -> Result {
        let natural = 4 * min(leftArena.extent, rightArena.extent)
        var equality = Equality(leftArena, rightArena, fuel: natural + left)
        defer { left = min(left, max(0, equality.fuel)) }
        return try compare(&equality)
    }
}

extension Arena {
    /// How many nodes there are, 64 bytes of text being one; those of a small value for a part of a
    /// graph.
    fileprivate var extent: Int { isGraph ? 2 : nodes.count + data.count / 64 }
}
