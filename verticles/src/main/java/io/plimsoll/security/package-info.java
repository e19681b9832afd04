/// Who may do what: certificates and keys, and the principals that they prove.
///
/// Knows no socket, verticle or setting: what is read here is bytes that were given, and what is decided is a pure
/// function of them. Certificates are put together by WildFly Elytron, in [CertificateAuthority] only; keys, signatures
/// and checks are those of the JDK.
package io.plimsoll.security;
