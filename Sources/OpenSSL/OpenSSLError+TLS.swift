internal import COpenSSL

// Why TLS came to nothing, one clear line each.
extension OpenSSLError {
    /// What stands in this thread's queue of errors after a step of TLS has failed.
    ///
    /// - Parameters:
    ///   - verdict: OpenSSL's on the peer's certificate (X509_V_…).
    ///   - isFresh: whether nothing that was TLS has come from the peer yet.
    static func tls(verdict: Int, isFresh: Bool) -> OpenSSLError {
        let number = ERR_get_error()
        mp_errors_clear()
        let reason = mp_error_reason(number)
        if reason == SSL_R_CERTIFICATE_VERIFY_FAILED { return certificate(verdict) }
        if let known = known(reason) { return known }
        if let alert = alert(reason) {
            return OpenSSLError(code: .refused, reason: "the peer refused us: \(alert)")
        }
        let text = unsafe ERR_reason_error_string(number).map { unsafe String(cString: $0) }
        if isFresh {
            return OpenSSLError(code: .notTLS, reason: "the peer does not speak TLS")
        }
        return OpenSSLError(
            code: .broken, reason: "what came is no valid TLS (\(text ?? "no reason given"))")
    }

    static let wrongFingerprint = OpenSSLError(
        code: .wrongFingerprint,
        reason: "the peer's certificate has none of the fingerprints expected")
    static let noCertificate = OpenSSLError(
        code: .noCertificate, reason: "the peer has shown no certificate")
    static let expired = OpenSSLError(
        code: .expired, reason: "the peer's certificate has expired")
    static let tooMuchHandshake = OpenSSLError(
        code: .tooMuchHandshake,
        reason: "a TLS handshake of more than \(TLSSession.handshakeByteLimit) bytes")

    static let tooLittleData = OpenSSLError(
        code: .broken, reason: "the peer has sent too much TLS with no data in it")

    private static func known(_ reason: Int32) -> OpenSSLError? {
        switch reason {
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: noCertificate
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST,
            SSL_R_BAD_RECORD_TYPE:
            OpenSSLError(code: .notTLS, reason: "the peer does not speak TLS")
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
            OpenSSLError(code: .protocolTooOld, reason: "the peer speaks no TLS 1.3")
        default: nil
        }
    }

    /// What is wrong with the peer's certificate.
    private static func certificate(_ verdict: Int) -> OpenSSLError {
        switch Int32(clamping: verdict) {
        case X509_V_ERR_CERT_HAS_EXPIRED: expired
        case X509_V_ERR_CERT_NOT_YET_VALID:
            OpenSSLError(code: .notYetValid, reason: "the peer's certificate is not yet valid")
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            OpenSSLError(
                code: .wrongName, reason: "the peer's certificate is for another name")
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            OpenSSLError(
                code: .selfSigned,
                reason: "the peer's certificate is self-signed, and not one that is trusted")
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE:
            OpenSSLError(
                code: .unknownAuthority,
                reason: "the peer's certificate is from an authority that is not trusted")
        default:
            OpenSSLError(
                code: .untrusted,
                reason: unsafe "the peer's certificate is not trusted: "
                    + String(cString: X509_verify_cert_error_string(verdict)))
        }
    }

    /// What the peer has said before it went (RFC 8446, 6.2); nil if that is none of it.
    private static func alert(_ reason: Int32) -> String? {
        switch reason {
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: "it wants a certificate of ours"
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED: "our certificate has expired"
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
            "it does not trust the authority of our certificate"
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED: "our certificate was revoked"
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
            SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, SSL_R_TLSV1_ALERT_ACCESS_DENIED:
            "it does not take our certificate"
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE: "we have no cipher in common"
        case 1000..<1256: "alert \(reason - 1000)"
        default: nil
        }
    }
}
