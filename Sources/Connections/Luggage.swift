package import Sockets
internal import Synchronization

/// The descriptors that travel with an encoded value, to a child process or through a connection of
/// this host: in the value stands only the place of each.
///
/// A type that owns one asks its encoder for the luggage, adds it, and encodes the place it got;
/// its `init(from:)` takes out what lies there.  Elsewhere such a value cannot be encoded.
///
/// ```text
/// value    … place (int) …           in the bytes
/// luggage  [descriptor, …]           beside them, SCM_RIGHTS: at most 253
/// ```
package final class Luggage: Sendable {
    /// Under which an encoder and a decoder carry it in their `userInfo`.
    package static let key = CodingUserInfoKey.luggage
    /// Most descriptors of one value.
    package static let limit = Descriptor.passingLimit

    private let contents: Mutex<[SharedDescriptor]>

    /// Begins with what has come, or with nothing.
    package init(_ contents: [SharedDescriptor] = []) {
        self.contents = Mutex(contents)
    }

    /// What lies in it, in order.
    package var descriptors: [SharedDescriptor] { contents.withLock { $0 } }

    /// Puts a descriptor in, unless it is there already; its place.
    ///
    /// - Throws: `EncodingError` when there are ``limit`` already.
    package func add(_ descriptor: SharedDescriptor, for encoder: any Encoder) throws -> Int {
        if let place = add(descriptor) { return place }
        throw EncodingError.invalidValue(
            descriptor.descriptor.raw,
            .init(
                codingPath: encoder.codingPath,
                debugDescription: "more than \(Self.limit) descriptors cannot travel together"))
    }

    /// Puts a descriptor in, unless it is there already; its place, or nil when there are ``limit``
    /// already.
    package func add(_ descriptor: SharedDescriptor) -> Int? {
        contents.withLock { contents in
            if let place = contents.firstIndex(where: { $0 === descriptor }) { return place }
            guard contents.count < Self.limit else { return nil }
            contents.append(descriptor)
            return contents.count - 1
        }
    }

    /// The descriptor at a place.
    ///
    /// - Throws: `DecodingError` when nothing lies there.
    package func descriptor(at place: Int, for decoder: any Decoder) throws -> SharedDescriptor {
        let found = contents.withLock { $0.indices.contains(place) ? $0[place] : nil }
        if let found { return found }
        throw DecodingError.dataCorrupted(
            .init(
                codingPath: decoder.codingPath,
                debugDescription: "no descriptor came at place \(place)"))
    }

    /// The luggage of what is being encoded.
    ///
    /// - Throws: `EncodingError` where none travels with it.
    package static func of(_ encoder: any Encoder) throws -> Luggage {
        if let luggage = encoder.userInfo[key] as? Luggage { return luggage }
        throw EncodingError.invalidValue(
            key,
            .init(
                codingPath: encoder.codingPath,
                debugDescription: "this can be sent only to a child process, or through a "
                    + "connection of this host"))
    }

    /// The luggage of what is being decoded.
    ///
    /// - Throws: `DecodingError` where none came with it.
    package static func of(_ decoder: any Decoder) throws -> Luggage {
        if let luggage = decoder.userInfo[key] as? Luggage { return luggage }
        throw DecodingError.dataCorrupted(
            .init(
                codingPath: decoder.codingPath,
                debugDescription: "this comes only from another process of this host"))
    }
}

extension CodingUserInfoKey {
    // Only an empty string is no key, and that would be a fault of this line.
    fileprivate static let luggage: CodingUserInfoKey = {
        guard let key = CodingUserInfoKey(rawValue: "multiprocessing.luggage") else {
            preconditionFailure("a coding key without a name")
        }
        return key
    }()
}
