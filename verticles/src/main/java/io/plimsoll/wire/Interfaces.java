package io.plimsoll.wire;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Chooses network interfaces for multicast by name: left to the system, datagrams leave by the default route, or
/// nowhere.
public final class Interfaces {
    private Interfaces() {}

    /// Every interface that is up, has an IPv4 address, and can do multicast; the loopback can, though it does not say
    /// so.
    public static List<String> multicast() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(Interfaces::usable)
                    .map(NetworkInterface::getName)
                    .sorted()
                    .toList();
        } catch (SocketException e) {
            throw new IllegalStateException("cannot list the network interfaces: " + e.getMessage(), e);
        }
    }

    /// The interface that has this address of our own; empty where none has.
    public static Optional<String> having(String localAddress) {
        try {
            NetworkInterface found = NetworkInterface.getByInetAddress(InetAddress.getByName(localAddress));
            return Optional.ofNullable(found).map(NetworkInterface::getName);
        } catch (SocketException | UnknownHostException e) {
            return Optional.empty();
        }
    }

    /// Names and addresses under which this host may be known to itself and to others.
    public static List<String> ownNames(String hostName) {
        try {
            Stream<String> addresses = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(InetAddress::getHostAddress)
                    .map(address -> address.replaceFirst("%.*", ""));
            return Stream.concat(Stream.of("localhost", "127.0.0.1", "::1", hostName), addresses)
                    .distinct()
                    .toList();
        } catch (SocketException e) {
            throw new IllegalStateException("cannot list the network interfaces: " + e.getMessage(), e);
        }
    }

    private static boolean usable(NetworkInterface candidate) {
        try {
            return candidate.isUp()
                    && (candidate.isLoopback() || candidate.supportsMulticast())
                    && candidate.inetAddresses().anyMatch(java.net.Inet4Address.class::isInstance);
        } catch (SocketException e) {
            return false;
        }
    }
}
