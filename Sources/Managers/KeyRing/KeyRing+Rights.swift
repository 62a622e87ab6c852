internal import HostedObjects

extension KeyRing {
    /// What a principal may do. What is not allowed here is refused: with a `PermissionError` in
    /// Python, and ``ManagerError`` with `forbidden` in Swift.
    ///
    /// Everybody may connect, and ask which server this is.
    public struct Rights: Sendable, Hashable {
        /// A request that is not about one object.
        public enum Verb: String, Sendable, Hashable, CaseIterable {
            /// To make objects, of the types that one may make. Finding one by its name needs no
            /// such right.
            case create
            /// To end the server.
            case shutdown
            /// To see all objects, with the beginning of their texts.
            case debugInfo = "debug_info"
            /// To ask how many objects there are.
            case numberOfObjects = "number_of_objects"
        }

        /// What may be done with objects.
        public struct Access: OptionSet, Sendable, Hashable {
            /// The set as a number.
            public let rawValue: UInt8

            /// The set of that number.
            public init(rawValue: UInt8) { self.rawValue = rawValue }

            /// To call the methods that change nothing, and to iterate.
            public static let read = Access(rawValue: 1)
            /// To call all methods, those that take something too, as `get` of a queue.
            public static let write = Access(rawValue: 3)
            /// Of a type: to make objects, and to call all methods of those that one has made
            /// oneself.
            public static let make = Access(rawValue: 4)
        }

        /// The verbs it may ask.
        public var verbs: Set<Verb>
        /// What it may do with objects without a name, by their typeids. A star at the end stands
        /// for any rest; the pattern that says most counts.
        public var types: [String: Access]
        /// What it may do with objects that have a name, by that. To make what has the name it
        /// needs `write`, and the right to make its type.
        public var names: [String: Access]

        /// Rights, by default none.
        public init(
            verbs: Set<Verb> = [], types: [String: Access] = [:], names: [String: Access] = [:]
        ) {
            self.verbs = verbs
            self.types = types
            self.names = names
        }

        /// All that there are.
        public static let all = Rights(
            verbs: Set(Verb.allCases), types: ["*": [.write, .make]], names: ["*": .write])
    }
}

extension KeyRing.Rights {
    /// The same, as the store has it.
    var ofStore: Rights {
        var rights = Rights(verbs: Set(verbs.map(\.ofStore)))
        for (pattern, access) in types { rights.types.allow(access.ofStore, pattern) }
        for (pattern, access) in names {
            rights.names.allow(access.subtracting(.make).ofStore, pattern)
        }
        return rights
    }
}

extension KeyRing.Rights.Verb {
    fileprivate var ofStore: Rights.Verb {
        switch self {
        case .create: .create
        case .shutdown: .shutdown
        case .debugInfo: .debugInfo
        case .numberOfObjects: .numberOfObjects
        }
    }
}

extension KeyRing.Rights.Access {
    fileprivate var ofStore: Rights.Access {
        var access: Rights.Access = []
        if contains(.read) { access.insert(.reading) }
        if contains(.write) { access.insert(.changing) }
        if contains(.make) { access.insert(.making) }
        return access
    }
}
