namespace OgcProcesses.Application.Common;

/// <summary>Things done side by side.</summary>
internal static class Concurrently
{
    /// <summary>Does two things side by side; when one fails, the other is ended and the failure thrown.</summary>
    public static async Task<(TOne, TOther)> BothAsync<TOne, TOther>(
        Func<CancellationToken, Task<TOne>> one, Func<CancellationToken, Task<TOther>> other, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (first, second) = (one(either.Token), other(either.Token));
        try
        {
            await await Task.WhenAny(first, second);
            return (await first, await second);
        }
        finally
        {
            await either.CancelAsync();
            await Task.WhenAll(first, second).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
