internal import CMultiprocessing

/// Reads and writes whole small files: a key, a setting.
package enum FileContents {
    /// The bytes of the file at `path`, exactly as they are.
    ///
    /// - Parameter limit: most bytes accepted.
    /// - Throws: `SocketError` with the system's error number, or EINVAL for a larger file.
    package static func read(path: String, limit: Int) throws(SocketError) -> [UInt8] {
        let opened = unsafe path.withCString { unsafe mp_open_for_reading($0) }
        let file = try Descriptor(opened, from: "open \(path)")
        return try contents(of: file, path: path, limit: limit)
    }

    static func contents(
        of file: borrowing Descriptor, path: String, limit: Int
    ) throws(SocketError) -> [UInt8] {
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let got = unsafe chunk.withUnsafeMutableBytes { bytes in
                unsafe mp_read(file.raw, bytes.baseAddress, bytes.count)
            }
            if got < 0 { throw .system("read \(path)", Int32(-got)) }
            if got == 0 { return contents }
            contents += chunk.prefix(Int(got))
            if contents.count > limit {
                throw .system("read \(path): more than \(limit) bytes", MP_EINVAL)
            }
        }
    }
}
