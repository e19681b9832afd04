package io.plimsoll.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/// A chart of lines and marks over two axes, drawn as SVG without scripts. Colours come from [#CSS], which a page
/// holds once: light, dark and print need no second drawing. All texts are escaped.
final class Chart {
    /// How values become places.
    enum Scale {
        LINEAR,
        /// Of positive values only; others are drawn at the lower end.
        LOG
    }

    /// What is drawn in which colour: three steps of one hue for what is of one kind and has an order, and others.
    enum Tone {
        FIRST,
        SECOND,
        THIRD,
        MUTED,
        LIMIT,
        MARK;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param tick a value as it stands beside the axis
    record Axis(String label, Scale scale, double min, double max, DoubleFunction<String> tick) {
        Axis {
            if (!(min < max) || scale == Scale.LOG && !(min > 0)) {
                throw new IllegalArgumentException("axis '" + label + "' from " + min + " to " + max);
            }
        }

        /// 0 to 1; outside for values beyond the ends.
        private double place(double value) {
            return switch (scale) {
                case LINEAR -> (value - min) / (max - min);
                case LOG -> value <= 0 ? 0 : Math.log(value / min) / Math.log(max / min);
            };
        }

        private boolean contains(double value) {
            return value >= min && value <= max;
        }
    }

    record Point(double x, double y) {}

    static final String CSS = """
        :root { --p1: #6da7ec; --p2: #2a78d6; --p3: #104281; --quiet: #767570; --limit: #c93a2f; --mark: #0b0b0b;
          --grid: #e4e3df; --axis: #8a8985; --text: #4a4945; --surface: #fcfcfb; }
        @media screen and (prefers-color-scheme: dark) {
          :root { --p1: #2c6cbd; --p2: #4f9bf0; --p3: #b7d3f6; --quiet: #8f8e88; --limit: #ec6a5e; --mark: #ffffff;
            --grid: #30302d; --axis: #6b6a66; --text: #c3c2b7; --surface: #1a1a19; }
        }
        @media print { :root { --surface: #ffffff; } }
        svg.chart { display: block; width: 100%; height: auto; font: 13px system-ui, sans-serif; }
        .chart .first { --tone: var(--p1); } .chart .second { --tone: var(--p2); } .chart .third { --tone: var(--p3); }
        .chart .muted { --tone: var(--quiet); } .chart .limit { --tone: var(--limit); } .chart .mark { --tone: var(--mark); }
        .chart text { fill: var(--text); }
        .chart .grid { stroke: var(--grid); } .chart .axis { stroke: var(--axis); }
        .chart .line { fill: none; stroke: var(--tone); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .chart .dashed { stroke-dasharray: 6 5; }
        .chart .dot { fill: var(--tone); stroke: var(--surface); stroke-width: 2; }
        .chart .hollow { fill: var(--surface); stroke: var(--tone); stroke-width: 2; }
        .chart .rule { stroke: var(--tone); stroke-width: 1.5; }
        .chart .band { fill: var(--tone); fill-opacity: 0.1; }
        .chart .note { fill: var(--tone); font-weight: 600; paint-order: stroke; stroke: var(--surface); stroke-width: 4px; }
        """;

    private static final int RIGHT = 18;
    private static final int BOTTOM = 52;
    private static final int TOP = 46;
    private static final double CHARACTER = 7.2;
    private static final double MARK_RADIUS = 4.5;
    private static final double LINEAR_TICK_GAP = 60;
    private static final double LOG_TICK_GAP = 34;

    private final Axis x;
    private final Axis y;
    private final String description;
    private final List<Layer> layers = new ArrayList<>();

    /// Draws itself once the places are known.
    private interface Layer {
        void draw(Drawing on);
    }

    /// @param description for those who hear the page
    Chart(Axis x, Axis y, String description) {
        this.x = x;
        this.y = y;
        this.description = description;
    }

    /// Lines are cut at the edge of the chart.
    Chart line(Tone tone, boolean dashed, List<Point> points) {
        layers.add(on -> {
            StringBuilder path = new StringBuilder();
            for (Point point : points) {
                path.append(path.isEmpty() ? "M" : " L").append(number(on.x(point.x())));
                path.append(' ').append(number(on.y(point.y())));
            }
            on.add("<path class=\"line " + tone.word() + (dashed ? " dashed" : "") + "\" clip-path=\"url(#" + on.clipId
                    + ")\" d=\"" + path + "\"/>");
        });
        return this;
    }

