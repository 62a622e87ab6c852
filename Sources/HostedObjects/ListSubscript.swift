import Pickle

/// What stands between the brackets of `list[…]`.
enum ListSubscript {
    case index(Int)
    case slice(ListSlice)
}

/// An int, as far as an index can be one.
enum WholeNumber {
    case fits(Int)
    /// Less than any Int.
    case below
    /// Greater than any Int.
    case above
}

extension Arguments {
    /// An int (or bool) argument of any size, or an instance that stands for one; nil if it is of
    /// another type.
    func int(ofAnySize slice: PickleSlice) -> WholeNumber? {
        guard slice.kind == .int || slice.kind == .bool else {
            guard slice.kind == .other else { return nil }
            return (try? decoded(slice))?.index.map { .fits($0) }
        }
        if let number = int(slice) { return .fits(number) }
        return unsafe bytes[slice.end - 1] >= 0x80 ? .below : .above
    }

    /// A subscript, the argument at a place.
    ///
    /// - Parameter wrongType: what Python says of an argument that is neither an int nor a slice.
    func `subscript`(
        at index: Int, wrongType: (PickleValue) -> String = noListIndex
    ) throws(Failure) -> ListSubscript {
        guard let slice = self[index] else { throw .type("a subscript is missing") }
        switch int(ofAnySize: slice) {
        case .fits(let number): return .index(number)
        case .below, .above: throw .index("cannot fit 'int' into an index-sized integer")
        case nil: break
        }
        let value = try decoded(slice)
        guard case .object(let object) = value.kind, object.isInstance(of: "builtins", "slice"),
            object.arguments.count == 3
        else {
            throw .type(wrongType(value))
        }
        let bounds = object.arguments
        return .slice(try ListSlice(start: bounds[0], stop: bounds[1], step: bounds[2]))
    }

    static func noListIndex(_ value: PickleValue) -> String {
        "list indices must be integers or slices, not \(value.nameOfType)"
    }

    /// An int where C takes one.
    func wholeNumber(_ slice: PickleSlice) throws(Failure) -> WholeNumber {
        if let number = int(ofAnySize: slice) { return number }
        throw .type(
            "'\(try decoded(slice).nameOfType)' object cannot be interpreted as an integer")
    }

    /// An int where C takes one as large as an index.
    func plainIndex(_ slice: PickleSlice) throws(Failure) -> Int {
        guard case .fits(let number) = try wholeNumber(slice) else {
            throw .overflow("Python int too large to convert to C ssize_t")
        }
        return number
    }

    /// Where to insert: the argument at a place, counted from the end if negative, within the list.
    func place(at index: Int, in length: Int) throws(Failure) -> Int {
        guard let slice = self[index] else { return length }
        return Self.clamp(try plainIndex(slice), length)
    }

    /// A bound of a search: as ``place(at:in:)``, of an int of any size; nil if it was not given.
    func bound(at index: Int, in length: Int) throws(Failure) -> Int? {
        guard let slice = self[index] else { return nil }
        switch int(ofAnySize: slice) {
        case .fits(let number): return Self.clamp(number, length)
        case .below: return 0
        case .above: return length
        case nil: throw .type("slice indices must be integers or have an __index__ method")
        }
    }

    private static func clamp(_ index: Int, _ length: Int) -> Int {
        max(0, min(index < 0 ? index + length : index, length))
    }
}
