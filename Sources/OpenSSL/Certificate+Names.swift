internal import COpenSSL

extension Certificate {
    /// The further names that a certificate is for (its subjectAltName).
    package struct Names: Equatable, Sendable {
        /// `db.example.org`, `*.example.org`
        package var dns: [String] = []
        /// `10.0.0.1`, `fe80::1`
        package var addresses: [String] = []
        /// `spiffe://example.org/worker`
        package var uris: [String] = []
    }

    /// The names that it is for.
    package var names: Names {
        var found = Names()
        guard let all = unsafe mp_names(x509) else { return found }
        defer { unsafe GENERAL_NAMES_free(all) }
        for place in 0..<(unsafe mp_names_count(all)) {
            var start: UnsafePointer<UInt8>?
            var count: Int32 = 0
            let kind = unsafe mp_names_at(all, place, &start, &count)
            let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(max(0, count)))
            switch kind {
            case GEN_DNS: unsafe Self.readable(bytes).map { found.dns.append($0) }
            case GEN_URI: unsafe Self.readable(bytes).map { found.uris.append($0) }
            case GEN_IPADD: unsafe Self.address(Array(bytes)).map { found.addresses.append($0) }
            default: break
            }
        }
        return found
    }

    /// An address as people write it; IPv6 as RFC 5952 does.
    static func address(_ bytes: [UInt8]) -> String? {
        switch bytes.count {
        case 4: return bytes.map { "\($0)" }.joined(separator: ".")
        case 16:
            let groups = (0..<8).map { Int(bytes[2 * $0]) << 8 | Int(bytes[2 * $0 + 1]) }
            let text = groups.map { String($0, radix: 16) }
            guard let zeros = longestZeros(in: groups) else { return text.joined(separator: ":") }
            return text[..<zeros.lowerBound].joined(separator: ":") + "::"
                + text[zeros.upperBound...].joined(separator: ":")
        default: return nil
        }
    }

    /// The first of the longest runs of two zeros or more.
    private static func longestZeros(in groups: [Int]) -> Range<Int>? {
        var longest: Range<Int>?
        var start: Int?
        for place in 0...groups.count {
            if place < groups.count, groups[place] == 0 {
                start = start ?? place
            } else if let begin = start {
                if place - begin > max(1, longest?.count ?? 0) { longest = begin..<place }
                start = nil
            }
        }
        return longest
    }
}
