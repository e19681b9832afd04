package io.plimsoll.server;

import io.plimsoll.model.Report;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// Decides which requests are written together, when they are tried again, and which fail. A request is in here from
/// [#offer] until its batch is [#committed], or until it is returned by [#failed], [#poisoned] or [#abandon].
///
/// A batch that fails comes first again, so nothing overtakes it for ever. A batch that the database will never take is
/// halved until the one request at fault stands alone. Not thread-safe: it belongs to one event loop. The clock is the
/// caller's.
///
/// @param <T> what is needed to answer a request
final class WriteQueue<T> {
    static final int BATCH_REPORTS_MAX = 2_000;
    static final long BATCH_BYTES_MAX = 8 << 20;
    static final long BACKOFF_MS_MIN = 100;
    static final long BACKOFF_MS_MAX = 2_000;

    private final long reportsMax;
    private final long bytesMax;
    private final long retryMsMax;
    private final Deque<Batch<T>> again = new ArrayDeque<>();
    private final Deque<Request<T>> fresh = new ArrayDeque<>();
    private long reports;
    private long bytes;
    private long backoffMs;
    private long notBeforeMs = Long.MIN_VALUE;

    /// @param retryMsMax how long after its offer a request may still be tried again
    WriteQueue(long reportsMax, long bytesMax, long retryMsMax) {
        this.reportsMax = reportsMax;
        this.bytesMax = bytesMax;
        this.retryMsMax = retryMsMax;
    }

    record Request<T>(T ticket, List<Persist.Numbered> reports, long bytes, long offeredAtMs) {}

    record Batch<T>(List<Request<T>> requests) {
        List<Persist.Numbered> reports() {
            return requests.stream().flatMap(r -> r.reports().stream()).toList();
        }

        List<T> tickets() {
            return requests.stream().map(Request::ticket).toList();
        }
    }

    /// False if it is full: the request is not taken. An empty queue takes any request.
    boolean offer(T ticket, List<Persist.Numbered> numbered, long nowMs) {
        long size = numbered.stream().mapToLong(n -> bytes(n.report())).sum();
        if (reports > 0 && (reports + numbered.size() > reportsMax || bytes + size > bytesMax)) {
            return false;
        }
        reports += numbered.size();
        bytes += size;
        fresh.addLast(new Request<>(ticket, numbered, size, nowMs));
        return true;
    }

    /// The next batch to write; empty where there is none, or none yet (see [#notBeforeMs]).
    Optional<Batch<T>> take(long nowMs) {
        if (nowMs < notBeforeMs) {
            return Optional.empty();
        }
        if (!again.isEmpty()) {
            return Optional.of(again.pollFirst());
        }
        List<Request<T>> batch = new ArrayList<>();
        long batchReports = 0;
        long batchBytes = 0;
        for (Request<T> next = fresh.peekFirst(); next != null; next = fresh.peekFirst()) {
            batchReports += next.reports().size();
            batchBytes += next.bytes();
            if (!batch.isEmpty() && (batchReports > BATCH_REPORTS_MAX || batchBytes > BATCH_BYTES_MAX)) {
                break;
            }
            batch.add(fresh.pollFirst());
        }
        return batch.isEmpty() ? Optional.empty() : Optional.of(new Batch<>(batch));
    }

    void committed(Batch<T> batch) {
        forget(batch.requests());
        backoffMs = 0;
        notBeforeMs = Long.MIN_VALUE;
    }

    /// The database was away: the batch is tried again after a while, but for the requests that have been tried for too
    /// long. Those are returned, also from among the waiting ones.
    List<T> failed(Batch<T> batch, long nowMs) {
        backoffMs = Math.clamp(backoffMs * 2, BACKOFF_MS_MIN, BACKOFF_MS_MAX);
        notBeforeMs = nowMs + backoffMs;
        again.addFirst(batch);
        List<Request<T>> late = new ArrayList<>();
        int batches = again.size();
        for (int i = 0; i < batches; i++) {
            Batch<T> former = again.pollFirst();
            List<Request<T>> kept = new ArrayList<>(former.requests());
            kept.removeIf(request -> tooLate(request, nowMs) && late.add(request));
            if (!kept.isEmpty()) {
                again.addLast(kept.size() == former.requests().size() ? former : new Batch<>(kept));
            }
        }
        for (Iterator<Request<T>> all = fresh.iterator(); all.hasNext(); ) {
            Request<T> request = all.next();
            if (!tooLate(request, nowMs)) {
                break;
            }
            late.add(request);
            all.remove();
        }
        return forget(late);
    }

    /// The database will never take this batch: the request at fault is returned once it stands alone.
    List<T> poisoned(Batch<T> batch) {
        int n = batch.requests().size();
        if (n == 1) {
            return forget(batch.requests());
        }
        again.addFirst(new Batch<>(batch.requests().subList(n / 2, n)));
        again.addFirst(new Batch<>(batch.requests().subList(0, n / 2)));
        return List.of();
    }

    /// Gives up on everything that is waiting.
    List<T> abandon() {
        List<Request<T>> all = new ArrayList<>();
        again.forEach(batch -> all.addAll(batch.requests()));
        all.addAll(fresh);
        again.clear();
        fresh.clear();
        return forget(all);
    }

    /// Nothing waits and nothing is being written.
    boolean idle() {
        return reports == 0;
    }

    boolean waiting() {
        return !again.isEmpty() || !fresh.isEmpty();
    }

    /// Until when nothing is to be tried.
    long notBeforeMs() {
        return notBeforeMs;
    }

    long reports() {
        return reports;
    }

    private boolean tooLate(Request<T> request, long nowMs) {
        return nowMs - request.offeredAtMs() >= retryMsMax;
    }

    private List<T> forget(List<Request<T>> gone) {
        for (Request<T> request : gone) {
            reports -= request.reports().size();
            bytes -= request.bytes();
        }
        return gone.stream().map(Request::ticket).toList();
    }

    /// About what a report takes in memory.
    /// What a report takes in memory, about.
    static long bytes(Report report) {
        return switch (report) {
            case Report.Interval interval -> 150 + interval.histogram().length;
            case Report.FileClosed _ -> 400;
            case Report.Resources _ -> 300;
            case Report.Happened happened -> 150 + 2L * happened.detail().length();
            case Report.RunStarted _ -> 20_000;
            case Report.RunEnded ended -> 200 + 2L * ended.reason().length();
        };
    }
}
