import ArgumentParser
import OpenSSL

/// What goes into any certificate, and where it goes.
struct CertificateOptions: ParsableArguments {
    @Option(help: "What its key is: p256 or ed25519.", transform: kind)
    var keyType = PrivateKey.Kind.p256

    @Option(help: ArgumentHelp("Where files are read and written.", valueName: "folder"))
    var directory = "."

    @Flag(help: "Replaces files that are there already.")
    var force = false

    private static func kind(_ text: String) throws -> PrivateKey.Kind {
        guard let kind = PrivateKey.Kind(rawValue: text) else {
            let all = PrivateKey.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(text)' is none of \(all)")
        }
        return kind
    }

    /// Checks how long a certificate is to last.
    func validate(days: Int) throws {
        guard (1...CertificateMaker.daysLimit).contains(days) else {
            throw ValidationError(
                "--days is a number from 1 to \(CertificateMaker.daysLimit)")
        }
    }

    /// A maker of what the options say.
    func maker(
        _ purpose: CertificateMaker.Purpose, name: String, days: Int
    ) -> CertificateMaker {
        var maker = CertificateMaker(purpose, name: name)
        maker.days = days
        maker.kind = keyType
        return maker
    }

    /// The files of a certificate of that name.
    func files(_ name: String) -> CertificateFiles {
        CertificateFiles(directory: directory, name: name)
    }
}
