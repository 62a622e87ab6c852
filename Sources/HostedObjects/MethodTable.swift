import Pickle

/// What became of a call.
package enum Outcome {
    /// The result has been written to ``Call/out``.
    case returned
    /// The caller waits: the reply comes when the waiter is granted or its time is up.
    case parked
    /// The result is a new hosted object, to be returned as `#PROXY`.
    case proxy(any HostedObject, typeid: String)
}

/// One method of a hosted type.
package struct Method<State: HostedType>: Sendable {
    package typealias Body =
        @Sendable (inout State, Arguments, inout Call) throws(Failure) -> Outcome

    let name: String
    let signature: Signature
    let body: Body

    package init(_ name: String, _ signature: Signature, _ body: @escaping Body) {
        self.name = name
        self.signature = signature
        self.body = body
    }
}

/// The methods of a hosted type: its keys are what CPython calls `exposed`.
///
/// Found by name through a small open hash table, without making a string of the name.
package struct MethodTable<State: HostedType>: Sendable {
    private let methods: [Method<State>]
    private let names: [[UInt8]]
    /// For each hash value the place of a method, or -1.
    private let places: [Int8]

    package init(_ methods: [Method<State>]) {
        precondition(methods.count <= 32, "a hosted type has at most 32 methods")
        self.methods = methods
        names = methods.map { Array($0.name.utf8) }
        var places = [Int8](repeating: -1, count: 64)
        for (index, name) in names.enumerated() {
            var slot = unsafe name.withUnsafeBytes { unsafe Self.hash($0) }
            while places[slot] >= 0 { slot = (slot + 1) & 63 }
            places[slot] = Int8(index)
        }
        self.places = places
    }

    /// The methods' names, in the order of the table.
    package var exposed: [String] { methods.map(\.name) }

    /// The method of that name, nil if it is not exposed.
    @inline(__always)
    func method(named name: UnsafeRawBufferPointer) -> Method<State>? {
        guard unsafe !name.isEmpty else { return nil }
        var slot = unsafe Self.hash(name)
        while places[slot] >= 0 {
            let index = Int(places[slot])
            if unsafe names[index].elementsEqual(name) { return methods[index] }
            slot = (slot + 1) & 63
        }
        return nil
    }

    @inline(__always)
    private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
        guard let last = unsafe name.last else { return 0 }
        let middle = unsafe Int(name[name.count / 2])
        let third = unsafe Int(name[min(2, name.count - 1)])
        return (name.count &* 7 &+ Int(last) &* 13 &+ middle &* 5 &+ third &* 3) & 63
    }
}
