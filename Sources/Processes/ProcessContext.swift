/// A start method with what is made by it: CPython's `get_context(method)`.
///
/// Two parts of a program may so start their children in different ways.
public struct ProcessContext: Sendable, Hashable {
    /// How its children are started.
    public let method: StartMethod

    /// The context of a start method.
    public init(_ method: StartMethod) {
        self.method = method
    }

    /// The context of `StartMethod.default`.
    public static var `default`: ProcessContext { ProcessContext(.default) }

    /// Makes a child that is started by this method: see ``ChildProcess``.
    ///
    /// - Parameters:
    ///   - target: what it does.
    ///   - name: for people; nil for `Process-1` and so on.
    ///   - daemon: whether it is ended when this process ends; nil for what this process is.
    public func process(
        _ target: some ProcessTarget, name: String? = nil, daemon: Bool? = nil
    ) -> ChildProcess {
        ChildProcess(target, name: name, daemon: daemon, context: self)
    }
}
