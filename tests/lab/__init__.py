"""The lab: builds and boots the machines of the tests, the demo and the benchmarks. No product code knows of it."""
