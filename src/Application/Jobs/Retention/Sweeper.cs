using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Execute;

namespace OgcProcesses.Application.Jobs.Retention;

/// <summary>Removes what has expired, a batch at a time.</summary>
public sealed class Sweeper(IExecutionKeyStore keys, IOptions<RetentionOptions> options, TimeProvider clock)
{
    private readonly RetentionOptions _options = options.Value;

    /// <summary>Removes all that has expired by now.</summary>
    public async Task SweepAsync(CancellationToken stopping) =>
        await WhileFullAsync(most => keys.ForgetAsync(clock.GetUtcNow(), most, stopping));

    private async Task WhileFullAsync(Func<int, Task<int>> removeBatch)
    {
        while (await removeBatch(_options.BatchSize) == _options.BatchSize)
        {
            // There may be more.
        }
    }
}
