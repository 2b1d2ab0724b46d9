using System.Globalization;

namespace OgcProcesses.FaultyServer;

/// <summary>A wall clock that is set forward and back while the server runs; what counts time by itself is left alone, as by the system's clock.</summary>
internal sealed class SteppedClock(string file) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddSeconds(Offset());

    private double Offset() => double.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
}
