namespace OgcProcesses.Domain.Jobs;

/// <summary>The key that a client gave to an execution, so that its repetition finds the same job.</summary>
/// <remarks>draft-ietf-httpapi-idempotency-key-header</remarks>
/// <param name="Owner">Who gave it; other callers' keys are others.</param>
/// <param name="Key">The key.</param>
/// <param name="Fingerprint">Tells the request from any other: SHA-256, lower-case hexadecimal.</param>
/// <param name="JobId">The job that was made for it.</param>
/// <param name="Expires">When it is forgotten, unless the job goes before.</param>
public sealed record ExecutionKey(string Owner, string Key, string Fingerprint, JobId JobId, DateTimeOffset Expires);
