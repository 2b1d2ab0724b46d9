using System.Text.Json;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Processes.Access;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.UnitTests.Processes.Access;

internal sealed class AccessRulesTests
{
    [Test]
    public void Read_NothingStated_IsClosed() => Assert.That(Read("{}"), Is.EqualTo(ProcessAccess.Closed).Using<ProcessAccess>(IsSame));

    [Test]
    public void Read_WhatWasTold_IsTheSame()
    {
        ProcessAccess access = new() { Visibility = Visibility.Public, Users = ["anna", "https://issuer.example|bert"], Groups = ["Wetter & Klima"], ExecuteRole = Role.Admin };
        var told = JsonSerializer.Serialize(AccessRules.Of(access), JsonSerializerOptions.Web);
        Assert.That(Read(told), Is.EqualTo(access).Using<ProcessAccess>(IsSame));
    }

    [Test]
    public void Read_ANameTwice_CountsOnce() => Assert.That(Read("""{"users": ["anna", "anna"]}""").Users, Is.EqualTo(new[] { "anna" }));

    [TestCase("""{"visibility": "Public"}""", "/visibility")]
    [TestCase("""{"executeRole": "reader"}""", "/executeRole")]
    [TestCase("""{"executeRole": ""}""", "/executeRole")]
    [TestCase("""{"users": ["anna", "bert "]}""", "/users/1")]
    [TestCase("""{"groups": [null]}""", "/groups/0")]
    [TestCase("""{"groups": [""]}""", "/groups/0")]
    [TestCase("""{"group": ["a"], "visibility": "all"}""", "/group /visibility")]
    public void Read_WhatIsWrong_IsToldPlaceByPlace(string json, string pointers)
    {
        var refusal = Assert.Throws<OgcException>(() => Read(json))!;
        Assert.That(string.Join(' ', refusal.Violations.Select(violation => violation.Pointer)), Is.EqualTo(pointers));
    }

    [Test]
    public void Read_TooManyNames_IsRefused()
    {
        var refusal = Assert.Throws<OgcException>(() => Read(JsonSerializer.Serialize(new { users = Enumerable.Range(0, 1_001).Select(i => $"u{i}") })))!;
        Assert.That(refusal.Violations.Select(violation => violation.Pointer), Is.EqualTo(new[] { "/users" }));
    }

    private static ProcessAccess Read(string json) => JsonSerializer.Deserialize<AccessRules>(json, JsonSerializerOptions.Web)!.Read();

    private static bool IsSame(ProcessAccess left, ProcessAccess right) => JsonSerializer.Serialize(left) == JsonSerializer.Serialize(right);
}
