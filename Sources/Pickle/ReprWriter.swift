/// Writes values as Python's `repr` does, without recursion.
///
/// What Python cannot tell either writes, so does this: a container inside itself is `[...]` or
/// `{...}`.
struct ReprWriter {
    enum Job {
        case value(PickleValue)
        case text(String)
        /// The items of a container, with the next one's place.
        case items(PickleValue, Extent, next: Int)
        case pairs(PickleValue, Extent, next: Int)
        /// The end of a container, which may be written again from here on.
        case leave(NodeID)
    }

    let limits: PickleLimits
    /// The most bytes of text to write.
    let limit: Int
    private(set) var text = ""
    private(set) var isCut = false
    /// How many values may still be written that have been written before.
    private(set) var revisits: Int
    /// How many values the arena holds, and how often they are referred to: so many are written for
    /// nothing.
    private var free: Int
    private var tasks: [Job] = []
    /// The containers around the value that is being written.
    private var around: Set<NodeID> = []

    /// - Parameter arena: the arena of the value that is to be written.
    init(
        _ arena: Arena, limit: Int, revisits: Int, limits: PickleLimits = .default
    ) {
        self.limit = limit
        self.limits = limits
        self.revisits = revisits
        free = arena.nodes.count + arena.links.count
    }

    // MARK: Running

    mutating func run(_ value: PickleValue) {
        tasks.append(.value(value))
        while let task = tasks.popLast() {
            guard text.utf8.count < limit else {
                isCut = true
                return
            }
            switch task {
            case .value(let value):
                guard mayWrite() else {
                    isCut = true
                    return
                }
                write(value)
            case .text(let text): append(text)
            case .leave(let id): around.remove(id)
            case .items(let value, let extent, let next): writeItem(of: value, extent, next)
            case .pairs(let value, let extent, let next): writePair(of: value, extent, next)
            }
        }
        isCut = text.utf8.count > limit
    }

    /// Counts a value; false when there are too many.
    private mutating func mayWrite() -> Bool {
        if free > 0 {
            free -= 1
            return true
        }
        revisits -= 1
        return revisits >= 0
    }

    mutating func append(_ more: String) { text += more }

    private mutating func push(_ inOrder: Job...) {
        tasks.append(contentsOf: inOrder.reversed())
    }

    // MARK: Values

    private mutating func write(_ value: PickleValue) {
        let arena = value.arena
        switch value.node {
        case .none: append("None")
        case .bool(let flag): append(flag ? "True" : "False")
        case .int(let number): append(String(number))
        case .bigInt(let extent):
            append(NumberText.int(arena.bytes(extent), limits: limits, limit: limit))
        case .float(let number): append(NumberText.float(number))
        case .complex(let real, let imaginary): append(NumberText.complex(real, imaginary))
        case .str(let extent):
            append(StringRepr.str(arena.bytes(extent), limit: limit - text.utf8.count))
        case .bytes(let extent):
            append(StringRepr.bytes(arena.bytes(extent), limit: limit - text.utf8.count))
        case .byteArray(let extent):
            append("bytearray(")
            let room = limit - text.utf8.count
            append(StringRepr.bytes(arena.bytes(extent), limit: room, ofByteArray: true))
            append(")")
        case .tuple(let extent):
            enter(value, extent, "(", extent.count == 1 ? ",)" : ")", inside: "(...)")
        case .list(let extent): enter(value, extent, "[", "]", inside: "[...]")
        case .dict(let extent): enterDict(value, extent)
        case .set(let extent) where extent.isEmpty: append("set()")
        case .set(let extent): enter(value, extent, "{", "}", inside: "set(...)")
        case .frozenSet(let extent) where extent.isEmpty: append("frozenset()")
        case .frozenSet(let extent):
            enter(value, extent, "frozenset({", "})", inside: "frozenset(...)")
        case .global: append(ObjectRepr.global(value))
        case .extensionCode(let code): append("<extension \(code)>")
        case .object: writeObject(value)
        }
    }

    private mutating func enter(
        _ value: PickleValue, _ extent: Extent, _ opening: String, _ closing: String, inside: String
    ) {
        guard around.insert(value.id).inserted else { return append(inside) }
        append(opening)
        push(.items(value, extent, next: 0), .text(closing), .leave(value.id))
    }

    private mutating func enterDict(_ value: PickleValue, _ extent: Extent) {
        guard around.insert(value.id).inserted else { return append("{...}") }
        append("{")
        push(.pairs(value, extent, next: 0), .text("}"), .leave(value.id))
    }

    private mutating func writeItem(of value: PickleValue, _ extent: Extent, _ next: Int) {
        guard next < Int(extent.count) else { return }
        if next > 0 { append(", ") }
        let child = value.arena.links[extent.range.lowerBound + next]
        push(.value(value.sibling(child)), .items(value, extent, next: next + 1))
    }

    private mutating func writePair(of value: PickleValue, _ extent: Extent, _ next: Int) {
        guard next + 1 < Int(extent.count) else { return }
        if next > 0 { append(", ") }
        let links = value.arena.links
        let first = extent.range.lowerBound + next
        push(
            .value(value.sibling(links[first])), .text(": "),
            .value(value.sibling(links[first + 1])), .pairs(value, extent, next: next + 2))
    }

    // MARK: Objects

    private mutating func writeObject(_ value: PickleValue) {
        guard let form = ObjectRepr.form(of: value), around.insert(value.id).inserted else {
            return append(ObjectRepr.opaque(value))
        }
        append(form.name)
        append("(")
        var pieces: [Job] = []
        for (index, part) in form.parts.enumerated() {
            let separator = index > 0 ? ", " : ""
            pieces.append(.text(part.label.map { "\(separator)\($0)=" } ?? separator))
            pieces.append(.value(part.value))
        }
        tasks.append(.leave(value.id))
        tasks.append(.text(")"))
        tasks.append(contentsOf: pieces.reversed())
    }
}
