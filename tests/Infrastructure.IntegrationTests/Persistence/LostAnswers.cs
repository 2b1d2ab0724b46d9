using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>Cuts the connection, as it seems to whoever waits for the answer, once a database has committed something.</summary>
internal sealed class LostAnswers : DbCommandInterceptor, IDbTransactionInterceptor
{
    private int _toLose;

    /// <summary>Answers that were lost.</summary>
    public int Lost { get; private set; }

    /// <summary>Loses the answer to the next commit.</summary>
    public void LoseNext() => _toLose = 1;

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Lose();
        return Task.CompletedTask;
    }

    /// <remarks>One that changes a single row is its own transaction.</remarks>
    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        if (_toLose == 0 || eventData.CommandSource != CommandSource.SaveChanges || command.Transaction is not null) return result;
        await result.DisposeAsync();
        Lose();
        return result;
    }

    private void Lose()
    {
        if (Interlocked.Exchange(ref _toLose, 0) == 0) return;
        Lost++;
        throw new NpgsqlException("The connection was cut.", new IOException());
    }
}
