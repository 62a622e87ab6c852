import Foundation
import OpenSSL
import Testing

/// The certificates of the folder `certs`: see its README.md.
@Suite struct CertificateFilesTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../certs")
    private static let names =
        ((try? FileManager.default.contentsOfDirectory(
            atPath: folder.path)) ?? []).filter { $0.hasSuffix(".pem") }.sorted()

    private func certificate(_ name: String) throws -> Certificate {
        let contents = try Data(contentsOf: Self.folder.appendingPathComponent(name))
        return try #require(try Certificate.list(pem: Array(contents)).first)
    }

    @Test func theyAreThere() {
        #expect(Self.names.count == 9)
    }

    @Test(arguments: names)
    func theyAreValidForAnotherSixtyDays(name: String) throws {
        let certificate = try certificate(name)
        let now = Int64(Date().timeIntervalSince1970)
        if name.contains("expired") {
            #expect(certificate.notAfter < now)
        } else {
            #expect(certificate.notBefore < now)
            #expect(
                certificate.notAfter > now + 60 * 86400,
                "run certs/make.sh, and say so in the change")
        }
    }
}
