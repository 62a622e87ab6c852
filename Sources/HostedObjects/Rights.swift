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
package struct AccessTable: Sendable, Hashable {
    private struct Beginning: Sendable, Hashable {
        let text: String
        var access: Rights.Access
    }

    private var exact: [String: Rights.Access] = [:]
    /// The longest first.
    private var beginnings: [Beginning] = []

    package init() {}

    /// Allows something, beside what the same pattern allows already.
    ///
    /// - Parameter pattern: a name, or the beginning of names and a star.
    package mutating func allow(_ access: Rights.Access, _ pattern: String) {
        guard pattern.hasSuffix("*") else {
            exact[pattern, default: []].formUnion(access)
            return
        }
        let text = String(pattern.dropLast())
        if let place = beginnings.firstIndex(where: { $0.text == text }) {
            beginnings[place].access.formUnion(access)
            return
        }
        let place = beginnings.firstIndex { $0.text.utf8.count < text.utf8.count }
        beginnings.insert(
            Beginning(text: text, access: access), at: place ?? beginnings.endIndex)
    }

    /// What is allowed with what has that name.
    package subscript(_ name: String) -> Rights.Access {
        if let access = exact[name] { return access }
        return beginnings.first { name.hasPrefix($0.text) }?.access ?? []
    }
}
