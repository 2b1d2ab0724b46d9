using System.Diagnostics;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Infrastructure.Persistence;
using OgcProcesses.PostgreSqlServer;
using static OgcProcesses.Benchmarks.Scale.ManyJobs;

namespace OgcProcesses.Benchmarks.Scale;

/// <summary>What queries cost among very many jobs, as a multiple of what the same cost among a hundred.</summary>
internal sealed class ScaleBenchmark(Filled few, Filled many)
{
    /// <summary>What a query may cost, as a multiple of its cost among few jobs.</summary>
    public const double MostTimes = 2;

    /// <summary>What is no difference, in milliseconds: less than the same query differs by from run to run.</summary>
    public const double Noise = 0.1;

    private const int MostRepetitions = 200;
    private const int LeastRepetitions = 10;
    private const int WarmUp = 20;
    private const int Tries = 3;
    private const int Limit = 10;

    /// <summary>A query that is far too slow need not be repeated to be known for it.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);

    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly ProcessId[] Often = [new("process-0000")];
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongAgo = TimeSpan.FromDays(10 * 365);

    private static readonly (string Name, Func<Filled, Task> Run)[] Queries =
    [
        List("first page", new()),
        ("first page of 100", jobs => jobs.Jobs.ListAsync(new(), null, 100, None)),
        ("1,000th page", jobs => jobs.Jobs.ListAsync(new(), jobs.Deep, Limit, None)),
        ("1,000th page, backwards", jobs => jobs.Jobs.ListAsync(new(), jobs.Deep with { Backwards = true }, Limit, None)),
        List("`type` of none", new([])),
        List("`processID`, many jobs", new(Often)),
        Listed("`processID`, few jobs", jobs => new(jobs.Seldom)),
        Listed("`processID`, none", jobs => new(jobs.Never)),
        Listed("`processID`, three", jobs => new([.. Often, .. jobs.Seldom, .. jobs.Never])),
        List("`status=accepted`", Of(JobStatus.Accepted)),
        List("`status=running`, few jobs", Of(JobStatus.Running)),
        List("`status=successful`", Of(JobStatus.Successful)),
        List("`status=failed`", Of(JobStatus.Failed)),
        List("`status=dismissed`", Of(JobStatus.Dismissed)),
        List("`status`, all but accepted", Of(JobStatus.Running, JobStatus.Successful, JobStatus.Failed, JobStatus.Dismissed)),
        Listed("`datetime`, an hour", jobs => new(From: jobs.Middle.Created, To: jobs.Middle.Created + Hour)),
        List("`datetime`, before all", new(To: Begin)),
        Listed("`datetime`, until the middle", jobs => new(To: jobs.Middle.Created)),
        Listed("`minDuration`, half", jobs => Lasting(jobs.MedianDuration)),
        List("`minDuration`, one in 3,000", Lasting(TimeSpan.FromHours(2.5))),
        List("`minDuration`, none", Lasting(LongAgo)),
        List("`maxDuration`, few", Lasting(TimeSpan.Zero, TimeSpan.FromMilliseconds(300))),
        List("`maxDuration`, all", Lasting(TimeSpan.Zero, LongAgo)),
        List("`minDuration` and `maxDuration`, none", Lasting(LongAgo / 2, LongAgo)),
        List("owner, many jobs", new() { Owner = Owner(0) }),
        List("owner, few jobs", new() { Owner = Owner(49) }),
        List("owner, none", new() { Owner = "nobody" }),
        List("unpinned", new() { Unpinned = true }),
        List("`processID` and `status`", Of(JobStatus.Successful) with { Processes = Often }),
        List("`processID` and `status=running`", Of(JobStatus.Running) with { Processes = Often }),
        Listed("`processID`, few jobs, and `status=failed`", jobs => Of(JobStatus.Failed) with { Processes = jobs.Seldom }),
        Listed("`processID` and `datetime`", jobs => new(Often, To: jobs.Middle.Created)),
        List("`processID` and `datetime`, before all", new(Often, To: Begin)),
        Listed("`status` and `datetime`", jobs => Of(JobStatus.Successful) with { To = jobs.Middle.Created }),
        List("`status` and `datetime`, before all", Of(JobStatus.Successful) with { To = Begin }),
        List("`processID` and `minDuration`, none", Lasting(LongAgo) with { Processes = Often }),
        List("`processID` and `minDuration`, few", Lasting(TimeSpan.FromHours(1)) with { Processes = [new("process-0007")] }),
        Listed("`processID` and `minDuration`, half", jobs => Lasting(jobs.MedianDuration) with { Processes = Often }),
        List("`status` and `minDuration`, none", Lasting(LongAgo) with { Statuses = [JobStatus.Failed] }),
        List("`status=running` and `minDuration`", Lasting(Hour) with { Statuses = [JobStatus.Running] }),
        Listed("`datetime` and `minDuration`, none", jobs => Lasting(LongAgo) with { To = jobs.Middle.Created }),
        Listed("`datetime` and `minDuration`, half", jobs => Lasting(jobs.MedianDuration) with { To = jobs.Middle.Created }),
        List("owner and `status`", Of(JobStatus.Successful) with { Owner = Owner(0) }),
        List("owner and `status=running`, none", Of(JobStatus.Running) with { Owner = "nobody" }),
        Listed("owner and `processID`, few jobs", jobs => new(jobs.Seldom) { Owner = Owner(0) }),
        Listed("owner and `processID`, none", jobs => new(jobs.Never) { Owner = Owner(0) }),
        List("owner, `processID` and `status`", Of(JobStatus.Failed) with { Processes = Often, Owner = Owner(0) }),
        Listed("owner and `datetime`", jobs => new(To: jobs.Middle.Created) { Owner = Owner(0) }),
        List("owner and `minDuration`, none", Lasting(LongAgo) with { Owner = Owner(0) }),
        List("unpinned, `processID` and `status`", Of(JobStatus.Successful) with { Processes = Often, Unpinned = true }),
        ("status of a job", jobs => jobs.Jobs.FindAsync(jobs.Middle.Id, None)),
        ("status of an unknown job", jobs => jobs.Jobs.FindAsync(new(Guid.Empty), None)),
        ("whether an unknown job has expired", jobs => jobs.Jobs.FindExpiredAsync(new(Guid.Empty), None)),
        ("position of a waiting job, 1,000 or more", jobs => jobs.Jobs.CountWaitingBeforeAsync(jobs.LastWaiting, 1_000, None)),
        ("next jobs to run", jobs => jobs.Jobs.ListWaitingAsync([], Now, null, Limit, None)),
        ("next jobs to run, a process passed over", jobs => jobs.Jobs.ListWaitingAsync(Often, Now, null, Limit, None)),
        ("abandoned jobs", jobs => jobs.Jobs.ListAbandonedAsync("node-2", [], Now, None)),
        ("earlier results of the same", jobs => jobs.Jobs.FindSuccessfulAsync(jobs.Fingerprint, Owner(0), Begin, None)),
        ("callbacks that are due", jobs => jobs.Callbacks.TakeDueAsync(1, Now, Now.AddSeconds(-1), None)),
        ("a job's callbacks", jobs => jobs.Callbacks.ListAsync(jobs.Middle.Id, None)),
        ("first page of processes", jobs => jobs.Processes.ListAsync(ProcessFilter.All, null, Limit, None)),
        ("last page of processes", jobs => jobs.Processes.ListAsync(ProcessFilter.All, new("zzz", Backwards: true), Limit, None)),
        ("a new job", AddAsync),
        ("a new job, and the claim of the next", async jobs =>
        {
            await AddAsync(jobs);
            await ClaimAsync(jobs);
        }),
    ];

