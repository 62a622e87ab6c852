internal import Pickle

/// What a child is told at its start: the first frame from its parent.
///
/// ```text
/// parent                                       child
/// 1  "mpchild1" + sixteen digits          ->        before it is started: see children.c
/// 2  pickle of {'type', 'value'}          ->        a ProcessMain's mangled name, its pickle
/// 3  …                                    <->       what the two have agreed on
/// 4  end                                  ->        the parent is gone, or done with its child
/// ```
struct Launch: Codable, Sendable {
    let type: String
    let value: [UInt8]

    /// - Throws: `ProcessError` with `unknownType`, `encoding`.
    init<Main: ProcessMain>(_ main: Main) throws(ProcessError) {
        // Looked up here too: here somebody can be told.
        guard let name = _mangledTypeName(Main.self), _typeByName(name) == Main.self else {
            throw .unknownType("\(Main.self)")
        }
        type = name
        do {
            value = try PickleEncoder().encode(main)
        } catch {
            throw .encoding("\(Main.self) cannot be encoded", error)
        }
    }

    /// Reads what ``encoded()`` wrote.
    init(_ frame: [UInt8]) throws(ProcessError) {
        do {
            self = try PickleDecoder().decode(Launch.self, from: frame)
        } catch {
            throw .encoding("this is no launch", error)
        }
    }

    func encoded() throws(ProcessError) -> [UInt8] {
        do {
            return try PickleEncoder().encode(self)
        } catch {
            throw .encoding("a launch cannot be encoded", error)
        }
    }

    /// The value that the parent had.
    func main() throws(ProcessError) -> any ProcessMain {
        guard let type = _typeByName(type) as? any ProcessMain.Type else {
            throw .unknownType(type)
        }
        do {
            return try PickleDecoder().decode(type, from: value)
        } catch {
            throw .encoding("\(type) cannot be decoded", error)
        }
    }
}
