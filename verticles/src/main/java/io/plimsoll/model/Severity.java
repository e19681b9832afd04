package io.plimsoll.model;

public enum Severity {
    INFO,
    WARNING,
    ERROR
}
