package io.plimsoll.launcher;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// SIGINT and SIGTERM while a long run goes on: the first asks for a graceful stop, the second quits at once and says
/// what is left behind. Closing it gives the signals back to the JVM.
final class Interrupts implements AutoCloseable {
    /// One wish may arrive as several signals: the kernel sends one for each thread of a parent that is killed, and
    /// wrappers pass on what the terminal has sent already. No hand is as fast.
    private static final long SAME_MS = 200;

    private final Console console;
    private final Runnable stop;
    private final Supplier<String> leftBehind;
    private final LongSupplier clockNs;
    private final Runnable quit;
    private boolean happened;
    private long firstNs;
    private final List<Runnable> restore = new ArrayList<>();

    /// @param stop called once, on a thread of the JVM for signals; must not block
    /// @param leftBehind called at the second signal, just before the process ends
    Interrupts(Console console, Runnable stop, Supplier<String> leftBehind) {
        // Not exit(): its hooks would wait for the graceful stop that the user has no patience for.
        this(
                console,
                stop,
                leftBehind,
                System::nanoTime,
                () -> Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code()));
        handle("INT");
        handle("TERM");
    }

    /// Without the signals themselves.
    ///
    /// @param quit ends the process
    Interrupts(Console console, Runnable stop, Supplier<String> leftBehind, LongSupplier clockNs, Runnable quit) {
        this.console = console;
        this.stop = stop;
        this.leftBehind = leftBehind;
        this.clockNs = clockNs;
        this.quit = quit;
    }

    synchronized boolean happened() {
        return happened;
    }

    @Override
    public void close() {
        restore.forEach(Runnable::run);
        restore.clear();
    }

    /// A signal has come. The JVM starts a thread for each, so that several may be here at once.
    void signalled() {
        long nowNs = clockNs.getAsLong();
        if (first(nowNs)) {
            console.message("stopping; interrupt again to quit at once");
            stop.run();
        } else if (another(nowNs)) {
            console.message("quit; " + leftBehind.get());
            quit.run();
        }
    }

    private synchronized boolean first(long nowNs) {
        if (happened) {
            return false;
        }
        happened = true;
        firstNs = nowNs;
        return true;
    }

    private synchronized boolean another(long nowNs) {
        return nowNs - firstNs >= SAME_MS * 1_000_000;
    }

    /// By reflection, because javac warns about each mention of sun.misc.Signal, and there is no other way to
    /// take a signal without ending the JVM.
    private void handle(String name) {
        try {
            Class<?> signalClass = Class.forName("sun.misc.Signal");
            Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
            Object signal = signalClass.getConstructor(String.class).newInstance(name);
            Method handle = signalClass.getMethod("handle", signalClass, handlerClass);
            Object ours = Proxy.newProxyInstance(
                    Interrupts.class.getClassLoader(),
                    new Class<?>[] {handlerClass},
                    (proxy, method, args) -> switch (method.getName()) {
                        case "handle" -> {
                            signalled();
                            yield null;
                        }
                        case "hashCode" -> System.identityHashCode(proxy);
                        case "equals" -> proxy == args[0];
                        default -> "plimsoll";
                    });
            Object before = handle.invoke(null, signal, ours);
            restore.add(() -> {
                try {
                    handle.invoke(null, signal, before);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            });
        } catch (ReflectiveOperationException e) {
            // -Xrs, or a JVM without sun.misc: signals then end the process at once, as they would without us.
            console.message("signals cannot be handled here (" + e.getMessage() + "); Ctrl-C ends at once");
        }
    }
}
