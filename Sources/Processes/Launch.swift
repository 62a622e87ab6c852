internal import Pickle

/// What a child is told at its start: the first frame from its parent.
///
/// ```text
/// parent                                       child
/// 1  "mpchild1" + sixteen digits          ->        before it is started: see children.c
/// 2  pickle of (type, value)              ->        a ProcessMain's mangled name, what it says
/// 3  …                                    <->       what the two have agreed on
/// 4  end                                  ->        the parent is gone, or done with its child
/// ```
struct Launch: Sendable {
    let type: String
    let value: PickleValue

    /// - Throws: `ProcessError` with `unknownType`, `encoding`.
    init<Main: ProcessMain>(_ main: Main) throws(ProcessError) {
        // Looked up here too: here somebody can be told.
        guard let name = _mangledTypeName(Main.self), _typeByName(name) == Main.self else {
            throw .unknownType("\(Main.self)")
        }
        type = name
        do {
            value = try main.launch()
        } catch {
            throw .encoding("\(Main.self) cannot be encoded", error)
        }
    }

    /// Reads a frame.
    init(_ frame: [UInt8]) throws(ProcessError) {
        let whole: PickleValue
        do {
            whole = try PickleValue(pickle: frame)
        } catch {
            throw .encoding("this is no launch", error)
        }
        guard case .tuple(let parts) = whole.kind, parts.count == 2, let name = parts[0].string
        else { throw ProcessError(.encoding, "this is no launch: \(whole.repr(limit: 100))") }
        type = name
        value = parts[1]
    }

    var frame: [UInt8] { PickleValue.tuple([.str(type), value]).pickled() }

    /// The value that the parent had.
    func main() throws(ProcessError) -> any ProcessMain {
        guard let type = _typeByName(type) as? any ProcessMain.Type else {
            throw .unknownType(type)
        }
        do {
            return try type.init(launch: value)
        } catch {
            throw .encoding("\(type) cannot be decoded", error)
        }
    }
}
