using System.Reflection;
using System.Runtime.ExceptionServices;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.FaultyServer;

/// <summary>A seam whose calls are crossings: <c>SEAM.METHOD:before</c> and <c>SEAM.METHOD:after</c>.</summary>
/// <remarks>Changes of jobs have two more, which name the status that the job is changed to: <c>JobStore.Update(Successful):before</c> its commit, and after.</remarks>
internal class Seam : DispatchProxy
{
    private static readonly MethodInfo AwaitMethod = typeof(Seam).GetMethod(nameof(AwaitAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private object _inner = null!;
    private string _name = "";
    private Crossings _crossings = null!;

    public void Fill(object inner, string name, Crossings crossings) => (_inner, _name, _crossings) = (inner, name, crossings);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var name = $"{_name}.{targetMethod!.Name.Replace("Async", "", StringComparison.Ordinal)}";
        var given = args?.Select(arg => arg is Action<Job> change ? Told(change, name) : arg).ToArray();
        _crossings.Cross($"{name}:before");
        object? result;
        try
        {
            result = targetMethod.Invoke(_inner, given);
        }
        catch (TargetInvocationException thrown)
        {
            ExceptionDispatchInfo.Throw(thrown.InnerException!);
            throw;
        }

        switch (result)
        {
            case Task task when targetMethod.ReturnType == typeof(Task):
                return AwaitNothingAsync(task, name);
            case Task task:
                return AwaitMethod.MakeGenericMethod(targetMethod.ReturnType.GetGenericArguments()).Invoke(this, [task, name]);
            default:
                _crossings.Cross($"{name}:after");
                return result;
        }
    }

    private Action<Job> Told(Action<Job> change, string name) => job =>
    {
        change(job);
        _crossings.Cross($"{name}({Word(job)}):before");
    };

    private async Task AwaitNothingAsync(Task task, string name)
    {
        await task;
        _crossings.Cross($"{name}:after");
    }

    private async Task<T> AwaitAsync<T>(Task<T> task, string name)
    {
        var result = await task;
        _crossings.Cross($"{name}:after");
        if (result is Job job) _crossings.Cross($"{name}({Word(job)}):after");
        return result;
    }

    private static string Word(Job job) => job.Status.ToString();
}
