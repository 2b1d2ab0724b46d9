using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OgcProcesses.Client;

/// <summary>How everything that is sent or received is written in JSON, without reflection.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccessRules))]
[JsonSerializable(typeof(AuditEventList))]
[JsonSerializable(typeof(CallbackList))]
[JsonSerializable(typeof(CallerInfo))]
[JsonSerializable(typeof(ConfClasses))]
[JsonSerializable(typeof(DismissedJobs))]
[JsonSerializable(typeof(Execute))]
[JsonSerializable(typeof(ExecutionUnit))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, object>))]
[JsonSerializable(typeof(IReadOnlyList<LogEntry>))]
[JsonSerializable(typeof(JobInputs))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobPatch))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(LandingPage))]
[JsonSerializable(typeof(LogEvent))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(Ogcapppkg))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Process))]
[JsonSerializable(typeof(ProcessList))]
[JsonSerializable(typeof(ProcessStatistics))]
[JsonSerializable(typeof(ProgressEvent))]
[JsonSerializable(typeof(RotatedResultLinks))]
[JsonSerializable(typeof(StatusInfo))]
[JsonSerializable(typeof(UploadInfo))]
[JsonSerializable(typeof(UploadList))]
internal sealed partial class ApiJson : JsonSerializerContext;
