package io.plimsoll.launcher;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// SIGINT and SIGTERM while a long run goes on: the first asks for a graceful stop, the second quits at once and
/// says what is left behind. Closing it gives the signals back to the JVM.
///
/// A program whose output must be whole, whenever it is stopped, takes the signals as soon as it begins
/// ([#early]) and hands them to the run when there is one ([#handedTo]).
final class Interrupts implements AutoCloseable {
    /// One wish may arrive as several signals: the kernel sends one for each thread of a parent that is killed, and
    /// wrappers pass on what the terminal has sent already. No hand is as fast.
    private static final long SAME_MS = 200;

    /// Where a run has its signals from.
    interface Source {
        /// @param stop called once, on a thread of the JVM for signals, or at once; must not block
        /// @param leftBehind called at the second signal, just before the process ends
        Interrupts of(Console console, Runnable stop, Supplier<String> leftBehind);
    }

    private final LongSupplier clockNs;
    private final Runnable quit;
    private Console console;
    private Runnable stop;
    private Supplier<String> leftBehind;
    private boolean happened;
    private long firstNs;
    private final List<Runnable> restore = new ArrayList<>();

    /// For a run that begins now; see [Source#of].
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

    /// For a program that does not know yet what it is to run.
    static Interrupts early(Console console) {
        return new Interrupts(console, () -> {}, () -> "nothing was begun");
    }

    /// From now on a run hears of the signals. If one has come already, it is to stop at once.
    ///
    /// @return this; for [Source]
    Interrupts handedTo(Console itsConsole, Runnable itsStop, Supplier<String> itsLeftBehind) {
        boolean late;
        synchronized (this) {
            console = itsConsole;
            stop = itsStop;
            leftBehind = itsLeftBehind;
            late = happened;
        }
        if (late) {
            itsStop.run();
        }
        return this;
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
        whatToDo(clockNs.getAsLong()).run();
    }

    private synchronized Runnable whatToDo(long nowNs) {
        Console to = console;
        if (!happened) {
            happened = true;
            firstNs = nowNs;
            Runnable first = stop;
            return () -> {
                to.message("stopping; interrupt again to quit at once");
                first.run();
            };
        }
        if (nowNs - firstNs < SAME_MS * 1_000_000) {
            return () -> {};
        }
        Supplier<String> left = leftBehind;
        return () -> {
            to.message("quit; " + left.get());
            quit.run();
        };
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
