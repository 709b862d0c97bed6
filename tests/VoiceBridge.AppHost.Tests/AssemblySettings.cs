using Xunit.Sdk;
using Xunit.v3;

// A running system would be measured together with whatever runs beside it.
[assembly: Parallelization(Mode = ParallelMode.None)]