    /// One point, filled or hollow.
    ///
    /// @param title shown where the pointer rests
    Chart mark(Tone tone, boolean hollow, Point point, String title) {
        layers.add(on -> {
            if (x.contains(point.x()) && y.contains(point.y())) {
                on.add("<circle class=\"" + (hollow ? "hollow " : "dot ") + tone.word() + "\" cx=\""
                        + number(on.x(point.x())) + "\" cy=\"" + number(on.y(point.y())) + "\" r=\""
                        + number(MARK_RADIUS) + "\"><title>" + escaped(title) + "</title></circle>");
            }
        });
        return this;
    }

    /// A horizontal line over the whole width, with a note above its left end.
    Chart level(Tone tone, double value, String note) {
        layers.add(on -> {
            if (y.contains(value)) {
                on.add("<line class=\"rule dashed " + tone.word() + "\" x1=\"" + number(on.left) + "\" x2=\""
                        + number(on.right) + "\" y1=\"" + number(on.y(value)) + "\" y2=\"" + number(on.y(value))
                        + "\"/>");
                on.text("note " + tone.word(), on.left + 8, on.y(value) - 7, "start", note);
            }
        });
        return this;
    }

    /// Everything between two values of the x axis.
    Chart band(Tone tone, double from, double to) {
        layers.add(on -> {
            double begin = Math.clamp(on.x(from), on.left, on.right);
            double end = Math.clamp(on.x(to), on.left, on.right);
            on.add("<rect class=\"band " + tone.word() + "\" x=\"" + number(begin) + "\" y=\"" + number(on.top)
                    + "\" width=\"" + number(end - begin) + "\" height=\"" + number(on.bottom - on.top) + "\"/>");
        });
        return this;
    }

    /// A vertical line with the mark of Samuel Plimsoll above it: a circle with a line through its middle.
    Chart plimsollLine(double value, String note) {
        layers.add(on -> {
            if (!x.contains(value)) {
                return;
            }
            double at = on.x(value);
            double middle = on.top - 12;
            on.add("<line class=\"rule mark\" x1=\"" + number(at) + "\" x2=\"" + number(at) + "\" y1=\""
                    + number(middle + 7) + "\" y2=\"" + number(on.bottom) + "\"/>");
            on.add("<circle class=\"rule mark\" fill=\"none\" cx=\"" + number(at) + "\" cy=\"" + number(middle)
                    + "\" r=\"7\"/>");
            on.add("<line class=\"rule mark\" x1=\"" + number(at - 12) + "\" x2=\"" + number(at + 12) + "\" y1=\""
                    + number(middle) + "\" y2=\"" + number(middle) + "\"/>");
            boolean before = at > (on.left + on.right) / 2;
            on.text("note mark", at + (before ? -18 : 18), middle + 4, before ? "end" : "start", note);
        });
        return this;
    }

    /// @param id of this drawing, unlike all others of the page
    /// @param width in units of the drawing, a CSS pixel each where it is shown in full size
    String svg(String id, int width, int height) {
        List<Double> yTicks = ticks(y, height - TOP - BOTTOM, LOG_TICK_GAP);
        int widest = yTicks.stream()
                .mapToInt(value -> y.tick().apply(value).length())
                .max()
                .orElse(0);
        Drawing on = new Drawing(id, 34 + widest * CHARACTER, width - RIGHT, TOP, height - BOTTOM);
        on.add("<svg class=\"chart\" viewBox=\"0 0 " + width + " " + height
                + "\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" aria-label=\"" + escaped(description) + "\">");
        on.add("<clipPath id=\"" + on.clipId + "\"><rect x=\"" + number(on.left) + "\" y=\"" + number(on.top)
                + "\" width=\"" + number(on.right - on.left) + "\" height=\"" + number(on.bottom - on.top)
                + "\"/></clipPath>");
        axes(on, ticks(x, on.right - on.left, LINEAR_TICK_GAP), yTicks, height);
        layers.forEach(layer -> layer.draw(on));
        on.add("</svg>");
        return on.svg.toString();
    }