    /// <summary>Measures each database and prints a table each.</summary>
    /// <param name="choices">Names of databases, all by default, a number of jobs, and what the names of queries hold.</param>
    /// <returns>Whether every query is within the limit.</returns>
    public static async Task<bool> RunAsync(string[] choices)
    {
        var held = true;
        var count = choices.Select(choice => int.TryParse(choice, out var number) ? number : 0).Append(0).Max();
        DatabaseProvider[] all = [DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql];
        var chosen = all.Where(provider => choices.Contains(provider.ToString())).ToList();
        foreach (var provider in chosen.Count == 0 ? all : [.. chosen])
        {
            await using var server = provider == DatabaseProvider.PostgreSql ? await DatabaseServer.StartAsync(isDurable: true) : null;
            await using var few = await Filled.MakeAsync(provider, server is null ? null : await server.CreateDatabaseAsync(), 100);
            var start = Stopwatch.GetTimestamp();
            await using var many = await Filled.MakeAsync(provider, server is null ? null : await server.CreateDatabaseAsync(), count == 0 ? 1_000_000 : count);
            Console.WriteLine($"{provider}: {many.Count:N0} jobs made in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
            Console.WriteLine();
            Console.WriteLine($"| query | 100 jobs | {many.Count:N0} jobs | ratio | |");
            Console.WriteLine("| --- | ---: | ---: | ---: | --- |");
            await foreach (var cost in new ScaleBenchmark(few, many).MeasureAsync())
            {
                held &= cost.IsFine;
                Console.WriteLine($"| {cost.Name} | {cost.AmongFew:0.00} ms | {cost.AmongMany:0.00} ms | {cost.Times:0.00} × | {(cost.IsFine ? "" : "beyond")} |");
            }

            var sweep = await new RetentionBenchmark(many).MeasureAsync();
            held &= sweep.IsFine;
            Console.WriteLine();
            Console.WriteLine($"{sweep.Expired:N0} jobs expired in {sweep.Took.TotalSeconds:0} s, {sweep.Expired / sweep.Took.TotalSeconds:N0} a second.");
            Console.WriteLine();
            Console.WriteLine("| meanwhile | median, quiet | median | longest, quiet | longest | to reach |");
            Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
            foreach (var (name, quiet, times) in (ReadOnlySpan<(string, List<double>, List<double>)>)[("a new job", sweep.QuietWrites, sweep.Writes), ("first page of jobs", sweep.QuietReads, sweep.Reads)])
                Console.WriteLine($"| {name} | {Middle(quiet):0.00} ms | {Middle(times):0.00} ms | {quiet.Max():0} ms | {times.Max():0} ms | ≤ {RetentionBenchmark.LongestWait:0} ms |");
            Console.WriteLine();
        }

        return held;
    }

    /// <summary>Measures each query in both databases, in turns, so that whatever else the machine does meets both.</summary>
    public async IAsyncEnumerable<Cost> MeasureAsync()
    {
        foreach (var (name, run) in Queries)
        {
            var cost = await MeasureAsync(name, run);
            // A machine has hiccups; a query that really costs more does so again.
            for (var i = 1; i < Tries && !cost.IsFine; i++) cost = await MeasureAsync(name, run);
            yield return cost;
        }
    }

    private async Task<Cost> MeasureAsync(string name, Func<Filled, Task> run)
    {
        var (amongFew, amongMany) = (new List<double>(), new List<double>());
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < WarmUp + MostRepetitions; i++)
        {
            amongFew.Add(await TimeAsync(() => run(few)));
            amongMany.Add(await TimeAsync(() => run(many)));
            if (i >= WarmUp + LeastRepetitions && Stopwatch.GetElapsedTime(start) > Enough) break;
        }

        return new(name, Median(amongFew), Median(amongMany));
    }

