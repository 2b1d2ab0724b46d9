namespace OgcProcesses.Application.Common.Errors;

/// <summary>An exception type: what its URI, status and title are in every answer.</summary>
/// <param name="Type">The URI that clients tell it by.</param>
/// <param name="Status">The HTTP status it is sent with.</param>
/// <param name="Title">A short sentence, the same every time.</param>
public sealed record OgcError(string Type, int Status, string Title)
{
    private const string Part1 = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/";
    private const string HttpProblem = "https://iana.org/assignments/http-problem-types#";
    private const string Part2 = "http://www.opengis.net/def/exceptions/ogcapi-processes-2/1.0/";

    /// <summary>/req/core/process-exception/no-such-process</summary>
    public static readonly OgcError NoSuchProcess = new(Part1 + "no-such-process", 404, "No such process");

    /// <summary>/req/core/job-exception-no-such-job</summary>
    public static readonly OgcError NoSuchJob = new(Part1 + "no-such-job", 404, "No such job");

    /// <summary>/req/core/job-results-exception/results-not-ready</summary>
    public static readonly OgcError ResultNotReady = new(Part1 + "result-not-ready", 404, "The results are not ready");

    /// <summary>Part 1 2.0 draft, /req/core/job-results-exception/results-not-available</summary>
    public static readonly OgcError ResultNotAvailable = new(Part1 + "result-not-available", 404, "The job has no such result");

    /// <summary>Part 1 2.0 draft, /req/core/job-result-op: an identifier that the process does not define.</summary>
    public static readonly OgcError NoSuchOutput = new(Part1 + "no-such-output", 400, "The process has no such output");

    /// <summary>/req/deploy-replace-undeploy/deploy-response-duplicate</summary>
    public static readonly OgcError DuplicatedProcess = new(Part2 + "duplicated-process", 409, "The process exists already");

    /// <summary>/req/deploy-replace-undeploy/deploy-response-immutable</summary>
    public static readonly OgcError ImmutableProcess = new(Part2 + "immutable-process", 403, "The process is built in and can't be changed");

    /// <summary>/req/deploy-replace-undeploy/deploy-unsupported-media-type</summary>
    public static readonly OgcError UnsupportedPackage = new(Part2 + "unsupported-media-type", 415, "The package's media type is not supported");

    /// <summary>A change of a process that is no longer the one its client saw: RFC 9110, 13.1.1</summary>
    public static readonly OgcError ProcessChanged = new("about:blank", 412, "The process has changed");

    /// <summary>/req/cwl/deploy-exception-workflow-not-found</summary>
    public static readonly OgcError WorkflowNotFound = new(Part2 + "workflow-not-found", 400, "The package has no such workflow");

    /// <summary>A body, path or query that breaks a rule; its violations say which and where.</summary>
    /// <remarks>The standard defines no URI for it; this is the name that OGC services have used since WPS 1.0.</remarks>
    public static readonly OgcError InvalidParameterValue = new("InvalidParameterValue", 400, "The request is not valid");

    /// <summary>The results of a dismissed job.</summary>
    public static readonly OgcError JobDismissed = new("about:blank", 410, "The job was dismissed");

    /// <summary>A job that was removed because its time was up, or to make room.</summary>
    public static readonly OgcError JobExpired = new("about:blank", 410, "The job has expired");

    /// <summary>The results of a failed job: /req/core/job-results-failed</summary>
    /// <remarks>The standard leaves the type open; the name is OWS's for an error that no other name fits.</remarks>
    public static readonly OgcError JobFailed = new("NoApplicableCode", 500, "The job failed");

    /// <summary>The results of a job that failed because of what its client gave.</summary>
    public static readonly OgcError JobFailedByInput = new("InvalidParameterValue", 400, "The job failed because of an input");

    /// <summary>An idempotency key that came with another request before: draft-ietf-httpapi-idempotency-key-header, 2.7</summary>
    public static readonly OgcError KeyReused = new("about:blank", 422, "The idempotency key belongs to another request");

    /// <summary>No further event stream can be opened now.</summary>
    public static readonly OgcError TooManyStreams = new("about:blank", 503, "Too many event streams are open");

    /// <summary>A record that was damaged, or written by hand: only what needs it fails.</summary>
    public static readonly OgcError UnreadableRecord = new("about:blank", 500, "A record of the server can't be read");

    /// <summary>The database does not answer, or is locked.</summary>
    public static readonly OgcError DatabaseUnavailable = new("about:blank", 503, "The database does not answer");

    /// <summary>The store of outputs does not answer, or refuses.</summary>
    public static readonly OgcError OutputStoreUnavailable = new("about:blank", 503, "The output store does not answer");

    /// <summary>No further job is taken until some that wait have begun.</summary>
    /// <remarks>RFC 6585, 4</remarks>
    public static readonly OgcError TooManyJobs = new("about:blank", 429, "Too many jobs are waiting");

    /// <summary>No further job of a caller is taken until the next day.</summary>
    /// <remarks>RFC 6585, 4</remarks>
    public static readonly OgcError CpuTimeUsedUp = new("about:blank", 429, "Your CPU time of the day is used up");

    /// <summary>No further job of a caller is taken while so much is kept; time alone does not mend it.</summary>
    public static readonly OgcError TooMuchStored = new("about:blank", 403, "Your results and uploads take too much room");

