package io.plimsoll.config;

import io.plimsoll.model.ByteSize;
import io.plimsoll.model.ClientId;
import io.plimsoll.model.Durations;
import java.net.InetAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// The formats that our schemas name beyond those of JSON Schema. Every check returns what is wrong, or nothing.
final class Formats {
    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,252}[A-Za-z0-9.])?");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9._-]{1,32})?");

    private Formats() {}

    static String check(String format, String value) {
        return switch (format) {
            case "size" -> refusal(() -> ByteSize.parse(value));
            case "time-span" -> refusal(() -> Durations.parse(value));
            case "client-id" -> refusal(() -> new ClientId(value));
            case "path" -> path(value);
            case "target" -> refusal(() -> AllowedTarget.of(value));
            case "host" -> isHost(value) ? "" : "'" + value + "' is not a host name or address";
            case "multicast" -> isMulticast(value) ? "" : notMulticast(value);
            case "host-port" -> hostPort(value);
            default -> throw new IllegalStateException("the schema names the unknown format '" + format + "'");
        };
    }

    static boolean isMulticast(String address) {
        if (!IPV4.matcher(address).matches()) {
            return false;
        }
        int first = Integer.parseInt(address.substring(0, address.indexOf('.')));
        return first >= 224 && first <= 239;
    }

    static String notMulticast(String address) {
        return "'" + address + "' is not an IPv4 multicast address; write one of 224.0.0.0 to 239.255.255.255,"
                + " best of 239.0.0.0/8";
    }

    /// Whether the host is named so that it can only be this one.
    static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress(); // nothing is looked up
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    static String hostPort(String value) {
        int colon = value.lastIndexOf(':');
        String host = colon < 0 ? value : value.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            return "'" + value + "' is not HOST:PORT; write an IPv6 address as [ADDRESS]:PORT";
        }
        boolean port = colon >= 0 && value.substring(colon + 1).matches("[0-9]{1,5}");
        int number = port ? Integer.parseInt(value.substring(colon + 1)) : 0;
        return number >= 1 && number <= 65535 && isHost(host) ? "" : "'" + value + "' is not HOST:PORT";
    }

    private static boolean isHost(String value) {
        // Digits and dots alone are meant as an address; as a host name they would only fail later, and slowly.
        return value.matches("[0-9.]+")
                ? IPV4.matcher(value).matches()
                : HOST.matcher(value).matches() || IPV6.matcher(value).matches();
    }

    private static String path(String value) {
        if (value.isBlank()) {
            return "is empty; write a path";
        }
        try {
            Path.of(value);
            return "";
        } catch (InvalidPathException e) {
            return "is not a path: " + e.getReason();
        }
    }

    private static String refusal(Runnable parse) {
        try {
            parse.run();
            return "";
        } catch (IllegalArgumentException | ArithmeticException e) {
            return e.getMessage();
        }
    }
}
