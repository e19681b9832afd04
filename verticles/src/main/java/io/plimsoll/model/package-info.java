/// The words of Plimsoll: what clients measure, what servers store, what reports say.
///
/// Plain records and enums over `java.*`, checked when they are made, so that every other room may rely on them.
/// No room below this one.
package io.plimsoll.model;
