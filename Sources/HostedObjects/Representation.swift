import Pickle

/// The text by which Python shows a container.
enum Representation {
    /// About the longest text, in UTF-8 bytes; a longer one is cut and ends in `...`.
    static let limit = PickleLimits.default.reprLength

    /// Joins the texts of a container's entries, each of one value or of a key and a value.
    static func join(
        _ entries: some Sequence<[PickledValue]>, opening: String, closing: String, between: String
    ) throws(Failure) -> String {
        var text = opening
        var revisits = PickleLimits.default.revisits
        var isFirst = true
        for entry in entries {
            guard text.utf8.count < limit else { return text + "..." }
            if !isFirst { text += ", " }
            isFirst = false
            for (index, value) in entry.enumerated() {
                if index > 0 { text += between }
                let room = max(1, limit - text.utf8.count)
                text += try value.decodedOrFailure().repr(limit: room, revisits: &revisits)
            }
        }
        return text + closing
    }

    /// `repr(value)`.
    static func of(_ value: PickledValue, limit: Int = limit) throws(Failure) -> String {
        try value.decodedOrFailure().repr(limit: max(1, limit))
    }
}
