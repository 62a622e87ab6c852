/// A proxy for an iterator that lives in the server: over a shared object, or of a generator.
///
/// ```swift
/// for try await prime in try await maths.call("primes", 100, returning: IteratorProxy<Int>.self) {
///     print(prime)
/// }
/// ```
///
/// Each step is a call. Copies of a proxy share one iterator.
public struct IteratorProxy<Element: Codable & Sendable>: ManagerProxy {
    /// Python's class for it.
    public static var pythonName: String { "IteratorProxy" }
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    /// The next element, nil when there is none: `next(iterator)`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`RuntimeError`) where what it goes through has
    ///   changed.
    public func next() async throws(ManagerError) -> Element? {
        do throws(ManagerError) {
            return try await call("__next__", returning: Element.self)
        } catch  where error.raised("StopIteration") {
            return nil
        }
    }
}

extension IteratorProxy: AsyncSequence {
    /// The steps of the iterator, which go on where others have left it.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let proxy: IteratorProxy

        /// The next element, nil when there is none.
        ///
        /// - Throws: ``ManagerError``.
        public func next() async throws(ManagerError) -> Element? {
            try await proxy.next()
        }
    }

    /// The steps of the iterator.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(proxy: self)
    }
}
