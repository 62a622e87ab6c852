import OpenSSL
import Sockets

/// A certificate and its key on disk: `name.pem`, and `name.key` that only its owner may read.
struct CertificateFiles {
    private static let limit = 1 << 20

    let certificate: String
    let key: String

    init(directory: String, name: String) {
        let place = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
        certificate = place + ".pem"
        key = place + ".key"
    }

    func read() throws -> CertificateMaker.Made {
        CertificateMaker.Made(
            certificate: try Self.read(certificate), key: try Self.read(key))
    }

    /// Writes both, or neither where one is there already and must stay.
    private func write(_ made: CertificateMaker.Made, force: Bool) throws {
        for path in [certificate, key] where !force && FileContents.isThere(path) {
            throw Complaint("\(path) is there already: give --force to replace it")
        }
        do throws(SocketError) {
            try FileContents.write(made.key, to: key, .secret, replaces: force)
            try FileContents.write(made.certificate, to: certificate, .open, replaces: force)
        } catch {
            throw Complaint(error.reason)
        }
    }

    /// Makes a certificate and its key, writes both, and says where.
    func fill(
        force: Bool, _ make: () throws(OpenSSLError) -> CertificateMaker.Made
    ) throws {
        let made: CertificateMaker.Made
        do throws(OpenSSLError) {
            made = try make()
        } catch {
            throw Complaint(error.reason)
        }
        try write(made, force: force)
        try HostProcess.print("\(certificate)\n\(key)\n")
    }

    static func read(_ path: String) throws -> [UInt8] {
        do throws(SocketError) {
            return try FileContents.read(path: path, limit: limit)
        } catch {
            throw Complaint(error.reason)
        }
    }
}