    private void axes(Drawing on, List<Double> xTicks, List<Double> yTicks, int height) {
        for (double value : yTicks) {
            on.add("<line class=\"grid\" x1=\"" + number(on.left) + "\" x2=\"" + number(on.right) + "\" y1=\""
                    + number(on.y(value)) + "\" y2=\"" + number(on.y(value)) + "\"/>");
            on.text("tick", on.left - 8, on.y(value) + 4.5, "end", y.tick().apply(value));
        }
        for (double value : xTicks) {
            on.add("<line class=\"axis\" x1=\"" + number(on.x(value)) + "\" x2=\"" + number(on.x(value)) + "\" y1=\""
                    + number(on.bottom) + "\" y2=\"" + number(on.bottom + 5) + "\"/>");
            on.text("tick", on.x(value), on.bottom + 20, "middle", x.tick().apply(value));
        }
        on.add("<line class=\"axis\" x1=\"" + number(on.left) + "\" x2=\"" + number(on.right) + "\" y1=\""
                + number(on.bottom) + "\" y2=\"" + number(on.bottom) + "\"/>");
        on.text("label", (on.left + on.right) / 2, height - 10, "middle", x.label());
        double middle = (on.top + on.bottom) / 2;
        on.add("<text class=\"label\" transform=\"translate(14 " + number(middle) + ") rotate(-90)\""
                + " text-anchor=\"middle\">" + escaped(y.label()) + "</text>");
    }

    /// Round values of the axis that stand at least `gap` apart.
    static List<Double> ticks(Axis axis, double length, double gap) {
        return switch (axis.scale()) {
            case LINEAR -> linearTicks(axis, length, gap);
            case LOG -> logTicks(axis, length, gap);
        };
    }

    private static List<Double> linearTicks(Axis axis, double length, double gap) {
        double least = (axis.max() - axis.min()) * gap / length;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        double step = 10 * power;
        for (int factor : new int[] {5, 2, 1}) {
            step = factor * power >= least ? factor * power : step;
        }
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(axis.min() / step); i * step <= axis.max() * (1 + 1e-9); i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /// 1, 2, 5 of every decade if they fit, otherwise the decades, otherwise every second, third … of them.
    private static List<Double> logTicks(Axis axis, double length, double gap) {
        double decades = Math.log10(axis.max() / axis.min());
        double decade = length / decades;
        // From 1 to 2 and from 5 to 10 are 0.3 decades.
        int[] factors = decade * 0.3 >= gap ? new int[] {1, 2, 5} : new int[] {1};
        int every = Math.max(1, (int) Math.ceil(gap / decade));
        List<Double> ticks = new ArrayList<>();
        for (int power = (int) Math.floor(Math.log10(axis.min())); Math.pow(10, power) <= axis.max(); power++) {
            for (int factor : factors) {
                double value = power >= 0 ? factor * Math.pow(10, power) : factor / Math.pow(10, -power);
                if (Math.floorMod(power, every) == 0 && axis.contains(value)) {
                    ticks.add(value);
                }
            }
        }
        return ticks;
    }

    static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                // What XML does not allow and what turns the direction of writing is shown by its number.
                default -> {
                    if (c < 0x20 && c != '\n' && c != '\t'
                            || Character.getType(c) == Character.FORMAT
                            || Character.getType(c) == Character.CONTROL
                            || Character.getType(c) == Character.SURROGATE) {
                        safe.append(String.format("\\u%04x", c));
                    } else {
                        safe.appendCodePoint(c);
                    }
                }
            }
        });
        return safe.toString();
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /// The SVG as it grows, and where things are on it.
    private final class Drawing {
        final StringBuilder svg = new StringBuilder();
        final String clipId;
        final double left;
        final double right;
        final double top;
        final double bottom;

        Drawing(String id, double left, double right, double top, double bottom) {
            this.clipId = id + "-clip";
            this.left = left;
            this.right = right;
            this.top = top;
            this.bottom = bottom;
        }

        double x(double value) {
            return left + x.place(value) * (right - left);
        }

        double y(double value) {
            return bottom - y.place(value) * (bottom - top);
        }

        void add(String element) {
            svg.append(element).append('\n');
        }

        void text(String style, double atX, double atY, String anchor, String content) {
            add("<text class=\"" + style + "\" x=\"" + number(atX) + "\" y=\"" + number(atY) + "\" text-anchor=\""
                    + anchor + "\">" + escaped(content) + "</text>");
        }
    }
}
