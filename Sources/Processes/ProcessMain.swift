/// What a child process does, as a value: the parent makes it, and it travels to the child, which
/// is the same program and finds the type by its name.
///
/// The type is declared outside of functions, and is not private.
package protocol ProcessMain: Codable, Sendable {
    /// Runs on the child's first thread, in the place of `main`.  When it returns the child ends.
    ///
    /// - Throws: whatever went wrong: it is printed, and the child ends with status 1.
    func main(_ parent: ParentLink) throws
}
