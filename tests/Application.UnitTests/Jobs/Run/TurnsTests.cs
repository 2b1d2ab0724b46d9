using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

internal sealed class TurnsTests
{
    private static readonly TimeSpan Ageing = TimeSpan.FromMinutes(30);

    private static readonly DateTimeOffset Now = AJob.Now;

    [Test]
    public void Next_OfEqualShares_IsTheOldest() =>
        Assert.That(Next(Waits("a", 1), Waits("b", 3), Waits("c", 2)), Is.EqualTo("b"));

    [Test]
    public void Next_OfEqualShares_IsWhoseLastStartIsTheLongestAgo()
    {
        var turns = new Turns(Ageing);
        turns.Started("a", Now.AddMinutes(-2));
        turns.Started("b", Now.AddMinutes(-1));
        Assert.That(turns.Next([Waits("a", 9), Waits("b", 20), Waits("c", 1)], Now)!.Owner, Is.EqualTo("c"), "of whom none has started");
        Assert.That(turns.Next([Waits("a", 9), Waits("b", 20)], Now)!.Owner, Is.EqualTo("a"));
    }

    [Test]
    public void Next_OfDifferentShares_IsTheLeast() =>
        Assert.That(Next(Waits("a", 9, share: 0.2), Waits("b", 1, share: 0.1), Waits("c", 5, share: 0.5)), Is.EqualTo("b"));

    [Test]
    public void Next_OfSharesThatDifferByRounding_IsTheOldest() =>
        Assert.That(Next(Waits("a", 1, share: 0.3), Waits("b", 2, share: 0.1 + 0.2)), Is.EqualTo("b"));

    [Test]
    public void Next_OfWhoHasWaitedLongerThanTheWhile_ComesBeforeAll() =>
        Assert.That(Next(Waits("a", 1), Waits("b", 31, share: 0.2), Waits("c", 32, share: 0.9)), Is.EqualTo("c"));

    [Test]
    public void Next_OfWhoHasHadAStart_CountsFromThatStart()
    {
        var turns = new Turns(Ageing);
        turns.Started("c", Now.AddMinutes(-29));
        Assert.That(turns.Next([Waits("a", 1), Waits("c", 600, share: 0.9)], Now)!.Owner, Is.EqualTo("a"));
        Assert.That(turns.Next([Waits("a", 1), Waits("c", 600, share: 0.9)], Now.AddMinutes(1))!.Owner, Is.EqualTo("c"));
    }

    [Test]
    public void Next_WithoutAWhile_IsTheOldestOfAll() =>
        Assert.That(new Turns(TimeSpan.Zero).Next([Waits("a", 1), Waits("b", 3, share: 9), Waits("c", 2)], Now)!.Owner, Is.EqualTo("b"));

    [Test]
    public void Next_OfNobody_IsNobody() => Assert.That(new Turns(Ageing).Next(Array.Empty<ACaller>(), Now), Is.Null);

    /// <summary>Callers who submit as they please, on a machine that is always full.</summary>
    [Test]
    public void Turns_OfAnyArrivals_ShareThePlaces_AndLetNobodyStarve([Range(1, 20)] int seed)
    {
        var (random, turns, places) = (new Random(seed), new Turns(Ageing), new PriorityQueue<ACaller, DateTimeOffset>());
        const int most = 8;
        // The first is always in want of more than there is; so is the second, from an hour on.
        var callers = Enumerable.Range(0, random.Next(2, 10)).Select(i => new ACaller($"caller-{i}")).ToList();
        var lastStart = new Dictionary<ACaller, DateTimeOffset>();
        var (now, end, longest) = (Now, Now.AddHours(12), TimeSpan.Zero);
        for (var i = 0; i < 5_000; i++) callers[0].Waiting.Enqueue(now);
        var starts = callers.ToDictionary(caller => caller, _ => 0);
        while (now < end)
        {
            now += TimeSpan.FromSeconds(random.Next(1, 60));
            foreach (var caller in callers.Skip(2).Where(_ => random.Next(10) == 0)) caller.Waiting.Enqueue(now);
            if (now > Now.AddHours(1) && callers[1].Waiting.Count == 0)
                for (var i = 0; i < 3_000; i++) callers[1].Waiting.Enqueue(now);
            while (places.TryPeek(out _, out var at) && at <= now) places.Dequeue().Running--;
            while (places.Count < most && turns.Next(callers.Where(caller => caller.Waiting.Count > 0), now) is { } next)
            {
                var waited = now - Later(next.Oldest, lastStart.GetValueOrDefault(next));
                longest = waited > longest ? waited : longest;
                next.Waiting.Dequeue();
                (next.Running, starts[next], lastStart[next]) = (next.Running + 1, starts[next] + 1, now);
                turns.Started(next.Owner, now);
                // Some of them for hours.
                places.Enqueue(next, now + TimeSpan.FromMinutes(random.Next(20) == 0 ? 240 : random.Next(1, 20)));
            }
        }

        var stillWaits = callers.Where(caller => caller.Waiting.Count > 0).Select(caller => now - Later(caller.Oldest, lastStart.GetValueOrDefault(caller)));
        Assert.That(stillWaits.Append(longest).Max(), Is.LessThan(Ageing + TimeSpan.FromMinutes(250)), "each caller has a start once a place becomes free");
        Assert.That(starts.Values.Sum(), Is.GreaterThan(100));
        Assert.That(starts[callers[1]], Is.GreaterThan(starts[callers[0]] / 4), "who comes later, behind five thousand jobs, has a share all the same");
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static string Next(params ACaller[] callers) => new Turns(Ageing).Next(callers, Now)!.Owner;

    private static ACaller Waits(string owner, double minutes, double share = 0)
    {
        var caller = new ACaller(owner) { Claimed = share };
        caller.Waiting.Enqueue(Now.AddMinutes(-minutes));
        return caller;
    }

    private sealed class ACaller(string owner) : CallerInLine(owner)
    {
        public Queue<DateTimeOffset> Waiting { get; } = new();

        public int Running { get; set; }

        public double Claimed { get; init; }

        public override double Share => Claimed + Running;

        public override DateTimeOffset Oldest => Waiting.Peek();
    }
}
