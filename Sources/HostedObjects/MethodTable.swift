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

/// What a method does to its object.
package enum MethodEffect: Sendable {
    /// Nothing: it may be called by who may only read.
    case reads
    /// It changes the object, or takes something from it.
    case changes
}

extension MethodEffect {
    /// What something does that is called under the name of no method: `str(proxy)`, `repr(proxy)`
    /// and `_getvalue()` read, and of anything else nobody knows.
    init(ofUnexposed name: UnsafeRawBufferPointer) {
        let reads = ["__str__", "__repr__", "#GETVALUE"].contains { text in
            unsafe name.elementsEqual(text.utf8)
        }
        self = reads ? .reads : .changes
    }
}

/// One method of a hosted type.
package struct Method<Object: HostedObject>: Sendable {
    package typealias Body =
        @Sendable (Object, Arguments, inout Call) throws(Failure) -> Outcome

    let name: String
    let signature: Signature
    /// What it does to the object: where that is not said, it changes it.
    let effect: MethodEffect
    /// Whether `create` and messages name it. What only newer Pythons expose is there for whoever
    /// asks, but not listed.
    let isListed: Bool
    let body: Body

    package init(
        _ name: String, _ signature: Signature, _ effect: MethodEffect = .changes,
        isListed: Bool = true, _ body: @escaping Body
    ) {
        self.name = name
        self.signature = signature
        self.effect = effect
        self.isListed = isListed
        self.body = body
    }
}

/// The methods of a hosted type: its keys are what CPython calls `exposed`.
///
/// Found by name through a small open hash table, without making a string of the name. A class with
/// its numbers inside, so that looking something up copies and counts nothing.
package final class MethodTable<Object: HostedObject>: Sendable {
    private let methods: [Method<Object>]
    /// The methods' bodies, and how many arguments each may be given, none by keyword, without a
    /// closer look at its signature. Beside the methods, for a method is long to copy.
    private let bodies: [Method<Object>.Body]
    private let usualCounts: [ClosedRange<Int>]
    private let keys: InlineArray<48, MethodKey>
    /// For each hash value the place of a method, or -1.
    private let places: InlineArray<64, Int8>

    /// The names of the listed methods, in the order of the table.
    package let exposed: [String]

    package init(_ methods: [Method<Object>]) {
        let methods = methods + Object.commonMethods
        exposed = methods.filter(\.isListed).map(\.name)
        precondition(methods.count <= 48, "a hosted type has at most 48 methods")
        self.methods = methods
        // Not by a key path, which would wrap each body in another function.
        bodies = methods.map { $0.body }
        usualCounts = methods.map { $0.signature.usualCount }
        var keys = InlineArray<48, MethodKey>(repeating: MethodKey.none)
        var places = InlineArray<64, Int8>(repeating: -1)
        for (index, method) in methods.enumerated() {
            let key = unsafe Array(method.name.utf8).withUnsafeBytes { unsafe MethodKey($0) }
            keys[index] = key
            var slot = key.hash
            while places[slot] >= 0 { slot = (slot + 1) & 63 }
            places[slot] = Int8(index)
        }
        self.keys = keys
        self.places = places
    }

    /// Where the method of that name stands, nil if it is not exposed.
    @inline(__always)
    func place(of name: UnsafeRawBufferPointer) -> Int? {
        let key = unsafe MethodKey(name)
        var slot = key.hash
        while places[slot] >= 0 {
            let place = Int(places[slot])
            if keys[place] == key { return place }
            slot = (slot + 1) & 63
        }
        return nil
    }

    /// What the method that stands at a place does.
    func effect(_ place: Int) -> MethodEffect { methods[place].effect }

    /// The names of all methods that change nothing.
    package var reading: [String] { methods.filter { $0.effect == .reads }.map(\.name) }

    /// The names of all methods, the listed and the others.
    package var all: [String] { methods.map(\.name) }

    /// Calls the method that stands at a place.
    @inline(__always)
    func call(
        _ place: Int, of object: Object, _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> Outcome {
        if arguments.keywords.isEmpty, usualCounts[place].contains(arguments.count) {
            return try bodies[place](object, arguments, &call)
        }
        let method = methods[place]
        return try method.signature.bind(
            arguments, method: method.name, type: Object.typeName
        ) { (bound) throws(Failure) in
            try method.body(object, bound, &call)
        }
    }
}

/// A method's name as three numbers that tell it from all others of up to 16 bytes; of a longer
/// name the middle is hashed in.
struct MethodKey: Equatable, Sendable {
    private let first: UInt64
    private let last: UInt64
    private let count: Int

    /// The key of no name.
    static let none = unsafe MethodKey(UnsafeRawBufferPointer(start: nil, count: 0))

    @inline(__always)
    init(_ name: UnsafeRawBufferPointer) {
        count = name.count
        guard name.count >= 8 else {
            var word: UInt64 = 0
            for index in 0..<name.count { word = unsafe word << 8 | UInt64(name[index]) }
            first = word
            last = 0
            return
        }
        first = unsafe name.loadUnaligned(as: UInt64.self)
        var end = unsafe name.loadUnaligned(fromByteOffset: name.count - 8, as: UInt64.self)
        if name.count > 16 {
            for index in 8..<name.count - 8 {
                end = unsafe (end ^ UInt64(name[index])) &* 0x0000_0100_0000_01B3
            }
        }
        last = end
    }

    @inline(__always)
    var hash: Int {
        let mixed = (first ^ last &* 31 ^ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15
        return Int(mixed >> 58)
    }
}