    /// <summary>No job can be taken now: the disk is full.</summary>
    public static readonly OgcError InsufficientStorage = new("about:blank", 503, "The server takes no jobs at the moment");

    /// <summary>An upload that never was, is another's, or has expired.</summary>
    public static readonly OgcError NoSuchUpload = new("about:blank", 404, "No such upload");

    /// <summary>A piece for an upload that stands elsewhere: draft-ietf-httpbis-resumable-upload, Mismatching Offset</summary>
    public static readonly OgcError UploadElsewhere = new(HttpProblem + "mismatching-upload-offset", 409, "The upload stands elsewhere");

    /// <summary>A piece for an upload that has all: draft-ietf-httpbis-resumable-upload, Completed Upload</summary>
    public static readonly OgcError UploadComplete = new(HttpProblem + "completed-upload", 400, "The upload is complete");

    /// <summary>An upload with another length than was told: draft-ietf-httpbis-resumable-upload, Inconsistent Length</summary>
    public static readonly OgcError UploadLengthChanged = new(HttpProblem + "inconsistent-upload-length", 400, "The upload has another length than was told");

    /// <summary>A piece for an upload that another request is writing, such as one whose connection has died.</summary>
    public static readonly OgcError UploadBusy = new("about:blank", 503, "Another request is writing to the upload");

    /// <summary>An upload beyond the largest.</summary>
    /// <remarks>RFC 9110, 15.5.14</remarks>
    public static readonly OgcError UploadTooLarge = new("about:blank", 413, "The upload is too large");

    /// <summary>An upload that does not come as the bytes of a file.</summary>
    public static readonly OgcError UnsupportedUpload = new("about:blank", 415, "The upload does not come as the bytes of a file");

    /// <summary>No further upload of a caller is taken until some have gone.</summary>
    /// <remarks>RFC 6585, 4</remarks>
    public static readonly OgcError TooManyUploads = new("about:blank", 429, "You have too many uploads");

    /// <summary>No upload can be taken now: the disk is full.</summary>
    /// <remarks>RFC 4918, 11.5</remarks>
    public static readonly OgcError NoRoomForUploads = new("about:blank", 507, "The server has no room for uploads at the moment");

    /// <summary>A request of somebody who has not said who they are, or whose key or token is not valid.</summary>
    /// <remarks>RFC 9110, 15.5.2</remarks>
    public static readonly OgcError Unauthenticated = new("about:blank", 401, "Authentication is needed");

    /// <summary>A token can't be checked now: the issuer that could tell its keys is away.</summary>
    public static readonly OgcError IssuerUnavailable = new("about:blank", 503, "The issuer of tokens does not answer");

    /// <summary>A request that its caller's role does not allow.</summary>
    public static readonly OgcError Forbidden = new("about:blank", 403, "You may not do this");

    /// <summary>A key that never was.</summary>
    public static readonly OgcError NoSuchKey = new("about:blank", 404, "No such key");

    /// <summary>A request under a name that is not the server's.</summary>
    /// <remarks>RFC 9110, 15.5.20</remarks>
    public static readonly OgcError Misdirected = new("about:blank", 421, "The server does not answer under this name");

    /// <summary>An image can't be looked up now, to hold a process to it.</summary>
    public static readonly OgcError EngineAway = new("about:blank", 503, "The container engine does not answer");
}

/// <summary>One thing wrong with a request.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) into the body; null when it is not in the body.</param>
/// <param name="Parameter">Name of the query parameter or header; null when it is in neither.</param>
/// <param name="Detail">What is wrong, in a sentence.</param>
public sealed record Violation(string? Pointer, string? Parameter, string Detail)
{
    /// <summary>Something wrong in the body.</summary>
    public static Violation InBody(string pointer, string detail) => new(pointer, null, detail);

    /// <summary>Something wrong in the query.</summary>
    public static Violation InQuery(string parameter, string detail) => new(null, parameter, detail);

    /// <summary>Something wrong in a header.</summary>
    public static Violation InHeader(string name, string detail) => new(null, name, detail);
}

/// <summary>Ends a request with an error that the client is told.</summary>
public sealed class OgcException(OgcError error, string? detail = null, IReadOnlyList<Violation>? violations = null)
    : Exception(detail ?? error.Title)
{
    /// <summary>A request whose body or query breaks rules, all of them told at once.</summary>
    public OgcException(IReadOnlyList<Violation> violations)
        : this(OgcError.InvalidParameterValue, Summary(violations), violations)
    {
    }

    /// <summary>Which error it is.</summary>
    public OgcError Error { get; } = error;

    /// <summary>What is wrong with the request, place by place.</summary>
    public IReadOnlyList<Violation> Violations { get; } = violations ?? [];

    /// <summary>More members for the problem document.</summary>
    public IReadOnlyDictionary<string, object?> Extensions { get; init; } = new Dictionary<string, object?>();

    /// <summary>Where the thing that stands in the way is found, as a path below the API's root.</summary>
    public string? Location { get; init; }

    /// <summary>When it may be worth asking again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Where an upload stands, in bytes, that the request takes to stand elsewhere.</summary>
    public long? UploadOffset { get; init; }

    private static string Summary(IReadOnlyList<Violation> violations) => violations.Count == 1
        ? $"{violations[0].Pointer ?? violations[0].Parameter}: {violations[0].Detail}".TrimStart(':', ' ')
        : $"{violations.Count} things are wrong; 'errors' lists them.";
}
