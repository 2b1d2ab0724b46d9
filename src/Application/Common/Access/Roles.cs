using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Common.Access;

/// <summary>Roles as the words that people write.</summary>
public static class Roles
{
    /// <summary>The word for a role.</summary>
    public static string Word(this Role role) => role.ToString().ToLowerInvariant();

    /// <summary>Reads the word for a role; a number is none.</summary>
    public static bool TryParse(string? word, out Role role)
    {
        role = Enum.GetValues<Role>().FirstOrDefault(known => known.Word() == word);
        return word is not null && role.Word() == word;
    }
}
