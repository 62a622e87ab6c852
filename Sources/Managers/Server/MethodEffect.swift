/// What a method of a registered type does.
public enum MethodEffect: Sendable, Hashable {
    /// It changes nothing: who may only read may call it.
    case reads
    /// It changes something, or takes something.
    case changes
}
