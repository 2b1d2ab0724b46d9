using System.Text.Json;
using System.Text.Json.Serialization;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Processes.Access;

/// <summary>Who sees a process besides its owner and admins, and who executes it; ours.</summary>
public sealed record AccessRules
{
    /// <summary>Most users, and most groups, that a process is shared with.</summary>
    private const int MostNames = 1_000;

    private static readonly Visibility[] Visibilities = Enum.GetValues<Visibility>();

    private static readonly Role[] ExecuteRoles = [Role.Executor, Role.Deployer, Role.Admin];

    /// <summary>private: for its owner, and those whom it is shared with; public: for everybody whom the server knows. private when left out.</summary>
    public string? Visibility { get; init; }

    /// <summary>Users whom it is shared with while it is private.</summary>
    public IReadOnlyList<string?>? Users { get; init; }

    /// <summary>Groups that it is shared with while it is private.</summary>
    public IReadOnlyList<string?>? Groups { get; init; }

    /// <summary>The least role of those who execute it: executor, deployer or admin; executor when left out.</summary>
    public string? ExecuteRole { get; init; }

    /// <summary>Every other member; refused.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }

    /// <summary>The rules as they are told.</summary>
    internal static AccessRules Of(ProcessAccess access) => new()
    {
        Visibility = JobMapping.Word(access.Visibility),
        Users = access.Users,
        Groups = access.Groups,
        ExecuteRole = JobMapping.Word(access.ExecuteRole),
    };

    /// <summary>The access that the rules state; everything wrong with them is told at once.</summary>
    internal ProcessAccess Read()
    {
        var violations = new List<Violation>();
        foreach (var name in Others?.Keys ?? []) violations.Add(Violation.InBody($"/{JsonPointer.Escape(name)}", "is unknown; an access has visibility, users, groups and executeRole"));
        var access = new ProcessAccess
        {
            Visibility = Read("visibility", Visibility, Visibilities, violations),
            Users = Names("users", Users, violations),
            Groups = Names("groups", Groups, violations),
            ExecuteRole = Read("executeRole", ExecuteRole, ExecuteRoles, violations),
        };
        return violations.Count == 0 ? access : throw new OgcException(violations);
    }

    /// <summary>One of the words that a member may hold; without any the first.</summary>
    private static T Read<T>(string member, string? word, T[] choices, List<Violation> violations)
        where T : struct, Enum
    {
        if (word is null) return choices[0];
        var index = Array.FindIndex(choices, choice => JobMapping.Word(choice) == word);
        if (index < 0) violations.Add(Violation.InBody($"/{member}", $"must be one of {string.Join(", ", choices.Select(JobMapping.Word))}"));
        return choices[Math.Max(0, index)];
    }

    private static List<string> Names(string member, IReadOnlyList<string?>? names, List<Violation> violations)
    {
        var read = new List<string>();
        if (names?.Count > MostNames) violations.Add(Violation.InBody($"/{member}", $"holds more than {MostNames} names; a group holds any number of users"));
        for (var i = 0; i < Math.Min(MostNames, names?.Count ?? 0); i++)
        {
            if (names![i] is not { } name || !Caller.IsId(name))
                violations.Add(Violation.InBody($"/{member}/{i}", $"must be a name of 1 to {Caller.MostIdCharacters} characters without blanks at its ends"));
            else if (!read.Contains(name)) read.Add(name);
        }

        return read;
    }
}
