internal import Pickle
internal import Sockets

// Proxies that come out of shared objects are counted before they are anybody's.
extension Manager {
    /// Counts the objects of proxies that came out of a value.
    ///
    /// - Returns: references to them, of the managers whose they are.
    func count(
        _ arrivals: [ObjectReference]
    ) async throws(ManagerError) -> [ObjectReference] {
        var counted: [ObjectReference] = []
        for reference in arrivals { counted.append(try await counting(reference)) }
        return counted
    }

    /// Counts the object of a proxy. Its token may spell this manager's address in another way, or
    /// be another manager's: a server of this house knows which idents are its own, of CPython's
    /// only the address tells.
    private func counting(
        _ arrival: ObjectReference
    ) async throws(ManagerError) -> ObjectReference {
        guard arrival.token.address != address.tokenAddress,
            let other = SocketAddress(tokenAddress: arrival.token.address), other != address
        else {
            try await count(arrival)
            return arrival
        }
        do throws(ManagerError) {
            if serverVersion == nil { return try await counting(arrival, at: other) }
            try await count(arrival)
            return arrival
        } catch {
            do throws(ManagerError) {
                if serverVersion != nil { return try await counting(arrival, at: other) }
                try await count(arrival)
                return arrival
            } catch {
                throw ManagerError(
                    .objectGone,
                    "the \(arrival.token.typeID) \(arrival.ident) is neither here nor at \(other)",
                    underlying: error)
            }
        }
    }

    private func counting(
        _ arrival: ObjectReference, at other: SocketAddress
    ) async throws(ManagerError) -> ObjectReference {
        let manager = try await others.manager(at: other, contact)
        let reference = ObjectReference(
            manager, arrival.token, exposed: arrival.exposed, isCounted: false)
        try await manager.count(reference)
        return reference
    }

    func count(_ reference: ObjectReference) async throws(ManagerError) {
        _ = try await ask(.incref(reference.ident)).returned(about: reference)
        reference.wasCounted()
    }
}
