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
///
/// A class, so that finding one copies nothing.
package final class Method<Object: HostedObject>: Sendable {
    package typealias Body =
        @Sendable (Object, Arguments, inout Call) throws(Failure) -> Outcome

    let name: String
    let signature: Signature
    /// Whether `create` and messages name it. What only newer Pythons expose is there for whoever
    /// asks, but not listed.
    let isListed: Bool
    let body: Body
    /// How many arguments may be given, none by keyword, without a closer look at the signature.
    private let usualCount: ClosedRange<Int>

    package init(
        _ name: String, _ signature: Signature, isListed: Bool = true, _ body: @escaping Body
    ) {
        self.name = name
        self.signature = signature
        self.isListed = isListed
        self.body = body
        usualCount = signature.usualCount
    }

    /// See ``Signature/bind(_:method:type:)``.
    @inline(__always)
    func bind(_ arguments: Arguments, type: String) throws(Failure) -> Arguments {
        if arguments.keywords.isEmpty, usualCount.contains(arguments.count) { return arguments }
        return try signature.bind(arguments, method: name, type: type)
    }
}

/// The methods of a hosted type: its keys are what CPython calls `exposed`.
///
/// Found by name through a small open hash table, without making a string of the name.
package struct MethodTable<Object: HostedObject>: Sendable {
    private let methods: [Method<Object>]
    private let keys: [MethodKey]
    /// For each hash value the place of a method, or -1.
    private let places: [Int8]

    /// The names of the listed methods, in the order of the table.
    package let exposed: [String]

    package init(_ methods: [Method<Object>]) {
        exposed = methods.filter(\.isListed).map(\.name)
        precondition(methods.count <= 48, "a hosted type has at most 48 methods")
        self.methods = methods
        keys = methods.map { method in
            unsafe Array(method.name.utf8).withUnsafeBytes { unsafe MethodKey($0) }
        }
        var places = [Int8](repeating: -1, count: 64)
        for (index, key) in keys.enumerated() {
            var slot = key.hash
            while places[slot] >= 0 { slot = (slot + 1) & 63 }
            places[slot] = Int8(index)
        }
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

    @inline(__always)
    subscript(_ place: Int) -> Method<Object> { methods[place] }
}

/// A method's name as three numbers that tell it from all others of up to 16 bytes; of a longer
/// name the middle is hashed in.
struct MethodKey: Equatable, Sendable {
    private let first: UInt64
    private let last: UInt64
    private let count: Int

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
