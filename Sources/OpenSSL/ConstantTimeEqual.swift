internal import COpenSSL

/// Compares two codes in a time that depends on their lengths only, so that a stranger cannot
/// guess a code byte by byte.
package func constantTimeEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    guard first.count == second.count else { return false }
    return unsafe CRYPTO_memcmp(first, second, first.count) == 0
}
