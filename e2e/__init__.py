"""The whole shop as real processes, for browser tests, fault tests and benchmarks."""
