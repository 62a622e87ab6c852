/// The version of the pickle format that is written. All of 0 to 5 are read.
///
/// Protocol 4 is what CPython 3.8 to 3.13 write by default.
public enum PickleProtocol: Int, Sendable, CaseIterable {
    /// Binary, readable by Python 2.3 and later.
    case two = 2
    /// Adds `bytes`; readable by Python 3.0 and later.
    case three
    /// Adds sets and large objects; readable by Python 3.4 and later.
    case four
    /// Adds `bytearray`; readable by Python 3.8 and later.
    case five
}
