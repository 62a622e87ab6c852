internal import COpenSSL

/// Bytes nobody can foresee, for challenges and keys.
///
/// - Throws: `.noRandomness`.
package func randomBytes(_ count: Int) throws(OpenSSLError) -> [UInt8] {
    guard OpenSSLLibrary.isReady, let length = Int32(exactly: count), length >= 0 else {
        throw .noRandomness()
    }
    var bytes = [UInt8](repeating: 0, count: count)
    guard unsafe RAND_bytes(&bytes, length) == 1 else { throw .noRandomness() }
    return bytes
}
