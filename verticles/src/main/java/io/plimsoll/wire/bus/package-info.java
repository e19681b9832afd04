/// The control plane: what server, clients and commands say to each other on the clustered event bus.
///
/// Small, requested and replied to, idempotent. Results never travel here: the bus may lose messages.
package io.plimsoll.wire.bus;
