package org.nestwalk.lab.migration.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.nestwalk.InputException;

/// Files of PEM by which both sides prove to each other who they are.
///
/// @param certificate of this side, first, and those between it and the authority
/// @param key of this side, private, PKCS #8, not encrypted
/// @param authority certificates of those by whom the other side's has to be
public record TlsFiles(Path certificate, Path key, Path authority) {
    /// Names of the parameters.
    public static final String CERTIFICATE = "tls-cert";

    /// Of the private key.
    public static final String KEY = "tls-key";

    /// Of the authority.
    public static final String AUTHORITY = "tls-ca";

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final char[] NO_PASSWORD = new char[0];

    /// Reads the files.
    ///
    /// @return what engines are made of
    /// @throws InputException if one of them is not what it should be
    public SSLContext open() {
        Certificate[] chain = certificates(certificate, CERTIFICATE).toArray(Certificate[]::new);
        PrivateKey secret = privateKey();
        try {
            KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
            own.load(null, NO_PASSWORD);
            own.setKeyEntry("own", secret, NO_PASSWORD, chain);
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, NO_PASSWORD);
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, NO_PASSWORD);
            int count = 0;
            for (Certificate one : certificates(authority, AUTHORITY)) {
                trusted.setCertificateEntry("authority" + count++, one);
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new InputException(
                    "TLS cannot be set up with %s and %s (%s)"
                            .formatted(certificate, key, e.getMessage()),
                    e);
        }
    }

    /// An engine of the side that connects to `host`, whose certificate has to be of that host, or
    /// of one that is connected to. Both sides have to show a certificate.
    static SSLEngine engine(SSLContext context, Endpoint host, boolean connects) {
        SSLEngine engine =
                connects
                        ? context.createSSLEngine(host.host(), host.port())
                        : context.createSSLEngine();
        engine.setUseClientMode(connects);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        if (connects) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        } else {
            parameters.setNeedClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static String text(Path file, String parameter) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw InputException.of(parameter, "%s cannot be read".formatted(file));
        }
    }

    private static Collection<? extends Certificate> certificates(Path file, String parameter) {
        byte[] bytes = text(file, parameter).getBytes(StandardCharsets.ISO_8859_1);
        try {
            Collection<? extends Certificate> all =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes));
            if (!all.isEmpty()) {
                return all;
            }
        } catch (CertificateException e) {
            throw notCertificates(file, parameter);
        }
        throw notCertificates(file, parameter);
    }

    private static InputException notCertificates(Path file, String parameter) {
        return InputException.of(
                parameter,
                "%s has no certificate in PEM (-----BEGIN CERTIFICATE-----)".formatted(file));
    }

    private PrivateKey privateKey() {
        Matcher pem = PEM.matcher(text(key, KEY));
        if (!pem.find() || !pem.group(1).equals("PRIVATE KEY")) {
            throw InputException.of(
                    KEY,
                    "%s has no private key in PKCS #8 (-----BEGIN PRIVATE KEY-----); openssl pkcs8 -topk8 -nocrypt makes one of others"
                            .formatted(key));
        }
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(pem.group(2));
            for (String algorithm : ALGORITHMS) {
                try {
                    return KeyFactory.getInstance(algorithm)
                            .generatePrivate(new PKCS8EncodedKeySpec(bytes));
                } catch (InvalidKeySpecException e) {
                    // It may be one of the next kind.
                }
            }
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw InputException.of(KEY, "%s is damaged (%s)".formatted(key, e.getMessage()));
        }
        throw InputException.of(
                KEY, "%s has a key that is neither RSA, EC nor EdDSA".formatted(key));
    }
}