    private static JobFilter Of(params JobStatus[] statuses) => new(Statuses: statuses);

    private static JobFilter Lasting(TimeSpan least, TimeSpan? most = null) => new(Duration: new(least, most ?? TimeSpan.FromDays(36_500), Now));

    private static (string Name, Func<Filled, Task> Run) List(string name, JobFilter filter) => Listed(name, _ => filter);

    private static (string Name, Func<Filled, Task> Run) Listed(string name, Func<Filled, JobFilter> filter) =>
        (name, jobs => jobs.Jobs.ListAsync(filter(jobs), null, Limit, None));

    public static Task AddAsync(Filled jobs) =>
        jobs.Jobs.AddAsync(Job.Accept(jobs.Process, new(new Dictionary<string, System.Text.Json.JsonElement>(), null, null), Owner(0), Now), None);

    private static async Task ClaimAsync(Filled jobs)
    {
        var next = (await jobs.Jobs.ListWaitingAsync([], Now, null, 1, None))[0];
        await jobs.Jobs.UpdateAsync(next.Id, job => job.Start(Node, Now.AddSeconds(30), Now), None);
    }

    public static async Task<double> TimeAsync(Func<Task> step)
    {
        var start = Stopwatch.GetTimestamp();
        await step();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values) => Middle([.. values.Skip(WarmUp)]);

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

/// <summary>What a query costs, in milliseconds.</summary>
internal sealed record Cost(string Name, double AmongFew, double AmongMany)
{
    /// <summary>The cost among many jobs, as a multiple of that among few.</summary>
    public double Times => AmongMany / AmongFew;

    /// <summary>Whether that is within the limit.</summary>
    public bool IsFine => AmongMany <= (ScaleBenchmark.MostTimes * AmongFew) + ScaleBenchmark.Noise;
}
