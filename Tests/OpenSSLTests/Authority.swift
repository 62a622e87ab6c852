import OpenSSL

/// An authority for one test, and what it gives out.
struct Authority {
    let made: CertificateMaker.Made

    init(_ name: String = "authority", kind: PrivateKey.Kind = .p256) throws {
        var maker = CertificateMaker(.authority, name: name)
        maker.kind = kind
        made = try maker.makeSelfSigned()
    }

    func issue(
        _ purpose: CertificateMaker.Purpose, name: String = "somebody",
        names: [String] = ["localhost"], days: Int = 10, startsIn: Int = 0,
        kind: PrivateKey.Kind = .p256
    ) throws -> TLSSetup.Identity {
        var maker = CertificateMaker(purpose, name: name)
        maker.names = names
        maker.days = days
        maker.startsIn = startsIn
        maker.kind = kind
        return try maker.make(signedBy: made).identity
    }

    /// A server of this authority.
    func server(
        _ identity: TLSSetup.Identity? = nil,
        clients: TLSSetup.ClientCertificates = .none
    ) throws -> TLSContext {
        var setup = TLSSetup(.server)
        setup.identity = try identity ?? issue(.server)
        setup.clientCertificates = clients
        if clients != .none { setup.roots = made.certificate }
        return try TLSContext(setup)
    }

    /// A client that trusts this authority.
    func client(
        _ identity: TLSSetup.Identity? = nil, fingerprints: [[UInt8]] = []
    ) throws -> TLSContext {
        var setup = TLSSetup(.client)
        setup.identity = identity
        setup.roots = made.certificate
        setup.fingerprints = fingerprints
        return try TLSContext(setup)
    }
}

extension CertificateMaker.Made {
    var identity: TLSSetup.Identity {
        TLSSetup.Identity(certificates: certificate, key: key)
    }
}
