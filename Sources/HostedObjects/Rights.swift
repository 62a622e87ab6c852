/// What a principal may do with a store. A session that has no principal may do everything.
package struct Rights: Sendable, Hashable {
    /// What may be done with an object, or with all objects of a type.
    package struct Access: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// To call what changes nothing.
        package static let reading = Access(rawValue: 1)
        /// To call what changes something.
        package static let changing = Access(rawValue: 2)
        /// To make objects of a type, and to do anything with those that one has made oneself.
        package static let making = Access(rawValue: 4)

        static let whole: Access = [.reading, .changing]
    }

    /// A request that is not about one object: each needs a right of its own. Others, as `incref`
    /// and `get_methods`, need the right to the object that they are about.
    package enum Verb: String, Sendable, CaseIterable {
        case create, shutdown
        case debugInfo = "debug_info"
        case numberOfObjects = "number_of_objects"
    }

    /// The verbs it may ask. Finding an object by its name needs no `create`, only making one does.
    package var verbs: Set<Verb>
    /// What it may do with objects that have no name, by their typeids.
    package var types: AccessTable
    /// What it may do with objects that have a name, by that.
    package var names: AccessTable

    package init(
        verbs: Set<Verb> = [], types: AccessTable = AccessTable(),
        names: AccessTable = AccessTable()
    ) {
        self.verbs = verbs
        self.types = types
        self.names = names
    }
}

/// Who may do what with what is called something: single names, and beginnings of names. An exact
/// name counts more than a beginning, and a longer beginning more than a shorter one.
///
/// Names are compared by their UTF-8, as Python compares them: those that only look alike differ.
package struct AccessTable: Sendable, Hashable {
    private struct Beginning: Sendable, Hashable {
        let bytes: [UInt8]
        var access: Rights.Access
    }

    private var exact: [[UInt8]: Rights.Access] = [:]
    /// The longest first.
    private var beginnings: [Beginning] = []

    package init() {}

    /// Allows something, beside what the same pattern allows already.
    ///
    /// - Parameter pattern: a name, or the beginning of names and a star.
    package mutating func allow(_ access: Rights.Access, _ pattern: String) {
        var bytes = [UInt8](pattern.utf8)
        guard bytes.last == UInt8(ascii: "*") else {
            exact[bytes, default: []].formUnion(access)
            return
        }
        bytes.removeLast()
        if let place = beginnings.firstIndex(where: { $0.bytes == bytes }) {
            beginnings[place].access.formUnion(access)
            return
        }
        let place = beginnings.firstIndex { $0.bytes.count < bytes.count }
        beginnings.insert(
            Beginning(bytes: bytes, access: access), at: place ?? beginnings.endIndex)
    }

    /// What is allowed with what has that name.
    package subscript(_ name: String) -> Rights.Access {
        let bytes = [UInt8](name.utf8)
        if let access = exact[bytes] { return access }
        return beginnings.first { bytes.starts(with: $0.bytes) }?.access ?? []
    }
}
