package import Connections
internal import Pickle
internal import Sockets

/// What a child is told at its start: the first frame from its parent, and the descriptors that the
/// value in it needs.
///
/// ```text
/// parent                                       child
/// 1  "mpchild1" + sixteen digits          ->        before it is started: see children.c
/// 2  how many descriptors, 4 bytes        ->        they come with it (SCM_RIGHTS): the luggage
/// 3  pickle of (type, value)              ->        a ProcessMain's mangled name, what it says
/// 4  an empty frame                       <-        only from a forked child: it has begun
/// 5  …                                    <->       what the two have agreed on
/// 6  end                                  ->        the parent is gone, or done with its child
/// ```
package struct Launch: Sendable {
    let type: String
    let value: PickleValue
    let luggage: Luggage

    /// - Throws: `ProcessError` with `unknownType`, `encoding`.
    init<Main: ProcessMain>(_ main: Main) throws(ProcessError) {
        // Looked up here too: here somebody can be told, and a forked child finds it looked up.
        guard let name = _mangledTypeName(Main.self),
            let found = _typeByName(name) as? any ProcessMain.Type, found == Main.self
        else { throw .unknownType("\(Main.self)") }
        type = name
        luggage = Luggage()
        do {
            value = try main.launch(luggage)
        } catch let error as ProcessError {
            throw error
        } catch {
            throw .encoding("\(Main.self) cannot be encoded", error)
        }
    }

    /// Reads a frame.
    ///
    /// - Throws: `ProcessError` with `encoding`.
    package init(_ frame: [UInt8], _ luggage: Luggage) throws(ProcessError) {
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
        self.luggage = luggage
    }

    /// The frame as it is read.
    package var frame: [UInt8] { PickleValue.tuple([.str(type), value]).pickled() }

    /// The value that the parent had.
    func main() throws(ProcessError) -> any ProcessMain {
        guard let type = _typeByName(type) as? any ProcessMain.Type else {
            throw .unknownType(type)
        }
        do {
            return try type.init(launch: value, luggage)
        } catch let error as ProcessError {
            throw error
        } catch {
            throw .encoding("\(type) cannot be decoded", error)
        }
    }
}

extension Launch {
    /// The count of descriptors that precedes a frame, and them, on its own: what goes first is
    /// never too much for a new socket, so nobody waits here; the frame itself may be long.
    ///
    /// - Throws: `ProcessError` with `system`.
    func sendLuggage(through link: borrowing Descriptor) throws(ProcessError) {
        let passengers = luggage.descriptors
        let count = unsafe withUnsafeBytes(of: UInt32(passengers.count).bigEndian) {
            unsafe Array($0)
        }
        let transfer = unsafe count.withUnsafeBytes {
            unsafe link.write($0, passing: passengers)
        }
        if case .bytes(count.count) = transfer { return }
        guard case .failed(let number) = transfer else {
            throw ProcessError(.system, "a new socket takes no \(count.count) bytes")
        }
        let error = SocketError.system("cannot pass descriptors to a process", number)
        throw .system(error.reason, error)
    }
}
