using System.Text.Json;
using AutoMapper;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs;

/// <summary>Puts jobs into the standard's words.</summary>
internal sealed class JobMapping : Profile
{
    public JobMapping()
    {
        CreateMap<Job, StatusInfo>()
            .ForMember(info => info.ProcessId, map => map.MapFrom(job => job.ProcessId.Value))
            .ForMember(info => info.JobId, map => map.MapFrom(job => job.Id.ToString()))
            .ForMember(info => info.Status, map => map.MapFrom(job => Word(job.Status)))
            .ForMember(info => info.Exception, map => map.MapFrom(job => Why(job.Failure)))
            .ForMember(info => info.Attempts, map => map.MapFrom(job => job.Attempts.Select(Told).ToList()))
            .ForMember(info => info.ReusedFrom, map => map.MapFrom(job => job.ReusedFrom.HasValue ? job.ReusedFrom.Value.ToString() : null))
            .ForMember(info => info.Usage, map => map.MapFrom(job => UsageInfo.Of(job)))
            .ForMember(info => info.Expires, map => map.MapFrom<ExpiryOfJob>())
            .ForMember(info => info.Links, map => map.MapFrom<LinksOfJob>());
    }

    /// <summary>A status or kind as clients read it.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>A short name of a kind of failure.</summary>
    public static string Title(JobFailureKind kind) => kind switch
    {
        JobFailureKind.ExitCode => "The program ended with an error",
        JobFailureKind.OutOfMemory => "The program ran out of memory",
        JobFailureKind.Timeout => "The program ran out of time",
        JobFailureKind.ImageUnavailable => "The image is not available",
        JobFailureKind.InputUnavailable => "An input could not be fetched",
        JobFailureKind.InputInvalid => "A fetched input is not valid",
        JobFailureKind.OutputMissing => "An output is missing",
        JobFailureKind.OutputInvalid => "An output is not valid",
        JobFailureKind.LimitExceeded => "A limit was exceeded",
        JobFailureKind.NotAllowed => "The process is not allowed to run",
        JobFailureKind.ContainerRefused => "The container can't be started",
        JobFailureKind.EngineFailed => "The container engine failed",
        JobFailureKind.NodeLost => "The server node was lost",
        _ => "The server failed",
    };

    private static JobAttemptInfo Told(JobAttempt attempt) =>
        new(attempt.Number, attempt.Node, Word(attempt.Status), attempt.Started, attempt.Finished, Why(attempt.Failure));

    private static ExceptionInfo? Why(JobFailure? failure) => failure is null
        ? null
        : new(Word(failure.Kind), Title(failure.Kind), failure.Reason, failure.ExitCode, failure.StandardError, Remedy.Of(failure));

    private sealed class ExpiryOfJob(IOptions<RetentionOptions> options) : IValueResolver<Job, StatusInfo, DateTimeOffset?>
    {
        public DateTimeOffset? Resolve(Job source, StatusInfo destination, DateTimeOffset? destMember, ResolutionContext context) => options.Value.ExpiryOf(source);
    }

    private sealed class LinksOfJob(ILinks links) : IValueResolver<Job, StatusInfo, IReadOnlyList<Link>>
    {
        /// <remarks>/rec/core/job-status and the relations that both editions name.</remarks>
        public IReadOnlyList<Link> Resolve(Job source, StatusInfo destination, IReadOnlyList<Link> destMember, ResolutionContext context)
        {
            var self = $"jobs/{source.Id}";
            List<Link> all =
            [
                .. links.ToItself(self, "This status"),
                To(self, "monitor", "This status"),
                To($"{self}/inputs", "related", "The execute request"),
            ];
            if (source.Status is not (JobStatus.Accepted or JobStatus.Dismissed)) all.Add(To($"{self}/logs", OgcNames.Log, "What the program wrote"));
            if (!source.IsFinal) all.Add(To($"{self}/events", "related", "Status, progress and log as they come") with { Type = "text/event-stream" });
            if (source.Status == JobStatus.Successful)
            {
                all.Add(To($"{self}/results", OgcNames.Results, "The results"));
                all.Add(To("", "enclosure", "All outputs in one archive") with { Href = $"{links.Url($"{self}/results")}?f=zip", Type = ResultsArchive.MediaType });
            }

            if (source.Status == JobStatus.Failed) all.Add(To($"{self}/results", OgcNames.Exceptions, "Why it failed"));
            if (source.Status == JobStatus.Failed)
                all.AddRange(source.Outputs.Select(kept => To($"{self}/results/{kept.OutputId}/{kept.Index}", "related", $"Output '{kept.OutputId}' as the program gave it") with { Type = kept.MediaType }));
            if (source.ReusedFrom is { } earlier) all.Add(To($"jobs/{earlier}", "via", "The job whose results these are"));
            // Lists read no requests; their entries lead to the status, which has the link.
            if (source.Request?.Subscriber is not null) all.Add(To($"{self}/callbacks", "related", "What its subscriber was told"));
            return all;
        }

        private Link To(string path, string rel, string title) =>
            new() { Href = links.Url(path), Rel = rel, Type = OgcNames.Json, Title = title };
    }
}
