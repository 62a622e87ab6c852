/// An array in memory that processes share, of a fixed length, without a lock: CPython's
/// `RawArray`.
///
/// ```swift
/// let samples = try RawSharedArray(repeating: 0.0, count: 1_000_000)
/// let sum = samples.withSpan { span in
///     var sum = 0.0
///     for index in span.indices { sum += span[index] }
///     return sum
/// }
/// ```
///
/// Whoever reads an element while another process writes it may get some bytes of the old one and
/// some of the new one: let each process have a part of its own, or use a ``SharedArray``.
public struct RawSharedArray<Element: BitwiseCopyable & Sendable>: Sendable, Codable {
    private let cell: SharedCell<Element>

    /// Makes one of equal elements.
    ///
    /// - Throws: ``ProcessError`` with `invalidArgument` for a negative count, `system`.
    public init(repeating element: Element, count: Int) throws(ProcessError) {
        self.init(try SharedCell(count: count, lock: nil, name: "array"))
        unsafe cell.elements.initialize(repeating: element)
    }

    /// Makes one of elements.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public init(_ elements: some Collection<Element>) throws(ProcessError) {
        self.init(try SharedCell(count: elements.count, lock: nil, name: "array"))
        _ = unsafe cell.elements.initialize(from: elements)
    }

    init(_ cell: SharedCell<Element>) {
        self.cell = cell
    }

    /// How many elements there are.
    public var count: Int { cell.count }

    /// The element at an index, which must be one of the array's.
    public subscript(index: Int) -> Element {
        get {
            precondition((0..<count).contains(index), "an index outside of the array")
            return unsafe cell.elements[index]
        }
        nonmutating set {
            precondition((0..<count).contains(index), "an index outside of the array")
            unsafe cell.elements[index] = newValue
        }
    }

    /// All elements.
    public var elements: [Element] { unsafe Array(cell.elements) }

    /// Reads the elements where they lie.
    public func withSpan<Result>(
        _ body: (Span<Element>) throws -> Result
    ) rethrows -> Result {
        try body(unsafe UnsafeBufferPointer(cell.elements).span)
    }

    /// Changes the elements where they lie.
    public func withMutableSpan<Result>(
        _ body: (inout MutableSpan<Element>) throws -> Result
    ) rethrows -> Result {
        var span = unsafe cell.elements.mutableSpan
        return try body(&span)
    }
}
