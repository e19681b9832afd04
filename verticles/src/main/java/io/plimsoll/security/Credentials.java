package io.plimsoll.security;

import io.plimsoll.model.Require;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;

/// By what one party proves who it is, and by whom it takes others to be proved: a certificate, its key, and the
/// certificate of the authority. On disk a directory of three PEM files, to be copied to its machine as a whole.
public record Credentials(X509Certificate certificate, PrivateKey key, X509Certificate authority) {
    public static final String CERTIFICATE_FILE = "certificate.pem";
    public static final String KEY_FILE = "key.pem";
    public static final String AUTHORITY_FILE = "ca.pem";
    static final String SIGNATURE = "SHA256withECDSA";

    public Credentials {
        Require.present("certificate", certificate);
        Require.present("key", key);
        Require.present("authority", authority);
    }

    public Principal principal() {
        return Principal.of(certificate);
    }

    public String certificatePem() {
        return Pem.of(certificate);
    }

    /// A secret: for the TLS engine, not for a log.
    public String keyPem() {
        return Pem.of(key);
    }

    public String authorityPem() {
        return Pem.of(authority);
    }

    /// Makes the directory, whole or not at all.
    ///
    /// @throws CredentialsException also when the directory is there: keys are never replaced
    public void write(Path directory) {
        Path parent = directory.toAbsolutePath().getParent();
        try {
            if (Files.exists(directory)) {
                throw new FileAlreadyExistsException(directory.toString());
            }
            Path making = PrivateFiles.makeTemporaryIn(parent, ".making-");
            try {
                PrivateFiles.write(making.resolve(CERTIFICATE_FILE), certificatePem());
                PrivateFiles.write(making.resolve(KEY_FILE), keyPem());
                PrivateFiles.write(making.resolve(AUTHORITY_FILE), authorityPem());
                Files.move(making, directory, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                for (String file : new String[] {CERTIFICATE_FILE, KEY_FILE, AUTHORITY_FILE, ""}) {
                    Files.deleteIfExists(making.resolve(file));
                }
                throw e;
            }
        } catch (FileAlreadyExistsException e) {
            throw new CredentialsException(
                    directory + " is there already, and keys are never replaced; delete it first to make new ones", e);
        } catch (IOException e) {
            throw new CredentialsException("cannot write " + directory + ": " + e, e);
        }
    }

    /// Reads what [#write] wrote, and checks whatever a peer would only refuse without a word.
    public static Credentials read(Path directory, Instant now) {
        Path certificateFile = directory.resolve(CERTIFICATE_FILE);
        Path keyFile = directory.resolve(KEY_FILE);
        Path authorityFile = directory.resolve(AUTHORITY_FILE);
        Credentials read = new Credentials(
                Pem.certificate(PrivateFiles.readPublic(certificateFile), certificateFile.toString()),
                Pem.privateKey(PrivateFiles.readSecret(keyFile), keyFile.toString()),
                Pem.certificate(PrivateFiles.readPublic(authorityFile), authorityFile.toString()));
        checkValid(read.certificate, certificateFile, now);
        checkValid(read.authority, authorityFile, now);
        if (!belongTogether(read.key, read.certificate)) {
            throw new CredentialsException(keyFile + " is not the key of " + certificateFile);
        }
        try {
            read.certificate.verify(read.authority.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new CredentialsException(certificateFile + " was not issued by " + authorityFile, e);
        }
        read.principal();
        return read;
    }

    static void checkValid(X509Certificate certificate, Path file, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        if (now.isBefore(from)) {
            throw new CredentialsException(
                    file + " is valid from " + from + ", and here it is " + now + "; set this machine's clock");
        }
        if (now.isAfter(until)) {
            throw new CredentialsException(file + " expired at " + until + "; make a new one with plimsoll pki");
        }
    }

    static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        try {
            byte[] something = certificate.getSerialNumber().toByteArray();
            Signature signing = Signature.getInstance(SIGNATURE);
            signing.initSign(key);
            signing.update(something);
            Signature checking = Signature.getInstance(SIGNATURE);
            checking.initVerify(certificate.getPublicKey());
            checking.update(something);
            return checking.verify(signing.sign());
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /// Without the key.
    @Override
    public String toString() {
        return "credentials of " + certificate.getSubjectX500Principal();
    }
}
