extension PickledValue {
    /// Looks inside.
    ///
    /// - Throws: ``PickleError`` where a limit is reached.
    package func decoded(limits: PickleLimits = .default) throws(PickleError) -> PickleValue {
        if let part { return part.value }
        return try PickleValue(body: body, limits: limits)
    }
}

extension ProxyReference {
    private static let mark = Array("Token".utf8)

    /// Whether a pickle may hold proxies: a quick look for the name of the class that names their
    /// objects.
    package static func mayOccur(in bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= mark.count else { return false }
        let first = mark[0]
        var index = 0
        while index <= bytes.count - mark.count {
            if unsafe bytes[index] == first {
                let window = unsafe bytes[index..<index + mark.count]
                if unsafe window.elementsEqual(mark) { return true }
            }
            index += 1
        }
        return false
    }
}
