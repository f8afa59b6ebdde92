#pragma once

// gRPC stops its event engine when the last channel and server of the process goes, and starts
// another one with the next. In 1.51 the stop may wait for ever: the engine's timers, told to end,
// can miss it. For whoever makes channels or servers: this library does it, tests that use gRPC
// alone do it themselves.

namespace steelyard::rpc {

// From the first call on, the process's engine runs until the process ends. Thread-safe.
void KeepGrpc();

}  // namespace steelyard::rpc
