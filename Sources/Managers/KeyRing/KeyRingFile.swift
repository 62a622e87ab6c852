internal import Connections

/// The text of a key ring's file, read line by line: pure.
///
/// ```text
/// file     = { line newline }
/// line     = "" | "#" anything | "[" NAME "]" | SETTING "=" value
/// ```
/// A section is a principal. Its settings may each be given several times and add up:
///
/// | setting | value |
/// |---|---|
/// | `key` | `hex:…`, `base64:…`, or `text:…`, which is the rest of the line |
/// | `key-file` | a file whose bytes are the key; from the folder of the ring's file |
/// | `certificate` | the common name of a TLS certificate, of which clients must show one |
/// | `verbs` | `create`, `shutdown`, `debug_info`, `number_of_objects`, `*` |
/// | `types`, `names` | `PATTERN` or `PATTERN:ACCESS` |
///
/// Items of the last two rows are separated by spaces or commas. A pattern is a name, or the
/// beginning of names and a star; ACCESS is `read`, `write`, for types also `make`, or several
/// joined by `+`. A pattern alone allows everything.
struct KeyRingFile {
    /// A section, before it is a principal.
    private struct Section {
        let name: String
        let line: Int
        var keys: [AuthenticationKey] = []
        var certificates: [String] = []
        var rights = KeyRing.Rights()
    }

    /// What is wrong with a line.
    struct Problem: Error, Hashable {
        /// Counted from 1.
        let line: Int
        let reason: String
    }

    /// What the principals are.
    private(set) var ring = KeyRing()
    private var section: Section?
    private let readKey: (_ path: String) throws(ConnectionError) -> AuthenticationKey

    /// - Parameter readKey: the key in a file.
    init(
        _ text: String,
        readKey: @escaping (_ path: String) throws(ConnectionError) -> AuthenticationKey
    ) throws(Problem) {
        self.readKey = readKey
        var number = 0
        // By scalars: a carriage return and a newline are one character.
        for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            try take(Substring(line).trimmed, number)
        }
        try endSection()
        guard !ring.principals.isEmpty else {
            throw Problem(line: number, reason: "there is no [NAME]")
        }
    }

    private mutating func take(_ line: Substring, _ number: Int) throws(Problem) {
        if line.isEmpty || line.hasPrefix("#") { return }
        if line.hasPrefix("[") {
            guard line.hasSuffix("]") else {
                throw Problem(line: number, reason: "a [ without its ]")
            }
            try endSection()
            section = Section(name: String(line.dropFirst().dropLast().trimmed), line: number)
            return
        }
        guard let sign = line.firstIndex(of: "=") else {
            throw Problem(line: number, reason: "neither [NAME] nor SETTING = VALUE")
        }
        guard section != nil else {
            throw Problem(line: number, reason: "a setting before the first [NAME]")
        }
        let setting = line[..<sign].trimmed
        let value = line[line.index(after: sign)...].trimmed
        do throws(Complaint) {
            try set(setting, value)
        } catch {
            throw Problem(line: number, reason: error.reason)
        }
    }

    private struct Complaint: Error {
        let reason: String
    }

    private mutating func set(_ setting: Substring, _ value: Substring) throws(Complaint) {
        guard !value.isEmpty else { throw Complaint(reason: "'\(setting)' has no value") }
        switch setting {
        case "key":
            do throws(ConnectionError) {
                guard let bytes = KeyText.bytes(value) else {
                    throw .invalidKey("neither hex:…, base64:… nor text:…, or not well formed")
                }
                section?.keys.append(try AuthenticationKey(bytes))
            } catch {
                throw Complaint(reason: "key: \(error.reason)")
            }
        case "key-file":
            do throws(ConnectionError) {
                section?.keys.append(try readKey(String(value)))
            } catch {
                throw Complaint(reason: "key-file: \(error.reason)")
            }
        case "certificate": section?.certificates.append(String(value))
        case "verbs": try addVerbs(value)
        case "types":
            for item in value.items {
                let (pattern, access) = try Self.entry(item, whole: [.write, .make])
                section?.rights.types[pattern, default: []].formUnion(access)
            }
        case "names":
            for item in value.items {
                let (pattern, access) = try Self.entry(item, whole: .write)
                guard !access.contains(.make) else {
                    throw Complaint(reason: "'\(item)': only types can be made")
                }
                section?.rights.names[pattern, default: []].formUnion(access)
            }
        default: throw Complaint(reason: "there is no setting '\(setting)'")
        }
    }

    private mutating func addVerbs(_ value: Substring) throws(Complaint) {
        for item in value.items {
            if item == "*" {
                section?.rights.verbs.formUnion(KeyRing.Rights.Verb.allCases)
            } else if let verb = KeyRing.Rights.Verb(rawValue: String(item)) {
                section?.rights.verbs.insert(verb)
            } else {
                let all = KeyRing.Rights.Verb.allCases.map(\.rawValue).joined(separator: ", ")
                throw Complaint(reason: "'\(item)' is none of \(all)")
            }
        }
    }

    /// `PATTERN` or `PATTERN:ACCESS`. A colon in a name is none before an access.
    private static func entry(
        _ item: Substring, whole: KeyRing.Rights.Access
    ) throws(Complaint) -> (pattern: String, access: KeyRing.Rights.Access) {
        let colon = item.lastIndex(of: ":")
        let pattern = colon.map { item[..<$0] } ?? item
        guard !pattern.isEmpty, !pattern.dropLast().contains("*") else {
            throw Complaint(reason: "'\(item)': a pattern is a name, or a beginning and a star")
        }
        guard let colon else { return (String(pattern), whole) }
        var access: KeyRing.Rights.Access = []
        for word in item[item.index(after: colon)...].split(
            separator: "+", omittingEmptySubsequences: false)
        {
            switch word {
            case "read": access.formUnion(.read)
            case "write": access.formUnion(.write)
            case "make": access.formUnion(.make)
            default: throw Complaint(reason: "'\(item)': '\(word)' is none of read, write, make")
            }
        }
        return (String(pattern), access)
    }

    private mutating func endSection() throws(Problem) {
        guard let section else { return }
        self.section = nil
        do throws(ManagerError) {
            try ring.add(
                section.name, keys: section.keys, certificates: section.certificates,
                rights: section.rights)
        } catch {
            throw Problem(line: section.line, reason: error.reason)
        }
    }
}

extension Substring {
    /// Without spaces, tabs and carriage returns at both ends.
    fileprivate var trimmed: Substring {
        let blanks: Set<Character> = [" ", "\t", "\r"]
        var text = self
        while let first = text.first, blanks.contains(first) { text.removeFirst() }
        while let last = text.last, blanks.contains(last) { text.removeLast() }
        return text
    }

    /// The items between spaces and commas.
    fileprivate var items: [Substring] {
        split { $0 == " " || $0 == "\t" || $0 == "," }
    }
}
